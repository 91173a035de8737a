// Spellings of operators.
#include "compiler/base/expr/Expr.h"

namespace snn::expr {

namespace {
struct Row {
  std::string_view spelling;
  int arity;
};
constexpr Row rows[] = {
#define OP(NAME, SPELLING, ARITY) {SPELLING, ARITY},
#include "compiler/base/expr/Ops.def"
#undef OP
};
} // namespace

std::string_view spelling(Op op) { return rows[static_cast<size_t>(op)].spelling; }
int arity(Op op) { return rows[static_cast<size_t>(op)].arity; }

} // namespace snn::expr
