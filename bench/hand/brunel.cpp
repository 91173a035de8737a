// Brunel's network by hand, as a lower limit for one core: the network of programs/brunel.snn. State in arrays, one vectorised
// loop over the cells with their Poisson numbers, by a generator for each lane and a table of the distribution, a list of the
// cells that spiked for each of the last 15 steps, and a row of targets for each cell.
//   brunel float|double N SECONDS WARM SEED     prints one line of JSON as the peers do
#include "hand.h"

#include <limits>

using Rows = hand::Rows<uint16_t>;

namespace {

constexpr int kHold = 20, kDelay = 15; // steps of 0.1 ms
constexpr int kLanes = 64, kMost = 16; // of the generator; the largest Poisson number
constexpr double kG = 5, kJ = 0.1, kMean = 2; // 20 kHz in 0.1 ms

/// Marsaglia's xorshift128 in each lane.
struct Generator {
  uint32_t x[kLanes], y[kLanes], z[kLanes], w[kLanes];
  explicit Generator(std::mt19937_64 &random) {
    for (int k = 0; k < kLanes; ++k)
      x[k] = uint32_t(random()), y[k] = uint32_t(random()), z[k] = uint32_t(random()), w[k] = uint32_t(random());
  }
};

template <class Real> struct Cells {
  std::vector<Real> v, in;
  std::vector<int32_t> hold;
  std::vector<uint8_t> spiked;
  explicit Cells(int n) : v(n), in(n), hold(n), spiked(n) {}
};

/// Numbers of the generator below this bound mean at most k arrivals; with the sign bit turned, for signed comparisons.
struct Table {
  int32_t bound[kMost];
  Table() {
    double p = std::exp(-kMean), sum = p;
    for (int k = 0; k < kMost; p *= kMean / ++k, sum += p)
      bound[k] = int32_t(uint32_t(std::fmin(sum * 4294967296.0, 4294967295.0)) ^ 0x80000000u);
  }
};

template <class Real> void advance(Cells<Real> &cells, int padded, Generator &g, const Table &table) {
  const Real pm = Real(std::exp(-0.1 / 20)), threshold = 20, reset = 0, j = Real(kJ);
  for (int first = 0; first < padded; first += kLanes) {
    int32_t arrived[kLanes];
    for (int k = 0; k < kLanes; ++k) {
      const uint32_t t = g.x[k] ^ (g.x[k] << 11);
      g.x[k] = g.y[k], g.y[k] = g.z[k], g.z[k] = g.w[k];
      g.w[k] = g.w[k] ^ (g.w[k] >> 19) ^ t ^ (t >> 8);
      const int32_t u = int32_t(g.w[k] ^ 0x80000000u);
      int32_t number = 0;
      for (int b = 0; b < kMost; ++b)
        number += u >= table.bound[b];
      arrived[k] = number;
    }
    Real *__restrict v = &cells.v[first], *__restrict in = &cells.in[first];
    int32_t *__restrict hold = &cells.hold[first];
    uint8_t *__restrict spiked = &cells.spiked[first];
    for (int k = 0; k < kLanes; ++k) {
      const int32_t left = hold[k];
      const Real free = left > 0 ? reset : pm * (v[k] + in[k]) + j * Real(arrived[k]);
      const bool spike = free >= threshold;
      v[k] = spike ? reset : free;
      hold[k] = spike ? kHold : left > 0 ? left - 1 : 0;
      in[k] = 0;
      spiked[k] = spike;
    }
  }
}

template <class Real> void deliver(Cells<Real> &cells, const Rows &rows, const int *spikes, int count, int excitatory) {
  for (int s = 0; s < count; ++s) {
    const int pre = spikes[s];
    const Real w = pre < excitatory ? Real(kJ) : Real(-kG * kJ);
    for (uint32_t k = rows.begin[pre]; k < rows.begin[pre + 1]; ++k)
      cells.in[rows.target[k]] += w;
  }
}

template <class Real> int run(int n, double seconds, double warm, int seed) {
  const int padded = (n + kLanes - 1) / kLanes * kLanes, excitatory = n * 4 / 5;
  std::mt19937_64 random(seed);
  const Rows rows = hand::draw<uint16_t>(n, excitatory, excitatory / 10, n / 10, random);
  Cells<Real> cells(padded);
  Generator generator(random);
  const Table table;
  std::uniform_real_distribution<double> start(0, 20);
  for (int k = 0; k < n; ++k)
    cells.v[k] = Real(start(random));
  std::vector<int> spikes(size_t(padded) * kDelay);
  int counts[kDelay] = {};
  return hand::measure(n, seconds, warm, [&](int64_t step) {
    int *const now = &spikes[size_t(step % kDelay) * padded], &count = counts[step % kDelay]; // those of 15 steps ago
    deliver(cells, rows, now, count, excitatory);
    advance(cells, padded, generator, table);
    for (int k = n; k < padded; ++k) // those behind the last never spike
      cells.v[k] = -std::numeric_limits<Real>::infinity(), cells.spiked[k] = 0;
    return count = hand::list(cells.spiked.data(), padded, now);
  });
}

} // namespace

int main(int count, char **words) {
  const auto [single, n, seconds, warm, seed] = hand::arguments(count, words);
  return single ? run<float>(n, seconds, warm, seed) : run<double>(n, seconds, warm, seed);
}
