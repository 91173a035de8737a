// Expressions as text in the language's own notation: for --emit, --print-after and explain-solver.
#pragma once

#include "compiler/base/expr/Expr.h"

#include <string>

namespace snn::expr {

/// The expression with constants in canonical units; null is "0". Shared parts are written out each time, so the text is
/// cut off with "…" where it would become longer than a few pages.
std::string print(ExprPtr e);
/// "20 ms": the canonical value with the canonical unit's name.
std::string printQuantity(double value, const units::Dimension &dimension);
/// "mV", "real", "int[:, :]": what a value is; `unit` is the unit as declared, or "" for the canonical one.
std::string printType(const Type &type, std::string_view unit = {});

} // namespace snn::expr
