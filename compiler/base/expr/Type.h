// The type of an expression: a scalar with a physical dimension, an array of them, or a thing that only experiments know.
#pragma once

#include "compiler/base/units/Dimension.h"

#include <cstdint>

namespace snn::expr {

enum class Base : uint8_t {
  Real,
  Int,
  Bool,
  // experiments only
  Text,
  DataSet,   ///< what dataset(…) gives: has .train and .test
  Samples,   ///< a split of a data set: can be iterated, .take(n) …
  Range,     ///< range(n)
  Cells,     ///< a population or a slice
  Edges,     ///< a projection
  Spikes,    ///< cells.spikes: only recorded
};

struct Type {
  Base base = Base::Real;
  units::Dimension dimension; ///< of Real and Int; dimensionless otherwise
  /// Number of array axes; 0: scalar; -1: an array whose number of axes only the run knows (an image).
  int rank = 0;
  /// The literal 0 (or 0.0) before it met a dimension: fits any.
  bool anyDimension = false;

  bool isNumber() const { return base == Base::Real || base == Base::Int || base == Base::Bool; }
  bool isScalar() const { return isNumber() && rank == 0; }
  friend bool operator==(const Type &, const Type &) = default;
};

} // namespace snn::expr
