// Control flow, assignments and the commands of experiments as bytecode.
#include "compiler/codegen/host/LowerStmt.h"

#include "compiler/base/units/Units.h"

#include <cassert>

namespace snn::codegen::host {

using abi::HostOp;
using model::HostStmt;
using model::HostStmtKind;

uint32_t HostBuilder::lowerMain() {
  FunctionBuilder f(*this, "main");
  StatementLowering statements(*this, f);
  statements.beginPlots(program.experiment.body);
  statements.lower(program.experiment.body);
  f.emit(HostOp::End, program.experiment.range);
  if (program.experiment.after)
    out.after = lowerAfter(f);
  return f.close();
}

void StatementLowering::lower(const model::HostBody &body) {
  for (const HostStmt &s : body) {
    lower(s);
    f.release();
  }
}

void StatementLowering::lower(const HostStmt &s) {
  switch (s.kind) {
  case HostStmtKind::Let:
    return lowerLet(s);
  case HostStmtKind::Assign:
    return lowerAssign(s);
  case HostStmtKind::If:
    return lowerIf(s);
  case HostStmtKind::While:
    return lowerWhile(s);
  case HostStmtKind::For:
    return lowerFor(s);
  case HostStmtKind::Break:
    loops.back().breaks.push_back(jump(HostOp::Jump, s.range));
    return;
  case HostStmtKind::Continue:
    f.emit(HostOp::Jump, s.range, loops.back().next);
    return;
  case HostStmtKind::Run:
    f.emit(HostOp::Run, s.range, f.lower(s.value));
    return;
  case HostStmtKind::RunUntil:
    return lowerRunUntil(s);
  case HostStmtKind::Step:
    f.emit(HostOp::Step, s.range);
    return;
  case HostStmtKind::Record:
    return lowerRecord(s);
  case HostStmtKind::Plot:
    return lowerPlot(s);
  case HostStmtKind::Print:
    f.emit(HostOp::Print, s.range, f.lower(s.value));
    return;
  case HostStmtKind::Assert:
    return lowerAssert(s);
  case HostStmtKind::Save:
    f.emit(HostOp::Save, s.range, f.lower(s.value));
    return;
  case HostStmtKind::Load:
    f.emit(HostOp::Load, s.range, f.lower(s.value));
    return;
  case HostStmtKind::Reset:
    return lowerReset(s);
  case HostStmtKind::Freeze:
    return lowerSwitch(s, false);
  case HostStmtKind::Learn:
    return lowerSwitch(s, true);
  }
}

uint32_t StatementLowering::jump(HostOp op, source::Range range, uint32_t condition) {
  const uint32_t at = f.here();
  f.emit(op, range, condition);
  return at;
}

void StatementLowering::lowerLet(const HostStmt &s) {
  const model::Var *var = s.vars[0];
  const uint32_t value = f.lower(s.value);
  const uint32_t slot = f.fresh();
  f.bind(var, slot);
  if (var->type.isNumber())
    f.emit(HostOp::Convert, s.range, slot, value, none, kindOf(var->type));
  else
    f.emit(HostOp::Move, s.range, slot, value);
}

namespace {

abi::HostFn fnOf(model::AssignOp op) {
  switch (op) {
  case model::AssignOp::Add:
    return abi::HostFn::Add;
  case model::AssignOp::Sub:
    return abi::HostFn::Sub;
  case model::AssignOp::Mul:
    return abi::HostFn::Mul;
  case model::AssignOp::Div:
    return abi::HostFn::Div;
  case model::AssignOp::Set:
    break;
  }
  assert(false && "a plain assignment has no operator");
  return abi::HostFn::Add;
}

/// Whether the value of the expression has to be made for each element of the place: it holds a draw.
bool draws(expr::ExprPtr e) {
  switch (e->kind) {
  case expr::Kind::Draw:
    return true;
  case expr::Kind::Call:
    for (expr::ExprPtr arg : expr::cast<expr::Call>(e).args)
      if (draws(arg))
        return true;
    return false;
  case expr::Kind::Const:
  case expr::Kind::Ref:
  case expr::Kind::Special:
  case expr::Kind::Reduce:
  case expr::Kind::Lookup:
  case expr::Kind::Text:
  case expr::Kind::ArrayLit:
  case expr::Kind::Index:
  case expr::Kind::Cells:
  case expr::Kind::CellsValue:
  case expr::Kind::EdgesValue:
  case expr::Kind::HostCall:
    return false;
  }
  return false;
}

} // namespace

/// The value to be stored: `value`, or `old op value`.
uint32_t StatementLowering::newValue(const HostStmt &s, uint32_t old, uint32_t shape) {
  const uint32_t value = f.lower(s.value, shape);
  if (s.op == model::AssignOp::Set)
    return value;
  expr::Type type = s.place->type;
  if (s.op == model::AssignOp::Div)
    type.base = expr::Base::Real;
  const uint32_t slot = f.temp();
  f.emit(HostOp::Apply, s.range, slot, none, kindOf(type), static_cast<uint32_t>(fnOf(s.op))).list = {old, value};
  return slot;
}

void StatementLowering::assignLocal(const HostStmt &s, const expr::Ref &place) {
  const uint32_t slot = f.slotOf(place.var);
  uint32_t shape = none;
  if (place.type.rank != 0 && draws(s.value)) {
    shape = f.temp();
    f.emit(HostOp::ShapeOf, s.range, shape, slot);
  }
  const uint32_t value = newValue(s, slot, shape);
  if (!place.type.isNumber())
    f.emit(HostOp::Move, s.range, slot, value);
  else if (place.type.rank != 0 && s.op == model::AssignOp::Set && s.value->type.rank == 0)
    f.emit(HostOp::SetIndex, s.range, slot, value); // a number fills the array
  else
    f.emit(HostOp::Convert, s.range, slot, value, none, kindOf(place.type));
  if (place.var->kind == model::VarKind::Param || place.var->kind == model::VarKind::Signal)
    if (const uint32_t scalar = owner.numbering->scalar(*place.var); scalar != none)
      f.emit(HostOp::SetScalar, s.range, slot, scalar);
}

/// a[i] = e. Of cells and projections the whole array is read, changed and written back.
void StatementLowering::assignIndex(const HostStmt &s, const expr::Index &place) {
  uint32_t base, cells = none;
  if (place.base->kind == expr::Kind::Ref) {
    base = f.slotOf(expr::cast<expr::Ref>(place.base).var);
  } else {
    base = f.temp();
    f.emit(HostOp::Move, s.range, base, f.lower(place.base));
    if (const auto *value = expr::dynCast<expr::CellsValue>(place.base))
      cells = f.lowerCells(*value->cells);
  }
  const std::vector<uint32_t> parts = f.lowerParts(place.parts);
  uint32_t old = none, shape = none;
  if (s.op != model::AssignOp::Set || draws(s.value)) {
    old = f.temp();
    f.emit(HostOp::Index, s.range, old, base).list = parts;
    if (draws(s.value)) {
      shape = f.temp();
      f.emit(HostOp::ShapeOf, s.range, shape, old);
    }
  }
  const uint32_t value = newValue(s, old, shape);
  f.emit(HostOp::SetIndex, s.range, base, value).list = parts;
  writeBack(place.base, base, cells);
}

void StatementLowering::writeBack(expr::ExprPtr place, uint32_t slot, uint32_t cells) {
  if (const auto *value = expr::dynCast<expr::CellsValue>(place)) {
    const bool variable = value->member == expr::CellsMember::Variable;
    f.emit(HostOp::WriteCells, place->range, cells, slot, variable ? owner.numbering->variable(*value->var) : none,
           static_cast<uint32_t>(variable ? abi::HostMember::Variable : abi::HostMember::Count));
  } else if (const auto *edges = expr::dynCast<expr::EdgesValue>(place)) {
    f.emit(HostOp::WriteEdges, place->range, slot, owner.numbering->projection(*edges->projection),
           owner.numbering->variable(*edges->var));
  } else if (place->kind != expr::Kind::Ref) {
    owner.refuse(place->range, "this cannot be assigned");
  }
}

void StatementLowering::assignCells(const HostStmt &s, const expr::CellsValue &place) {
  if (place.member != expr::CellsMember::Variable && place.member != expr::CellsMember::Count)
    return owner.refuse(place.range, "this can be read, not assigned");
  const uint32_t cells = f.lowerCells(*place.cells);
  uint32_t old = none, shape = none;
  if (s.op != model::AssignOp::Set)
    old = f.lower(s.place);
  if (draws(s.value)) {
    shape = f.temp();
    f.emit(HostOp::CellsShape, s.range, shape, cells);
  }
  writeBack(s.place, newValue(s, old, shape), cells);
}

void StatementLowering::assignEdges(const HostStmt &s, const expr::EdgesValue &place) {
  if (place.member != expr::EdgesMember::Variable)
    return owner.refuse(place.range, "this can be read, not assigned");
  uint32_t old = none, shape = none;
  if (s.op != model::AssignOp::Set)
    old = f.lower(s.place);
  if (draws(s.value)) {
    shape = f.temp();
    f.emit(HostOp::EdgesShape, s.range, shape, owner.numbering->projection(*place.projection));
  }
  writeBack(s.place, newValue(s, old, shape), none);
}

void StatementLowering::lowerAssign(const HostStmt &s) {
  if (const auto *ref = expr::dynCast<expr::Ref>(s.place))
    return assignLocal(s, *ref);
  if (const auto *index = expr::dynCast<expr::Index>(s.place))
    return assignIndex(s, *index);
  if (const auto *cells = expr::dynCast<expr::CellsValue>(s.place))
    return assignCells(s, *cells);
  if (const auto *edges = expr::dynCast<expr::EdgesValue>(s.place))
    return assignEdges(s, *edges);
  owner.refuse(s.place->range, "this cannot be assigned");
}

void StatementLowering::lowerIf(const HostStmt &s) {
  const uint32_t toElse = jump(HostOp::JumpUnless, s.range, f.lower(s.value));
  f.release();
  lower(s.body);
  if (s.otherwise.empty())
    return f.land(toElse);
  const uint32_t toEnd = jump(HostOp::Jump, s.range);
  f.land(toElse);
  lower(s.otherwise);
  f.land(toEnd);
}

void StatementLowering::closeLoop(uint32_t next) {
  for (uint32_t at : loops.back().breaks)
    f.land(at);
  loops.pop_back();
}

void StatementLowering::lowerWhile(const HostStmt &s) {
  const uint32_t next = f.here();
  loops.push_back({{}, next});
  const uint32_t toEnd = jump(HostOp::JumpUnless, s.range, f.lower(s.value));
  f.release();
  lower(s.body);
  f.emit(HostOp::Jump, s.range, next);
  f.land(toEnd);
  closeLoop(next);
}

void StatementLowering::lowerFor(const HostStmt &s) {
  const uint32_t iterator = f.fresh();
  f.emit(HostOp::ForBegin, s.range, iterator, f.lower(s.value));
  f.release();
  std::vector<uint32_t> slots;
  for (const model::Var *var : s.vars) {
    slots.push_back(f.fresh());
    f.bind(var, slots.back());
  }
  const uint32_t next = f.here();
  loops.push_back({{}, next});
  f.emit(HostOp::ForNext, s.range, iterator).list = slots;
  lower(s.body);
  f.emit(HostOp::Jump, s.range, next);
  f.land(next);
  closeLoop(next);
}

/// run until c max L: UntilBegin u, L; again: Step; c; JumpIf c, end; UntilNext u, again; end.
void StatementLowering::lowerRunUntil(const HostStmt &s) {
  const uint32_t until = f.fresh();
  const uint32_t longest = s.limit ? f.lower(s.limit) : none;
  f.emit(HostOp::UntilBegin, s.range, until, longest);
  f.release();
  const uint32_t again = f.here();
  f.emit(HostOp::Step, s.range);
  const uint32_t toEnd = jump(HostOp::JumpIf, s.range, f.lower(s.value));
  f.emit(HostOp::UntilNext, s.range, until, again);
  f.land(toEnd);
}

/// assert a < b, "text": the two sides are kept, so that the message can show them.
void StatementLowering::lowerAssert(const HostStmt &s) {
  std::vector<uint32_t> values;
  uint32_t condition;
  const auto *call = expr::dynCast<expr::Call>(s.value);
  const bool compares = call && call->op >= expr::Op::Eq && call->op <= expr::Op::Ge;
  if (compares) {
    const uint32_t left = f.lower(call->args[0]), right = f.lower(call->args[1]);
    condition = f.temp();
    f.emit(HostOp::Apply, s.range, condition, none, abi::HostConstant::Bool, static_cast<uint32_t>(fnOf(call->op)))
        .list = {left, right};
    values = {owner.textConstant(expr::spelling(call->op)), left, right};
    if (const expr::Type &type = call->args[0]->type; !type.dimension.none()) {
      const units::Unit unit = units::shown(type.dimension);
      values.push_back(owner.textConstant(unit.name));
      values.push_back(owner.numberConstant(abi::HostConstant::Real, unit.scale));
    }
  } else {
    condition = f.lower(s.value);
  }
  const uint32_t toEnd = jump(HostOp::JumpIf, s.range, condition);
  const uint32_t message = s.message ? f.lower(s.message) : none;
  f.emit(HostOp::Assert, s.range, message, owner.textConstant(s.sourceText)).list = values;
  f.land(toEnd);
}

void StatementLowering::lowerSwitch(const HostStmt &s, bool learn) {
  for (expr::ExprPtr item : s.items) {
    const auto *edges = expr::dynCast<expr::EdgesValue>(item);
    if (!edges)
      owner.refuse(item->range, "only a projection can be frozen");
    else
      f.emit(HostOp::Learn, s.range, owner.numbering->projection(*edges->projection), none, none, learn ? 1 : 0);
  }
}

void StatementLowering::lowerReset(const HostStmt &s) {
  if (s.items.empty()) {
    f.emit(HostOp::ResetAll, s.range);
    for (const model::Var &var : owner.program.network->vars) // what the experiment has of them is no longer so
      if (var.kind == model::VarKind::Param || var.kind == model::VarKind::Signal)
        if (const uint32_t scalar = owner.numbering->scalar(var); scalar != none)
          f.emit(HostOp::GetScalar, s.range, f.slotOf(&var), scalar);
  }
  for (expr::ExprPtr item : s.items) {
    const auto *cells = expr::dynCast<expr::Cells>(item);
    if (!cells)
      owner.refuse(item->range, "only cells, or `all`, can be reset");
    else
      f.emit(HostOp::Reset, s.range, f.lowerCells(*cells));
  }
}

} // namespace snn::codegen::host
