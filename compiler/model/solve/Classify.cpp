// Which method solves which equation, and why. `auto` works in three steps:
//   1. the largest set of equations that is linear with constant coefficients and depends on nothing outside itself but
//      inputs is solved exactly, jointly within each coupled component;
//   2. of the rest, a strongly connected block whose equations are each linear in their own variable: exponential Euler;
//   3. of the rest, a block with a state that runs away in an exponential of itself until a spike resets it: euler;
//   4. any other block: rk4.
#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/Solve.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::solve {

using model::Equation;
using model::Method;

namespace {

bool linearIn(const Equation &eq, const std::set<Var *> &members, const std::set<Var *> &outside, expr::Builder &build) {
  const auto a = affine(eq.rhs, members, build);
  if (!a || (a->rest && reads(a->rest, outside)))
    return false;
  return std::ranges::all_of(a->coefficients, [](const auto &c) { return isConstant(c.second); });
}

/// Step 1: shrinks the set until every member is linear in the members alone.
std::set<Var *> linearSet(model::Population &p, const std::set<Var *> &all, const std::set<Var *> &excluded, expr::Builder &build) {
  std::set<Var *> members;
  for (const Equation &eq : p.equations)
    if ((eq.requested == Method::Auto && !excluded.contains(eq.state)) || eq.requested == Method::Exact)
      members.insert(eq.state);
  for (bool changed = true; changed;) {
    changed = false;
    std::set<Var *> outside;
    std::ranges::set_difference(all, members, std::inserter(outside, outside.end()));
    for (const Equation &eq : p.equations) {
      if (!members.contains(eq.state))
        continue;
      if (!linearIn(eq, members, outside, build)) {
        members.erase(eq.state);
        changed = true;
        break;
      }
    }
  }
  return members;
}

/// The same without equations whose joint propagator would be a matrix for each cell: under `auto` those that read others
/// of the set are left to step 2.
std::set<Var *> exactSet(model::Population &p, const std::set<Var *> &all, std::set<Var *> &excluded, expr::Builder &build) {
  for (;;) {
    const std::set<Var *> members = linearSet(p, all, excluded, build);
    Equations linear;
    for (Equation &eq : p.equations)
      if (members.contains(eq.state))
        linear.push_back(&eq);
    const size_t before = excluded.size();
    for (const Equation *eq : withoutPropagator(linear, build))
      if (eq->requested == Method::Auto)
        excluded.insert(eq->state);
    if (excluded.size() == before)
      return members;
  }
}

/// Whether the coefficients of a linear equation are the same for all cells.
bool uniform(const Equation &eq, const std::set<Var *> &members, expr::Builder &build) {
  const auto a = affine(eq.rhs, members, build);
  return std::ranges::all_of(a->coefficients, [](const auto &c) { return isUniform(c.second); });
}

/// Strongly connected components of the remaining equations, by repeated reachability (models are small).
std::vector<std::vector<Equation *>> blocks(const std::vector<Equation *> &rest) {
  const size_t n = rest.size();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n));
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j)
      reach[i][j] = i == j || reads(rest[i]->rhs, {rest[j]->state});
  for (size_t k = 0; k < n; ++k)
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; reach[i][k] && j < n; ++j)
        reach[i][j] = reach[i][j] || reach[k][j];
  std::vector<std::vector<Equation *>> out;
  std::vector<bool> done(n);
  for (size_t i = 0; i < n; ++i) {
    if (done[i])
      continue;
    auto &block = out.emplace_back();
    for (size_t j = i; j < n; ++j)
      if (!done[j] && reach[i][j] && reach[j][i]) {
        done[j] = true;
        block.push_back(rest[j]);
      }
  }
  return out;
}

bool linearInOwn(const Equation &eq, expr::Builder &build) {
  const auto a = affine(eq.rhs, {eq.state}, build);
  return a.has_value();
}

bool assigns(const model::Body &body, const Var *var) {
  return std::ranges::any_of(body, [&](const model::Stmt &s) {
    return (s.kind == model::StmtKind::Assign && s.var == var && s.side == expr::Side::Self) || assigns(s.then, var) || assigns(s.otherwise, var);
  });
}

