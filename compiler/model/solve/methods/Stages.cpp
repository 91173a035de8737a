// Values within a step.
#include "compiler/model/solve/methods/Stages.h"

namespace snn::solve {

using expr::Op;

Stages::Stages(Context &context, const Equations &eqs, const Equations &exact)
    : c(context), b(context.build), equations(eqs), holdable(context.holdable()) {
  std::set<Var *> wanted;
  for (model::Equation *eq : exact)
    for (model::Equation *mine : equations)
      if (reads(mine->rhs, {eq->state}))
        wanted.insert(eq->state);
  middle = exactValues(c, exact, wanted, 0.5);
  end = exactValues(c, exact, wanted, 1);
  for (auto *values : {&middle, &end})
    for (auto &[var, value] : *values)
      value = unlessHeld(var, value);
}

ExprPtr Stages::unlessHeld(Var *x, ExprPtr moved) const { return holdable.contains(x) ? c.whileHeld(x, b.ref(x), moved) : moved; }

ExprPtr Stages::rate(Var *x, ExprPtr slope) const {
  return holdable.contains(x) ? c.whileHeld(x, b.number(0, slope->type.dimension), slope) : slope;
}

ExprPtr Stages::time(double fraction) const {
  const ExprPtr t = b.special(expr::SpecialValue::Time, b.dt()->type);
  return fraction == 0 ? t : b.add(t, fraction == 1 ? b.dt() : b.mul(b.number(fraction), b.dt()));
}

ExprPtr Stages::at(ExprPtr e, const std::map<Var *, ExprPtr> &values, ExprPtr time) const {
  std::map<Var *, ExprPtr> lets; // many may read one
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
    if (r->var->kind != model::VarKind::Let || !r->var->init || r->side != expr::Side::Self)
      return nullptr; // lets of a neighbour cell have their values of t, as its states have
    if (const auto it = lets.find(r->var); it != lets.end())
      return it->second;
    return lets[r->var] = b.rewrite(r->var->init, replace);
  };
  return b.rewrite(e, replace);
}

std::vector<ExprPtr> Stages::slopes(double fraction, const std::vector<ExprPtr> &moved) {
  std::map<Var *, ExprPtr> values = exactAt(fraction);
  for (size_t i = 0; i < moved.size(); ++i) {
    Var *x = equations[i]->state;
    values[x] = c.named(x->name + ".at" + std::to_string(stage), unlessHeld(x, moved[i]));
  }
  ++stage;
  std::vector<ExprPtr> k;
  for (model::Equation *eq : equations) {
    const ExprPtr rhs = c.withNoise(eq->rhs);
    k.push_back(c.named(eq->state->name + ".k" + std::to_string(stage), fraction == 0 && moved.empty() ? rhs : at(rhs, values, time(fraction))));
  }
  return k;
}

std::vector<ExprPtr> Stages::along(ExprPtr step, const std::vector<ExprPtr> &slopes) const {
  std::vector<ExprPtr> moved;
  for (size_t i = 0; i < equations.size(); ++i)
    moved.push_back(b.call(Op::Fma, {step, slopes[i], b.ref(equations[i]->state)}));
  return moved;
}

void Stages::assign(const std::vector<ExprPtr> &next) {
  for (size_t i = 0; i < equations.size(); ++i)
    c.assign(equations[i]->state, c.named(equations[i]->state->name + ".next", next[i]), equations[i]->range);
}

} // namespace snn::solve
