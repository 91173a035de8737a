// Runs the chosen methods over every population and explains the choice.
#include "compiler/model/solve/Solve.h"

#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Spelling.h"

#include <fmt/format.h>

namespace snn::solve {

using model::Equation;
using model::Method;

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
