// The table of units and the arithmetic of canonical values. The canonical base units are 10^-6 m, 10^-12 kg, 10^-3 s,
// 10^-12 A, 1 K and 10^-18 mol; from them follow mV, pA, nS, pF, GΩ and mM with a factor of exactly one.
#include "compiler/base/units/Units.h"
#include "compiler/base/units/Decimal.h"

#include <algorithm>
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

double tenTo(int exponent) { return readDecimal(fmt::format("1e{}", exponent)); }

double scaleOf(double factor, int decimal) {
  return decimal < 0 ? factor / tenTo(-decimal) : factor * tenTo(decimal);
}

Unit unitOf(const Row &row) {
  Unit u{std::string(row.name), dimensionOf(row), 1, static_cast<double>(row.factor), row.decimal};
  for (int k = 0; k < 6; ++k)
    u.decimal -= row.exponents[k] * canonicalDecimal[k];
  u.scale = scaleOf(u.factor, u.decimal);
  return u;
}

std::string withExponent(std::string_view name, Rational e) {
  if (e == Rational(1))
    return std::string(name);
  return e.den == 1 ? fmt::format("{}^{}", name, e.num) : fmt::format("{}^({}/{})", name, e.num, e.den);
}

Unit compound(std::string name, const Dimension &dimension, double factor, int decimal) {
  return {std::move(name), dimension, scaleOf(factor, decimal), factor, decimal};
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
    return readDecimal(text) * unit.scale;
  // The decimal exponent goes into the literal, so that the only rounding is that of reading it.
  const size_t e = text.find_first_of("eE");
  constexpr long beyond = 1'000'000'000; // of any exponent: the sum below must not overflow
  const long written = e == std::string::npos ? 0 : std::clamp(std::strtol(text.c_str() + e + 1, nullptr, 10), -beyond, beyond);
  text = text.substr(0, e) + fmt::format("e{}", written + unit.decimal);
  return readDecimal(text);
}

Unit multiply(const Unit &a, const Unit &b) {
  return compound(a.name + "*" + b.name, a.dimension * b.dimension, a.factor * b.factor, a.decimal + b.decimal);
}

Unit divide(const Unit &a, const Unit &b) {
  std::string below = b.name; // a/(b*c) is written a/b/c
  for (char &c : below)
    c = c == '*' ? '/' : c == '/' ? '*' : c;
  return compound(a.name + "/" + below, a.dimension / b.dimension, a.factor / b.factor, a.decimal - b.decimal);
}

Unit power(const Unit &a, Rational exponent) {
  const bool simple = a.name.find_first_of("*/^") == std::string::npos;
  const std::string name = withExponent(simple ? a.name : "(" + a.name + ")", exponent);
  const int decimals = a.decimal * exponent.num;
  if (decimals % exponent.den == 0)
    return compound(name, a.dimension.pow(exponent), std::pow(a.factor, exponent.value()), decimals / exponent.den);
  return compound(name, a.dimension.pow(exponent), std::pow(a.scale, exponent.value()), 0);
}

namespace {

/// Units of the table whose canonical value is 1, one for each dimension; time first, since most rates are over it.
std::vector<Unit> canonicalUnits() {
  std::vector<Unit> units;
  for (const Row &row : rows) {
    Unit u = unitOf(row);
    const bool known = std::ranges::any_of(units, [&](const Unit &v) { return v.dimension == u.dimension; });
    if (u.scale == 1 && !known)
      units.push_back(std::move(u));
  }
  units.push_back({"unit(w)", Dimension::of(BaseUnit::Weight), 1, 1, 0});
  return units;
}

std::optional<Unit> oneOrTwoUnits(const Dimension &dimension) {
  const std::vector<Unit> units = canonicalUnits();
  static constexpr Rational exponents[] = {{1}, {2}, {3}, {-1}, {-2}, {-3}, {1, 2}, {-1, 2}};
  for (const Rational e : exponents)
    for (const Unit &u : units)
      if (u.dimension.pow(e) == dimension)
        return e == Rational(1) ? u : power(u, e);
  for (const Rational below : exponents)
    for (const Rational above : exponents)
      for (const Unit &v : units)
        for (const Unit &u : units)
          if (above.num > 0 && u.dimension != v.dimension && u.dimension.pow(above) / v.dimension.pow(below) == dimension) {
            const Unit top = above == Rational(1) ? u : power(u, above);
            if (below.num < 0)
              return multiply(top, below == Rational(-1) ? v : power(v, Rational(-below.num, below.den)));
            return divide(top, below == Rational(1) ? v : power(v, below));
          }
  return std::nullopt;
}

} // namespace

Unit readable(const Dimension &dimension) {
  if (dimension.none())
    return {"1", dimension, 1, 1, 0};
  for (const Row &row : rows)
    if (Unit u = unitOf(row); u.dimension == dimension && u.scale == 1)
      return u;
  for (const Row &row : rows)
    if (Unit u = unitOf(row); u.dimension == dimension)
      return u;
  if (std::optional<Unit> u = oneOrTwoUnits(dimension))
    return *u;
  static constexpr std::string_view base[] = {"um", "ng", "ms", "pA", "K", "amol", "cd", "unit(w)"};
  Unit u{"", dimension, 1, 1, 0};
  for (int k = 0; k < baseUnits; ++k)
    if (!(dimension.exponents[k] == Rational()))
      u.name += (u.name.empty() ? "" : "*") + withExponent(base[k], dimension.exponents[k]);
  return u;
}

Unit shown(const Dimension &dimension) {
  const Unit rate = *find("Hz");
  return rate.dimension == dimension ? rate : readable(dimension);
}

/// What people of the field would write: Hz for rates, and no unit of another field (`W` for mV*pA) where a product of two
/// familiar ones says it.
std::string named(const Dimension &dimension) {
  const Unit unit = shown(dimension);
  if (dimension.none() || unit.scale == 1 || unit.name == "Hz")
    return unit.name;
  const std::vector<Unit> units = canonicalUnits();
  for (const Unit &a : units)
    for (const Unit &b : units)
      if (a.dimension * b.dimension == dimension)
        return multiply(a, b).name;
  return unit.name;
}

std::string describe(const Dimension &dimension) {
  if (dimension.none())
    return "a dimensionless number";
  return fmt::format("`{}`", named(dimension));
}

} // namespace snn::units
