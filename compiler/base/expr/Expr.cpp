// Spellings of operators, operands of expressions.
#include "compiler/base/expr/Walk.h"

#include <algorithm>

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

void forEachOperand(ExprPtr e, const std::function<void(ExprPtr)> &see) {
  const auto one = [&](ExprPtr x) {
    if (x)
      see(x);
  };
  const auto all = [&](std::span<const ExprPtr> list) { std::ranges::for_each(list, one); };
  const auto parts = [&](std::span<const IndexPart> list) {
    for (const IndexPart &p : list)
      for (ExprPtr x : {p.index, p.start, p.stop, p.step})
        one(x);
  };
  switch (e->kind) {
  case Kind::Call:
    return all(cast<Call>(e).args);
  case Kind::Draw:
    return all(cast<Draw>(e).args);
  case Kind::Reduce:
    return one(cast<Reduce>(e).arg);
  case Kind::Lookup:
    one(cast<Lookup>(e).table);
    return all(cast<Lookup>(e).indices);
  case Kind::ArrayLit:
    return all(cast<ArrayLit>(e).items);
  case Kind::HostCall:
    return all(cast<HostCall>(e).args);
  case Kind::Text:
    for (const TextPart &p : cast<Text>(e).parts)
      one(p.value);
    return;
  case Kind::Index:
    one(cast<Index>(e).base);
    return parts(cast<Index>(e).parts);
  case Kind::Cells:
    if (cast<Cells>(e).of)
      one(cast<Cells>(e).of);
    return parts(cast<Cells>(e).slice);
  case Kind::CellsValue:
    return one(cast<CellsValue>(e).cells);
  case Kind::Const:
  case Kind::Ref:
  case Kind::Special:
  case Kind::EdgesValue:
    return;
  }
}

void forEachRef(ExprPtr e, const std::function<void(const model::Var *)> &see) {
  if (const auto *ref = dynCast<Ref>(e))
    see(ref->var);
  else if (e)
    forEachOperand(e, [&](ExprPtr x) { forEachRef(x, see); });
}

} // namespace snn::expr
