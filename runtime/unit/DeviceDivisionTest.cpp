// What a CUDA device does instead of general divisions has the bits of a division.
#include "runtime/device/Exp.h"
#include "runtime/device/cuda/Divisor.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <vector>

namespace {

namespace dev = snn::device;
using Limits = std::numeric_limits<float>;

std::mt19937_64 generator(1);
float anyBits() { return dev::realOf(static_cast<uint32_t>(generator())); }

bool same(float a, float b) { return dev::bitsOf(a) == dev::bitsOf(b) || (std::isnan(a) && std::isnan(b)); }

std::vector<float> values(int more) {
  std::vector<float> out = {0, 1, 3, 4, 5, 10, 18, 40, 49, 0.1f, 1e-3f, 7e-40f, Limits::denorm_min(), Limits::min(), Limits::max(), Limits::infinity()};
  for (int k = 0; k < more; ++k)
    out.push_back(anyBits());
  for (size_t k = 0, n = out.size(); k < n; ++k)
    out.push_back(-out[k]);
  out.push_back(Limits::quiet_NaN());
  return out;
}

/// Also where a subnormal quotient is exactly between two floats.
std::vector<float> dividends(float c) {
  std::vector<float> out = values(2000);
  for (int odd = 1; odd < 4000; odd += 2)
    for (float sign : {1.0f, -1.0f})
      out.push_back(static_cast<float>(sign * odd * 0x1p-150 * static_cast<double>(c)));
  return out;
}

TEST(DeviceDivision, BySomethingThatIsTheSameForAllCells) {
  int oneDouble = 0;
  for (float c : values(400)) {
    const snn::cuda::Divisor<float> divisor(c);
    const bool inverts = snn::cuda::oneDoubleInverts(c);
    oneDouble += inverts;
    for (float x : dividends(c)) {
      ASSERT_TRUE(same(x / divisor, x / c)) << x << " / " << c;
      ASSERT_TRUE(!inverts || same(snn::cuda::quotientBy(x, c, 1 / static_cast<double>(c)), x / c)) << x << " / " << c;
    }
  }
  EXPECT_GT(oneDouble, 200);
}

/// What a reciprocal instruction gives, which is off by one unit at most (PTX, rcp.approx.ftz) and flushes subnormal numbers. Where the
/// mantissa is all ones it is exact: the device's own division depends on it.
float nearReciprocal(float x, int off) {
  if (std::fabs(x) < Limits::min())
    return std::copysign(Limits::infinity(), x);
  const float exact = 1 / x;
  if (std::fabs(exact) < Limits::min())
    return std::copysign(0.0f, x);
  return (dev::bitsOf(x) & 0x7fffff) == 0x7fffff ? exact : dev::realOf(dev::bitsOf(exact) + static_cast<uint32_t>(off));
}

TEST(DeviceDivision, ReciprocalAboveOne) {
  std::vector<float> divisors;
  for (uint32_t mantissa = 0; mantissa < 0x800000; mantissa += 5)
    divisors.push_back(dev::realOf(0x3f800000u | mantissa));
  for (float mantissa : {0x1.fffffep0f, 0x1.fffffcp0f, 0x1.000002p0f, 1.0f, 1.5f})
    for (int exponent = 0; exponent < 125; ++exponent)
      divisors.push_back(std::ldexp(mantissa, exponent));
  for (float d : divisors)
    for (int off : {-1, 0, 1})
      ASSERT_TRUE(same(dev::reciprocalFrom(nearReciprocal(d, off), d), 1 / d)) << d << " off by " << off;
}

TEST(DeviceDivision, RelativeQuotient) {
  std::vector<float> arguments = values(500'000);
  for (int exponent = -149; exponent < 128; ++exponent)
    for (float mantissa : {1.0f, 0x1.fffffep0f, 1.5f, -1.0f, -0x1.fffffep0f})
      arguments.push_back(std::ldexp(mantissa, exponent));
  for (float x = 93.2f; x < 93.3f; x = std::nextafter(x, 100.0f)) // where it becomes infinite
    arguments.push_back(x);
  for (float x = 91.3f; x < 91.5f; x = std::nextafter(x, 100.0f)) // where exprelr becomes 0
    arguments.push_back(x);
  for (float x : arguments) {
    const float limited = x > dev::ExpRange<float>::relHighest ? dev::ExpRange<float>::relHighest : x;
    const float scaled = limited * -0x1p-16f, negative = dev::oneMinusExp(limited);
    for (int off : {-1, 0, 1}) {
      ASSERT_TRUE(same(dev::relQuotientFrom(nearReciprocal(scaled, off), -negative, scaled), dev::exprel(x))) << x << " off by " << off;
      ASSERT_TRUE(x > dev::ExpRange<float>::relrHighest || same(dev::relQuotientFrom(nearReciprocal(negative, off), x * 0x1p-16f, negative), dev::exprelr(x)))
          << x << " off by " << off;
    }
  }
}

} // namespace
