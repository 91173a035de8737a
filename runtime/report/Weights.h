// Reduces weights to what a figure can show: the number of synapses may be many millions, the page
// stays small.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace snn::rt::report {

/// Bin k holds the finite values from lo + k·step up to the next bin, the last one its upper edge
/// too; the edges are multiples of a round step.
struct Histogram {
  double lo = 0, step = 1;
  std::vector<int64_t> counts;
  int64_t finite = 0;
  double least = 0, greatest = 0, mean = 0; ///< of the finite values; 0 if there are none
};
Histogram histogramOf(std::span<const double> values);

/// A matrix of [rows, columns], each entry the mean of the finite values of a block of the
/// original, NaN if it has none.
struct Blocks {
  int64_t rows = 0, columns = 0;
  int64_t high = 1, wide = 1; ///< of one block
  std::vector<double> values;
};
/// As fine as `most` rows and `most` columns allow.
Blocks blocksOf(std::span<const double> values, int64_t rows, int64_t columns, int64_t most);

} // namespace snn::rt::report
