// Expressions of experiments and set-up as bytecode. Conditions on scalars are lazy: `a[k] if k < n else 0` reads a[k] only
// where it exists.
#include "compiler/codegen/host/FunctionBuilder.h"

#include <cassert>

namespace snn::codegen::host {

using abi::HostOp;
using expr::Kind;

namespace {

/// Number of the library function `name`, or none.
uint32_t calleeOf(std::string_view name) {
  static constexpr std::string_view names[] = {
#define HOST_CALLEE(NAME, SPELLING) SPELLING,
#include "runtime/abi/HostCallees.def"
#undef HOST_CALLEE
  };
  for (uint32_t k = 0; k < std::size(names); ++k)
    if (names[k] == name)
      return k;
  return none;
}

} // namespace

bool lazy(const expr::Call &e) {
  switch (e.op) {
  case expr::Op::Select:
    return e.args[0]->type.rank == 0;
  case expr::Op::And:
  case expr::Op::Or:
    return e.args[0]->type.rank == 0 && e.args[1]->type.rank == 0;
  default:
    return false;
  }
}

abi::HostFn fnOf(expr::Op op) {
  switch (op) {
#define HOST_FN(NAME, ARITY)                                                                                          \
  case expr::Op::NAME:                                                                                                \
    return abi::HostFn::NAME;
#include "runtime/abi/HostFns.def"
#undef HOST_FN
  case expr::Op::Crosses:
    break;
  }
  assert(false && "crosses in an experiment");
  return abi::HostFn::Gt;
}

std::vector<uint32_t> FunctionBuilder::lowerAll(std::span<const expr::ExprPtr> args, uint32_t shape) {
  std::vector<uint32_t> out;
  for (expr::ExprPtr arg : args)
    out.push_back(lower(arg, shape));
  return out;
}

uint32_t FunctionBuilder::lower(expr::ExprPtr e, uint32_t shape) {
  if (const auto known = ofAllCells.find(e); known != ofAllCells.end())
    return known->second;
  return owner.program.loaded.contains(e) ? lowerLoaded(e) : lowerValue(e, shape);
}

/// A constant that comes from a file is read once.
uint32_t FunctionBuilder::lowerLoaded(expr::ExprPtr e) {
  const uint32_t slot = owner.globalOf(e), known = here();
  emit(HostOp::IfKnown, e->range, slot);
  emit(HostOp::Move, e->range, slot, lowerValue(e, none));
  land(known);
  return slot;
}

uint32_t FunctionBuilder::lowerValue(expr::ExprPtr e, uint32_t shape) {
  switch (e->kind) {
  case Kind::Const:
    return constant(e->type, expr::cast<expr::Const>(e).value, e->range);
  case Kind::Ref: {
    const model::Var &var = *expr::cast<expr::Ref>(e).var;
    const uint32_t slot = slotOf(&var);
    return var.type.base == expr::Base::Range ? numbers(e, slot) : slot;
  }
  case Kind::Special:
    return lowerSpecial(expr::cast<expr::Special>(e));
  case Kind::Call:
    return lowerCall(expr::cast<expr::Call>(e), shape);
  case Kind::Draw: {
    const auto &draw = expr::cast<expr::Draw>(e);
    std::vector<uint32_t> list = lowerAll(draw.args, shape);
    const uint32_t slot = temp();
    emit(HostOp::Draw, e->range, slot, draw.site, shape, static_cast<uint32_t>(draw.distribution)).list =
        std::move(list);
    return slot;
  }
  case Kind::Reduce:
    owner.refuse(e->range, "a reduction over cells or edges cannot stand here");
    return temp();
  case Kind::Lookup: {
    const auto &x = expr::cast<expr::Lookup>(e);
    std::vector<expr::IndexPart> parts;
    for (expr::ExprPtr index : x.indices)
      parts.push_back({.index = index});
    const uint32_t base = lower(x.table);
    std::vector<uint32_t> list = lowerParts(parts);
    const uint32_t slot = temp();
    emit(HostOp::Index, e->range, slot, base).list = std::move(list);
    return slot;
  }
  case Kind::Text:
    return lowerText(expr::cast<expr::Text>(e));
  case Kind::ArrayLit: {
    std::vector<uint32_t> list = lowerAll(expr::cast<expr::ArrayLit>(e).items, none);
    const uint32_t slot = temp();
    emit(HostOp::Array, e->range, slot, none, none, kindOf(e->type)).list = std::move(list);
    return slot;
  }
  case Kind::Index: {
    const auto &x = expr::cast<expr::Index>(e);
    const uint32_t base = lower(x.base);
    std::vector<uint32_t> list = lowerParts(x.parts);
    const uint32_t slot = temp();
    emit(HostOp::Index, e->range, slot, base).list = std::move(list);
    return slot;
  }
  case Kind::Cells:
    return lowerCells(expr::cast<expr::Cells>(e));
  case Kind::CellsValue:
    return lowerCellsValue(expr::cast<expr::CellsValue>(e));
  case Kind::EdgesValue:
    return lowerEdgesValue(expr::cast<expr::EdgesValue>(e));
  case Kind::HostCall:
    return lowerHostCall(expr::cast<expr::HostCall>(e));
  }
  assert(false && "unknown expression");
  return none;
}

uint32_t FunctionBuilder::lowerSpecial(const expr::Special &e) {
  if (e.value == expr::SpecialValue::Index && cell != none)
    return cell;
  const uint32_t slot = temp();
  switch (e.value) {
  case expr::SpecialValue::Time:
    emit(HostOp::Time, e.range, slot);
    return slot;
  case expr::SpecialValue::Dt:
    emit(HostOp::Dt, e.range, slot);
    return slot;
  case expr::SpecialValue::Seed:
    emit(HostOp::Seed, e.range, slot);
    return slot;
  case expr::SpecialValue::Index:
  case expr::SpecialValue::Spiked:
  case expr::SpecialValue::SpikeTime:
  case expr::SpecialValue::Elapsed:
  case expr::SpecialValue::Held:
  case expr::SpecialValue::Listed:
    owner.refuse(e.range, "this value exists only inside a model");
    return slot;
  }
  return slot;
}

/// Both branches write one slot; the other branch is jumped over.
uint32_t FunctionBuilder::lowerLazy(const expr::Call &e, uint32_t shape) {
  const uint32_t slot = temp();
  if (e.op == expr::Op::Select) {
    const uint32_t condition = lower(e.args[0], none);
    const uint32_t toElse = here();
    emit(HostOp::JumpUnless, e.range, condition);
    const auto branch = [&](expr::ExprPtr value) {
      const uint32_t from = lower(value, shape);
      if (e.type.isNumber())
        emit(HostOp::Convert, e.range, slot, from, none, kindOf(e.type));
      else
        emit(HostOp::Move, e.range, slot, from);
    };
    branch(e.args[1]);
    const uint32_t toEnd = here();
    emit(HostOp::Jump, e.range);
    land(toElse);
    branch(e.args[2]);
    land(toEnd);
    return slot;
  }
  emit(HostOp::Convert, e.range, slot, lower(e.args[0], none), none, abi::HostConstant::Bool);
  const uint32_t toEnd = here();
  emit(e.op == expr::Op::And ? HostOp::JumpUnless : HostOp::JumpIf, e.range, slot);
  const uint32_t second = lower(e.args[1], none);
  emit(HostOp::Convert, e.range, slot, second, none, abi::HostConstant::Bool);
  land(toEnd);
  return slot;
}

uint32_t FunctionBuilder::lowerCall(const expr::Call &e, uint32_t shape) {
  if (e.op == expr::Op::Crosses) {
    owner.refuse(e.range, "`crosses` can stand only in `spike when`");
    return temp();
  }
  // With draws for each element the operands of `and` are arrays, whatever their type says.
  if (lazy(e) && (shape == none || e.op != expr::Op::Select))
    return lowerLazy(e, shape);
  std::vector<uint32_t> list = lowerAll(e.args, shape);
  const uint32_t slot = temp();
  emit(HostOp::Apply, e.range, slot, none, kindOf(e.type), static_cast<uint32_t>(fnOf(e.op))).list = std::move(list);
  return slot;
}

uint32_t FunctionBuilder::lowerText(const expr::Text &e) {
  std::vector<uint32_t> list;
  for (const expr::TextPart &part : e.parts) {
    if (!part.value) {
      list.insert(list.end(), {owner.textConstant(part.text), none, none, none, none, none});
      continue;
    }
    const uint32_t value = lower(part.value);
    list.insert(list.end(), {none, value, owner.textConstant(part.format), owner.textConstant(part.unit),
                             owner.numberConstant(abi::HostConstant::Real, part.unitScale),
                             owner.numberConstant(abi::HostConstant::Bool, part.bare ? 1 : 0)});
  }
  const uint32_t slot = temp();
  emit(HostOp::Format, e.range, slot).list = std::move(list);
  return slot;
}

std::vector<uint32_t> FunctionBuilder::lowerParts(std::span<const expr::IndexPart> parts) {
  std::vector<uint32_t> list;
  const auto optional = [&](expr::ExprPtr e) { return e ? lower(e) : none; };
  for (const expr::IndexPart &part : parts) {
    if (part.isSlice)
      list.insert(list.end(), {static_cast<uint32_t>(abi::HostIndexKind::Slice), optional(part.start),
                               optional(part.stop), optional(part.step)});
    else
      list.insert(list.end(), {static_cast<uint32_t>(abi::HostIndexKind::Value), lower(part.index), none, none});
  }
  return list;
}

/// Sizes, slices and delays are needed before there are cells.
bool FunctionBuilder::networkExists(source::Range range) {
  if (!owner.numbering)
    owner.refuse(range, "cells and projections cannot be read while the network is set up");
  return owner.numbering != nullptr;
}

uint32_t FunctionBuilder::lowerCells(const expr::Cells &cells) {
  if (!networkExists(cells.range))
    return temp();
  const uint32_t of = cells.of ? lowerCells(*cells.of) : none;
  std::vector<uint32_t> list = lowerParts(cells.slice);
  const uint32_t slot = temp();
  if (cells.of)
    emit(HostOp::CellsOf, cells.range, slot, of).list = std::move(list);
  else
    emit(HostOp::Cells, cells.range, slot, owner.numbering->population(*cells.population)).list = std::move(list);
  return slot;
}

uint32_t FunctionBuilder::lowerCellsValue(const expr::CellsValue &e) {
  using Member = expr::CellsMember;
  if (!networkExists(e.range))
    return temp();
  const uint32_t cells = lowerCells(*e.cells);
  const uint32_t slot = temp();
  abi::HostMember member = abi::HostMember::Variable;
  uint32_t variable = none;
  switch (e.member) {
  case Member::Variable:
    variable = owner.numbering->variable(*e.var);
    break;
  case Member::Count:
    member = abi::HostMember::Count;
    break;
  case Member::Spiked:
    member = abi::HostMember::Spiked;
    break;
  case Member::SpikeTime:
    member = abi::HostMember::SpikeTime;
    break;
  case Member::Size:
    member = abi::HostMember::Size;
    break;
  case Member::Spikes:
    owner.refuse(e.range, "spikes can only be recorded");
    break;
  }
  emit(HostOp::ReadCells, e.range, slot, cells, variable, static_cast<uint32_t>(member));
  return slot;
}

uint32_t FunctionBuilder::lowerEdgesValue(const expr::EdgesValue &e) {
  if (!networkExists(e.range))
    return temp();
  abi::HostMember member = abi::HostMember::Variable;
  std::vector<const model::Projection *> pairs;
  for (const model::Projection &p : owner.program.network->projections)
    if (p.group == e.projection->group)
      pairs.push_back(&p);
  switch (e.member) {
  case expr::EdgesMember::Variable:
    if (pairs.size() > 1)
      return lowerPairs(e, pairs);
    break;
  case expr::EdgesMember::Pre:
    member = abi::HostMember::Pre;
    break;
  case expr::EdgesMember::Post:
    member = abi::HostMember::Post;
    break;
  case expr::EdgesMember::Delay:
    member = abi::HostMember::Delay;
    break;
  case expr::EdgesMember::Whole:
    owner.refuse(e.range, "a projection is no value: name one of its variables, as in `proj.w`");
    return temp();
  }
  const uint32_t slot = temp();
  emit(HostOp::ReadEdges, e.range, slot, owner.numbering->projection(*e.projection),
       member == abi::HostMember::Variable ? owner.numbering->variable(*e.var) : none, static_cast<uint32_t>(member));
  return slot;
}

/// A range in `slot`, as the array of its numbers where one is meant.
uint32_t FunctionBuilder::numbers(expr::ExprPtr e, uint32_t slot) {
  if (!e->type.isNumber())
    return slot;
  const uint32_t array = temp();
  emit(HostOp::Convert, e->range, array, slot, none, kindOf(e->type));
  return array;
}

uint32_t FunctionBuilder::lowerHostCall(const expr::HostCall &e) {
  if (e.name == "each")
    return lowerEach(e);
  // real[10, n] = value: the value first, then the extents. Draws in the value are made for each element.
  if (e.name == "array" || e.name == "full") {
    std::vector<uint32_t> extents = lowerAll(e.args.subspan(1), none);
    const uint32_t shape = temp();
    emit(HostOp::Array, e.range, shape, none, none, abi::HostConstant::Int).list = extents;
    const uint32_t value = lower(e.args[0], shape);
    const uint32_t slot = temp();
    emit(HostOp::Full, e.range, slot, value, shape, kindOf(e.type));
    return slot;
  }
  std::vector<uint32_t> list = lowerAll(e.args, none);
  const uint32_t slot = temp();
  if (e.name == "dataset") {
    emit(HostOp::Data, e.range, slot, list[0], list.size() > 1 ? list[1] : none);
    return slot;
  }
  if (e.name == "load") {
    emit(HostOp::LoadArray, e.range, slot, list[0], list.size() > 1 ? list[1] : none);
    return slot;
  }
  const uint32_t callee = calleeOf(e.name);
  if (callee == none)
    owner.refuse(e.range, "`" + std::string(e.name) + "` is not supported in experiments yet");
  emit(HostOp::Call, e.range, slot, none, none, callee).list = std::move(list);
  return e.name == "range" ? numbers(&e, slot) : slot;
}

} // namespace snn::codegen::host
