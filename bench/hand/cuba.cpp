// CUBA by hand, as a lower limit for one core: the network of programs/cuba.snn, exact propagators,
// state in arrays, one vectorised loop over the cells that marks who spikes, a list of the marked
// ones, and a row of targets for each of them.
//   cuba float|double N SECONDS WARM SEED     prints one line of JSON as the peers do
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace {

constexpr int kHold = 50; // 5 ms of 0.1 ms

// Targets of each source. Weights are one number for a kind of cell and are not stored.
template <class Index> struct Rows {
  std::vector<uint32_t> begin;
  std::vector<Index> target;
};

template <class Index> Rows<Index> draw(int n, int excitatory, std::mt19937_64 &random) {
  std::vector<std::vector<Index>> out(n);
  std::vector<int> last(n, -1);
  for (int post = 0; post < n; ++post)
    for (int k = 0; k < 80; ++k) {
      const bool e = k < 64;
      int pre;
      do
        pre = e ? random() % excitatory : excitatory + random() % (n - excitatory);
      while (last[pre] == post); // no pair twice
      last[pre] = post;
      out[pre].push_back(Index(post));
    }
  Rows<Index> rows;
  rows.begin.push_back(0);
  for (const auto &row : out) {
    rows.target.insert(rows.target.end(), row.begin(), row.end());
    rows.begin.push_back(uint32_t(rows.target.size()));
  }
  return rows;
}

template <class Real> struct Cells {
  std::vector<Real> v, e, i;
  // As wide as the reals, so that the loop needs no conversions.
  std::vector<std::conditional_t<sizeof(Real) == 4, int32_t, int64_t>> hold;
  std::vector<uint8_t> spiked;
  explicit Cells(int n) : v(n), e(n), i(n), hold(n), spiked(n) {}
};

template <class Real> void advance(Cells<Real> &cells, int padded) {
  const double dt = 0.1, m = std::exp(-dt / 20), de = std::exp(-dt / 5), di = std::exp(-dt / 10);
  const Real pm = Real(m), pe = Real(de), pi = Real(di), rest = Real(-49 * (1 - m));
  const Real ve = Real((de - m) * 5 / (5 - 20.0)), vi = Real((di - m) * 10 / (10 - 20.0));
  const Real threshold = -50, reset = -60;
  Real *__restrict v = cells.v.data(), *__restrict e = cells.e.data(),
                   *__restrict i = cells.i.data();
  auto *__restrict hold = cells.hold.data();
  uint8_t *__restrict spiked = cells.spiked.data();
  for (int k = 0; k < padded; ++k) {
    const auto left = hold[k];
    const Real moved = pm * v[k] + rest + ve * e[k] + vi * i[k];
    const Real free =
        left > 0 ? reset : moved; // a held cell stands at the reset and cannot reach the threshold
    const bool spike = free > threshold;
    v[k] = spike ? reset : free;
    hold[k] = spike ? kHold : left > 0 ? left - 1 : 0;
    e[k] *= pe;
    i[k] *= pi;
    spiked[k] = spike;
  }
}

int list(const uint8_t *spiked, int padded, int *spikes) {
  int count = 0;
  for (int k = 0; k < padded; k += 8) {
    uint64_t eight;
    std::memcpy(&eight, spiked + k, 8);
    for (; eight; eight &= eight - 1)
      spikes[count++] = k + __builtin_ctzll(eight) / 8;
  }
  return count;
}

template <class Real, class Index>
void deliver(Cells<Real> &cells, const Rows<Index> &rows, const int *spikes, int count,
             int excitatory) {
  for (int s = 0; s < count; ++s) {
    const int pre = spikes[s];
    Real *g = pre < excitatory ? cells.e.data() : cells.i.data();
    const Real w = pre < excitatory ? Real(1.62) : Real(-9);
    for (uint32_t k = rows.begin[pre]; k < rows.begin[pre + 1]; ++k)
      g[rows.target[k]] += w;
  }
}

template <class Real, class Index> int run(int n, double seconds, double warm, int seed) {
  const int padded = (n + 63) / 64 * 64, excitatory = n * 4 / 5;
  std::mt19937_64 random(seed);
  const Rows<Index> rows = draw<Index>(n, excitatory, random);
  Cells<Real> cells(padded);
  std::uniform_real_distribution<double> start(-60, -50);
  for (int k = 0; k < n; ++k)
    cells.v[k] = Real(start(random));
  for (int k = n; k < padded; ++k)
    cells.v[k] = -std::numeric_limits<Real>::infinity(); // those behind the last never spike
  std::vector<int> spikes(padded);
  const int64_t before = std::llround(warm * 1e4), steps = std::llround(seconds * 1e4);
  int64_t counted = 0;
  std::clock_t begin = 0;
  for (int64_t step = 0; step < before + steps; ++step) {
    if (step == before)
      begin = std::clock();
    advance(cells, padded);
    const int count = list(cells.spiked.data(), padded, spikes.data());
    deliver(cells, rows, spikes.data(), count, excitatory);
    counted += step < before ? 0 : count;
  }
  const double spent = double(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("{\"seconds\": %.6f, \"rate\": %.4f}\n", spent, counted / seconds / n);
  return 0;
}

} // namespace

int main(int count, char **words) {
  if (count != 6)
    return std::fprintf(stderr, "usage: cuba float|double N SECONDS WARM SEED\n"), 2;
  const bool single = !std::strcmp(words[1], "float");
  const int n = std::atoi(words[2]), seed = std::atoi(words[5]);
  const double seconds = std::atof(words[3]), warm = std::atof(words[4]);
  if (n <= 65536)
    return single ? run<float, uint16_t>(n, seconds, warm, seed)
                  : run<double, uint16_t>(n, seconds, warm, seed);
  return single ? run<float, uint32_t>(n, seconds, warm, seed)
                : run<double, uint32_t>(n, seconds, warm, seed);
}
