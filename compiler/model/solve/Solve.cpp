// Runs the chosen methods over every population and explains the choice.
#include "compiler/model/solve/Solve.h"

#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Spelling.h"

#include <fmt/format.h>

namespace snn::solve {

using model::Equation;
using model::Method;
using model::VarKind;

model::Var &Context::local(const std::string &name, expr::ExprPtr value) {
  model::Var &var = population.locals.emplace_back();
  var.id = static_cast<uint32_t>(population.locals.size() - 1);
  var.name = name;
  var.kind = VarKind::Local;
  var.type = value->type;
  var.storage = model::Storage::None;
  model::Stmt s;
  s.kind = model::StmtKind::Let;
  s.var = &var;
  s.value = value;
  s.range = value->range;
  into->push_back(std::move(s));
  return var;
}

model::Var &Context::derived(const std::string &name, expr::ExprPtr value, units::Dimension dimension) {
  model::Var &var = population.vars.emplace_back();
  var.id = static_cast<uint32_t>(population.vars.size() - 1);
  var.name = name;
  var.kind = VarKind::Derived;
  var.type = expr::Type{expr::Base::Real, dimension};
  var.unit = "1";
  var.storage = model::Storage::Uniform;
  var.init = value;
  return var;
}

void Context::assign(model::Var *state, expr::ExprPtr value, source::Range range) {
  model::Stmt s;
  s.kind = model::StmtKind::Assign;
  s.var = state;
  s.value = value;
  s.range = range;
  assignments.push_back(std::move(s));
}

expr::ExprPtr Context::normal(model::Var *noise) {
  expr::ExprPtr &value = made[{noise, "normal"}];
  return value ? value : value = named(noise->name + ".normal", noise->init);
}

expr::ExprPtr Context::whiteNoise(model::Var *noise) {
  expr::ExprPtr &value = made[{noise, "white"}];
  return value ? value : value = named(noise->name, build.div(normal(noise), build.call(expr::Op::Sqrt, {build.dt()})));
}

expr::ExprPtr Context::withNoise(expr::ExprPtr e) {
  return build.rewrite(e, [&](expr::ExprPtr x) -> expr::ExprPtr {
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && r->var->kind == VarKind::Noise ? whiteNoise(r->var) : nullptr;
  });
}

expr::ExprPtr Context::whileHeld(model::Var *state, expr::ExprPtr standing, expr::ExprPtr moving) {
  const expr::ExprPtr held =
      build.special(expr::SpecialValue::Held, expr::Type{expr::Base::Bool, {}}, expr::Side::Self, state);
  return build.call(expr::Op::Select, {held, standing, moving});
}

namespace {

Equations chosen(model::Population &p, Method method) {
  Equations out;
  for (Equation &eq : p.equations)
    if (eq.chosen == method)
      out.push_back(&eq);
  return out;
}

} // namespace

bool run(model::Network &network, expr::Builder &build, diag::Engine &diagnostics) {
  const size_t before = diagnostics.errors();
  for (model::Population &p : network.populations) {
    classify(p, build, diagnostics);
    if (diagnostics.errors() != before)
      continue;
    Context c{p, build, diagnostics, &p.integrate, {}, {}};
    solveExact(c, chosen(p, Method::Exact));
    solveExponentialEuler(c, chosen(p, Method::ExponentialEuler));
    solveEuler(c, chosen(p, Method::Euler));
    solveMilstein(c, chosen(p, Method::Milstein));
    const Equations exact = chosen(p, Method::Exact);
    solveRk2(c, chosen(p, Method::Rk2), exact);
    solveHeun(c, chosen(p, Method::Heun), exact);
    solveRk4(c, chosen(p, Method::Rk4), exact);
    solveImplicitEuler(c, chosen(p, Method::ImplicitEuler), exact);
    solveRk45(c, chosen(p, Method::Rk45), exact);
    for (model::Stmt &s : c.assignments)
      p.integrate.push_back(std::move(s));
    p.solved = std::move(p.equations);
    p.equations.clear();
  }
  return diagnostics.errors() == before;
}

std::string explain(const model::Network &network) {
  std::string out;
  for (const model::Population &p : network.populations) {
    if (p.solved.empty())
      continue;
    out += fmt::format("{} ({})\n", p.name, p.modelName);
    for (const Equation &eq : p.solved)
      out += fmt::format("  {}' = {}\n    {}: {} ({})\n", eq.state->name, expr::print(eq.rhs), eq.equationClass, spelling(eq.chosen), eq.reason);
  }
  for (const model::Projection &p : network.projections)
    for (const model::Projection::EventDriven &e : p.eventDriven)
      out += fmt::format("{}\n  {}: exact between events\n", p.name, e.state->name);
  return out;
}

} // namespace snn::solve
