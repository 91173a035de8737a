// The device library under its C names; compiled to bitcode for kernels and to machine code for the host.
#include "runtime/device/DeviceApi.h"
#include "runtime/device/Draws.h"

namespace dev = snn::device;

#define SNN_DEV_ARGS_1 a
#define SNN_DEV_ARGS_2 a, b
#define SNN_DEV_ARGS_3 a, b, c
#define SNN_DEV_MATH(NAME, ARITY, REAL, SUFFIX)                                                                        \
  REAL snn_dev_##NAME##_##SUFFIX(SNN_DEV_PARAMS_##ARITY(REAL)) { return dev::NAME(SNN_DEV_ARGS_##ARITY); }
#define SNN_DEV_DRAW(RESULT, NAME, FUNCTION, ARITY, REAL, SUFFIX)                                                      \
  RESULT snn_dev_draw_##NAME##_##SUFFIX(SNN_DEV_PARAMS_##ARITY(REAL), SNN_DEV_SITE) {                                  \
    return RESULT(dev::FUNCTION(SNN_DEV_ARGS_##ARITY, dev::Site{seed, stream, step, element}));                        \
  }

namespace snn::device {
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
#include "runtime/device/DeviceFunctions.def"
}
