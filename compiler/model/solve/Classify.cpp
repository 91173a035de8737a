// Which method solves which equation, and why. `auto` works in five steps:
//   1. the largest set of equations that is linear with constant coefficients, white noise included, and depends on nothing
//      outside itself but inputs is solved exactly, jointly within each coupled component;
//   2. of the rest, an equation whose noise depends on its own variable: milstein;
//   3. of the rest, a strongly connected block whose equations are each linear in their own variable: exponential Euler;
//   4. of the rest, a block with noise, or with a state that runs away in an exponential of itself until a spike resets it: euler;
//   5. any other block: rk4.
#include "compiler/model/ir/Spelling.h"
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
  const auto constant = [](const auto &c) { return isConstantOfStep(c.second); };
  return std::ranges::all_of(a->coefficients, constant) && std::ranges::all_of(a->noise, constant);
}

/// Whether an equation has noise that one outside of the set reads too: solved apart, they would no longer see the same.
bool sharesNoise(const Equation &eq, const model::Dynamics &p, const std::set<Var *> &members, expr::Builder &build) {
  return std::ranges::any_of(affine(eq.rhs, {}, build)->noise, [&](const auto &n) {
    return std::ranges::any_of(p.equations, [&](const Equation &other) { return !members.contains(other.state) && reads(other.rhs, {n.first}); });
  });
}

/// Step 1: shrinks the set until every member is linear in the members alone.
std::set<Var *> linearSet(model::Dynamics &p, const std::set<Var *> &all, const std::map<Var *, std::string> &excluded, expr::Builder &build) {
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
      if (!linearIn(eq, members, outside, build) || sharesNoise(eq, p, members, build)) {
        members.erase(eq.state);
        changed = true;
        break;
      }
    }
  }
  return members;
}

/// The same without equations whose joint propagator would be too large, or a matrix for each cell (edge): under `auto` those that
/// read others of the set are left to step 2.
std::set<Var *> exactSet(model::Dynamics &p, const std::set<Var *> &all, bool cells, std::map<Var *, std::string> &excluded, expr::Builder &build) {
  for (;;) {
    const std::set<Var *> members = linearSet(p, all, excluded, build);
    Equations linear;
    for (Equation &eq : p.equations)
      if (members.contains(eq.state))
        linear.push_back(&eq);
    const size_t before = excluded.size();
    for (const auto &[eq, why] : withoutPropagator(linear, cells, build))
      if (eq->requested == Method::Auto)
        excluded.emplace(eq->state, why);
    if (excluded.size() == before)
      return members;
  }
}

