// Physical dimensions: exponents of the seven SI base units, and of the opaque dimension of a weight in generic rules.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <string>

namespace snn::units {

/// A rational number in lowest terms; the denominator is positive.
struct Rational {
  int16_t num = 0, den = 1;
  constexpr Rational() = default;
  constexpr Rational(int n, int d = 1) {
    const int g = std::gcd(n, d) * (d < 0 ? -1 : 1);
    num = static_cast<int16_t>(g ? n / g : 0);
    den = static_cast<int16_t>(g ? d / g : 1);
  }
  friend constexpr Rational operator+(Rational a, Rational b) {
    return {a.num * b.den + b.num * a.den, a.den * b.den};
  }
  friend constexpr Rational operator-(Rational a, Rational b) {
    return {a.num * b.den - b.num * a.den, a.den * b.den};
  }
  friend constexpr Rational operator*(Rational a, Rational b) { return {a.num * b.num, a.den * b.den}; }
  friend constexpr bool operator==(Rational, Rational) = default;
  constexpr double value() const { return static_cast<double>(num) / den; }
};

enum class BaseUnit : uint8_t { Metre, Kilogram, Second, Ampere, Kelvin, Mole, Candela, Weight };
inline constexpr int baseUnits = 8;

struct Dimension {
  std::array<Rational, baseUnits> exponents; // no `{}`: GCC 12 would make the tail of the array 0/0

  constexpr bool none() const { return *this == Dimension{}; }
  static constexpr Dimension of(BaseUnit unit, Rational exponent = 1) {
    Dimension d;
    d.exponents[static_cast<size_t>(unit)] = exponent;
    return d;
  }
  friend constexpr bool operator==(const Dimension &, const Dimension &) = default;
  friend constexpr Dimension operator*(Dimension a, const Dimension &b) {
    for (int k = 0; k < baseUnits; ++k)
      a.exponents[k] = a.exponents[k] + b.exponents[k];
    return a;
  }
  friend constexpr Dimension operator/(Dimension a, const Dimension &b) {
    for (int k = 0; k < baseUnits; ++k)
      a.exponents[k] = a.exponents[k] - b.exponents[k];
    return a;
  }
  constexpr Dimension pow(Rational exponent) const {
    Dimension d = *this;
    for (Rational &e : d.exponents)
      e = e * exponent;
    return d;
  }
};

} // namespace snn::units
