// The table of units and the arithmetic of canonical values. The canonical base units are 10^-6 m, 10^-12 kg, 10^-3 s,
// 10^-12 A, 1 K and 10^-18 mol; from them follow mV, pA, nS, pF, GΩ and mM with a factor of exactly one.
#include "compiler/base/units/Units.h"

#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

namespace snn::units {

namespace {

struct Row {
  std::string_view name;
  int factor, decimal;
  int8_t exponents[6];
};
constexpr Row rows[] = {
#define UNIT(NAME, FACTOR, DECIMAL, M, KG, S, A, K, MOL) {NAME, FACTOR, DECIMAL, {M, KG, S, A, K, MOL}},
#include "compiler/base/units/Units.def"
#undef UNIT
};
constexpr int canonicalDecimal[6] = {-6, -12, -3, -12, 0, -18};

Dimension dimensionOf(const Row &row) {
  Dimension d;
  for (int k = 0; k < 6; ++k)
    d.exponents[k] = Rational(row.exponents[k]);
  return d;
}

double tenTo(int exponent) { return std::strtod(fmt::format("1e{}", exponent).c_str(), nullptr); }

Unit unitOf(const Row &row) {
  Unit u{std::string(row.name), dimensionOf(row), 1, static_cast<double>(row.factor), row.decimal};
  for (int k = 0; k < 6; ++k)
    u.decimal -= row.exponents[k] * canonicalDecimal[k];
  u.scale = u.decimal < 0 ? u.factor / tenTo(-u.decimal) : u.factor * tenTo(u.decimal);
  return u;
}

std::string withExponent(std::string_view name, Rational e) {
  if (e == Rational(1))
    return std::string(name);
  return e.den == 1 ? fmt::format("{}^{}", name, e.num) : fmt::format("{}^({}/{})", name, e.num, e.den);
}

} // namespace

std::optional<Unit> find(std::string_view name) {
  for (const Row &row : rows)
    if (row.name == name)
      return unitOf(row);
  return std::nullopt;
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Row &row : rows)
    all.emplace_back(row.name);
  return all;
}

double literal(std::string_view digits, const Unit &unit) {
  std::string text;
  for (char c : digits)
    if (c != '_')
      text += c;
  if (unit.factor != 1)
    return std::strtod(text.c_str(), nullptr) * unit.scale;
  // The decimal exponent goes into the literal, so that the only rounding is that of reading it.
  const size_t e = text.find_first_of("eE");
  const long written = e == std::string::npos ? 0 : std::strtol(text.c_str() + e + 1, nullptr, 10);
  text = text.substr(0, e) + fmt::format("e{}", written + unit.decimal);
  return std::strtod(text.c_str(), nullptr);
}

Unit multiply(const Unit &a, const Unit &b) {
  return {a.name + "*" + b.name, a.dimension * b.dimension, a.scale * b.scale, a.factor * b.factor, a.decimal + b.decimal};
}

Unit divide(const Unit &a, const Unit &b) {
  return {a.name + "/" + b.name, a.dimension / b.dimension, a.scale / b.scale, a.factor / b.factor, a.decimal - b.decimal};
}

Unit power(const Unit &a, Rational exponent) {
  Unit u{withExponent(a.name, exponent), a.dimension.pow(exponent), std::pow(a.scale, exponent.value()),
         std::pow(a.factor, exponent.value()), a.decimal * exponent.num / exponent.den};
  if (a.factor == 1 && exponent.den == 1)
    u.scale = u.decimal < 0 ? 1 / tenTo(-u.decimal) : tenTo(u.decimal);
  return u;
}

Unit readable(const Dimension &dimension) {
  if (dimension.none())
    return {"1", dimension, 1, 1, 0};
  for (const Row &row : rows)
    if (Unit u = unitOf(row); u.dimension == dimension && u.scale == 1)
      return u;
  for (const Row &row : rows)
    if (Unit u = unitOf(row); u.dimension == dimension)
      return u;
  const Unit ms = unitOf(rows[0]);
  for (const Row &row : rows) // one unit with an exponent, or over a time
    if (Unit u = unitOf(row); u.scale == 1 && u.dimension != ms.dimension) {
      for (Rational e : {Rational(2), Rational(3), Rational(-1), Rational(-2), Rational(1, 2), Rational(-1, 2)})
        if (u.dimension.pow(e) == dimension)
          return power(u, e);
      if (u.dimension / ms.dimension == dimension)
        return divide(u, ms);
      if (u.dimension * ms.dimension == dimension)
        return multiply(u, ms);
    }
  for (int e : {2, 3, -1, -2, -3})
    if (ms.dimension.pow(e) == dimension)
      return power(ms, e);
  static constexpr std::string_view base[] = {"um", "ng", "ms", "pA", "K", "amol", "cd", "unit(w)"};
  Unit u{"", dimension, 1, 1, 0};
  for (int k = 0; k < baseUnits; ++k)
    if (!(dimension.exponents[k] == Rational()))
      u.name += (u.name.empty() ? "" : "*") + withExponent(base[k], dimension.exponents[k]);
  return u;
}

std::string describe(const Dimension &dimension) {
  if (dimension.none())
    return "a dimensionless number";
  return fmt::format("`{}`", readable(dimension).name);
}

} // namespace snn::units
