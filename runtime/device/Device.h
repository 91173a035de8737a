// What every device header rests on: types, bit patterns, explicit fma, exact sums. Plain C++ for g++, clang and NVRTC:
// no library calls, only IEEE + - * / sqrt, fma, integer operations and selects, so that each function gives the same
// bits as scalar code, at any vector width and on every back end. Contraction must be off where this is compiled.
#pragma once

#ifdef __CUDACC_RTC__
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#define SNN_DEV __device__ __forceinline__
#define SNN_DEV_TABLE __constant__
#else
#include <stdint.h>
#define SNN_DEV inline __attribute__((always_inline))
#define SNN_DEV_TABLE
#endif

namespace snn::device {

SNN_DEV uint64_t bitsOf(double x) { return __builtin_bit_cast(uint64_t, x); }
SNN_DEV uint32_t bitsOf(float x) { return __builtin_bit_cast(uint32_t, x); }
SNN_DEV double realOf(uint64_t x) { return __builtin_bit_cast(double, x); }
SNN_DEV float realOf(uint32_t x) { return __builtin_bit_cast(float, x); }

#ifdef __CUDACC_RTC__
SNN_DEV double fma(double a, double b, double c) { return __fma_rn(a, b, c); }
SNN_DEV float fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }
SNN_DEV double sqrt(double x) { return __dsqrt_rn(x); }
SNN_DEV float sqrt(float x) { return __fsqrt_rn(x); }
SNN_DEV double floorOf(double x) { return ::floor(x); }
SNN_DEV float floorOf(float x) { return ::floorf(x); }
SNN_DEV double truncOf(double x) { return ::trunc(x); }
SNN_DEV float truncOf(float x) { return ::truncf(x); }
SNN_DEV double magnitude(double x) { return ::fabs(x); }
SNN_DEV float magnitude(float x) { return ::fabsf(x); }
SNN_DEV float lesserNumber(float a, float b) { return ::fminf(a, b); }
SNN_DEV float greaterNumber(float a, float b) { return ::fmaxf(a, b); }
#else
SNN_DEV double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
SNN_DEV float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
SNN_DEV double sqrt(double x) { return __builtin_sqrt(x); }
SNN_DEV float sqrt(float x) { return __builtin_sqrtf(x); }
SNN_DEV double floorOf(double x) { return __builtin_floor(x); }
SNN_DEV float floorOf(float x) { return __builtin_floorf(x); }
SNN_DEV double truncOf(double x) { return __builtin_trunc(x); }
SNN_DEV float truncOf(float x) { return __builtin_truncf(x); }
SNN_DEV double magnitude(double x) { return __builtin_fabs(x); }
SNN_DEV float magnitude(float x) { return __builtin_fabsf(x); }
SNN_DEV float lesserNumber(float a, float b) { return a < b || b != b ? a : b; } // of a number and NaN the number
SNN_DEV float greaterNumber(float a, float b) { return a > b || b != b ? a : b; }
#endif

/// The layout of a type: Bits is the unsigned integer of its width.
template <class Real> struct Format;
template <> struct Format<double> {
  using Bits = uint64_t;
  static constexpr int mantissa = 52;
  static constexpr Bits bias = 1023;
  static constexpr Bits signBit = 0x8000000000000000ull;
  static constexpr double magic = 0x1.8p52;      ///< adding it rounds to an integer
  static constexpr double smallestNormal = 0x1p-1022;
  static constexpr double tiny = 0x1p-54;        ///< below, 1 + x is 1
  static constexpr double largest = 0x1.fffffffffffffp1023;
};
template <> struct Format<float> {
  using Bits = uint32_t;
  static constexpr int mantissa = 23;
  static constexpr Bits bias = 127;
  static constexpr Bits signBit = 0x80000000u;
  static constexpr float magic = 0x1.8p23f;
  static constexpr float smallestNormal = 0x1p-126f;
  static constexpr float tiny = 0x1p-25f;
  static constexpr float largest = 0x1.fffffep127f;
};

template <class Real> SNN_DEV Real infinity() {
  using Bits = typename Format<Real>::Bits;
  return realOf(Bits((2 * Format<Real>::bias + 1) << Format<Real>::mantissa));
}
template <class Real> SNN_DEV Real quietNaN() {
  using Bits = typename Format<Real>::Bits;
  return realOf(Bits(((4 * Format<Real>::bias + 3)) << (Format<Real>::mantissa - 1)));
}
template <class Real> SNN_DEV bool signOf(Real x) { return (bitsOf(x) & Format<Real>::signBit) != 0; }
/// The value of `x` with the sign of `sign`.
template <class Real> SNN_DEV Real withSign(Real x, Real sign) {
  using Bits = typename Format<Real>::Bits;
  return realOf(Bits((bitsOf(x) & ~Format<Real>::signBit) | (bitsOf(sign) & Format<Real>::signBit)));
}
/// 2^k for a biased exponent k + bias in 1 … 2 bias.
template <class Real> SNN_DEV Real powerOfTwo(typename Format<Real>::Bits biased) {
  return realOf(typename Format<Real>::Bits(biased << Format<Real>::mantissa));
}

/// c0 + x (c1 + x (c2 + …)).
template <class Real> SNN_DEV Real horner(Real, Real c0) { return c0; }
template <class Real, class... Rest> SNN_DEV Real horner(Real x, Real c0, Rest... rest) {
  return fma(x, horner(x, rest...), c0);
}

/// (c0 + c1 x) + x² ((c2 + c3 x) + x² (…)): half as long a chain as Horner's rule.
template <class Real> SNN_DEV Real polyPairs(Real, Real, Real c0) { return c0; }
template <class Real> SNN_DEV Real polyPairs(Real x, Real, Real c0, Real c1) { return fma(x, c1, c0); }
template <class Real, class... Rest> SNN_DEV Real polyPairs(Real x, Real xx, Real c0, Real c1, Rest... rest) {
  return fma(xx, polyPairs(x, xx, rest...), fma(x, c1, c0));
}
/// c0 + c1 x + c2 x² + …
template <class Real, class... C> SNN_DEV Real poly(Real x, C... c) { return polyPairs(x, x * x, Real(c)...); }

/// An unevaluated sum; |low| is at most half an ulp of high where it says "normalised".
template <class Real> struct Pair { Real high, low; };

/// a + b exactly, for |a| ≥ |b| or a = 0.
template <class Real> SNN_DEV Pair<Real> fastTwoSum(Real a, Real b) {
  Real high = a + b;
  return {high, b - (high - a)};
}
/// a + b exactly.
template <class Real> SNN_DEV Pair<Real> twoSum(Real a, Real b) {
  Real high = a + b, part = high - a;
  return {high, (a - (high - part)) + (b - part)};
}
/// a b exactly.
template <class Real> SNN_DEV Pair<Real> twoProduct(Real a, Real b) {
  Real high = a * b;
  return {high, fma(a, b, -high)};
}
/// n / d rounded once or nearly so (0.51 ulp).
template <class Real> SNN_DEV Pair<Real> quotient(Pair<Real> n, Pair<Real> d) {
  Real inverse = Real(1) / d.high;
  Real q = n.high * inverse;
  Real rest = fma(-q, d.high, n.high) + (n.low - q * d.low);
  return fastTwoSum(q, rest * inverse);
}

} // namespace snn::device
