// The cells of a sweep: each combination of the values of its axes, the last axis fastest.
#pragma once

#include "runtime/core/Session.h"

namespace snn::rt {

class SweepGrid {
public:
  struct Axis {
    const abi::HostSweep *sweep = nullptr;
    std::vector<double> values; ///< canonical
  };

  /// Evaluates the axes with the options of `frame`; an error with its line if an axis has no values, or some that do not fit.
  static Result<SweepGrid> create(Session &frame);

  const std::vector<Axis> &axes() const { return all; }
  size_t cells() const;
  host::Shape shape() const;
  /// The values of the cell as one writes them: "5", "10 ms".
  std::vector<std::string> texts(size_t cell) const;
  /// "hidden = 5, seed = 2"
  std::string describe(size_t cell) const;
  /// What the cell is started with, beside what all cells are.
  void bind(size_t cell, SessionOptions &options) const;
  /// Values of the options among the axes, by name.
  std::map<std::string, std::vector<double>> options() const;

private:
  std::vector<Axis> all;
  double valueOf(size_t cell, size_t axis) const;
};

} // namespace snn::rt
