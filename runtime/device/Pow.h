// pow: x^y = exp(y log x) with the logarithm to twice the precision. Within 1 ulp; special values as in C.
#pragma once

#include "runtime/device/Exp.h"
#include "runtime/device/Log.h"

namespace snn::device {

/// The special values of x^y; `r` is |x|^y for finite positive |x|.
template <class Real> SNN_DEV Real powSpecial(Real x, Real y, Real r) {
  Real a = magnitude(x);
  bool large = magnitude(y) > Format<Real>::largest;
  bool whole = floorOf(y) == y;
  Real half = y * Real(0.5);
  bool odd = whole && floorOf(half) != half && !large;
  bool up = (y > Real(0)) == (a > Real(1)); // grows without bound in the limit
  r = (a == Real(0) || a > Format<Real>::largest || (large && a != Real(1)))
          ? (up ? infinity<Real>() : Real(0)) : r;
  r = a == Real(1) ? Real(1) : r;
  Real nan = quietNaN<Real>();
  r = (x < Real(0) && !whole && a <= Format<Real>::largest) ? nan : r;
  r = (odd && signOf(x)) ? -r : r;
  r = (x != x || y != y) ? nan : r;
  return (x == Real(1) || y == Real(0)) ? Real(1) : r;
}

SNN_DEV double pow(double x, double y) {
  Pair<double> l = logPair(magnitude(x));
  double bounded = clamped(y, -0x1p64, 0x1p64); // beyond, the result is 0, 1 or infinite anyway
  Pair<double> p = twoProduct(bounded, l.high);
  p.low = fma(bounded, l.low, p.low);
  double limited = clamped(p.high, -746.0, 710.0);
  ExpParts<double> e = expParts(limited, limited == p.high ? p.low : 0.0);
  Pair<double> one = fastTwoSum(1.0, e.r);
  return powSpecial(x, y, scaled(one.high + (one.low + e.correction), e.k));
}

/// Through double: its logarithm has 29 bits to spare.
SNN_DEV float pow(float x, float y) {
  double l = logOf(logParts(double(magnitude(x))), 0.0);
  double r = exp(double(y) * l);
  return powSpecial(x, y, float(r));
}

} // namespace snn::device
