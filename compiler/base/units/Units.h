// Units: the table of the language, the coherent system that all values are held in, and their printing.
#pragma once

#include "compiler/base/units/Dimension.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snn::units {

/// A unit: its dimension and the canonical value of one unit. Canonical units are ms, mV, pA, nS, pF, GΩ, µm, mM, K.
struct Unit {
  std::string name;
  Dimension dimension;
  double scale = 1;
  /// scale = factor * 10^decimal exactly; used to convert literals with one rounding.
  double factor = 1;
  int decimal = 0;
};

/// A unit of the language's table by name; degC is not among them (see Units.cpp).
std::optional<Unit> find(std::string_view name);
/// Names of the table, for suggestions.
std::vector<std::string> names();

/// The canonical value of the literal `digits` (as written, with optional `_`) times `unit`, rounded once where the
/// unit is a power of ten.
double literal(std::string_view digits, const Unit &unit);

Unit multiply(const Unit &a, const Unit &b);
Unit divide(const Unit &a, const Unit &b);
Unit power(const Unit &a, Rational exponent);

/// A readable unit of a dimension ("mV", "mV/ms", "1" for none) with its scale.
Unit readable(const Dimension &dimension);
/// The unit in which an experiment prints and records values that name none: the readable one, but Hz for rates.
Unit shown(const Dimension &dimension);
/// The name of a unit of that dimension, for messages.
std::string named(const Dimension &dimension);
/// The same in backquotes, or "a dimensionless number".
std::string describe(const Dimension &dimension);

} // namespace snn::units
