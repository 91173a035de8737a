// Histograms and block means of weights.
#include "runtime/report/Weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snn::rt::report {

namespace {

constexpr double wantedBins = 40;

/// The least of 1, 2, 5 times a power of ten that is not below `x`.
double roundStep(double x) {
  const double power = std::pow(10, std::floor(std::log10(x)));
  const double digit = x / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

/// Least, greatest and mean of the finite values, and their number.
void summarise(Histogram &h, std::span<const double> values) {
  for (double x : values) {
    if (!std::isfinite(x))
      continue;
    h.least = h.finite == 0 ? x : std::min(h.least, x);
    h.greatest = h.finite == 0 ? x : std::max(h.greatest, x);
    ++h.finite;
    h.mean += (x - h.mean) / static_cast<double>(h.finite); // the sum itself might overflow
  }
}

} // namespace

Histogram histogramOf(std::span<const double> values) {
  Histogram h;
  summarise(h, values);
  if (h.finite == 0)
    return h;
  // Values that differ by rounding alone are one bar, and so is a range that overflows.
  const double range = h.greatest - h.least,
               size = std::max(std::fabs(h.least), std::fabs(h.greatest));
  const bool one = !(range > size * 1e-9) || !std::isfinite(range) ||
                   range < std::numeric_limits<double>::min() * 1e3;
  h.step = one ? (size > 1e-300 && size < 1e300 ? size * 0.1 : 1.0) : roundStep(range / wantedBins);
  h.lo = one ? h.least - h.step / 2 : std::floor(h.least / h.step) * h.step;
  // The greatest value belongs to the last bin: weights at a round bound are no bar of their own.
  const auto bins = one ? 1 : static_cast<size_t>(std::ceil((h.greatest - h.lo) / h.step - 1e-9));
  h.counts.assign(bins, 0);
  for (double x : values)
    if (std::isfinite(x)) {
      const double bin = one ? 0 : std::floor((x - h.lo) / h.step);
      ++h.counts[std::min(static_cast<size_t>(std::max(bin, 0.0)), bins - 1)];
    }
  return h;
}

Blocks blocksOf(std::span<const double> values, int64_t rows, int64_t columns, int64_t most) {
  Blocks b;
  if (rows <= 0 || columns <= 0)
    return b;
  b.high = (rows + most - 1) / most;
  b.wide = (columns + most - 1) / most;
  b.rows = (rows + b.high - 1) / b.high;
  b.columns = (columns + b.wide - 1) / b.wide;
  b.values.assign(static_cast<size_t>(b.rows * b.columns), 0);
  std::vector<int64_t> finite(b.values.size(), 0);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) {
      const double x = values[static_cast<size_t>(r * columns + c)];
      const auto k = static_cast<size_t>(r / b.high * b.columns + c / b.wide);
      if (std::isfinite(x))
        b.values[k] += (x - b.values[k]) / static_cast<double>(++finite[k]);
    }
  for (size_t k = 0; k < finite.size(); ++k)
    if (finite[k] == 0)
      b.values[k] = std::numeric_limits<double>::quiet_NaN();
  return b;
}

} // namespace snn::rt::report
