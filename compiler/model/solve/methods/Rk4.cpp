// The classical Runge-Kutta method of order 4, jointly for all equations given. Exactly solved states that they read enter
// with their exact values at t, t + dt/2 and t + dt; states without an equation stay as they are, and so does, at every
// stage, a state that `hold` has stopped.
#include "compiler/model/solve/methods/Halfway.h"

namespace snn::solve {

using expr::Op;

namespace {

/// `e` at a stage: states and time replaced, lets looked through (they read the stage's values too). A reduction over the
/// population is taken once a step, at its start.
ExprPtr atStage(ExprPtr e, const std::map<Var *, ExprPtr> &values, ExprPtr time, expr::Builder &b) {
  const std::function<ExprPtr(ExprPtr)> replace = [&](ExprPtr x) -> ExprPtr {
    if (const auto *s = expr::dynCast<expr::Special>(x); s && s->value == expr::SpecialValue::Time)
      return time;
    if (x->kind == expr::Kind::Reduce)
      return x;
    const auto *r = expr::dynCast<expr::Ref>(x);
    if (!r)
      return nullptr;
    if (const auto it = values.find(r->var); it != values.end())
      return it->second;
    if (r->var->kind == model::VarKind::Let && r->var->init)
      return b.rewrite(r->var->init, replace);
    return nullptr;
  };
  return b.rewrite(e, replace);
}

/// The value of a state within the step: `moved`, unless it is held.
ExprPtr unlessHeld(Context &c, const model::VarSet &holdable, Var *x, ExprPtr moved) {
  return holdable.contains(x) ? c.whileHeld(x, c.build.ref(x), moved) : moved;
}

} // namespace

void solveRk4(Context &c, const Equations &equations, const Equations &exact) {
  if (equations.empty())
    return;
  expr::Builder &b = c.build;
  std::set<Var *> wanted;
  for (model::Equation *eq : exact)
    for (model::Equation *mine : equations)
      if (reads(mine->rhs, {eq->state}))
        wanted.insert(eq->state);
  const model::VarSet holdable = model::heldStates(c.population);
  std::map<Var *, ExprPtr> middle = halfway(c, exact, wanted), end;
  for (auto &[var, value] : middle)
    value = unlessHeld(c, holdable, var, value);
  for (const model::Stmt &s : c.assignments) // the exact ones are solved by now
    if (wanted.contains(s.var))
      end[s.var] = unlessHeld(c, holdable, s.var, s.value);
  const ExprPtr dt = b.dt(), half = b.mul(b.number(0.5), dt);
  const ExprPtr t = b.special(expr::SpecialValue::Time, dt->type);
  const ExprPtr times[4] = {t, b.add(t, half), b.add(t, half), b.add(t, dt)};
  std::vector<std::vector<ExprPtr>> k(4);
  for (int stage = 0; stage < 4; ++stage) {
    std::map<Var *, ExprPtr> values = stage == 0 ? std::map<Var *, ExprPtr>{} : stage == 3 ? end : middle;
    for (size_t i = 0; i < equations.size() && stage > 0; ++i) {
      Var *x = equations[i]->state;
      const ExprPtr moved = b.call(Op::Fma, {stage == 3 ? dt : half, k[stage - 1][i], b.ref(x)});
      values[x] = b.ref(&c.local(x->name + ".at" + std::to_string(stage), unlessHeld(c, holdable, x, moved)));
    }
    for (model::Equation *eq : equations)
      k[stage].push_back(b.ref(&c.local(eq->state->name + ".k" + std::to_string(stage + 1),
                                        stage == 0 ? eq->rhs : atStage(eq->rhs, values, times[stage], b))));
  }
  const ExprPtr sixth = b.mul(b.number(1.0 / 6.0), dt);
  for (size_t i = 0; i < equations.size(); ++i) {
    Var *x = equations[i]->state;
    const ExprPtr inner = b.mul(b.number(2), b.add(k[1][i], k[2][i]));
    const ExprPtr sum = b.add(b.add(k[0][i], inner), k[3][i]);
    c.assign(x, b.ref(&c.local(x->name + ".next", b.call(Op::Fma, {sixth, sum, b.ref(x)}))), equations[i]->range);
  }
}

} // namespace snn::solve
