// Values of the Kernel IR in CUDA C++: conversions and arithmetic of integers, with the bits of the interpreter.
#pragma once

#include "runtime/device/Convert.h"
#include "runtime/device/Draws.h"
#include "runtime/device/Reduce.h"
#include "runtime/device/cuda/Divisor.h"

namespace snn::cuda {

/// A value of the IR as one of another type. Reals become integers towards zero, saturating; what is not 0 is true.
template <class To> struct Converter;
template <> struct Converter<double> {
  template <class From> SNN_DEV static double of(From x) { return double(x); }
};
template <> struct Converter<float> {
  template <class From> SNN_DEV static float of(From x) { return float(x); }
};
template <> struct Converter<int64_t> {
  SNN_DEV static int64_t of(double x) { return device::toInteger(x); }
  SNN_DEV static int64_t of(float x) { return device::toInteger(double(x)); }
  template <class From> SNN_DEV static int64_t of(From x) { return int64_t(x); }
};
template <> struct Converter<int32_t> {
  SNN_DEV static int32_t of(double x) {
    const int64_t whole = device::toInteger(x);
    return whole > 0x7fffffff ? 0x7fffffff : whole < -0x7fffffffll - 1 ? -0x7fffffff - 1 : int32_t(whole);
  }
  SNN_DEV static int32_t of(float x) { return of(double(x)); }
  template <class From> SNN_DEV static int32_t of(From x) { return int32_t(x); }
};
template <> struct Converter<bool> {
  template <class From> SNN_DEV static bool of(From x) { return x != From(0); }
};
template <class To, class From> SNN_DEV To to(From x) { return Converter<To>::of(x); }

// Integers wrap.
SNN_DEV int64_t wrapAdd(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
SNN_DEV int64_t wrapSub(int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }
SNN_DEV int64_t wrapMul(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }
SNN_DEV int64_t wrapNeg(int64_t a) { return int64_t(0 - uint64_t(a)); }
SNN_DEV int64_t wholeAbs(int64_t a) { return a < 0 ? wrapNeg(a) : a; }
/// The sign of b; 0 where a machine would trap.
SNN_DEV int64_t wholeMod(int64_t a, int64_t b) {
  if (b == 0 || b == -1)
    return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}

/// A zero that NVRTC does not know of. It takes `x < 0 ? x : 0` for a minimum, which is -0 for x = -0.
SNN_DEV float hidden(float zero) {
#ifdef __CUDA_ARCH__
  asm("" : "+f"(zero));
#endif
  return zero;
}
SNN_DEV double hidden(double zero) {
#ifdef __CUDA_ARCH__
  asm("" : "+d"(zero));
#endif
  return zero;
}

template <class Real> SNN_DEV bool finite(Real x) { return device::magnitude(x) <= device::Format<Real>::largest; }

} // namespace snn::cuda
