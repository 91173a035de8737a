// What is made of time alone, `sin(2 * pi * f * t)`, `t > 100 ms`: computed in float64, once for all cells, as the experiment does. In
// float32 the time would have steps of its own after some minutes, and `floor(t / T)` would come a step late.
#include "compiler/kernel/schedule/BodyBuilder.h"

#include <algorithm>
#include <cmath>

namespace snn::schedule {

using expr::SpecialValue;

namespace {

/// Uniform values and constants of the run are read as they are stored, in float64.
bool isSame(const expr::Ref &r) { return r.var->storage == model::Storage::Uniform && r.var->kind != model::VarKind::Local; }

bool isTime(expr::ExprPtr e) {
  const auto *s = expr::dynCast<expr::Special>(e);
  return s && s->value == SpecialValue::Time;
}

/// Of a solver: how long after the beginning of the step a stage is. It stands beside the time, and is read in its precision.
bool isOffset(const Var &var) {
  return var.kind == model::VarKind::Local && var.name.find('.') != std::string::npos && var.type.dimension == units::Dimension::of(units::BaseUnit::Second);
}

} // namespace

/// Without time in it there is nothing to gain, and what is the same in each step stays as it was.
bool BodyBuilder::readsTimeAlone(expr::ExprPtr e) const {
  bool time = false;
  const std::function<bool(expr::ExprPtr)> alone = [&](expr::ExprPtr part) {
    time |= isTime(part);
    if (const auto *s = expr::dynCast<expr::Special>(part))
      return s->value == SpecialValue::Time || s->value == SpecialValue::Dt;
    if (const auto *r = expr::dynCast<expr::Ref>(part)) {
      if (isSame(*r) || isOffset(*r->var))
        return true;
      if (r->side != expr::Side::Self || letSide != expr::Side::Self) // of a neighbour it may be what it was a delay ago
        return false;
      time |= timesOf.contains(r->var);
      return timesOf.contains(r->var) || (r->var->kind == model::VarKind::Let && r->var->init && alone(r->var->init));
    }
    const auto *c = expr::dynCast<expr::Call>(part);
    return part->kind == expr::Kind::Const || (c && c->op != expr::Op::Crosses && std::ranges::all_of(c->args, alone));
  };
  return alone(e) && time;
}

/// A part of what is made of time alone.
ValueId BodyBuilder::partOfTime(const expr::Ref &r) {
  const Type type = computedIn(r.type);
  if (isSame(r))
    return scalar(layout.scalarOf(*r.var), type);
  if (const auto local = timesOf.find(r.var); local != timesOf.end())
    return local->second;
  return r.var->kind == model::VarKind::Let ? valueAs(r.var->init, type) : convert(read(*r.var, expr::Side::Self), type);
}

/// What is made of it later may need its digits: `let phase = 2 * pi * f * t` is read by `sin(phase)`.
void BodyBuilder::define(const Var &local, expr::ExprPtr value) {
  const bool outer = ofTime;
  ofTime = readsTimeAlone(value);
  const ValueId v = valueAs(value, computedIn(local.type));
  bind(local, convert(v, typeOf(local.type)));
  if (ofTime)
    timesOf[&local] = v;
  ofTime = outer;
}

Type BodyBuilder::computedIn(const expr::Type &type) const {
  const Type t = typeOf(type);
  return ofTime && t == Type::Real ? Type::F64 : t;
}

ValueId BodyBuilder::timeOf(ValueId steps) { return op(Op::Mul, Type::F64, convert(steps, Type::F64), op(Op::Dt, Type::F64)); }

/// `t - t_spike`: the time since the cell's last spike is a number of steps, which the difference of two rounded times is not.
const expr::Special *BodyBuilder::sinceSpike(const expr::Call &c) const {
  const auto *spike = c.op == expr::Op::Sub ? expr::dynCast<expr::Special>(c.args[1]) : nullptr;
  return spike && spike->value == SpecialValue::SpikeTime && isTime(c.args[0]) ? spike : nullptr;
}

ValueId BodyBuilder::timeSinceSpike(const expr::Special &spike) {
  const expr::Side side = spike.side == expr::Side::Self ? letSide : spike.side;
  const ValueId step = load(layout.spikeStep(cellsOf(side)->id), cellIndex(side), Type::I64);
  const ValueId since = convert(timeOf(op(Op::Sub, Type::I64, stepNow(), step)), Type::Real);
  return select(op(Op::Lt, Type::Bool, step, integer(0)), constant(HUGE_VAL), since);
}

} // namespace snn::schedule
