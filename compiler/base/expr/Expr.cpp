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

void forEachRef(ExprPtr e, const std::function<void(const model::Var *)> &see) {
  if (!e)
    return;
  const auto all = [&](std::span<const ExprPtr> list) {
    for (ExprPtr x : list)
      forEachRef(x, see);
  };
  const auto parts = [&](std::span<const IndexPart> list) {
    for (const IndexPart &p : list)
      for (ExprPtr x : {p.index, p.start, p.stop, p.step})
        forEachRef(x, see);
  };
  switch (e->kind) {
  case Kind::Ref:
    return see(cast<Ref>(e).var);
  case Kind::Call:
    return all(cast<Call>(e).args);
  case Kind::Draw:
    return all(cast<Draw>(e).args);
  case Kind::Reduce:
    return forEachRef(cast<Reduce>(e).arg, see);
  case Kind::ArrayLit:
    return all(cast<ArrayLit>(e).items);
  case Kind::HostCall:
    return all(cast<HostCall>(e).args);
  case Kind::Text:
    for (const TextPart &p : cast<Text>(e).parts)
      forEachRef(p.value, see);
    return;
  case Kind::Index:
    forEachRef(cast<Index>(e).base, see);
    return parts(cast<Index>(e).parts);
  case Kind::Cells:
    return parts(cast<Cells>(e).slice);
  case Kind::CellsValue:
    return forEachRef(cast<CellsValue>(e).cells, see);
  case Kind::Const:
  case Kind::Special:
  case Kind::EdgesValue:
    return;
  }
}

} // namespace snn::expr
