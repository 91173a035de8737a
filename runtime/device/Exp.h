// The exponential family: exp, expm1, exprel, exprelr, sinh, cosh, tanh, sigmoid. All within 1 ulp except where noted.
// e^x = 2^k e^r with k = round(x / ln 2) and r = x - k ln 2 in two parts; e^r = 1 + r + r^2 q(r).
// exp, exprel and sigmoid are what cells with channels and rates spend their time on: there r is rounded once, and 2^k is made of the
// bits of the number that rounding to k leaves, and q is shorter. Results of exp, exprelr and sigmoid below about 2^-125 are 0; exp is
// within 1.1 ulp, exprel within 2, exprelr and sigmoid within 2.5.
#pragma once

#include "runtime/device/Coefficients.h"

namespace snn::device {

/// The parts of e^x: x = k ln 2 + r + tail, and correction = e^(r + tail) - 1 - r, all but rounding.
template <class Real> struct ExpParts {
  Real r, correction;
  typename Format<Real>::Bits k; ///< wraps around for negative k
};

/// x must be within the range where k fits the exponent's doubled range; NaN stays NaN.
template <class Real> SNN_DEV ExpParts<Real> expParts(Real x, Real extra = Real(0)) {
  using F = Format<Real>;
  using C = Constants<Real>;
  Real shifted = fma(x, C::log2e, F::magic);
  Real k = shifted - F::magic;
  Real high = fma(k, -C::ln2Part1, x);
  Real low = fma(k, C::ln2Part2, -extra);
  Real r = high - low;
  Real tail = (high - r) - low;
  Real correction = fma(r * r, expQ(r), tail);
  return {r, correction, typename F::Bits(bitsOf(shifted) - bitsOf(F::magic))};
}

/// x 2^k in two steps, so that subnormal results are rounded once; k within ± 2 bias.
template <class Real> SNN_DEV Real scaled(Real x, typename Format<Real>::Bits k) {
  using F = Format<Real>;
  typename F::Bits biased = k + 2 * F::bias, half = biased >> 1;
  return x * powerOfTwo<Real>(half) * powerOfTwo<Real>(biased - half);
}

/// (e^x - 1) 2^-shift as a normalised pair.
template <class Real> SNN_DEV Pair<Real> expm1Pair(ExpParts<Real> p, int shift) {
  using F = Format<Real>;
  using Bits = typename F::Bits;
  Real scale = powerOfTwo<Real>(Bits(p.k + F::bias - Bits(shift)));
  Real one = powerOfTwo<Real>(Bits(F::bias - Bits(shift)));
  Pair<Real> a = twoSum(scale, -one);
  Pair<Real> b = twoSum(a.high, scale * p.r);
  return fastTwoSum(b.high, b.low + fma(scale, p.correction, a.low));
}

template <class Real> struct ExpRange;
template <> struct ExpRange<double> {
  static constexpr double lowest = -708.4, highest = 710, minusOne = -40, relHighest = 718, relrHighest = 714.5, tanhOne = 44, sigmoidLowest = -708;
};
template <> struct ExpRange<float> {
  static constexpr float lowest = -87.3f, highest = 89, minusOne = -20, relHighest = 95, relrHighest = 91.4f, tanhOne = 20, sigmoidLowest = -86.6f;
};

template <class Real> SNN_DEV Real clamped(Real x, Real low, Real high) { // keeps NaN
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// e^x = scale 2^shift (1 + part), for scale = 2^(k - shift) ≥ 0 with k - shift within the exponent's range.
template <class Real> struct ScaledExp {
  Real scale, part;
};

template <class Real> SNN_DEV ScaledExp<Real> scaledExp(Real x, int shift) {
  using F = Format<Real>;
  using C = Constants<Real>;
  const Real magic = F::magic + Real(int(F::bias) - shift); // the last bits of what is rounded with it are an exponent
  Real shifted = fma(x, C::log2e, magic);
  Real k = shifted - magic;
  Real r = fma(-k, C::ln2Part2, fma(k, -C::ln2Part1, x));
  return {powerOfTwo<Real>(bitsOf(shifted)), fma(r * r, expShortQ(r), r)};
}

template <class Real> SNN_DEV Real exp(Real x) {
  using E = ExpRange<Real>;
  ScaledExp<Real> e = scaledExp(clamped(x, E::lowest, E::highest), 1);
  return e.scale * fma(e.part, Real(2), Real(2));
}

template <class Real> SNN_DEV Real expm1(Real x) {
  using E = ExpRange<Real>;
  Pair<Real> e = expm1Pair(expParts(clamped(x, E::minusOne, E::highest)), 1);
  return magnitude(x) < Format<Real>::tiny ? x : e.high * Real(2);
}

/// The quotient of two numbers that are the same near 0: 1 there. `negative` is minus the divisor.
template <class Real> SNN_DEV Real relQuotient(Real numerator, Real negative) { return negative == Real(0) ? Real(1) : numerator / -negative; }

/// The same from a reciprocal near 1 / negative, without the branches of a general division, between which nothing else can be computed.
/// The steps are those of NVRTC's own division. `min` and `max` pass over NaN: with them infinite divisors give 0, and an overflow infinity.
SNN_DEV float relQuotientFrom(float near, float numerator, float negative) {
  const float inverse = fma(lesserNumber(fma(negative, -near, 1.0f), 1.0f), near, near), first = numerator * -inverse;
  const float rest = greaterNumber(fma(first, negative, numerator), -Format<float>::largest);
  const float quotient = fma(rest, -inverse, first);
  return magnitude(negative) < 0x1p-46f ? 1.0f : quotient; // where x is below 2^-30 and e^x - 1 is x
}
#ifdef __CUDACC_RTC__
SNN_DEV float relQuotient(float numerator, float negative) {
#ifdef __CUDA_ARCH__
  float near;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(near) : "f"(negative));
  float quotient = relQuotientFrom(near, numerator, negative);
  asm("" : "+f"(quotient)); // else what divides by it is computed for both values of the choice
  return quotient;
#else
  return relQuotientFrom(1.0f / negative, numerator, negative);
#endif
}
#endif

/// (1 - e^x) 2^-16. Of exprel and exprelr both sides are scaled so: neither e^x nor the quotient of a large negative x leaves the range early.
template <class Real> SNN_DEV Real oneMinusExp(Real x) {
  ScaledExp<Real> e = scaledExp(x < ExpRange<Real>::minusOne ? ExpRange<Real>::minusOne : x, 16);
  return fma(-e.scale, e.part, Real(0x1p-16) - e.scale);
}

/// (e^x - 1) / x, 1 at 0; finite where e^x overflows already but the quotient does not.
template <class Real> SNN_DEV Real exprel(Real x) {
  const Real highest = ExpRange<Real>::relHighest, limited = x > highest ? highest : x; // the quotient is infinite there
  return relQuotient(-oneMinusExp(limited), limited * Real(-0x1p-16));
}

/// x / (e^x - 1), 1 at 0: what the rates of channels are made of that are linear in the voltage on one side.
template <class Real> SNN_DEV Real exprelr(Real x) {
  const Real highest = ExpRange<Real>::relrHighest;
  const Real quotient = relQuotient(x * Real(0x1p-16), oneMinusExp(x > highest ? highest : x));
  return x > highest ? Real(0) : quotient;
}

template <class Real> SNN_DEV Real tanh(Real x) {
  using E = ExpRange<Real>;
  Real a = clamped(magnitude(x) * Real(2), Real(0), E::tanhOne);
  Pair<Real> n = expm1Pair(expParts(a), 0);
  Pair<Real> d = twoSum(n.high, Real(2));
  Real y = quotient(n, Pair<Real>{d.high, d.low + n.low}).high;
  return a < Format<Real>::tiny ? x : withSign(y, x);
}

/// 1 / d for d from 1 to 2^125, from a reciprocal that may be a unit off: the steps of NVRTC's own division, without its branches.
SNN_DEV float reciprocalFrom(float near, float d) {
  const float inverse = fma(fma(-d, near, 1.0f), near, near);
  return fma(fma(-d, inverse, 1.0f), inverse, inverse);
}
#ifdef __CUDA_ARCH__
SNN_DEV float reciprocalAboveOne(float d) {
  float near;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(near) : "f"(d));
  return reciprocalFrom(near, d);
}
#else
SNN_DEV float reciprocalAboveOne(float d) { return 1.0f / d; }
#endif
SNN_DEV double reciprocalAboveOne(double d) { return 1.0 / d; }