/// Whether an exponential of the state, not one that divides (a sigmoid is bounded), stands in the value.
bool growsExponentially(expr::ExprPtr e, Var *state) {
  if (const auto *r = expr::dynCast<expr::Ref>(e))
    return r->var->kind == model::VarKind::Let && r->var->init && growsExponentially(r->var->init, state);
  const auto *c = expr::dynCast<expr::Call>(e);
  if (!c)
    return false;
  if (c->op == expr::Op::Exp || c->op == expr::Op::Expm1)
    return reads(c->args[0], {state});
  if (c->op == expr::Op::Div)
    return growsExponentially(c->args[0], state);
  return std::ranges::any_of(c->args, [&](expr::ExprPtr a) { return growsExponentially(a, state); });
}

/// Cells such as AdEx: rk4 would look past the reset, where the exponential is huge, and carry that into the other states
/// of the block.
bool runsAway(const Equation &eq, const model::Population &p) {
  return p.spike && assigns(p.spike->body, eq.state) && growsExponentially(eq.rhs, eq.state);
}

void chooseForBlock(const std::vector<Equation *> &block, const model::Population &p, expr::Builder &build) {
  const bool conditionallyLinear = std::ranges::all_of(block, [&](Equation *eq) { return linearInOwn(*eq, build); });
  const auto away = std::ranges::find_if(block, [&](Equation *eq) { return runsAway(*eq, p); });
  for (Equation *eq : block) {
    eq->equationClass = conditionallyLinear ? "linear in its own variable" : "nonlinear";
    if (conditionallyLinear) {
      eq->chosen = Method::ExponentialEuler;
      eq->reason = "coefficients at the values of t";
    } else if (away != block.end()) {
      eq->chosen = Method::Euler;
      eq->reason = fmt::format("{} runs away in an exponential until it is reset: the stages of rk4 would look past that", (*away)->state->name);
    } else {
      eq->chosen = Method::Rk4;
      eq->reason = "not linear in its own variable, or coupled to one that is not";
    }
  }
}

} // namespace

void classify(model::Population &p, expr::Builder &build, diag::Engine &diagnostics) {
  std::set<Var *> all, manyMatrices;
  for (const Equation &eq : p.equations)
    all.insert(eq.state);
  const std::set<Var *> exact = exactSet(p, all, manyMatrices, build);
  std::vector<Equation *> rest;
  for (Equation &eq : p.equations) {
    if (exact.contains(eq.state)) {
      eq.chosen = Method::Exact;
      eq.equationClass = "linear, constant coefficients";
      eq.reason = uniform(eq, exact, build)
                      ? "solved by its propagator; inputs are held over the step"
                      : "coefficients differ from cell to cell: each cell's propagator is computed in the step; inputs are held over it";
    } else if (eq.requested == Method::Exact) {
      diagnostics.report(diag::Id::notLinear, eq.range, "`{}` cannot be solved exactly: its equation is not linear with constant coefficients",
                         eq.state->name)
          .mend("use `auto`, `exponential_euler` or `rk4`");
    } else if (eq.requested == Method::Auto) {
      rest.push_back(&eq);
    } else {
      eq.chosen = eq.requested;
      eq.equationClass = linearInOwn(eq, build) ? "linear in its own variable" : "nonlinear";
      eq.reason = "asked for by the model";
      if (eq.chosen == Method::ExponentialEuler && !linearInOwn(eq, build))
        diagnostics.report(diag::Id::notLinear, eq.range, "`{}` is not linear in itself, which exponential_euler needs", eq.state->name)
            .mend("use `rk4` or `euler`");
    }
  }
  for (const auto &block : blocks(rest)) {
    chooseForBlock(block, p, build);
    for (Equation *eq : block)
      if (manyMatrices.contains(eq->state))
        eq->reason = "a joint exact solution needs a matrix for each cell, since coefficients differ from cell to cell; " + eq->reason;
  }
}

} // namespace snn::solve
