// Brunel's network by hand, as a lower limit for one core: the network of programs/brunel.snn. State in arrays, one vectorised
// loop over the cells with their Poisson numbers, by a generator for each lane and a table of the distribution, a list of the
// cells that spiked for each of the last 15 steps, and a row of targets for each cell.
//   brunel float|double N SECONDS WARM SEED     prints one line of JSON as the peers do
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <random>
#include <vector>

namespace {

constexpr int kHold = 20, kDelay = 15; // steps of 0.1 ms
constexpr int kLanes = 64, kMost = 16; // of the generator; the largest Poisson number
constexpr double kG = 5, kJ = 0.1, kMean = 2; // 20 kHz in 0.1 ms

struct Rows {
  std::vector<uint32_t> begin;
  std::vector<uint16_t> target;
};

Rows draw(int n, int excitatory, std::mt19937_64 &random) {
  std::vector<std::vector<uint16_t>> out(n);
  std::vector<int> last(n, -1);
  for (int post = 0; post < n; ++post)
    for (int k = 0; k < n / 10; ++k) {
      const bool e = k < excitatory / 10;
      int pre;
      do
        pre = e ? random() % excitatory : excitatory + random() % (n - excitatory);
      while (last[pre] == post); // no pair twice
      last[pre] = post;
      out[pre].push_back(uint16_t(post));
    }
  Rows rows;
  rows.begin.push_back(0);
  for (const auto &row : out) {
    rows.target.insert(rows.target.end(), row.begin(), row.end());
    rows.begin.push_back(uint32_t(rows.target.size()));
  }
  return rows;
}

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

void list(const uint8_t *spiked, int n, std::vector<int> &spikes) {
  spikes.clear();
  for (int k = 0; k < n; k += 8) {
    uint64_t eight;
    std::memcpy(&eight, spiked + k, 8);
    for (; eight; eight &= eight - 1)
      spikes.push_back(k + __builtin_ctzll(eight) / 8);
  }
}

template <class Real> void deliver(Cells<Real> &cells, const Rows &rows, const std::vector<int> &spikes, int excitatory) {
  for (int pre : spikes) {
    const Real w = pre < excitatory ? Real(kJ) : Real(-kG * kJ);
    for (uint32_t k = rows.begin[pre]; k < rows.begin[pre + 1]; ++k)
      cells.in[rows.target[k]] += w;
  }
}

template <class Real> int run(int n, double seconds, double warm, int seed) {
  const int padded = (n + kLanes - 1) / kLanes * kLanes, excitatory = n * 4 / 5;
  std::mt19937_64 random(seed);
  const Rows rows = draw(n, excitatory, random);
  Cells<Real> cells(padded);
  Generator generator(random);
  const Table table;
  std::uniform_real_distribution<double> start(0, 20);
  for (int k = 0; k < n; ++k)
    cells.v[k] = Real(start(random));
  std::vector<int> spikes[kDelay];
  const int64_t before = std::llround(warm * 1e4), steps = std::llround(seconds * 1e4);
  int64_t counted = 0;
  std::clock_t begin = 0;
  for (int64_t step = 0; step < before + steps; ++step) {
    if (step == before)
      begin = std::clock();
    std::vector<int> &now = spikes[step % kDelay]; // those of 15 steps ago
    deliver(cells, rows, now, excitatory);
    advance(cells, padded, generator, table);
    for (int k = n; k < padded; ++k) // those behind the last never spike
      cells.v[k] = -std::numeric_limits<Real>::infinity(), cells.spiked[k] = 0;
    list(cells.spiked.data(), padded, now);
    counted += step < before ? 0 : int64_t(now.size());
  }
  const double spent = double(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("{\"seconds\": %.6f, \"rate\": %.4f}\n", spent, counted / seconds / n);
  return 0;
}

} // namespace

int main(int count, char **words) {
  if (count != 6)
    return std::fprintf(stderr, "usage: brunel float|double N SECONDS WARM SEED\n"), 2;
  const bool single = !std::strcmp(words[1], "float");
  const int n = std::atoi(words[2]), seed = std::atoi(words[5]);
  const double seconds = std::atof(words[3]), warm = std::atof(words[4]);
  return single ? run<float>(n, seconds, warm, seed) : run<double>(n, seconds, warm, seed);
}
