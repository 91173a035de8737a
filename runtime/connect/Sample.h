// Random choices of the connectivity generators: one independent stream of numbers for each row, from Philox.
#pragma once

#include "runtime/device/DeviceApi.h"
#include "runtime/device/Rng.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace snn::rt::connect {

/// The numbers of one row (or column), in order of use: keyed by seed, stream and row alone.
class RowRandom {
public:
  RowRandom(uint64_t seed, uint32_t stream, int64_t row) : site{seed, stream, static_cast<uint64_t>(row), 0} {}

  uint64_t bits() {
    if (odd) {
      odd = false;
      return spare;
    }
    const device::Words w = device::wordsAt(site, counter++, 0);
    spare = uint64_t(w.w[3]) << 32 | w.w[2];
    odd = true;
    return uint64_t(w.w[1]) << 32 | w.w[0];
  }
  /// [0, 1) in steps of 2^-53.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  /// A whole number in [0, n).
  int64_t below(int64_t n) {
    return static_cast<int64_t>(static_cast<unsigned __int128>(bits()) * static_cast<uint64_t>(n) >> 64);
  }

private:
  device::Site site;
  uint64_t counter = 0, spare = 0;
  bool odd = false;
};

/// Each of n candidates with probability p, 0 ≤ p ≤ 1, ascending, by jumps of geometric length: `take(k)`.
template <class Take> void sampleEach(RowRandom &random, double p, int64_t n, Take take) {
  if (p <= 0)
    return;
  const double rate = p < 1 ? 1 / snn_dev_log1p_f64(-p) : 0; // ≤ 0
  for (int64_t k = 0;; ++k) {
    const double jump = snn_dev_log_f64(1 - random.uniform()) * rate;
    if (!(jump < static_cast<double>(n - k)))
      return;
    k += static_cast<int64_t>(jump);
    take(k);
  }
}

/// k of n candidates; distinct ones by Floyd's algorithm (Bentley & Floyd 1987), or with repetition.
class Choice {
public:
  /// Calls take(candidate) in the order in which they are drawn.
  template <class Take> void drawn(RowRandom &random, int64_t k, int64_t n, bool repeats, Take take) {
    if (repeats) {
      for (int64_t drawn = 0; drawn < k; ++drawn)
        take(random.below(n));
      return;
    }
    chosen.assign(static_cast<size_t>(n + 63) / 64, 0);
    for (int64_t j = n - k; j < n; ++j) {
      const int64_t candidate = random.below(j + 1), fresh = isMarked(candidate) ? j : candidate;
      mark(fresh);
      take(fresh);
    }
  }
  /// The same in ascending order.
  template <class Take> void ascending(RowRandom &random, int64_t k, int64_t n, bool repeats, Take take) {
    if (repeats) {
      list.clear();
      drawn(random, k, n, true, [this](int64_t x) { list.push_back(x); });
      std::sort(list.begin(), list.end());
      for (int64_t x : list)
        take(x);
      return;
    }
    drawn(random, k, n, false, [](int64_t) {});
    for (size_t word = 0; word < chosen.size(); ++word)
      for (uint64_t mask = chosen[word]; mask; mask &= mask - 1)
        take(static_cast<int64_t>(word * 64) + std::countr_zero(mask));
  }

private:
  bool isMarked(int64_t k) const { return chosen[static_cast<size_t>(k) / 64] >> (k % 64) & 1; }
  void mark(int64_t k) { chosen[static_cast<size_t>(k) / 64] |= uint64_t(1) << (k % 64); }
  std::vector<uint64_t> chosen;
  std::vector<int64_t> list;
};

} // namespace snn::rt::connect
