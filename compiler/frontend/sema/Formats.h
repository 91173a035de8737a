// The formats of holes in texts: {x:8.2f}.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/base/expr/Expr.h"

namespace snn::sema {

/// Checks that numbers of that type can be printed in the format; false after an error, which is reported at `range`.
bool formatFits(std::string_view format, const expr::Type &type, source::Range range, diag::Engine &diagnostics);

} // namespace snn::sema
