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
#define DEVICE_BLOCK(NAME)                                                                                             \
  void snn_dev_block_##NAME##_f32(float *out, SNN_DEV_SITE);                                                           \
  void snn_dev_block_##NAME##_f64(double *out, SNN_DEV_SITE);
#define DEVICE_FROM(NAME, ARITY)                                                                                       \
  float snn_dev_from_##NAME##_f32(SNN_DEV_PARAMS_##ARITY(float), float standard);                                      \
  double snn_dev_from_##NAME##_f64(SNN_DEV_PARAMS_##ARITY(double), double standard);
#include "runtime/device/DeviceFunctions.def"
// Bernoulli takes a word in float; Poisson numbers, of one mean or of a mean for each element, are made whole. Their table is
// SNN_DEV_POISSON_TABLE bytes that stay with the place that draws; its first eight are a double, NaN before the first call.
#define SNN_DEV_POISSON_TABLE 1040
void snn_dev_block_words(uint32_t *out, SNN_DEV_SITE);
int32_t snn_dev_from_bernoulli_f32(float p, uint32_t word);
int32_t snn_dev_from_bernoulli_f64(double p, double uniform);
void snn_dev_block_poisson_f32(float *out, float mean, void *table, SNN_DEV_SITE);
void snn_dev_block_poisson_f64(double *out, double mean, void *table, SNN_DEV_SITE);
void snn_dev_block_poissons_f32(float *out, const float *mean, void *table, SNN_DEV_SITE);
void snn_dev_block_poissons_f64(double *out, const double *mean, void *table, SNN_DEV_SITE);
}
