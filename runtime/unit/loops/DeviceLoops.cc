// One loop per function of the device library; the build compiles this file once for each CPU level.
#include "runtime/unit/loops/DeviceLoops.h"

#include "runtime/device/Draws.h"

namespace {

namespace dev = snn::device;
using dev::Site;

// FUNCTION(name, expression in x and y)
#define FUNCTIONS(FUNCTION)                                                                                            \
  FUNCTION(exp, dev::exp(x)) FUNCTION(log, dev::log(x)) FUNCTION(log1p, dev::log1p(x)) FUNCTION(expm1, dev::expm1(x)) \
  FUNCTION(exprel, dev::exprel(x)) FUNCTION(exprelr, dev::exprelr(x)) FUNCTION(sqrt, dev::sqrt(x)) FUNCTION(pow, dev::pow(x, y))                          \
  FUNCTION(sin, dev::sin(x)) FUNCTION(cos, dev::cos(x)) FUNCTION(tan, dev::tan(x)) FUNCTION(asin, dev::asin(x))        \
  FUNCTION(acos, dev::acos(x)) FUNCTION(atan, dev::atan(x)) FUNCTION(atan2, dev::atan2(x, y))                          \
  FUNCTION(sinh, dev::sinh(x)) FUNCTION(cosh, dev::cosh(x)) FUNCTION(tanh, dev::tanh(x))                               \
  FUNCTION(sigmoid, dev::sigmoid(x)) FUNCTION(relu, dev::relu(x)) FUNCTION(heaviside, dev::heaviside(x))               \
  FUNCTION(lgamma, dev::lgamma(x)) FUNCTION(mod, dev::mod(x, y)) FUNCTION(floor, dev::floor(x))                        \
  FUNCTION(ceil, dev::ceil(x)) FUNCTION(round, dev::round(x)) FUNCTION(sign, dev::sign(x))                             \
  FUNCTION(min, dev::min(x, y)) FUNCTION(max, dev::max(x, y)) FUNCTION(clip, dev::clip(x, y, y + 1))
#define DRAWS(FUNCTION)                                                                                                \
  FUNCTION(uniform, dev::drawUniform(x, y, s)) FUNCTION(normal, dev::drawNormal(x, y, s))                              \
  FUNCTION(exponential, dev::drawExponential(x, s)) FUNCTION(lognormal, dev::drawLognormal(x, y, s))                   \
  FUNCTION(bernoulli, Real(dev::drawBernoulli(x, s))) FUNCTION(gamma, dev::drawGamma(x, y, s))                         \
  FUNCTION(poisson, dev::drawPoisson(x, s))

#define NAME(NAME, EXPRESSION) #NAME,
const char *const names[] = {FUNCTIONS(NAME)};
const char *const drawNames[] = {DRAWS(NAME)};

#define LOOP(NAME, EXPRESSION)                                                                                         \
  template <class Real> void loop_##NAME(const Real *__restrict a, const Real *__restrict b, Real *__restrict r,       \
                                         int64_t n) {                                                                  \
    for (int64_t k = 0; k < n; ++k) {                                                                                  \
      const Real x = a[k], y = b[k];                                                                                   \
      (void)y;                                                                                                         \
      r[k] = EXPRESSION;                                                                                               \
    }                                                                                                                  \
  }
FUNCTIONS(LOOP)

#define DRAW_LOOP(NAME, EXPRESSION)                                                                                    \
  template <class Real> void draw_##NAME(const Real *__restrict a, const Real *__restrict b, Real *__restrict r,       \
                                         int64_t n, uint64_t seed, uint32_t stream, uint64_t step) {                   \
    for (int64_t k = 0; k < n; ++k) {                                                                                  \
      const Real x = a[k], y = b[k];                                                                                   \
      (void)y;                                                                                                         \
      const Site s{seed, stream, step, uint64_t(k)};                                                                   \
      r[k] = EXPRESSION;                                                                                               \
    }                                                                                                                  \
  }
DRAWS(DRAW_LOOP)

template <class Real> void run(int function, const Real *a, const Real *b, Real *r, int64_t n) {
#define ENTRY(NAME, EXPRESSION) loop_##NAME<Real>,
  constexpr void (*table[])(const Real *, const Real *, Real *, int64_t) = {FUNCTIONS(ENTRY)};
  table[function](a, b, r, n);
}
template <class Real>
void draw(int function, const Real *a, const Real *b, Real *r, int64_t n, uint64_t seed, uint32_t stream,
          uint64_t step) {
#define DRAW_ENTRY(NAME, EXPRESSION) draw_##NAME<Real>,
  constexpr void (*table[])(const Real *, const Real *, Real *, int64_t, uint64_t, uint32_t, uint64_t) = {
      DRAWS(DRAW_ENTRY)};
  table[function](a, b, r, n, seed, stream, step);
}

constexpr int count = sizeof(names) / sizeof(*names), drawCount = sizeof(drawNames) / sizeof(*drawNames);
const snn::test::Loops loops = {count,     count,       drawCount,  names,       drawNames,
                                run<float>, run<double>, draw<float>, draw<double>};

} // namespace

extern "C" const snn::test::Loops *SNN_LOOPS() { return &loops; }