/// 1 / (1 + e^-x).
template <class Real> SNN_DEV Real sigmoid(Real x) {
  using E = ExpRange<Real>;
  ScaledExp<Real> e = scaledExp(clamped(-x, E::lowest, -E::sigmoidLowest), 0);
  Real y = reciprocalAboveOne(fma(e.scale, e.part, Real(1) + e.scale));
  return x < E::sigmoidLowest ? Real(0) : y;
}

/// Above this, sinh and cosh are e^|x| / 2.
inline constexpr double hyperbolicLarge = 40;

SNN_DEV double halfExp(double a) { // e^a / 2 without early overflow, a ≥ 0
  ExpParts<double> p = expParts(clamped(a, 0.0, 712.0));
  Pair<double> one = fastTwoSum(1.0, p.r);
  return scaled(one.high + (one.low + p.correction), p.k - 1);
}

SNN_DEV double sinh(double x) {
  double a = magnitude(x);
  Pair<double> t = expm1Pair(expParts(clamped(a, 0.0, hyperbolicLarge)), 0);
  double q = t.high / (t.high + 1.0); // (e^a - 1) + (1 - e^-a) is twice the result
  Pair<double> sum = fastTwoSum(t.high, q);
  double y = 0.5 * (sum.high + (sum.low + t.low));
  y = a > hyperbolicLarge ? halfExp(a) : y;
  return a < Format<double>::tiny ? x : withSign(y, x);
}

SNN_DEV double cosh(double x) {
  double a = magnitude(x);
  ExpParts<double> p = expParts(clamped(a, 0.0, hyperbolicLarge));
  Pair<double> one = fastTwoSum(1.0, p.r);
  double low = one.low + p.correction;
  double half = 0.5 * powerOfTwo<double>(p.k + Format<double>::bias);
  Pair<double> e = fastTwoSum(one.high * half, low * half);
  double y = e.high + (0.25 / e.high + e.low);
  return a > hyperbolicLarge ? halfExp(a) : y;
}

SNN_DEV float sinh(float x) { return float(sinh(double(x))); }
SNN_DEV float cosh(float x) { return float(cosh(double(x))); }

} // namespace snn::device
