// Runs the chosen methods over every population and explains the choice.
#include "compiler/model/solve/Solve.h"

#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Spelling.h"
#include "compiler/model/solve/Linear.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace snn::solve {

using model::Equation;
using model::Method;

namespace {

Equations chosen(model::Dynamics &p, Method method) {
  Equations out;
  for (Equation &eq : p.equations)
    if (eq.chosen == method)
      out.push_back(&eq);
  return out;
}

/// Every equation by its method; nothing after an error.
void rewrite(model::Dynamics &owner, const model::Population *cells, expr::Builder &build, diag::Engine &diagnostics) {
  const size_t before = diagnostics.errors();
  classify(owner, cells, build, diagnostics);
  if (diagnostics.errors() != before)
    return;
  Context c{owner, cells, build, diagnostics, &owner.integrate, {}, {}};
  const Equations exact = chosen(owner, Method::Exact);
  solveExact(c, exact);
  solveExponentialEuler(c, chosen(owner, Method::ExponentialEuler));
  solveEuler(c, chosen(owner, Method::Euler));
  solveMilstein(c, chosen(owner, Method::Milstein));
  solveRk2(c, chosen(owner, Method::Rk2), exact);
  solveHeun(c, chosen(owner, Method::Heun), exact);
  solveRk4(c, chosen(owner, Method::Rk4), exact);
  solveImplicitEuler(c, chosen(owner, Method::ImplicitEuler), exact);
  solveRk45(c, chosen(owner, Method::Rk45), exact);
  for (model::Stmt &s : c.assignments)
    owner.integrate.push_back(std::move(s));
}

/// x' = rate x + input with constants of the run: its value is known at any time after an event, and nobody stops it in between.
std::optional<model::Projection::EventDriven> eventDriven(const Equation &eq, expr::Builder &build) {
  Var *x = eq.state;
  if (x->kind != model::VarKind::State || (eq.requested != Method::Auto && eq.requested != Method::Exact))
    return std::nullopt;
  const auto parts = affine(eq.rhs, {x}, build);
  const auto a = parts ? parts->coefficients.find(x) : decltype(parts->coefficients.end()){};
  if (!parts || !parts->noise.empty() || a == parts->coefficients.end() || !isConstant(a->second) || (parts->rest && !isConstant(parts->rest)))
    return std::nullopt;
  return model::Projection::EventDriven{x, a->second, parts->rest, isUniform(a->second) && (!parts->rest || isUniform(parts->rest))};
}

/// Equations of edges that events do not evaluate are integrated in every step, together with what they read.
void integrateEdges(model::Projection &p, expr::Builder &build, diag::Engine &diagnostics) {
  for (const Equation &eq : p.equations)
    if (auto by = eventDriven(eq, build)) {
      eq.state->eventDriven = true;
      p.eventDriven.push_back(*by);
    }
  if (p.eventDriven.size() != p.equations.size())
    rewrite(p, nullptr, build, diagnostics);
  std::erase_if(p.equations, [](const Equation &eq) { return eq.state->eventDriven; });
}

} // namespace

bool run(model::Network &network, expr::Builder &build, diag::Engine &diagnostics) {
  const size_t before = diagnostics.errors();
  for (model::Population &p : network.populations)
    rewrite(p, &p, build, diagnostics);
  for (model::Projection &p : network.projections)
    integrateEdges(p, build, diagnostics);
  const auto solved = [](model::Dynamics &owner) { owner.solved = std::exchange(owner.equations, {}); };
  std::ranges::for_each(network.populations, solved);
  std::ranges::for_each(network.projections, solved);
  return diagnostics.errors() == before;
}

std::string explain(const model::Network &network) {
  std::string out;
  const auto equations = [&](const model::Dynamics &owner) {
    for (const Equation &eq : owner.solved)
      out += fmt::format("  {}' = {}\n    {}: {} ({})\n", eq.state->name, expr::print(eq.rhs), eq.equationClass, spelling(eq.chosen), eq.reason);
  };
  for (const model::Population &p : network.populations)
    if (!p.solved.empty()) {
      out += fmt::format("{} ({})\n", p.name, p.modelName);
      equations(p);
    }
  for (const model::Projection &p : network.projections) {
    if (!p.eventDriven.empty() || !p.solved.empty())
      out += p.name + "\n";
    for (const model::Projection::EventDriven &e : p.eventDriven)
      out += fmt::format("  {}: exact between events\n", e.state->name);
    equations(p);
  }
  return out;
}

} // namespace snn::solve
