// Samples of data sets in an experiment's hands: a shuffle is a permutation, the same for equal keys, and fair.
#include "runtime/host/HostData.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

namespace snn::rt::host {
namespace {

class Numbers final : public data::Split {
public:
  explicit Numbers(int64_t n) : n(n) {}
  int64_t count() const override { return n; }
  std::vector<int64_t> shape() const override { return {1}; }
  Result<int64_t> label(int64_t k) override { return k; }
  Status read(int64_t k, std::vector<double> &out) override {
    out = {static_cast<double>(k)};
    return {};
  }

private:
  int64_t n;
};

Value samplesOf(int64_t n) {
  const auto split = std::make_shared<Numbers>(n);
  Value v;
  v.kind = Kind::Samples;
  v.samples = std::make_shared<SamplesRef>(
      SamplesRef{std::make_shared<const DataSetRef>(DataSetRef{"numbers", split, split}), false, nullptr});
  return v;
}

std::vector<int64_t> shuffled(const Value &samples, uint64_t seed, uint64_t call) {
  return *shuffleSamples(samples, seed, 77, call).samples->order;
}

TEST(HostData, AShuffleIsAPermutationThatDependsOnItsKey) {
  const Value samples = samplesOf(1000);
  const std::vector<int64_t> first = shuffled(samples, 1, 0);
  std::vector<int64_t> sorted = first, all(1000);
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(sorted, all);
  EXPECT_NE(first, all);
  EXPECT_EQ(shuffled(samples, 1, 0), first);
  EXPECT_NE(shuffled(samples, 2, 0), first);
  EXPECT_NE(shuffled(samples, 1, 1), first);
}

TEST(HostData, AShuffleOfFewKeepsThemAll) {
  EXPECT_EQ(shuffled(samplesOf(0), 1, 0), std::vector<int64_t>{});
  EXPECT_EQ(shuffled(samplesOf(1), 1, 0), std::vector<int64_t>{0});
}

/// Each sample comes to each place equally often: (n-1)² degrees of freedom; five standard deviations, χ² is about normal.
TEST(HostData, EachSampleComesToEachPlaceEquallyOften) {
  constexpr int64_t n = 10, calls = 20000;
  const Value samples = samplesOf(n);
  std::vector<double> seen(n * n, 0);
  for (uint64_t call = 0; call < calls; ++call) {
    const std::vector<int64_t> order = shuffled(samples, 5, call);
    for (int64_t place = 0; place < n; ++place)
      ++seen[static_cast<size_t>(place * n + order[static_cast<size_t>(place)])];
  }
  double chi = 0;
  for (double s : seen)
    chi += (s - calls / n) * (s - calls / n) / (calls / n);
  constexpr double freedom = (n - 1) * (n - 1);
  EXPECT_LT(chi, freedom + 5 * std::sqrt(2 * freedom));
  EXPECT_GT(chi, freedom - 5 * std::sqrt(2 * freedom));
}

} // namespace
} // namespace snn::rt::host
