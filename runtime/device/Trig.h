// Trigonometry. sin, cos, tan: |x| ≤ 2^45 (float and double); beyond that range, and for infinities, the result is NaN,
// never a wrong number. asin, acos, atan, atan2: everywhere. All within 1 ulp.
// Reduction: x = k pi/2 + r with pi/2 in three parts of 53 bits, exact products by fma.
#pragma once

#include "runtime/device/Coefficients.h"

namespace snn::device {

inline constexpr double trigLimit = 0x1p45;

template <class Real> struct Quadrant {
  Real r, tail;
  typename Format<Real>::Bits k; ///< quadrant in the two lowest bits
};

SNN_DEV Quadrant<double> reduceHalfPi(double x) {
  using C = Constants<double>;
  using F = Format<double>;
  double shifted = fma(x, C::twoOverPi, F::magic);
  double k = shifted - F::magic;
  double first = fma(-k, C::halfPiPart1, x); // exact
  Pair<double> second = twoProduct(k, C::halfPiPart2);
  Pair<double> r = twoSum(first, -second.high);
  double tail = r.low - fma(k, C::halfPiPart3, second.low);
  Pair<double> sum = fastTwoSum(r.high, tail);
  return {sum.high, sum.low, bitsOf(shifted)};
}

/// In double: two parts of pi/2 are enough for a float result.
SNN_DEV Quadrant<float> reduceHalfPi(float x) {
  using C = Constants<double>;
  using F = Format<double>;
  double wide = double(x);
  double shifted = fma(wide, C::twoOverPi, F::magic);
  double k = shifted - F::magic;
  double r = fma(-k, C::halfPiPart2, fma(-k, C::halfPiPart1, wide));
  float high = float(r);
  return {high, float(r - double(high)), uint32_t(bitsOf(shifted))};
}

/// sin(r + tail) and cos(r + tail) for |r| ≤ pi/4, as pairs.
template <class Real> SNN_DEV Pair<Real> sinPair(Real r, Real tail) {
  Real z = r * r;
  return {r, fma(z * r, sinS(z), tail)};
}
template <class Real> SNN_DEV Pair<Real> cosPair(Real r, Real tail) {
  Real z = r * r;
  Real half = Real(0.5) * z;
  Real high = Real(1) - half;
  Real low = ((Real(1) - high) - half) - fma(Real(0.5), fma(r, r, -z), r * tail);
  return {high, fma(z * z, cosC(z), low)};
}

template <class Real> SNN_DEV Real trigRange(Real x, Real y) {
  return magnitude(x) <= Real(trigLimit) ? y : quietNaN<Real>();
}

/// sin(x + shift pi/2).
template <class Real> SNN_DEV Real sinQuadrant(Real x, typename Format<Real>::Bits shift) {
  using Bits = typename Format<Real>::Bits;
  Quadrant<Real> q = reduceHalfPi(x);
  Bits k = q.k + shift;
  Pair<Real> s = sinPair(q.r, q.tail), c = cosPair(q.r, q.tail);
  Real y = (k & 1) != 0 ? c.high + c.low : s.high + s.low;
  return (k & 2) != 0 ? -y : y;
}

template <class Real> SNN_DEV Real sin(Real x) {
  Real y = sinQuadrant(x, 0);
  y = magnitude(x) < Format<Real>::tiny ? x : y; // -0
  return trigRange(x, y);
}
template <class Real> SNN_DEV Real cos(Real x) { return trigRange(x, sinQuadrant(x, 1)); }

SNN_DEV double tan(double x) {
  Quadrant<double> q = reduceHalfPi(x);
  Pair<double> s = sinPair(q.r, q.tail), c = cosPair(q.r, q.tail);
  s = fastTwoSum(s.high, s.low);
  c = fastTwoSum(c.high, c.low);
  bool odd = (q.k & 1) != 0;
  Pair<double> n = {odd ? -c.high : s.high, odd ? -c.low : s.low};
  Pair<double> d = {odd ? s.high : c.high, odd ? s.low : c.low};
  double y = quotient(n, d).high;
  y = magnitude(x) < Format<double>::tiny ? x : y;
  return trigRange(x, y);
}
SNN_DEV float tan(float x) { return float(tan(double(x))); }

/// The angle of the point (d, n), n ≥ 0 and d ≥ 0 finite and not both 0, the larger within 2^±1000, then mirrored:
/// `left` puts the point at -d.
SNN_DEV double angle(Pair<double> n, Pair<double> d, bool left) {
  using C = Constants<double>;
  bool steep = n.high > d.high;
  Pair<double> p = {steep ? d.high : n.high, steep ? d.low : n.low};
  Pair<double> q = {steep ? n.high : d.high, steep ? n.low : d.low};
  // atan(p/q) = pi/4 + atan((p - q)/(p + q)) keeps the argument below tan(pi/8)
  bool middle = p.high > 0x1.a8279ap-2 * q.high;
  Pair<double> difference = twoSum(p.high, -q.high), sum = fastTwoSum(q.high, p.high);
  difference.low += p.low - q.low;
  sum.low += p.low + q.low;
  p = {middle ? difference.high : p.high, middle ? difference.low : p.low};
  q = {middle ? sum.high : q.high, middle ? sum.low : q.low};
  Pair<double> t = quotient(p, q);
  double z = t.high * t.high;
  double low = fma(z * t.high, atanA(z), t.low);
  // quarters of pi to add, and the sign of t, after the two mirrors
  double quarters = middle ? 1.0 : 0.0, sign = 1.0;
  quarters = steep ? 2.0 - quarters : quarters;
  sign = steep ? -sign : sign;
  quarters = left ? 4.0 - quarters : quarters;
  sign = left ? -sign : sign;
  Pair<double> base = twoProduct(quarters, C::quarterPiPart1);
  base.low = fma(quarters, C::quarterPiPart2, base.low);
  Pair<double> high = fastTwoSum(base.high, sign * t.high);
  return high.high + (high.low + (base.low + sign * low));
}

SNN_DEV double atan2(double y, double x) {
  double n = magnitude(y), d = magnitude(x);
  double large = n > d ? n : d;
  bool both = n == d && (n > Format<double>::largest || n == 0.0); // the diagonal, or the origin
  bool infinite = large > Format<double>::largest;
  // one infinite: the other is nothing beside it
  double nn = infinite ? (n > d ? 1.0 : 0.0) : n, dd = infinite ? (n > d ? 0.0 : 1.0) : d;
  double scale = large > 0x1p900 ? 0x1p-200 : (large < 0x1p-900 ? 0x1p200 : 1.0);
  scale = infinite ? 1.0 : scale;
  nn = both ? (infinite ? 1.0 : 0.0) : nn * scale;
  dd = both ? 1.0 : dd * scale;
  double r = angle({nn, 0.0}, {dd, 0.0}, signOf(x));
  // a quotient that is subnormal must be rounded once
  r = (n < d * 0x1p-900 && !signOf(x) && !infinite) ? n / d : r;
  r = (n != n || d != d) ? quietNaN<double>() : r;
  return withSign(r, y);
}
SNN_DEV float atan2(float y, float x) { return float(atan2(double(y), double(x))); }

SNN_DEV double atan(double x) {
  double a = magnitude(x);
  double r = angle({a < 0x1p60 ? a : 0x1p60, 0.0}, {1.0, 0.0}, false);
  r = a < Format<double>::tiny ? a : r;
  return x != x ? x : withSign(r, x);
}
SNN_DEV float atan(float x) { return float(atan(double(x))); }

/// sqrt(1 - x^2) to twice the precision; NaN for |x| > 1.
SNN_DEV Pair<double> otherLeg(double x) {
  Pair<double> square = twoProduct(x, x);
  Pair<double> w = fastTwoSum(1.0, -square.high);
  w = fastTwoSum(w.high, w.low - square.low);
  double root = sqrt(w.high);
  double divisor = root == 0.0 ? 1.0 : root + root;
  return {root, (fma(-root, root, w.high) + w.low) / divisor};
}

SNN_DEV double asin(double x) {
  double a = magnitude(x);
  double r = angle({a, 0.0}, otherLeg(x), false);
  r = a < 0x1p-28 ? a : r;
  return a <= 1.0 ? withSign(r, x) : quietNaN<double>();
}
SNN_DEV double acos(double x) {
  double a = magnitude(x);
  double r = angle(otherLeg(x), {a, 0.0}, signOf(x));
  return a <= 1.0 ? r : quietNaN<double>();
}
SNN_DEV float asin(float x) { return float(asin(double(x))); }
SNN_DEV float acos(float x) { return float(acos(double(x))); }

} // namespace snn::device
