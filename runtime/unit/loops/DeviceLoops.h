// Array loops over the functions of the device library, as a kernel would have them; compiled for several CPUs.
#pragma once

#include <cstdint>

namespace snn::test {

/// result[k] = function(a[k], b[k]); `function` counts the lines of the table in DeviceLoops.cc.
struct Loops {
  int floatCount, doubleCount, drawCount;
  const char *const *names;      ///< of float and double functions
  const char *const *drawNames;
  void (*runFloat)(int function, const float *a, const float *b, float *result, int64_t count);
  void (*runDouble)(int function, const double *a, const double *b, double *result, int64_t count);
  /// Draws of elements 0 … count - 1 with parameters a[k], b[k].
  void (*drawFloat)(int function, const float *a, const float *b, float *result, int64_t count, uint64_t seed,
                    uint32_t stream, uint64_t step);
  void (*drawDouble)(int function, const double *a, const double *b, double *result, int64_t count, uint64_t seed,
                     uint32_t stream, uint64_t step);
};

} // namespace snn::test

extern "C" const snn::test::Loops *loops_scalar();
extern "C" const snn::test::Loops *loops_v3();
extern "C" const snn::test::Loops *loops_v4();
