// Population reductions: their fixed order, special values, and ranks with ties.
#include "runtime/device/Reduce.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace {

namespace dev = snn::device;
using dev::bitsOf, dev::countFlags, dev::maximum, dev::minimum, dev::rankAll, dev::sum;

/// The definition, written down once more as slowly as possible.
template <class Real> Real slowSum(const std::vector<Real> &x) {
  Real total = 0;
  for (size_t begin = 0; begin < x.size(); begin += 256) {
    std::vector<Real> lane(16, Real(0));
    for (size_t k = begin; k < std::min(x.size(), begin + 256); ++k)
      lane[k % 16] = k < begin + 16 ? x[k] : lane[k % 16] + x[k];
    while (lane.size() > 1) {
      std::vector<Real> half;
      for (size_t l = 0; l < lane.size() / 2; ++l)
        half.push_back(lane[l] + lane[l + lane.size() / 2]);
      lane = half;
    }
    total = begin == 0 ? lane[0] : total + lane[0];
  }
  return total;
}

template <class Real> std::vector<Real> numbers(size_t count) {
  std::mt19937 random(7);
  std::vector<Real> x(count);
  for (Real &v : x)
    v = static_cast<Real>(static_cast<double>(random()) / 1e6 - 2000);
  return x;
}

TEST(DeviceReduce, sumHasTheDefinedOrder) {
  for (size_t count : {0, 1, 5, 15, 16, 17, 31, 255, 256, 257, 1000, 4096, 5003}) {
    const std::vector<float> f = numbers<float>(count);
    const std::vector<double> d = numbers<double>(count);
    EXPECT_EQ(bitsOf(sum(f.data(), int64_t(count))), bitsOf(slowSum(f))) << count;
    EXPECT_EQ(bitsOf(sum(d.data(), int64_t(count))), bitsOf(slowSum(d))) << count;
  }
}

TEST(DeviceReduce, extremes) {
  std::vector<float> x = numbers<float>(1234);
  EXPECT_EQ(maximum(x.data(), 1234), *std::max_element(x.begin(), x.end()));
  EXPECT_EQ(minimum(x.data(), 1234), *std::min_element(x.begin(), x.end()));
  EXPECT_EQ(maximum(x.data(), 0), -std::numeric_limits<float>::infinity());
  x[700] = NAN;
  EXPECT_TRUE(std::isnan(maximum(x.data(), 1234)));
  EXPECT_TRUE(std::isnan(minimum(x.data(), 1234)));
  const std::vector<uint8_t> flags = {1, 0, 255, 0, 7};
  EXPECT_EQ(countFlags(flags.data(), 5), 3);
}

TEST(DeviceReduce, rankIsByValueThenIndex) {
  const std::vector<double> x = {1, 5, NAN, 5, -2, 9, 0.0, -0.0};
  std::vector<int32_t> rank(x.size());
  std::vector<int64_t> scratch;
  rankAll(x.data(), int64_t(x.size()), rank.data(), scratch);
  EXPECT_EQ(rank, (std::vector<int32_t>{3, 1, 7, 2, 6, 0, 4, 5}));
}

} // namespace
