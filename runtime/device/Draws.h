// The distributions of the language as functions of a Site. Everything is branch-free but gamma and poisson, whose loops
// are bounded by the 256 draws that an element has in a step.
#pragma once

#include "runtime/device/Rng.h"

namespace snn::device {

// ---- from a standard number: uniform01, standardNormal, openUniform, or a word

/// [a, b) but for rounding.
template <class Real> SNN_DEV Real uniformFrom(Real a, Real b, Real u) { return fma(b - a, u, a); }
template <class Real> SNN_DEV Real normalFrom(Real mean, Real deviation, Real z) { return fma(deviation, z, mean); }
template <class Real> SNN_DEV Real lognormalFrom(Real mu, Real sigma, Real z) { return exp(fma(sigma, z, mu)); }
template <class Real> SNN_DEV Real exponentialFrom(Real mean, Real open) { return -mean * log(open); }

/// True with probability p, by an integer threshold: p counts in multiples of 2^-32 (float, rounded up) or 2^-52 (double).
SNN_DEV bool bernoulliFrom(float p, uint32_t word) {
  float bounded = p < 1.0f ? (p > 0.0f ? p : 0.0f) : 1.0f;
  float upper = float(int32_t(bounded * 65536.0f)); // the threshold p 2^32 in two halves: exact in float
  float lower = -floorOf(-((bounded * 65536.0f - upper) * 65536.0f));
  uint32_t threshold = uint32_t(int32_t(upper)) * 65536u + uint32_t(int32_t(lower));
  // p = 1 overflows to threshold 0; so does an upper half of 65535 with a lower one rounded up to 65536
  bool all = bounded > 0.0f && threshold == 0u;
  return word < threshold || all;
}
SNN_DEV bool bernoulliFrom(double p, double u) { return u < p; }

// ---- of one element

template <class Real> SNN_DEV Real drawUniform(Real a, Real b, const Site &s) { return uniformFrom(a, b, uniform01<Real>(s, 0)); }
template <class Real> SNN_DEV Real drawNormal(Real mean, Real deviation, const Site &s) {
  return normalFrom(mean, deviation, standardNormal<Real>(s, 0));
}
template <class Real> SNN_DEV Real drawLognormal(Real mu, Real sigma, const Site &s) {
  return lognormalFrom(mu, sigma, standardNormal<Real>(s, 0));
}
template <class Real> SNN_DEV Real drawExponential(Real mean, const Site &s) {
  return exponentialFrom(mean, openUniform<Real>(s, 0));
}
SNN_DEV bool drawBernoulli(float p, const Site &s) { return bernoulliFrom(p, philoxWord(s, 0)); }
SNN_DEV bool drawBernoulli(double p, const Site &s) { return bernoulliFrom(p, uniform01<double>(s, 0)); }

/// Gamma with shape k and scale theta, by Marsaglia & Tsang (2000); k < 1 through k + 1. NaN for k ≤ 0.
/// 126 attempts of acceptance > 0.95 each: the fallback (the centre) has a probability below 1e-160.
SNN_DEV double standardGamma(double k, const Site &s) {
  double shape = k < 1.0 ? k + 1.0 : k;
  double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
  double result = d;
  for (uint32_t attempt = 0; attempt < 126; ++attempt) {
    double x = standardNormal<double>(s, 2 * attempt);
    double u = openUniform<double>(s, 2 * attempt + 1);
    double t = fma(c, x, 1.0), v = t * t * t;
    if (t > 0.0 && log(u) < fma(0.5 * x, x, d * (1.0 - v + log(v)))) {
      result = d * v;
      break;
    }
  }
  double boost = k < 1.0 ? pow(openUniform<double>(s, 255), 1.0 / k) : 1.0;
  return k > 0.0 ? result * boost : quietNaN<double>();
}
template <class Real> SNN_DEV Real drawGamma(Real k, Real theta, const Site &s) {
  return Real(double(theta) * standardGamma(double(k), s));
}

/// The number that a Poisson number below 10 is made of: 32 bits for float, 52 for double.
template <class Real> SNN_DEV double poissonUniform(const Site &s);
SNN_DEV double poissonFromWord(uint32_t word) { // word + 1/2, in steps of 2^-32, without a conversion of 64 bits
  return (realOf(uint64_t(uint64_t(word) | 0x4330000000000000ull)) - 0x1p52 + 0.5) * 0x1p-32;
}
template <> SNN_DEV double poissonUniform<float>(const Site &s) { return poissonFromWord(philoxWord(s, 0)); }
template <> SNN_DEV double poissonUniform<double>(const Site &s) { return uniform01<double>(s, 0); }

/// The largest Poisson number of a mean below 10: greater ones have probabilities below 1e-90.
constexpr int poissonMost = 125;

/// 1 / n, made once.
struct Reciprocals {
  double of[poissonMost + 1] = {};
  SNN_DEV constexpr Reciprocals() {
    for (int n = 1; n <= poissonMost; ++n)
      of[n] = 1.0 / double(n);
  }
};
SNN_DEV_TABLE constexpr Reciprocals reciprocals;

/// Inversion of the cumulative sums, for means below 10.
SNN_DEV double poissonSmall(double mean, double u) {
  double term = exp(-mean), sum = term;
  int n = 0;
  while (n < poissonMost && u >= sum) {
    ++n;
    term = term * (mean * reciprocals.of[n]);
    sum = sum + term;
  }
  return double(n);
}

/// Transformed rejection PTRS (Hoermann 1993), for means of 10 and more. 126 attempts of acceptance > 0.7 each.
SNN_DEV double poissonLarge(double mean, const Site &s) {
  double root = sqrt(mean), logMean = log(mean);
  double b = fma(2.53, root, 0.931), a = fma(0.02483, b, -0.059);
  double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6224 / (b - 2.0);
  for (uint32_t attempt = 0; attempt < 126; ++attempt) {
    double u = uniform01<double>(s, 2 * attempt) - 0.5;
    double v = openUniform<double>(s, 2 * attempt + 1);
    double us = 0.5 - magnitude(u);
    double k = floorOf(fma(2.0 * a / us + b, u, mean + 0.43));
    if (us >= 0.07 && v <= vr)
      return k;
    if (k < 0.0 || (us < 0.013 && v > us))
      continue;
    if (log(v) + log(inverseAlpha) - log(a / (us * us) + b) <= k * logMean - mean - lgamma(k + 1.0))
      return k;
  }
  return floorOf(mean);
}

/// Means that are not from 0 to 10; NaN for negative ones.
SNN_DEV double poissonOther(double mean, const Site &s) {
  if (!(mean >= 0.0) || mean > 0x1p52)
    return mean > 0x1p52 ? floorOf(fma(sqrt(mean), standardNormal<double>(s, 0), mean)) : quietNaN<double>();
  return poissonLarge(mean, s);
}

/// Any mean ≥ 0; NaN for negative ones.
template <class Real> SNN_DEV double poissonNumber(double mean, const Site &s) {
  return mean >= 0.0 && mean < 10.0 ? poissonSmall(mean, poissonUniform<Real>(s)) : poissonOther(mean, s);
}
template <class Real> SNN_DEV Real drawPoisson(Real mean, const Site &s) {
  return Real(poissonNumber<Real>(double(mean), s));
}

} // namespace snn::device
