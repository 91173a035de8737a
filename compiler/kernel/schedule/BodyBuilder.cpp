// Operations of a kernel's body, and the variables that they read and write.
#include "compiler/kernel/schedule/BodyBuilder.h"

#include <cmath>
#include <cstring>

namespace snn::schedule {

using expr::Side;
using model::Storage;
using model::VarKind;

Type BodyBuilder::typeOf(const expr::Type &type) {
  switch (type.base) {
  case expr::Base::Int:
    return Type::I64;
  case expr::Base::Bool:
    return Type::Bool;
  default:
    return Type::Real;
  }
}

namespace {
/// Operations without effects and without memory: made once for equal operands.
bool pure(Op op) {
  return !(op >= Op::Loop && op <= Op::EndLoop) && op != Op::Load && op != Op::Store && op != Op::Accumulate && op != Op::PairOut && op != Op::SetScalar;
}
} // namespace

ValueId BodyBuilder::emit(Instr i) {
  const bool shared = pure(i.op);
  uint64_t bits = 0;
  static_assert(sizeof bits == sizeof i.imm);
  std::memcpy(&bits, &i.imm, sizeof bits);
  const Key key{static_cast<uint8_t>(i.op), static_cast<uint8_t>(i.type), i.a, i.b, i.c, i.index, i.object, i.site,
                i.imm64 ^ static_cast<int64_t>(bits)};
  if (shared)
    if (const auto it = known.find(key); it != known.end())
      return it->second;
  kernel.body.push_back(i);
  const ValueId id = static_cast<ValueId>(kernel.body.size() - 1);
  if (shared)
    known[key] = id;
  return id;
}

ValueId BodyBuilder::op(Op o, Type t, ValueId a, ValueId b, ValueId c) {
  Instr i;
  i.op = o;
  i.type = t;
  i.a = a;
  i.b = b;
  i.c = c;
  return emit(i);
}

ValueId BodyBuilder::constant(double x, Type t) {
  if (t == Type::I64 && std::fabs(x) < 0x1p63)
    return integer(static_cast<int64_t>(x));
  if (t == Type::I64)
    return convert(constant(x, Type::F64), t);
  if (t == Type::Bool)
    return truth(x != 0);
  Instr i;
  i.op = Op::Const;
  i.type = t;
  i.imm = x;
  return emit(i);
}

ValueId BodyBuilder::integer(int64_t x, Type t) {
  Instr i;
  i.op = Op::ConstInt;
  i.type = t;
  i.imm64 = x;
  return emit(i);
}

ValueId BodyBuilder::truth(bool x) {
  Instr i;
  i.op = Op::ConstInt;
  i.type = Type::Bool;
  i.imm64 = x;
  return emit(i);
}

ValueId BodyBuilder::scalar(uint32_t id, Type t) {
  Instr i;
  i.op = Op::ScalarValue;
  i.type = t;
  i.object = id;
  return emit(i);
}

ValueId BodyBuilder::load(uint32_t buffer, ValueId at, Type t) {
  Instr i;
  i.op = Op::Load;
  i.type = t;
  i.object = buffer;
  i.index = at;
  return emit(i);
}

void BodyBuilder::store(uint32_t buffer, ValueId at, ValueId v, ValueId predicate) {
  Instr i;
  i.op = Op::Store;
  i.a = v;
  i.object = buffer;
  i.index = at;
  i.predicate = predicate;
  emit(i);
}

void BodyBuilder::accumulate(uint32_t buffer, ValueId at, ValueId v, ValueId predicate) {
  Instr i;
  i.op = Op::Accumulate;
  i.a = v;
  i.object = buffer;
  i.index = at;
  i.predicate = predicate;
  emit(i);
}

ValueId BodyBuilder::both(ValueId a, ValueId b) {
  if (a == kernel::noValue)
    return b;
  return b == kernel::noValue || a == b ? a : op(Op::And, Type::Bool, a, b);
}

ValueId BodyBuilder::convert(ValueId v, Type type) {
  if (typeOf(v) == type)
    return v;
  const Instr from = kernel.body[v];
  if (from.op == Op::ConstInt && type == Type::Real)
    return constant(static_cast<double>(from.imm64));
  // A Poisson number is drawn as a real: by way of an integer a loop over vectors would go cell by cell.
  if (from.op == Op::Convert && from.type == Type::I64 && type == Type::Real && kernel.body[from.a].op == Op::DrawPoisson && typeOf(from.a) == Type::Real)
    return from.a;
  return op(Op::Convert, type, v);
}

ValueId BodyBuilder::stepNow() {
  const ValueId n = index(Op::StepNumber);
  return frame.timeOffset ? op(Op::Add, Type::I64, n, integer(frame.timeOffset)) : n;
}

void BodyBuilder::beginBody() {
  atStart = current;
  lets.clear();
}

void BodyBuilder::loop(uint32_t limit, const std::vector<Var *> &carried, const std::function<ValueId()> &goesOn,
                       const std::function<std::vector<ValueId>()> &round) {
  std::vector<ValueId> first, carries;
  for (const Var *var : carried)
    first.push_back(read(*var, Side::Self));
  const auto outside = std::tuple(known, current, atStart, lets);
  Instr open;
  open.op = Op::Loop;
  open.imm64 = limit;
  emit(open);
  for (size_t k = 0; k < carried.size(); ++k) {
    carries.push_back(op(Op::Carry, typeOf(first[k]), first[k]));
    bind(*carried[k], carries.back());
  }
  looping = true;
  op(Op::While, Type::None, goesOn());
  const std::vector<ValueId> next = round();
  looping = false;
  for (size_t k = 0; k < carries.size(); ++k)
    op(Op::Next, Type::None, carries[k], next[k]);
  op(Op::EndLoop, Type::None);
  std::tie(known, current, atStart, lets) = outside;
  for (size_t k = 0; k < carries.size(); ++k)
    bind(*carried[k], carries[k]);
}

/// A value of the source cell as it was a delay ago; before that, as it was in the first step.
ValueId BodyBuilder::earlier(const Var &ofSource) {
  const DelayLine &line = layout.delayLine(*frame.edges, ofSource);
  const ValueId src = index(Op::Src), steps = scalar(line.steps, Type::I64), one = integer(1);
  const ValueId slot = op(Op::Mod, Type::I64, op(Op::Add, Type::I64, index(Op::StepNumber), one), op(Op::Add, Type::I64, steps, one));
  const ValueId place = op(Op::Add, Type::I64, op(Op::Mul, Type::I64, slot, scalar(line.cells, Type::I64)), src);
  const Type type = typeOf(ofSource.type);
  const ValueId then = op(Op::Sub, Type::I64, index(Op::StepNumber), steps);
  const ValueId isBefore = op(Op::Lt, Type::Bool, then, load(line.begun, src, Type::I64));
  return select(isBefore, load(line.first, src, type), load(line.ring, place, type));
}

bool BodyBuilder::oneSided() const { return frame.cells || frame.space == abi::Space::EventCells || frame.space == abi::Space::Cells; }

ValueId BodyBuilder::cellIndex(Side side) { return oneSided() ? index(Op::I) : index(side == Side::Pre ? Op::Src : Op::Tgt); }

ValueId BodyBuilder::indexOf(const Var &var, Side side) {
  if (oneSided())
    return index(Op::I);
  if (side == Side::Pre || (side == Side::Self && var.storage == Storage::PerSource))
    return index(Op::Src);
  if (side == Side::Post || (side == Side::Self && var.storage == Storage::PerTarget))
    return index(Op::Tgt);
  return index(Op::Edge);
}

ValueId BodyBuilder::read(const Var &var, Side side) {
  if (var.storage == Storage::Uniform && var.kind != VarKind::Local)
    return scalar(layout.scalarOf(var), typeOf(var.type));
  const std::pair key{&var, side};
  if (frame.delayed && side == Side::Pre && var.kind != VarKind::Param)
    return earlier(var);
  if (var.kind == VarKind::Let)
    return letValue(var, side);
  auto &values = inLet ? atStart : current;
  if (const auto it = values.find(key); it != values.end())
    return it->second;
  if (const auto it = current.find(key); it != current.end() && !isWritten(var))
    return it->second;
  ValueId v = kernel::noValue;
  if (fromLog(var, side))
    v = load(layout.logged(var, side), index(Op::Event), typeOf(var.type));
  else if (var.eventDriven && side == Side::Self)
    v = eventDriven(var, side);
  else
    v = load(layout.bufferOf(var), indexOf(var, side), typeOf(var.type));
  if (!current.contains(key))
    current[key] = v;
  if (!atStart.contains(key))
    atStart[key] = v;
  return v;
}

/// Whether a replayed event brings the value along, which has changed since then.
bool BodyBuilder::fromLog(const Var &var, Side side) const {
  if (frame.space != abi::Space::ReplayedEdges || var.kind == VarKind::Param)
    return false;
  return side == Side::Post || (side == Side::Self && var.storage == Storage::PerTarget);
}

/// A let has the value of the body's start, of its own cell.
ValueId BodyBuilder::letValue(const Var &var, Side side) {
  const std::pair key{&var, side};
  if (const auto it = lets.find(key); it != lets.end())
    return it->second;
  if (!var.init)
    return constant(0, typeOf(var.type));
  const bool outer = inLet;
  const Side outerSide = letSide;
  const ValueId outerGuard = guard;
  inLet = true;
  guard = kernel::noValue; // others may read the let outside of the condition
  letSide = side;
  const ValueId v = valueAs(var.init, typeOf(var.type));
  inLet = outer;
  letSide = outerSide;
  guard = outerGuard;
  return lets[key] = v;
}

/// x * exp(rate * h) + input * h * exprel(rate * h), h = k * dt, k steps after the last event.
ValueId BodyBuilder::eventDriven(const Var &var, Side side) {
  if (frame.space == abi::Space::ReplayedEdges && var.storage == Storage::PerSource)
    return load(layout.atMoment(var), index(Op::Moment), Type::Real);
  const uint32_t copy = frame.refreshedValues ? layout.refreshed(var) : abi::none;
  const bool far = (frame.space == abi::Space::RowEdges && var.storage == Storage::PerTarget) ||
                   (frame.space == abi::Space::ColumnEdges && var.storage == Storage::PerSource);
  const ValueId at = indexOf(var, side);
  if (far && copy != abi::none)
    return load(copy, at, Type::Real);
  const ValueId x = load(layout.bufferOf(var), at, Type::Real);
  const ValueId k = op(Op::Sub, Type::I64, stepNow(), load(layout.lastStep(var), at, Type::I64));
  const uint32_t uniform = layout.rateScalar(var);
  const ValueId rate = uniform != abi::none ? scalar(uniform) : valueAs(layout.rate(var), Type::Real);
  const ValueId steps = convert(k, Type::Real), exponent = op(Op::Mul, Type::Real, rate, steps);
  const ValueId p = op(Op::Exp, Type::Real, exponent), decayed = op(Op::Mul, Type::Real, x, p);
  const expr::ExprPtr input = layout.input(var);
  if (!input)
    return decayed;
  const ValueId h = op(Op::Mul, Type::Real, steps, op(Op::Dt, Type::Real));
  const ValueId q = op(Op::Mul, Type::Real, h, op(Op::Exprel, Type::Real, exponent));
  return op(Op::Add, Type::Real, decayed, op(Op::Mul, Type::Real, q, valueAs(input, Type::Real)));
}

} // namespace snn::schedule
