// Values for all cells of a population, computed when the network is set up.
#include "compiler/base/expr/Walk.h"
#include "compiler/codegen/host/FunctionBuilder.h"

namespace snn::codegen::host {

using abi::HostOp;

/// Which expressions differ from cell to cell: those that read its number, and draws.
class CellReaders {
public:
  bool differs(expr::ExprPtr e) {
    if (const auto seen = known.find(e); seen != known.end())
      return seen->second;
    const auto *special = expr::dynCast<expr::Special>(e);
    bool found = e->kind == expr::Kind::Draw || (special && special->value == expr::SpecialValue::Index);
    expr::forEachOperand(e, [&](expr::ExprPtr x) { found |= differs(x); });
    return known[e] = found;
  }

private:
  std::map<expr::ExprPtr, bool> known; ///< expressions share parts
};

/// Computes the largest parts of `e` that are the same for all cells. What only some cells ask for, as the branches of a condition,
/// is left to them: it may be an error for the others.
void FunctionBuilder::lowerOfAllCells(expr::ExprPtr e, CellReaders &readers) {
  if (e->kind == expr::Kind::Const || ofAllCells.count(e))
    return;
  if (!readers.differs(e)) {
    ofAllCells.emplace(e, lower(e));
    return;
  }
  if (const auto *call = expr::dynCast<expr::Call>(e); call && lazy(*call))
    return lowerOfAllCells(call->args[0], readers);
  expr::forEachOperand(e, [&](expr::ExprPtr x) { lowerOfAllCells(x, readers); });
}

/// each(value, n): the array of the values for i = 0 … n - 1. `value` reads i as the index of a cell.
///   a = [0, …];  for i in range(n) { a[i] = value }
/// What does not read i is computed once, before the loop.
uint32_t FunctionBuilder::lowerEach(const expr::HostCall &e) {
  const uint32_t n = lower(e.args[1]), shape = temp(), all = temp(), cells = temp(), iterator = temp(), outer = cell;
  const std::map<expr::ExprPtr, uint32_t> before = ofAllCells;
  CellReaders readers;
  lowerOfAllCells(e.args[0], readers);
  emit(HostOp::Array, e.range, shape, none, none, abi::HostConstant::Int).list = {n};
  emit(HostOp::Full, e.range, all, constant(e.args[0]->type, 0, e.range), shape, kindOf(e.type));
  emit(HostOp::Call, e.range, cells, none, none, static_cast<uint32_t>(abi::HostCallee::Range)).list = {n};
  emit(HostOp::ForBegin, e.range, iterator, cells);
  cell = temp();
  const uint32_t next = here();
  emit(HostOp::ForNext, e.range, iterator).list = {cell};
  const uint32_t value = lower(e.args[0]);
  emit(HostOp::SetIndex, e.range, all, value).list = {static_cast<uint32_t>(abi::HostIndexKind::Value), cell, none, none};
  emit(HostOp::Jump, e.range, next);
  land(next);
  cell = outer;
  ofAllCells = before;
  return all;
}

} // namespace snn::codegen::host
