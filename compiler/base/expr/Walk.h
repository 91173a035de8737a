// Going over expressions of all kinds.
#pragma once

#include "compiler/base/expr/Expr.h"

namespace snn::expr {

/// Calls see(x) for each direct operand of `e`, in the order of the text; operands that are left out are skipped.
void forEachOperand(ExprPtr e, const std::function<void(ExprPtr)> &see);

} // namespace snn::expr
