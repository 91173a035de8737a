// What stands for a unit's name in other places: words, the micro sign, the letter omega.
#include "compiler/base/units/Spellings.h"

#include "compiler/base/units/Units.h"

#include <algorithm>
#include <utility>

namespace snn::units {

namespace {

using Word = std::pair<std::string_view, std::string_view>; ///< as written, in lower case; the name here

constexpr Word bases[] = {
    {"volt", "V"},      {"second", "s"},   {"sec", "s"},     {"hertz", "Hz"},      {"ampere", "A"},   {"amp", "A"},
    {"siemens", "S"},   {"farad", "F"},    {"ohm", "ohm"},   {"\u03a9", "ohm"},    {"\u2126", "ohm"}, {"metre", "m"},
    {"meter", "m"},     {"minute", "min"}, {"molar", "M"},   {"kelvin", "K"},      {"mole", "mol"},   {"coulomb", "C"},
    {"joule", "J"},     {"watt", "W"},
};
constexpr Word prefixes[] = {
    {"milli", "m"}, {"micro", "u"}, {"nano", "n"}, {"pico", "p"}, {"femto", "f"},
    {"kilo", "k"},  {"mega", "M"},  {"giga", "G"}, {"\u00b5", "u"}, {"\u03bc", "u"},
};
constexpr std::string_view symbols[] = {"m", "u", "n", "p", "f", "k", "M", "G"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// The unit that is written in full: "volt", "Volts".
std::string_view base(std::string_view written) {
  const std::string word = lower(written);
  for (const auto &[name, unit] : bases)
    if (word == name || (word.size() == name.size() + 1 && word.starts_with(name) && word.back() == 's'))
      return unit;
  return {};
}

std::string known(std::string name) { return find(name) ? name : std::string(); }

} // namespace

std::string meant(std::string_view written) {
  if (const std::string_view unit = base(written); !unit.empty())
    return known(std::string(unit));
  const std::string word = lower(written);
  for (const auto &[name, prefix] : prefixes) {
    if (!word.starts_with(name))
      continue;
    const std::string_view rest = written.substr(name.size()), unit = base(rest);
    return known(std::string(prefix) + std::string(unit.empty() ? rest : unit));
  }
  for (std::string_view prefix : symbols)
    if (written.starts_with(prefix))
      if (const std::string_view unit = base(written.substr(prefix.size())); !unit.empty())
        return known(std::string(prefix) + std::string(unit));
  return {};
}

} // namespace snn::units
