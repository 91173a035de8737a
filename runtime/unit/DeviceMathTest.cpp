// The device library's mathematics against 80-bit libm (at most 2 ulp), its special values, and the same bits from scalar,
// AVX2 and AVX-512 code and from the host library. SNN_SWEEP=n tests n times as many points.
#include "runtime/device/Bitcode.h"
#include "runtime/device/DeviceApi.h"
#include "runtime/device/Math.h"
#include "runtime/unit/loops/DeviceLoops.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>
#include <random>
#include <string_view>

namespace {

namespace dev = snn::device;
using Wide = long double;

int64_t points(int64_t usual) {
  const char *more = std::getenv("SNN_SWEEP");
  return usual * (more ? std::max(1, std::atoi(more)) : 1);
}

std::mt19937_64 generator(1);
double between(double a, double b) { return a + (b - a) * static_cast<double>(generator() >> 11) * 0x1p-53; }
template <class Real> Real anyBits() { return dev::realOf(typename dev::Format<Real>::Bits(generator())); }

template <class Real> Wide ulpAt(Wide reference) {
  using L = std::numeric_limits<Real>;
  int exponent = L::min_exponent;
  if (Wide a = std::fabs(reference); a >= L::min())
    std::frexp(static_cast<Real>(std::min<Wide>(a, L::max())), &exponent);
  return std::ldexp(Wide(1), exponent - L::digits);
}

/// Error in ulp; large where only one of the two is NaN or infinite.
template <class Real> Wide error(Real got, Wide reference) {
  const Wide largest = std::numeric_limits<Real>::max(), wrong = 1e9L;
  if (std::isnan(reference) || std::isnan(got))
    return std::isnan(reference) && std::isnan(got) ? 0 : wrong;
  if (std::isinf(got) || std::fabs(reference) > largest) { // an overflow may come one ulp early or late
    const bool near = std::fabs(Wide(got)) >= largest && std::fabs(reference) >= largest * (1 - ulpAt<Real>(1));
    return near && (got > 0) == (reference > 0) ? 0 : wrong;
  }
  return std::fabs(got - reference) / ulpAt<Real>(reference);
}

using Reference1 = Wide (*)(Wide);
using Reference2 = Wide (*)(Wide, Wide);

template <class Real> const std::vector<Real> &specials() {
  using L = std::numeric_limits<Real>;
  static const std::vector<Real> all = {0,       Real(-0.0),    1,       -1,         2,           Real(0.5),
                                        -2,      Real(-0.5),    3,       -3,         L::max(),    -L::max(),
                                        L::min(), -L::min(),    L::denorm_min(),     -L::denorm_min(),
                                        L::infinity(), -L::infinity(), L::quiet_NaN(), Real(1e-5), Real(40), Real(-87.4)};
  return all;
}

/// Worst error over [low, high], over all bit patterns (with |x| ≤ limit) and at special values.
template <class Real>
void sweep(const char *name, Real (*f)(Real), Reference1 reference, double low, double high,
           double limit = std::numeric_limits<double>::infinity(), double allowed = 2) {
  Wide worst = 0;
  Real where = 0;
  const auto check = [&](Real x) {
    if (std::fabs(x) > limit)
      return;
    if (Wide e = error(f(x), reference(x)); e > worst)
      worst = e, where = x;
  };
  for (int64_t k = 0; k < points(20'000); ++k) {
    check(static_cast<Real>(between(low, high)));
    check(anyBits<Real>());
  }
  for (Real x : specials<Real>())
    check(x);
  EXPECT_LE(worst, allowed) << name << (sizeof(Real) == 8 ? " double" : " float") << " at " << where;
}

template <class Real>
void sweep2(const char *name, Real (*f)(Real, Real), Reference2 reference, double x0, double x1, double y0, double y1) {
  Wide worst = 0;
  Real whereX = 0, whereY = 0;
  const auto check = [&](Real x, Real y) {
    if (Wide e = error(f(x, y), reference(x, y)); e > worst)
      worst = e, whereX = x, whereY = y;
  };
  for (int64_t k = 0; k < points(20'000); ++k) {
    check(static_cast<Real>(between(x0, x1)), static_cast<Real>(between(y0, y1)));
    check(anyBits<Real>(), anyBits<Real>());
  }
  for (Real x : specials<Real>())
    for (Real y : specials<Real>())
      check(x, y);
  EXPECT_LE(worst, 2) << name << (sizeof(Real) == 8 ? " double" : " float") << " at " << whereX << ", " << whereY;
}

#define SWEEP(NAME, REFERENCE, ...)                                                                                    \
  sweep<double>(#NAME, [](double x) { return dev::NAME(x); }, [](Wide x) -> Wide { return REFERENCE; }, __VA_ARGS__);  \
  sweep<float>(#NAME, [](float x) { return dev::NAME(x); }, [](Wide x) -> Wide { return REFERENCE; }, __VA_ARGS__);
#define SWEEP2(NAME, REFERENCE, ...)                                                                                   \
  sweep2<double>(#NAME, [](double x, double y) { return dev::NAME(x, y); },                                            \
                 [](Wide x, Wide y) -> Wide { return REFERENCE; }, __VA_ARGS__);                                       \
  sweep2<float>(#NAME, [](float x, float y) { return dev::NAME(x, y); },                                               \
                [](Wide x, Wide y) -> Wide { return REFERENCE; }, __VA_ARGS__);

constexpr Wide ln2 = 0.693147180559945309417L;

TEST(DeviceMath, exponentials) {
  for (double span : {5.0, 90.0})
    sweep<float>("exp", dev::exp, [](Wide x) -> Wide { return x < -125.5L * ln2 ? 0 : std::exp(x); }, -span, span);
  for (double span : {5.0, 715.0})
    sweep<double>("exp", dev::exp, [](Wide x) -> Wide { return x < -1021.5L * ln2 ? 0 : std::exp(x); }, -span, span);
  SWEEP(expm1, std::expm1(x), -2, 2)
  SWEEP(expm1, std::expm1(x), -60, 95)
  SWEEP(sinh, std::sinh(x), -3, 3)
  SWEEP(sinh, std::sinh(x), -715, 715)
  SWEEP(cosh, std::cosh(x), -3, 3)
  SWEEP(cosh, std::cosh(x), -715, 715)
  SWEEP(tanh, std::tanh(x), -1, 1)
  SWEEP(tanh, std::tanh(x), -25, 25)
  for (double span : {5.0, 100.0})
    sweep<float>("sigmoid", dev::sigmoid, [](Wide x) -> Wide { return x < -86.6f ? 0 : 1 / (1 + std::exp(-x)); }, -span, span, std::numeric_limits<double>::infinity(), 2.5);
  for (double span : {5.0, 750.0})
    sweep<double>("sigmoid", dev::sigmoid, [](Wide x) -> Wide { return x < -708 ? 0 : 1 / (1 + std::exp(-x)); }, -span, span, std::numeric_limits<double>::infinity(), 2.5);
}

/// Neither denormal numbers nor those just above them are worth the time that they would take.
TEST(DeviceMath, smallExponentialsAreZero) {
  for (float x : {-87.0f, -87.4f, -104.0f, -1e30f, -std::numeric_limits<float>::infinity()})
    EXPECT_EQ(dev::exp(x), 0.0f) << x;
  for (double x : {-708.1, -708.5, -746.0, -1e300, -std::numeric_limits<double>::infinity()})
    EXPECT_EQ(dev::exp(x), 0.0) << x;
  EXPECT_GT(dev::exp(-86.9f), 0.0f);
  EXPECT_GT(dev::exp(-708.0), 0.0);
}

Wide exprelWide(Wide x) {
  if (x == 0)
    return 1;
  return std::isinf(x) ? (x > 0 ? x : Wide(0)) : std::expm1(x) / x;
}

TEST(DeviceMath, exprel) {
  SWEEP(exprel, exprelWide(x), -2, 2)
  SWEEP(exprel, exprelWide(x), -800, 800)
  SWEEP(exprel, exprelWide(x), 88, 96) // e^x overflows in float, the quotient does not
  SWEEP(exprel, exprelWide(x), 709, 718)
}

template <class Real> Wide exprelrWide(Wide x) {
  if (x == 0)
    return 1;
  return x > dev::ExpRange<Real>::relrHighest ? 0 : x / std::expm1(x);
}

TEST(DeviceMath, exprelr) {
  constexpr double all = std::numeric_limits<double>::infinity(), allowed = 2.5; // e^x - 1 is worst just below a half
  for (double span : {2.0, 60.0, 800.0}) {
    sweep<float>("exprelr", dev::exprelr, exprelrWide<float>, -span, span, all, allowed);
    sweep<double>("exprelr", dev::exprelr, exprelrWide<double>, -span, span, all, allowed);
  }
  EXPECT_GT(dev::exprelr(91.3f), 0.0f);
  EXPECT_GT(dev::exprelr(714.4), 0.0);
  for (float x : {91.5f, 1e30f, std::numeric_limits<float>::infinity()})
    EXPECT_EQ(dev::exprelr(x), 0.0f) << x;
  EXPECT_EQ(dev::exprelr(715.0), 0.0);
}

TEST(DeviceMath, logarithms) {
  SWEEP(log, std::log(x), 0, 3)
  SWEEP(log, std::log(x), 0.9, 1.1)
  SWEEP(log1p, std::log1p(x), -1, 2)
  SWEEP(log1p, std::log1p(x), -0.1, 0.1)
  SWEEP(sqrt, std::sqrt(x), 0, 9)
}

TEST(DeviceMath, powers) {
  SWEEP2(pow, std::pow(x, y), 0, 10, -300, 300)
  SWEEP2(pow, std::pow(x, y), 0.5, 2, -50, 50)
  SWEEP2(pow, std::pow(x, y), -3, 3, -3, 3)
  EXPECT_EQ(dev::pow(-2.0, 3.0), -8.0);
  EXPECT_EQ(dev::pow(3.0f, 2.0f), 9.0f);
}

TEST(DeviceMath, trigonometryWithinItsRange) {
  const double limit = dev::trigLimit;
  SWEEP(sin, std::sin(x), -7, 7, limit)
  SWEEP(cos, std::cos(x), -7, 7, limit)
  SWEEP(tan, std::tan(x), -7, 7, limit)
  SWEEP(sin, std::sin(x), -limit, limit, limit)
  SWEEP(cos, std::cos(x), -limit, limit, limit)
  SWEEP(tan, std::tan(x), -limit, limit, limit)
  // close to multiples of pi/2 all digits come from the reduction
  for (int k = 1; k < 20000; ++k) {
    const double x = k * (std::numbers::pi / 2);
    ASSERT_LE(error(dev::sin(x), std::sin(Wide(x))), 2) << k;
    ASSERT_LE(error(dev::cos(float(x)), std::cos(Wide(float(x)))), 2) << k;
    ASSERT_LE(error(dev::tan(x), std::tan(Wide(x))), 2) << k;
  }
}

TEST(DeviceMath, trigonometryBeyondItsRangeIsNaN) {
  EXPECT_TRUE(std::isnan(dev::sin(2 * dev::trigLimit)));
  EXPECT_TRUE(std::isnan(dev::cos(-1e30f)));
  EXPECT_TRUE(std::isnan(dev::tan(std::numeric_limits<double>::infinity())));
}

TEST(DeviceMath, inverseTrigonometry) {
  SWEEP(asin, std::asin(x), -1, 1)
  SWEEP(acos, std::acos(x), -1, 1)
  SWEEP(atan, std::atan(x), -3, 3)
  SWEEP2(atan2, std::atan2(x, y), -3, 3, -3, 3)
}

TEST(DeviceMath, lgamma) {
  const auto reference = [](Wide x) -> Wide { return std::lgamma(x); };
  for (const auto &[low, high] : {std::pair{0.0, 12.0}, {0.9, 1.1}, {1.9, 2.1}, {2.5, 3.5}, {7.0, 200.0}}) {
    sweep<double>("lgamma", [](double x) { return dev::lgamma(std::fabs(x)); },
                  [](Wide x) -> Wide { return std::lgamma(std::fabs(x)); }, low, high);
    sweep<float>("lgamma", [](float x) { return dev::lgamma(x); }, reference, low, high);
  }
  sweep<float>("lgamma", [](float x) { return dev::lgamma(x); }, reference, -12, 0);
  for (int64_t k = 0; k < points(20'000); ++k) { // near its zeros between the poles the error is absolute
    const double x = between(-30, 0);
    const Wide expected = std::lgamma(Wide(x));
    ASSERT_LE(std::fabs(dev::lgamma(x) - expected), 0x1p-50L * (1 + std::fabs(expected))) << x;
  }
  EXPECT_TRUE(std::isinf(dev::lgamma(-3.0)));
}

Wide modWide(Wide a, Wide b) {
  if (std::isinf(b) && std::isfinite(a))
    return a == 0 || std::signbit(a) == std::signbit(b) ? a : b;
  if (b != 0 && std::fabs(a / b) >= 0x1p52L)
    return std::numeric_limits<Wide>::quiet_NaN();
  const Wide r = std::fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

TEST(DeviceMath, modHasTheSignOfTheDivisor) {
  SWEEP2(mod, modWide(x, y), -10, 10, -1, 1)
  SWEEP2(mod, modWide(x, y), -1e6, 1e6, -1000, 1000)
  EXPECT_EQ(dev::mod(-7.0, 3.0), 2.0);
  EXPECT_EQ(dev::mod(7.0f, -3.0f), -2.0f);
  EXPECT_LT(dev::mod(-1e-20, 1.0), 1.0); // stays below the divisor
  EXPECT_LT(dev::mod(-1e-20f, 1.0f), 1.0f);
}

TEST(DeviceMath, roundingAndPieces) {
  SWEEP(floor, std::floor(x), -10, 10, INFINITY, 0)
  SWEEP(ceil, std::ceil(x), -10, 10, INFINITY, 0)
  SWEEP(round, std::round(x), -10, 10, INFINITY, 0)
  EXPECT_EQ(dev::round(2.5), 3.0);
  EXPECT_EQ(dev::round(-2.5f), -3.0f);
  EXPECT_EQ(dev::round(0x1.fffffffffffffp-2), 0.0);
  EXPECT_EQ(dev::heaviside(0.0), 1.0);
  EXPECT_EQ(dev::heaviside(-1.0f), 0.0f);
  EXPECT_EQ(dev::relu(-1.0f), 0.0f);
  EXPECT_EQ(dev::sign(-3.0), -1.0);
  EXPECT_EQ(dev::sign(0.0), 0.0);
  EXPECT_EQ(dev::clip(5.0, 0.0, 2.0), 2.0);
  EXPECT_TRUE(std::isnan(dev::relu(NAN)));
}

/// Arguments that visit every branch: typical ranges, all bit patterns, special values.
template <class Real> std::vector<Real> arguments(size_t count) {
  std::vector<Real> x(count);
  for (size_t k = 0; k < count; ++k)
    switch (k % 4) {
    case 0: x[k] = static_cast<Real>(between(-10, 10)); break;
    case 1: x[k] = static_cast<Real>(between(-120, 120)); break;
    case 2: x[k] = anyBits<Real>(); break;
    default: x[k] = specials<Real>()[generator() % specials<Real>().size()]; break;
    }
  return x;
}

template <class Real> bool sameBits(Real a, Real b) { return (a != a && b != b) || dev::bitsOf(a) == dev::bitsOf(b); }

template <class Real, class Run> void compareLevels(const char *name, Run run) {
  const size_t count = 4096 + 37; // with a remainder for every width
  const std::vector<Real> a = arguments<Real>(count), b = arguments<Real>(count);
  std::vector<Real> scalar(count), other(count);
  run(loops_scalar(), a, b, scalar);
  run(loops_v3(), a, b, other);
  for (size_t k = 0; k < count; ++k)
    ASSERT_TRUE(sameBits(scalar[k], other[k])) << name << " v3 " << a[k] << " " << b[k];
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq"))
    return;
  run(loops_v4(), a, b, other);
  for (size_t k = 0; k < count; ++k)
    ASSERT_TRUE(sameBits(scalar[k], other[k])) << name << " v4 " << a[k] << " " << b[k];
}

TEST(DeviceMath, sameBitsAtEveryVectorWidth) {
  using snn::test::Loops;
  for (int f = 0; f < loops_scalar()->floatCount; ++f) {
    const char *name = loops_scalar()->names[f];
    for (int64_t again = 0; again < points(4); ++again) {
      compareLevels<float>(name, [f](const Loops *l, auto &a, auto &b, auto &r) {
        l->runFloat(f, a.data(), b.data(), r.data(), int64_t(r.size()));
      });
      compareLevels<double>(name, [f](const Loops *l, auto &a, auto &b, auto &r) {
        l->runDouble(f, a.data(), b.data(), r.data(), int64_t(r.size()));
      });
    }
  }
}

/// What the interpreter and the runtime call gives what the kernels compute.
TEST(DeviceMath, hostLibraryGivesTheSameBits) {
  struct Entry {
    std::string_view name;
    float (*single)(float);
    double (*wide)(double);
  };
#define ENTRY(NAME) {#NAME, snn_dev_##NAME##_f32, snn_dev_##NAME##_f64}
  const Entry entries[] = {ENTRY(exp),  ENTRY(log),  ENTRY(log1p), ENTRY(expm1), ENTRY(exprel),  ENTRY(exprelr), ENTRY(sin),
                           ENTRY(cos),  ENTRY(tan),  ENTRY(asin),  ENTRY(acos),  ENTRY(atan),    ENTRY(sinh),
                           ENTRY(cosh), ENTRY(tanh), ENTRY(lgamma), ENTRY(sigmoid), ENTRY(round), ENTRY(sign)};
  const std::vector<float> x = arguments<float>(2000);
  const std::vector<double> y = arguments<double>(2000);
  std::vector<float> single(2000);
  std::vector<double> wide(2000);
  for (const Entry &e : entries)
    for (int f = 0; f < loops_v3()->floatCount; ++f) {
      if (e.name != loops_v3()->names[f])
        continue;
      loops_v3()->runFloat(f, x.data(), x.data(), single.data(), 2000);
      loops_v3()->runDouble(f, y.data(), y.data(), wide.data(), 2000);
      for (size_t k = 0; k < 2000; ++k) {
        ASSERT_TRUE(sameBits(e.single(x[k]), single[k])) << e.name << x[k];
        ASSERT_TRUE(sameBits(e.wide(y[k]), wide[k])) << e.name << y[k];
      }
    }
}

TEST(DeviceBitcode, isThere) {
  const dev::Bitcode code = dev::bitcode();
  ASSERT_GT(code.size, 1000u);
  EXPECT_EQ(std::string_view(code.data, 2), "BC");
}

} // namespace
