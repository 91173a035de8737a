// Units of the command line. Scales are powers of ten in exact arithmetic, so that 15 ms is 15 and nothing else.
#include "runtime/core/Quantity.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <optional>

namespace snn::rt {

namespace {

/// Exponents of m, kg, s, A, K, mol.
using Exponents = std::array<int, 6>;
/// Canonical units (ms, mV, pA, nS, pF, GOhm, um, mM) in one SI base unit, as powers of ten.
constexpr Exponents canonical = {6, 12, 3, 12, 0, 18};

struct Unit {
  double factor = 1;
  int power = 0;         ///< of ten, in SI
  Exponents exponents{};
};

struct Named {
  const char *name;
  int power;
  Exponents exponents;
  double factor = 1;
};

constexpr Exponents time = {0, 0, 1}, voltage = {2, 1, -3, -1}, current = {0, 0, 0, 1}, conductance = {-2, -1, 3, 2},
                    capacitance = {-2, -1, 4, 2}, resistance = {2, 1, -3, -2}, frequency = {0, 0, -1}, length = {1},
                    concentration = {-3, 0, 0, 0, 0, 1}, charge = {0, 0, 1, 1}, energy = {2, 1, -2}, power = {2, 1, -3};

constexpr Named table[] = {
    {"s", 0, time},           {"ms", -3, time},          {"us", -6, time},         {"ns", -9, time},
    {"min", 0, time, 60},     {"V", 0, voltage},         {"mV", -3, voltage},      {"uV", -6, voltage},
    {"A", 0, current},        {"mA", -3, current},       {"uA", -6, current},      {"nA", -9, current},
    {"pA", -12, current},     {"S", 0, conductance},     {"mS", -3, conductance},  {"uS", -6, conductance},
    {"nS", -9, conductance},  {"pS", -12, conductance},  {"F", 0, capacitance},    {"mF", -3, capacitance},
    {"uF", -6, capacitance},  {"nF", -9, capacitance},   {"pF", -12, capacitance}, {"ohm", 0, resistance},
    {"kohm", 3, resistance},  {"Mohm", 6, resistance},   {"Gohm", 9, resistance},  {"Hz", 0, frequency},
    {"kHz", 3, frequency},    {"MHz", 6, frequency},     {"m", 0, length},         {"cm", -2, length},
    {"mm", -3, length},       {"um", -6, length},        {"nm", -9, length},       {"M", 3, concentration},
    {"mM", 0, concentration}, {"uM", -3, concentration}, {"nM", -6, concentration}, {"mol", 0, {0, 0, 0, 0, 0, 1}},
    {"K", 0, {0, 0, 0, 0, 1}}, {"C", 0, charge},         {"nC", -9, charge},       {"pC", -12, charge},
    {"fC", -15, charge},      {"J", 0, energy},          {"W", 0, power},
};

std::string_view trim(std::string_view s) {
  while (!s.empty() && std::isspace(static_cast<unsigned char>(s.front())))
    s.remove_prefix(1);
  while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back())))
    s.remove_suffix(1);
  return s;
}

/// "mV", "ms^-1"; `sign` is -1 after a slash.
bool multiplyBy(Unit &unit, std::string_view factor, int sign) {
  int exponent = 1;
  if (const size_t caret = factor.find('^'); caret != std::string_view::npos) {
    const std::string_view digits = trim(factor.substr(caret + 1));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc() || end != digits.data() + digits.size() || std::abs(exponent) > 20)
      return false;
    factor = factor.substr(0, caret);
  }
  factor = trim(factor);
  if (factor == "1")
    return true;
  for (const Named &named : table)
    if (factor == named.name) {
      exponent *= sign;
      unit.power += named.power * exponent;
      unit.factor *= std::pow(named.factor, exponent);
      for (size_t k = 0; k < unit.exponents.size(); ++k)
        unit.exponents[k] += named.exponents[k] * exponent;
      return true;
    }
  return false;
}

std::optional<Unit> parseUnit(std::string_view text) {
  Unit unit;
  int sign = 1;
  for (;;) {
    const size_t at = text.find_first_of("*/");
    if (!multiplyBy(unit, text.substr(0, at), sign))
      return std::nullopt;
    if (at == std::string_view::npos)
      return unit;
    sign = text[at] == '/' ? -1 : 1;
    text.remove_prefix(at + 1);
  }
}

