// The C names of the device library (DeviceFunctions.def): in the bitcode that is linked into kernels, and in the library
// snn_device_host for the interpreter and the runtime. Both give the same bits. Needs a CPU with FMA (x86-64-v3).
#pragma once

#include <stdint.h>

#define SNN_DEV_PARAMS_1(R) R a
#define SNN_DEV_PARAMS_2(R) R a, R b
#define SNN_DEV_PARAMS_3(R) R a, R b, R c
#define SNN_DEV_SITE uint64_t seed, uint32_t stream, uint64_t step, uint64_t element

extern "C" {
#define DEVICE_MATH(NAME, ARITY)                                                                                       \
  float snn_dev_##NAME##_f32(SNN_DEV_PARAMS_##ARITY(float));                                                           \
  double snn_dev_##NAME##_f64(SNN_DEV_PARAMS_##ARITY(double));
#define DEVICE_DRAW(NAME, ARITY)                                                                                       \
  float snn_dev_draw_##NAME##_f32(SNN_DEV_PARAMS_##ARITY(float), SNN_DEV_SITE);                                        \
  double snn_dev_draw_##NAME##_f64(SNN_DEV_PARAMS_##ARITY(double), SNN_DEV_SITE);
#define DEVICE_DRAW_BOOL(NAME, ARITY)                                                                                  \
  int32_t snn_dev_draw_##NAME##_f32(SNN_DEV_PARAMS_##ARITY(float), SNN_DEV_SITE);                                      \
  int32_t snn_dev_draw_##NAME##_f64(SNN_DEV_PARAMS_##ARITY(double), SNN_DEV_SITE);
#include "runtime/device/DeviceFunctions.def"
}
