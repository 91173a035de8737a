// What the networks by hand share: rows of targets drawn with a fixed in-degree, the list of cells that spiked, the loop over the
// steps with its clock, and the command line.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <vector>

namespace hand {

// Targets of each source. Weights are one number for a kind of cell and are not stored.
template <class Index> struct Rows {
  std::vector<uint32_t> begin;
  std::vector<Index> target;
};

/// Each cell has inputs of both kinds, the excitatory ones first, and none twice.
template <class Index> Rows<Index> draw(int n, int excitatory, int excitatoryInputs, int inputs, std::mt19937_64 &random) {
  std::vector<std::vector<Index>> out(n);
  std::vector<int> last(n, -1);
  for (int post = 0; post < n; ++post)
    for (int k = 0; k < inputs; ++k) {
      const bool e = k < excitatoryInputs;
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

/// Writes the marked cells to `spikes`, which has room for all, and returns their number.
inline int list(const uint8_t *spiked, int padded, int *spikes) {
  int count = 0;
  for (int k = 0; k < padded; k += 8) {
    uint64_t eight;
    std::memcpy(&eight, spiked + k, 8);
    for (; eight; eight &= eight - 1)
      spikes[count++] = k + __builtin_ctzll(eight) / 8;
  }
  return count;
}

/// Runs `advance(step)`, which returns how many cells spiked, and prints time and rate of what follows the warm-up.
template <class Advance> int measure(int n, double seconds, double warm, Advance advance) {
  const int64_t before = std::llround(warm * 1e4), steps = std::llround(seconds * 1e4);
  int64_t counted = 0;
  std::clock_t begin = 0;
  for (int64_t step = 0; step < before + steps; ++step) {
    if (step == before)
      begin = std::clock();
    const int count = advance(step);
    counted += step < before ? 0 : count;
  }
  const double spent = double(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("{\"seconds\": %.6f, \"rate\": %.4f}\n", spent, counted / seconds / n);
  return 0;
}

struct Arguments {
  bool single;
  int n;
  double seconds, warm;
  int seed;
};

/// Ends the program with its usage if the words do not fit.
inline Arguments arguments(int count, char **words) {
  if (count != 6) {
    std::fprintf(stderr, "usage: %s float|double N SECONDS WARM SEED\n", words[0]);
    std::exit(2);
  }
  return {!std::strcmp(words[1], "float"), std::atoi(words[2]), std::atof(words[3]), std::atof(words[4]), std::atoi(words[5])};
}

} // namespace hand
