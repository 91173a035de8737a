// lgamma: log |Gamma(x)|. Within 2 ulp for x > 0 (and everywhere in float); for x < 0 in double the absolute error is below
// 2^-50 (1 + |lgamma|), which near the zeros between the poles is less than full relative precision.
// x ≥ 8: Stirling's series. 1 ≤ x < 3: a polynomial with the zeros at 1 and 2 split off. Between: recurrence.
#pragma once

#include "runtime/device/Log.h"
#include "runtime/device/Trig.h"

namespace snn::device {

/// a b + c as a pair, nearly exact.
SNN_DEV Pair<double> productPlus(Pair<double> a, double b, Pair<double> c) {
  Pair<double> p = twoProduct(a.high, b);
  p.low = fma(a.low, b, p.low);
  Pair<double> sum = twoSum(p.high, c.high);
  return fastTwoSum(sum.high, sum.low + (p.low + c.low));
}

/// x in [8, infinity), `l` its logarithm: (x - 1/2) (l - 1) - 1/2 + log(2 pi) / 2 + series.
SNN_DEV Pair<double> lgammaLarge(double x, Pair<double> l) {
  using C = Constants<double>;
  Pair<double> less = twoSum(l.high, -1.0);
  less.low += l.low;
  double inverse = 1.0 / x;
  double series = inverse * stirling(inverse * inverse);
  Pair<double> rest = twoSum(C::halfLog2PiPart1, -0.5);
  rest = twoSum(rest.high, series);
  rest.low += C::halfLog2PiPart2;
  return productPlus(less, x - 0.5, rest);
}

/// y in [1, 3): (y - 1)(y - 2) Q(y - 2); both factors are exact or nearly so.
SNN_DEV Pair<double> lgammaMiddle(double u, double v) { // u = y - 2, v = y - 1
  double q = lgammaQ(u);
  Pair<double> p = twoProduct(u, v);
  Pair<double> r = twoProduct(p.high, q);
  return {r.high, fma(p.low, q, r.low)};
}

/// x > 0 finite.
SNN_DEV Pair<double> lgammaPositive(double x) {
  // 0 < x < 1: lgamma(x) = lgamma(1 + x) - log x. 3 ≤ x < 8: lgamma(x) = lgamma(x - n) + log((x - 1) … (x - n)).
  bool below = x < 1.0, above = x >= 3.0;
  double bounded = x < 8.0 ? x : 8.0;
  double n = above ? floorOf(bounded) - 2.0 : 0.0;
  double y = bounded - n;
  Pair<double> product = {1.0, 0.0};
  for (int k = 1; k <= 5; ++k) {
    double factor = double(k) <= n ? bounded - double(k) : 1.0;
    Pair<double> p = twoProduct(product.high, factor);
    product = {p.high, fma(product.low, factor, p.low)};
  }
  product = fastTwoSum(product.high, product.low);
  double argument = x >= 8.0 || below ? x : product.high;
  Pair<double> l = logPair(argument);
  double u = below ? x - 1.0 : y - 2.0, v = below ? x : y - 1.0;
  Pair<double> middle = lgammaMiddle(u, v);
  Pair<double> shift = {below ? -l.high : l.high, below ? -l.low : l.low + product.low / product.high};
  shift = {below || above ? shift.high : 0.0, below || above ? shift.low : 0.0};
  Pair<double> sum = twoSum(shift.high, middle.high);
  sum.low += shift.low + middle.low;
  Pair<double> large = lgammaLarge(x < 8.0 ? 8.0 : x, l);
  return {x >= 8.0 ? large.high : sum.high, x >= 8.0 ? large.low : sum.low};
}

/// |sin(pi x)| for the distance of |x| to the nearest whole number.
SNN_DEV double sinOfPi(double distance) {
  Pair<double> p = twoProduct(distance, Constants<double>::halfPiPart1);
  double low = fma(distance, Constants<double>::halfPiPart2, p.low);
  Pair<double> s = sinPair(p.high, low), c = cosPair(p.high, low); // sin 2a = 2 sin a cos a
  return 2.0 * ((s.high + s.low) * (c.high + c.low));
}

SNN_DEV double lgamma(double x) {
  using C = Constants<double>;
  double a = magnitude(x);
  a = a < 0x1p-1000 ? 0x1p-1000 : a;
  Pair<double> g = lgammaPositive(a > 0x1p1000 ? 0x1p1000 : a);
  double positive = a > 0x1p1000 ? a * (log(a) - 1.0) : g.high + g.low; // overflows at 2.55e305
  // reflection: lgamma(-a) = log(pi / (a |sin(pi a)|)) - lgamma(a)
  double distance = a - floorOf(a);
  distance = distance > 0.5 ? 1.0 - distance : distance;
  Pair<double> l = logPair(a * sinOfPi(distance == 0.0 ? 0.5 : distance));
  Pair<double> sum = twoSum(C::logPiPart1, -l.high);
  Pair<double> all = twoSum(sum.high, -g.high);
  double negative = all.high + (all.low + (sum.low + ((C::logPiPart2 - l.low) - g.low)));
  negative = distance == 0.0 ? infinity<double>() : negative;
  double y = x < 0.0 ? negative : positive;
  double small = magnitude(x);
  y = small < 0x1p-60 ? -log(small) : y; // lgamma(x) = -log|x| - gamma x + …
  y = small > Format<double>::largest ? infinity<double>() : y;
  return x != x ? x : y;
}
SNN_DEV float lgamma(float x) { return float(lgamma(double(x))); }

} // namespace snn::device
