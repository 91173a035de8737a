// Rounding, signs, bounds and the piecewise functions. Exact, except mod (rounded once).
#pragma once

#include "runtime/device/Device.h"

namespace snn::device {

template <class Real> SNN_DEV Real floor(Real x) { return floorOf(x); }
template <class Real> SNN_DEV Real ceil(Real x) { return -floorOf(-x); }
/// Halves away from zero.
SNN_DEV double round(double x) { return truncOf(x + withSign(0x1.fffffffffffffp-2, x)); }
SNN_DEV float round(float x) { return truncOf(x + withSign(0x1.fffffep-2f, x)); }

template <class Real> SNN_DEV Real abs(Real x) { return magnitude(x); }
/// -1, 0 or 1; NaN stays NaN.
template <class Real> SNN_DEV Real sign(Real x) {
  return x > Real(0) ? Real(1) : (x < Real(0) ? Real(-1) : x);
}
template <class Real> SNN_DEV Real min(Real a, Real b) { return a < b ? a : b; }
template <class Real> SNN_DEV Real max(Real a, Real b) { return a > b ? a : b; }
/// x within [low, high]; NaN stays NaN.
template <class Real> SNN_DEV Real clip(Real x, Real low, Real high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}
template <class Real> SNN_DEV Real relu(Real x) { return x < Real(0) ? Real(0) : x; }
/// 1 from 0 on, 0 below; NaN stays NaN.
template <class Real> SNN_DEV Real heaviside(Real x) {
  return x >= Real(0) ? Real(1) : (x < Real(0) ? Real(0) : x);
}

/// The number next to b towards 0.
template <class Real> SNN_DEV Real justBelow(Real b) {
  return realOf(typename Format<Real>::Bits(bitsOf(b) - 1));
}

/// a - b floor(a / b): 0, or the sign of b and smaller than it. Defined for |a / b| < 2^52; beyond, for b = 0 and for
/// infinite a the result is NaN. An infinite b gives a, or b where the signs differ.
SNN_DEV double mod(double a, double b) {
  double ratio = a / b;
  double r = fma(-floorOf(ratio), b, a);
  r = (b > 0.0 ? r < 0.0 : r > 0.0) ? r + b : r; // the quotient was rounded up to a whole number, or a is tiny
  r = (b > 0.0 ? r >= b : r <= b) ? justBelow(b) : r;
  r = magnitude(ratio) < 0x1p52 ? r : quietNaN<double>();
  bool wide = magnitude(b) > Format<double>::largest && magnitude(a) <= Format<double>::largest;
  bool same = a == 0.0 || signOf(a) == signOf(b);
  return wide ? (same ? a : b) : r;
}
SNN_DEV float mod(float a, float b) {
  float r = float(mod(double(a), double(b)));
  return r == b && magnitude(b) <= Format<float>::largest ? justBelow(b) : r;
}

} // namespace snn::device
