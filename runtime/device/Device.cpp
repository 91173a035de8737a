// The device library under its C names; compiled to bitcode for kernels and to machine code for the host.
#include "runtime/device/DeviceApi.h"
#include "runtime/device/PoissonBlocks.h"

namespace dev = snn::device;

#define SNN_DEV_ARGS_1 a
#define SNN_DEV_ARGS_2 a, b
#define SNN_DEV_ARGS_3 a, b, c
#define SNN_DEV_AT dev::Site{seed, stream, step, element}
// Called once for 64 cells: one copy, which the kernels' pipeline vectorises, instead of one in each kernel.
#define SNN_DEV_BLOCK __attribute__((noinline))
#define SNN_DEV_MATH(NAME, ARITY, REAL, SUFFIX)                                                                        \
  REAL snn_dev_##NAME##_##SUFFIX(SNN_DEV_PARAMS_##ARITY(REAL)) { return dev::NAME(SNN_DEV_ARGS_##ARITY); }
#define SNN_DEV_DRAW(RESULT, NAME, FUNCTION, ARITY, REAL, SUFFIX)                                                      \
  RESULT snn_dev_draw_##NAME##_##SUFFIX(SNN_DEV_PARAMS_##ARITY(REAL), SNN_DEV_SITE) {                                  \
    return RESULT(dev::FUNCTION(SNN_DEV_ARGS_##ARITY, dev::Site{seed, stream, step, element}));                        \
  }

namespace snn::device {
SNN_DEV void block_uniform(auto *out, const Site &s) { blockUniform(s, out); }
SNN_DEV void block_open(auto *out, const Site &s) { blockOpen(s, out); }
SNN_DEV void block_normal(auto *out, const Site &s) { blockNormal(s, out); }
template <class R> SNN_DEV R from_uniform(R a, R b, R x) { return uniformFrom(a, b, x); }
template <class R> SNN_DEV R from_normal(R a, R b, R x) { return normalFrom(a, b, x); }
template <class R> SNN_DEV R from_lognormal(R a, R b, R x) { return lognormalFrom(a, b, x); }
template <class R> SNN_DEV R from_exponential(R a, R x) { return exponentialFrom(a, x); }
template <class R> SNN_DEV R draw_uniform(R a, R b, const Site &s) { return drawUniform(a, b, s); }
template <class R> SNN_DEV R draw_normal(R a, R b, const Site &s) { return drawNormal(a, b, s); }
template <class R> SNN_DEV R draw_exponential(R a, const Site &s) { return drawExponential(a, s); }
template <class R> SNN_DEV R draw_gamma(R a, R b, const Site &s) { return drawGamma(a, b, s); }
template <class R> SNN_DEV R draw_lognormal(R a, R b, const Site &s) { return drawLognormal(a, b, s); }
template <class R> SNN_DEV R draw_poisson(R a, const Site &s) { return drawPoisson(a, s); }
template <class R> SNN_DEV bool draw_bernoulli(R a, const Site &s) { return drawBernoulli(a, s); }
} // namespace snn::device

extern "C" {
#define DEVICE_MATH(NAME, ARITY)                                                                                       \
  SNN_DEV_MATH(NAME, ARITY, float, f32)                                                                                \
  SNN_DEV_MATH(NAME, ARITY, double, f64)
#define DEVICE_DRAW(NAME, ARITY)                                                                                       \
  SNN_DEV_DRAW(float, NAME, draw_##NAME, ARITY, float, f32)                                                            \
  SNN_DEV_DRAW(double, NAME, draw_##NAME, ARITY, double, f64)
#define DEVICE_DRAW_BOOL(NAME, ARITY)                                                                                  \
  SNN_DEV_DRAW(int32_t, NAME, draw_##NAME, ARITY, float, f32)                                                          \
  SNN_DEV_DRAW(int32_t, NAME, draw_##NAME, ARITY, double, f64)
#define DEVICE_BLOCK(NAME)                                                                                             \
  SNN_DEV_BLOCK void snn_dev_block_##NAME##_f32(float *out, SNN_DEV_SITE) { dev::block_##NAME(out, SNN_DEV_AT); }      \
  SNN_DEV_BLOCK void snn_dev_block_##NAME##_f64(double *out, SNN_DEV_SITE) { dev::block_##NAME(out, SNN_DEV_AT); }
#define DEVICE_FROM(NAME, ARITY)                                                                                       \
  float snn_dev_from_##NAME##_f32(SNN_DEV_PARAMS_##ARITY(float), float standard) {                                     \
    return dev::from_##NAME(SNN_DEV_ARGS_##ARITY, standard);                                                           \
  }                                                                                                                    \
  double snn_dev_from_##NAME##_f64(SNN_DEV_PARAMS_##ARITY(double), double standard) {                                  \
    return dev::from_##NAME(SNN_DEV_ARGS_##ARITY, standard);                                                           \
  }
#include "runtime/device/DeviceFunctions.def"
SNN_DEV_BLOCK void snn_dev_block_words(uint32_t *out, SNN_DEV_SITE) { dev::blockBits(SNN_DEV_AT, out); }
int32_t snn_dev_from_bernoulli_f32(float p, uint32_t word) { return dev::bernoulliFrom(p, word); }
int32_t snn_dev_from_bernoulli_f64(double p, double uniform) { return dev::bernoulliFrom(p, uniform); }
#define SNN_DEV_POISSON(REAL, SUFFIX)                                                                                  \
  SNN_DEV_BLOCK void snn_dev_block_poisson_##SUFFIX(REAL *out, REAL mean, void *table, SNN_DEV_SITE) {                 \
    dev::blockPoisson(double(mean), *static_cast<dev::PoissonTable<REAL> *>(table), SNN_DEV_AT, out);                  \
  }                                                                                                                    \
  SNN_DEV_BLOCK void snn_dev_block_poissons_##SUFFIX(REAL *out, const REAL *mean, void *table, SNN_DEV_SITE) {         \
    dev::blockPoissonEach(mean, *static_cast<dev::PoissonTable<REAL> *>(table), SNN_DEV_AT, out);                      \
  }
SNN_DEV_POISSON(float, f32)
SNN_DEV_POISSON(double, f64)
}
