// Division by what is the same for all elements. A general division of floats has branches, for operands far outside, between which
// nothing else can be computed; by a known divisor it is a product in double, which rounds to the same bits.
#pragma once

#include "runtime/device/Device.h"

namespace snn::cuda {

/// Whether a product of doubles takes no longer than two of floats. Elsewhere it takes 64 times as long.
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ == 800 || __CUDA_ARCH__ == 900 || __CUDA_ARCH__ == 1000
inline constexpr bool fastDoubles = true;
#else
inline constexpr bool fastDoubles = false;
#endif

/// A value to divide by. For floats 1 / c in two parts: x / c is at least 2^-49 of itself away from where the nearest float changes, unless
/// it is subnormal and exactly there. The error of a product with `high + low`, 2^-53, is less, and what is exactly there stays.
template <class Real> struct Divisor {
  Real by;
  SNN_DEV explicit Divisor(Real c) : by(c) {}
  Divisor() = default;
};
template <> struct Divisor<float> {
  float by;
  double high, low; ///< both with the sign of c, that zeros keep theirs
  SNN_DEV explicit Divisor(float c) : by(c), high(1.0 / double(c)) {
    if (rest() < 0)
      high = device::realOf(device::bitsOf(high) - 1);
    low = rest() > 0 ? rest() * high : high * 0x1p-200; // not 0, which times infinity is NaN
  }
  Divisor() = default;

private:
  SNN_DEV double rest() const { return device::fma(-high, double(by), 1.0); }
};

SNN_DEV double operator/(double x, const Divisor<double> &c) { return x / c.by; }
SNN_DEV float operator/(float x, const Divisor<float> &c) {
  if constexpr (fastDoubles)
    return float(device::fma(double(x), c.high, double(x) * c.low));
  else
    return x / c.by;
}

/// Whether 1 / c is known to 2^-54 by one double: the same without the second part.
SNN_DEV bool oneDoubleInverts(float c) {
  const double inverse = 1.0 / double(c);
  return device::magnitude(inverse) < 0x1p200 && device::magnitude(device::fma(inverse, double(c), -1.0)) <= 0x1p-54;
}

/// x / c, where oneDoubleInverts(c).
SNN_DEV double quotientBy(double x, double c, double) { return x / c; }
SNN_DEV float quotientBy(float x, float c, double inverse) {
  if constexpr (fastDoubles)
    return float(double(x) * inverse);
  else
    return x / c;
}

} // namespace snn::cuda
