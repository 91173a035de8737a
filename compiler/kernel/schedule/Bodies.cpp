// Statements of bodies as predicated values: `if` becomes selects.
#include "compiler/kernel/schedule/Scheduler.h"

namespace snn::schedule {

using model::AssignOp;
using model::Stmt;
using model::StmtKind;
using model::VarKind;

bool assigns(const model::Body &body, const Var &var) {
  for (const Stmt &s : body)
    if ((s.kind == StmtKind::Assign && s.var == &var && s.side == expr::Side::Self) || assigns(s.then, var) || assigns(s.otherwise, var))
      return true;
  return false;
}

/// The value of `var op= value`.
ValueId Scheduler::assigned(BodyBuilder &b, const Stmt &s) {
  const Type t = BodyBuilder::typeOf(s.var->type);
  const ValueId v = b.valueAs(s.value, t);
  static constexpr Op ops[] = {Op::Add, Op::Add, Op::Sub, Op::Mul, Op::Div};
  if (s.op == AssignOp::Set)
    return v;
  return b.op(ops[static_cast<size_t>(s.op)], t, b.read(*s.var, expr::Side::Self), v);
}

/// Bounds of a weight hold after every update.
ValueId Scheduler::clamped(BodyBuilder &b, const Var &var, ValueId v) {
  const Type t = b.typeOf(v);
  if (var.low)
    v = b.op(Op::Max, t, b.valueAs(var.low, t), v); // NaN stays, and is told of
  if (var.high)
    v = b.op(Op::Min, t, b.valueAs(var.high, t), v);
  return v;
}

namespace {
/// A `let` in a branch is wanted for what follows it there.
bool anyWanted(const model::Body &body, const std::function<bool(const Stmt &)> &wanted) {
  return std::ranges::any_of(body, [&](const Stmt &s) {
    return s.kind == StmtKind::If ? anyWanted(s.then, wanted) || anyWanted(s.otherwise, wanted) : s.kind != StmtKind::Let && wanted(s);
  });
}

/// Whether the lets of the body that a value reads have been computed: some kernels compute only those that concern them.
bool hasItsLets(const BodyBuilder &b, expr::ExprPtr value) {
  return !expr::anyPart(value, [&](expr::ExprPtr e) {
    const auto *r = expr::dynCast<expr::Ref>(e);
    return r && r->var->kind == VarKind::Local && !b.isBound(*r->var);
  });
}
} // namespace

void Scheduler::statement(BodyBuilder &b, const Stmt &s, ValueId predicate, const model::Projection *edges,
                          const std::function<bool(const Stmt &)> &wanted) {
  switch (s.kind) {
  case StmtKind::Let:
    if (!wanted || (wanted(s) && hasItsLets(b, s.value)))
      b.define(*s.var, s.value);
    return;
  case StmtKind::Assign: {
    if (wanted && !wanted(s))
      return;
    if (s.side != expr::Side::Self) { // the port of a neighbour cell
      const Type type = BodyBuilder::typeOf(s.var->type);
      ValueId v = b.valueAs(s.value, type);
      if (s.op == AssignOp::Sub)
        v = b.op(Op::Neg, type, v);
      if (s.side == expr::Side::Pre) { // summed over the edges of a source afterwards, see sumIntoSources
        const ValueId edge = b.index(Op::Edge);
        const uint32_t kept = forSource(*edges, *s.var);
        b.store(kept, edge, b.op(Op::Add, Type::Real, b.load(kept, edge, Type::Real), b.convert(v, Type::Real)), predicate);
        return;
      }
      const uint32_t port = ports.at({edges->targetPopulation->id, s.var}).accumulator;
      b.accumulate(port, b.indexOf(*s.var, s.side), v, predicate);
      return;
    }
    if (s.var->summed) { // added to the target's value after all arrivals
      ValueId v = b.valueAs(s.value, Type::Real);
      if (s.op == AssignOp::Sub)
        v = b.op(Op::Neg, Type::Real, v);
      b.accumulate(sums.at(s.var), b.indexOf(*s.var, s.side), v, predicate);
      return;
    }
    ValueId v = assigned(b, s);
    ValueId condition = predicate;
    if (edges && s.var == edges->weight) {
      v = clamped(b, *s.var, v);
      const uint32_t learning = out.tables.projections[edges->id].learningScalar;
      if (learning != abi::none) // frozen: the weight stays, traces go on
        condition = b.both(condition, b.op(Op::Ne, Type::Bool, b.scalar(learning), b.constant(0)));
    }
    if (condition != kernel::noValue)
      v = b.select(condition, v, b.read(*s.var, expr::Side::Self));
    b.write(*s.var, v);
    return;
  }
  case StmtKind::If: {
    if (wanted && !anyWanted(s.then, wanted) && !anyWanted(s.otherwise, wanted))
      return; // its condition may read what this kernel cannot reach
    const ValueId c = b.value(s.value), outer = b.guard;
    const auto branch = [&](const model::Body &statements, ValueId taken) {
      b.guard = b.both(predicate, taken);
      for (const Stmt &inner : statements)
        statement(b, inner, b.guard, edges, wanted);
    };
    branch(s.then, c);
    if (!s.otherwise.empty())
      branch(s.otherwise, b.negate(c));
    b.guard = outer;
    return;
  }
  case StmtKind::While:
    return repeat(b, s);
  case StmtKind::Hold: { // round(d / dt) steps
    const ValueId steps = b.op(Op::Round, Type::Real, b.op(Op::Div, Type::Real, b.valueAs(s.value, Type::Real), b.op(Op::Dt, Type::Real)));
    ValueId n = b.convert(steps, Type::I32);
    if (!b.place().endOfStep) { // the running step is counted off, but is not one of them
      const ValueId more = b.op(Op::Add, Type::I32, b.op(Op::Min, Type::I32, n, b.integer(INT32_MAX - 1, Type::I32)), b.integer(1, Type::I32));
      n = b.select(b.op(Op::Lt, Type::Bool, b.integer(0, Type::I32), n), more, n);
    }
    const ValueId most = b.integer(INT32_MAX, Type::I32);
    n = b.op(Op::Max, Type::I32, n, b.integer(0, Type::I32));
    n = b.select(b.op(Op::Eq, Type::Bool, n, most), b.integer(-1, Type::I32), n); // for ever
    for (const Var *var : s.held) {
      const ValueId old = b.load(holds.at(var), b.index(Op::I), Type::I32);
      b.store(holds.at(var), b.index(Op::I), predicate == kernel::noValue ? n : b.select(predicate, n, old));
    }
    return;
  }
  }
}

void Scheduler::body(BodyBuilder &b, const model::Body &statements, ValueId predicate,
                     const std::function<bool(const Stmt &)> &wanted, const model::Projection *edges, size_t ruleFrom) {
  const ValueId outer = b.guard;
  b.guard = predicate;
  for (size_t k = 0; k < statements.size(); ++k) {
    if (k == 0 || (edges && k == ruleFrom))
      b.beginBody();
    statement(b, statements[k], predicate, edges, wanted);
  }
  b.guard = outer;
}

} // namespace snn::schedule