/// The number written in `digits` times the unit, rounded once (but for minutes), as the compiler rounds its literals.
double scaled(std::string_view digits, const Unit &unit) {
  int power = unit.power;
  for (size_t k = 0; k < canonical.size(); ++k)
    power += canonical[k] * unit.exponents[k];
  const size_t e = digits.find_first_of("eE");
  if (e != std::string_view::npos) {
    const std::string_view written = digits.substr(e + 1 + (digits.substr(e + 1).starts_with('+') ? 1 : 0));
    int exponent = 0;
    std::from_chars(written.data(), written.data() + written.size(), exponent);
    power += exponent;
  }
  double value = 0;
  parseNumber(fmt::format("{}e{}", digits.substr(0, e), power), value);
  return value * unit.factor;
}

std::string unitsLike(std::string_view declared, const Unit &unit) {
  std::vector<std::string> names;
  for (const Named &named : table)
    if (named.exponents == unit.exponents)
      names.push_back(named.name);
  return names.empty() ? std::string(declared) : fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

bool parseNumber(std::string_view text, double &value) {
  std::string digits;
  for (char c : trim(text))
    if (c != '_')
      digits += c;
  const char *first = digits.data(), *last = first + digits.size();
  if (first != last && *first == '+')
    ++first;
  const auto [end, error] = std::from_chars(first, last, value);
  return first != last && error == std::errc() && end == last && value == value;
}

Result<double> parseQuantity(std::string_view text, std::string_view declared, double declaredScale,
                             std::string_view what) {
  text = trim(text);
  size_t digits = 0; // the number is the longest prefix that reads as one
  double value = 0;
  for (size_t k = text.size(); k > 0 && !digits; --k)
    if (parseNumber(text.substr(0, k), value))
      digits = k;
  const bool goesOn = digits < text.size() && (std::isdigit(static_cast<unsigned char>(text[digits])) || text[digits] == '.');
  if (!digits || goesOn) // 1e400 is no 1e40 with the unit 0
    return Error{ExitCode::usage, fmt::format("{}: '{}' is not a number", what, text)};
  const std::string_view given = trim(text.substr(digits));
  if (declared == "1" || declared.empty()) {
    if (given.empty())
      return value;
    return Error{ExitCode::usage, fmt::format("{}: '{}' has the unit {}, but a plain number is expected", what, text, given)};
  }
  if (given == declared)
    return value * declaredScale;
  const std::optional<Unit> wanted = parseUnit(declared);
  const std::string fitting = wanted ? unitsLike(declared, *wanted) : std::string(declared);
  if (given.empty()) {
    if (value == 0 || std::isinf(value))
      return value;
    return Error{ExitCode::usage, fmt::format("{}: '{}' needs a unit (one of {}), as in {}={}{}", what, text, fitting,
                                              what, text, declared)};
  }
  const std::optional<Unit> unit = parseUnit(given);
  if (!unit)
    return Error{ExitCode::usage, fmt::format("{}: '{}' is no unit; expected one of {}", what, given, fitting)};
  if (!wanted || unit->exponents != wanted->exponents)
    return Error{ExitCode::usage, fmt::format("{}: the unit {} does not fit; expected one of {}", what, given, fitting)};
  return std::isinf(value) ? value : scaled(trim(text.substr(0, digits)), *unit);
}

std::string nearest(std::string_view given, const std::vector<std::string> &known) {
  std::string best;
  size_t bestDistance = given.size() / 3 + 2;
  for (const std::string &name : known) {
    std::vector<size_t> row(name.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= given.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= name.size(); ++j) {
        const size_t change = diagonal + (given[i - 1] != name[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
      }
    }
    size_t distance = row.back();
    if (std::min(given.size(), name.size()) > 1 && (name.starts_with(given) || given.starts_with(name))) // tau_m for tau
      distance = std::min<size_t>(distance, 1);
    if (distance < bestDistance)
      bestDistance = distance, best = name;
  }
  return best;
}

} // namespace snn::rt
