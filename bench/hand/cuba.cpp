// CUBA by hand, as a lower limit for one core: the network of programs/cuba.snn, exact propagators,
// state in arrays, one vectorised loop over the cells that marks who spikes, a list of the marked
// ones, and a row of targets for each of them.
//   cuba float|double N SECONDS WARM SEED     prints one line of JSON as the peers do
#include "hand.h"

#include <limits>
#include <type_traits>

using hand::Rows;

namespace {

constexpr int kHold = 50; // 5 ms of 0.1 ms

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
  const Rows<Index> rows = hand::draw<Index>(n, excitatory, 64, 80, random);
  Cells<Real> cells(padded);
  std::uniform_real_distribution<double> start(-60, -50);
  for (int k = 0; k < n; ++k)
    cells.v[k] = Real(start(random));
  for (int k = n; k < padded; ++k)
    cells.v[k] = -std::numeric_limits<Real>::infinity(); // those behind the last never spike
  std::vector<int> spikes(padded);
  return hand::measure(n, seconds, warm, [&](int64_t) {
    advance(cells, padded);
    const int count = hand::list(cells.spiked.data(), padded, spikes.data());
    deliver(cells, rows, spikes.data(), count, excitatory);
    return count;
  });
}

} // namespace

int main(int count, char **words) {
  const auto [single, n, seconds, warm, seed] = hand::arguments(count, words);
  if (n <= 65536)
    return single ? run<float, uint16_t>(n, seconds, warm, seed)
                  : run<double, uint16_t>(n, seconds, warm, seed);
  return single ? run<float, uint32_t>(n, seconds, warm, seed)
                : run<double, uint32_t>(n, seconds, warm, seed);
}
