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
  population.integrate.push_back(std::move(s));
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
    Context c{p, build, diagnostics, {}};
    solveExact(c, chosen(p, Method::Exact));
    solveExponentialEuler(c, chosen(p, Method::ExponentialEuler));
    solveEuler(c, chosen(p, Method::Euler));
    solveRk4(c, chosen(p, Method::Rk4), chosen(p, Method::Exact));
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
