// Logarithms: log and log1p within 1 ulp, and log as an unevaluated sum for pow and lgamma.
// x = 2^e m with m in [sqrt(1/2), sqrt 2), f = m - 1, s = f / (2 + f), log m = 2 s + s^3 P(s^2).
#pragma once

#include "runtime/device/Coefficients.h"

namespace snn::device {

template <class Real> struct LogParts { Real f, e; };

template <class Real> SNN_DEV Real exponentAsReal(typename Format<Real>::Bits biased);
template <> SNN_DEV double exponentAsReal<double>(uint64_t biased) {
  return realOf(uint64_t(biased | 0x4330000000000000ull)) - (0x1p52 + 1023); // 2^52 + biased, without a 64-bit conversion
}
template <> SNN_DEV float exponentAsReal<float>(uint32_t biased) { return float(int32_t(biased)) - 127.0f; }

template <class Real> struct LogSplit;
template <> struct LogSplit<double> {
  static constexpr uint64_t rootHalf = 0x3fe6a09e667f3bcdull, one = 0x3ff0000000000000ull, mask = 0x000fffffffffffffull;
  static constexpr double up = 0x1p54, upExponent = 54;
};
template <> struct LogSplit<float> {
  static constexpr uint32_t rootHalf = 0x3f3504f3u, one = 0x3f800000u, mask = 0x007fffffu;
  static constexpr float up = 0x1p25f, upExponent = 25;
};

/// For positive finite x.
template <class Real> SNN_DEV LogParts<Real> logParts(Real x) {
  using F = Format<Real>;
  using S = LogSplit<Real>;
  using Bits = typename F::Bits;
  bool subnormal = x < F::smallestNormal;
  Bits bits = bitsOf(subnormal ? x * S::up : x) + (S::one - S::rootHalf);
  Real e = exponentAsReal<Real>(bits >> F::mantissa) - (subnormal ? S::upExponent : Real(0));
  Real m = realOf(Bits((bits & S::mask) + S::rootHalf));
  return {m - Real(1), e};
}

/// e ln 2 + log(1 + f) + rest, rest small.
template <class Real> SNN_DEV Real logOf(LogParts<Real> p, Real rest) {
  using C = Constants<Real>;
  Real halfSquare = Real(0.5) * p.f * p.f;
  Real s = p.f / (Real(2) + p.f);
  Real z = s * s;
  Pair<Real> sum = fastTwoSum(p.e * C::ln2Part1, p.f);
  Real small = fma(p.e, C::ln2Part2, s * fma(z, logP(z), halfSquare));
  return sum.high + (sum.low + ((small + rest) - halfSquare));
}

/// log's values at 0, below, at infinity and NaN; `y` elsewhere.
template <class Real> SNN_DEV Real logSpecial(Real x, Real y) {
  y = x > Format<Real>::largest ? x : y;
  y = x == Real(0) ? -infinity<Real>() : y;
  y = x < Real(0) ? quietNaN<Real>() : y;
  return x != x ? x : y;
}

template <class Real> SNN_DEV Real log(Real x) { return logSpecial(x, logOf(logParts(x), Real(0))); }

template <class Real> SNN_DEV Real log1p(Real x) {
  Pair<Real> u = twoSum(Real(1), x);
  Real y = logOf(logParts(u.high), u.low / u.high);
  y = logSpecial(u.high, y);
  y = magnitude(x) < Format<Real>::tiny ? x : y;
  return x > Format<Real>::largest ? x : y;
}

/// log x for positive finite x with a relative error of about 2^-68.
SNN_DEV Pair<double> logPair(double x) {
  using C = Constants<double>;
  LogParts<double> p = logParts(x);
  Pair<double> d = fastTwoSum(2.0, p.f);
  double inverse = 1.0 / d.high;
  double s = p.f * inverse;
  double sLow = (fma(-s, d.high, p.f) - s * d.low) * inverse;
  Pair<double> z = twoProduct(s, s);
  z.low = fma(2.0 * s, sLow, z.low);
  // c = 2/3 + z Q(z), t = s z c
  double q = z.high * logQ(z.high);
  Pair<double> c = fastTwoSum(C::twoThirdsPart1, q);
  c.low += C::twoThirdsPart2;
  Pair<double> zc = twoProduct(z.high, c.high);
  zc.low += fma(z.high, c.low, z.low * c.high);
  Pair<double> t = twoProduct(s, zc.high);
  t.low += fma(s, zc.low, sLow * zc.high);
  Pair<double> m = fastTwoSum(2.0 * s, t.high);
  m.low += t.low + 2.0 * sLow;
  // + e ln 2: e ln2Part1 is exact
  Pair<double> sum = fastTwoSum(p.e * C::ln2Part1, m.high);
  Pair<double> second = twoProduct(p.e, C::ln2Part2);
  Pair<double> low = twoSum(sum.low, second.high);
  return fastTwoSum(sum.high, low.high + (low.low + (second.low + m.low)));
}

} // namespace snn::device