/// Whether the coefficients of a linear equation are the same for all cells.
bool uniform(const Equation &eq, const std::set<Var *> &members, expr::Builder &build) {
  const auto a = affine(eq.rhs, members, build);
  const auto same = [](const auto &c) { return isUniform(c.second); };
  return std::ranges::all_of(a->coefficients, same) && std::ranges::all_of(a->noise, same);
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

/// Whether the equation is linear in its own variable, apart from noise.
bool linearInOwn(const Equation &eq, expr::Builder &build) {
  const ExprPtr f = drift(eq.rhs, build);
  return !f || affine(f, {eq.state}, build).has_value();
}

bool isNoisy(const Equation &eq, expr::Builder &build) { return !affine(eq.rhs, {}, build)->noise.empty(); }

/// Whether a factor of its noise reads one of the states.
bool noiseReads(const Equation &eq, const std::set<Var *> &states, expr::Builder &build) {
  return std::ranges::any_of(affine(eq.rhs, {}, build)->noise, [&](const auto &n) { return reads(n.second, states); });
}

std::string classOf(const Equation &eq, const model::Dynamics &p, expr::Builder &build) {
  std::set<Var *> states;
  for (const Equation &other : p.equations)
    states.insert(other.state);
  std::string text = linearInOwn(eq, build) ? "linear in its own variable" : "nonlinear";
  if (isNoisy(eq, build))
    text += noiseReads(eq, {eq.state}, build) ? ", noise that depends on its own variable" : noiseReads(eq, states, build) ? ", noise that depends on states" : ", additive noise";
  return text;
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
bool runsAway(const Equation &eq, const model::Population *cells) {
  return cells && cells->spike && assigns(cells->spike->body, eq.state) && growsExponentially(eq.rhs, eq.state);
}

void choose(Equation &eq, Method method, std::string reason) {
  eq.chosen = method;
  eq.reason = std::move(reason);
}

void chooseForBlock(const std::vector<Equation *> &block, const model::Dynamics &p, const model::Population *cells, expr::Builder &build) {
  const bool conditionallyLinear = std::ranges::all_of(block, [&](Equation *eq) { return linearInOwn(*eq, build); });
  const bool noisy = std::ranges::any_of(block, [&](Equation *eq) { return isNoisy(*eq, build); });
  const auto away = std::ranges::find_if(block, [&](Equation *eq) { return runsAway(*eq, cells); });
  for (Equation *eq : block) {
    if (noiseReads(*eq, {eq->state}, build)) {
      const std::string why = whyNotMilstein(p, *eq, build);
      choose(*eq, why.empty() ? Method::Milstein : Method::Euler,
             why.empty() ? "the noise depends on its own variable; Ito" : fmt::format("Euler-Maruyama; milstein is not possible, since {}; Ito", why));
    } else if (conditionallyLinear) {
      choose(*eq, Method::ExponentialEuler,
             isNoisy(*eq, build) ? "coefficients at the values of t, between them an Ornstein-Uhlenbeck process" : "coefficients at the values of t");
    } else if (away != block.end()) {
      choose(*eq, Method::Euler,
             fmt::format("{} runs away in an exponential until it is reset: the stages of rk4 would look past that", (*away)->state->name));
    } else if (noisy) {
      choose(*eq, Method::Euler, isNoisy(*eq, build) ? "Euler-Maruyama" : "coupled to equations with noise");
    } else {
      choose(*eq, Method::Rk4, "not linear in its own variable, or coupled to one that is not");
    }
  }
}

/// Why a method that the model asks for cannot solve the equation, and what could; empty: it can.
std::pair<std::string, std::string> obstacle(const Equation &eq, const model::Dynamics &p, const std::set<Var *> &states, expr::Builder &build) {
  switch (eq.requested) {
  case Method::Auto: case Method::Exact: case Method::Euler: case Method::Heun:
    return {};
  case Method::ExponentialEuler:
    return linearInOwn(eq, build) ? std::pair<std::string, std::string>{} : std::pair("it is not linear in itself", "use `rk4` or `euler`");
  case Method::Milstein:
    return {whyNotMilstein(p, eq, build), "use `euler` (Ito) or `heun` (Stratonovich)"};
  case Method::ImplicitEuler:
    if (const std::string why = whyNotImplicit(p, eq, build); !why.empty())
      return {why, "use `rk4` or `euler`"};
    [[fallthrough]];
  case Method::Rk2: case Method::Rk4:
    return {noiseReads(eq, states, build) ? "its noise depends on a state" : "", "use `milstein` or `euler` (Ito), or `heun` (Stratonovich)"};
  case Method::Rk45:
    return {isNoisy(eq, build) ? "white noise has no error that smaller steps would make small" : "", "use `euler` or `heun`"};
  }
  return {};
}

/// White noise is the formal derivative of a Wiener process: only its first power has a meaning.
bool noiseIsLinear(const model::Dynamics &p, expr::Builder &build, diag::Engine &diagnostics) {
  bool good = true;
  for (const Equation &eq : p.equations)
    if (!affine(eq.rhs, {}, build)) {
      diagnostics.report(diag::Id::badEquation, eq.range, "white noise enters the equation of `{}` otherwise than as a sum of `factor * xi`", eq.state->name)
          .mend("multiply it only with what has no noise");
      good = false;
    }
  return good;
}

} // namespace

std::string_view differingCoefficients(bool cells) {
  return cells ? "coefficients differ from cell to cell" : "coefficients differ from edge to edge, or change with a signal";
}

void classify(model::Dynamics &p, const model::Population *cells, expr::Builder &build, diag::Engine &diagnostics) {
  if (!noiseIsLinear(p, build, diagnostics))
    return;
  std::set<Var *> all;
  std::map<Var *, std::string> notJointly; ///< and why
  for (const Equation &eq : p.equations)
    all.insert(eq.state);
  const std::set<Var *> exact = exactSet(p, all, cells, notJointly, build);
  const std::string_view one = cells ? "cell" : "edge";
  std::vector<Equation *> rest;
  for (Equation &eq : p.equations) {
    eq.equationClass = classOf(eq, p, build);
    if (exact.contains(eq.state)) {
      const bool noisy = isNoisy(eq, build);
      eq.equationClass = noisy ? "linear, constant coefficients, additive noise" : "linear, constant coefficients";
      choose(eq, Method::Exact,
             !uniform(eq, exact, build) ? fmt::format("{}: each {}'s propagator is computed in the step; inputs are held over it", differingCoefficients(cells), one)
             : noisy                    ? "an Ornstein-Uhlenbeck process: mean and covariance over a step are exact; inputs are held over it"
                                        : "solved by its propagator; inputs are held over the step");
    } else if (eq.requested == Method::Exact) {
      const bool shares = linearIn(eq, all, {}, build) && sharesNoise(eq, p, exact, build);
      diagnostics.report(diag::Id::notLinear, eq.range, "`{}` cannot be solved exactly: {}", eq.state->name,
                         shares ? "its noise is shared with an equation that is not" : "its equation is not linear with constant coefficients")
          .mend("use `auto`, `exponential_euler` or `rk4`");
    } else if (eq.requested == Method::Auto) {
      rest.push_back(&eq);
    } else {
      choose(eq, eq.requested, "asked for by the model");
      if (const auto [why, instead] = obstacle(eq, p, all, build); !why.empty())
        diagnostics.report(diag::Id::notLinear, eq.range, "{} cannot solve `{}`: {}", spelling(eq.requested), eq.state->name, why).mend(instead);
    }
  }
  for (const auto &block : blocks(rest)) {
    chooseForBlock(block, p, cells, build);
    for (Equation *eq : block)
      if (const auto why = notJointly.find(eq->state); why != notJointly.end())
        eq->reason = fmt::format("{}; {}", why->second, eq->reason);
  }
}

} // namespace snn::solve
