// The solver pass: equations become ordered statements; no `x' =` is left.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Network.h"

#include <map>
#include <set>
#include <string>

namespace snn::solve {

/// What a method needs to rewrite the equations of cells, or of edges, that it was chosen for.
struct Context {
  model::Dynamics &owner;
  const model::Population *cells; ///< the cells that the equations are of; null: they are of edges
  expr::Builder &build;
  diag::Engine &diagnostics;

  model::Body *into = nullptr; ///< where lets go: `integrate`, or a loop in it
  model::Var &local(const std::string &name, expr::ExprPtr value);      ///< a Let
  expr::ExprPtr named(const std::string &name, expr::ExprPtr value) { return build.ref(&local(name, value)); }
  model::Var &derived(const std::string &name, expr::ExprPtr value, units::Dimension dimension = {});
  void assign(model::Var *state, expr::ExprPtr value, source::Range range); ///< after all lets
  std::vector<model::Stmt> assignments;
  /// The standard normal number of a source of noise in this step.
  expr::ExprPtr normal(model::Var *noise);
  /// The same over sqrt(dt): white noise that is constant over the step.
  expr::ExprPtr whiteNoise(model::Var *noise);
  /// `e` with its noise constant over the step.
  expr::ExprPtr withNoise(expr::ExprPtr e);
  /// `e` with its draws made here, once a step: a loop that follows may not draw.
  expr::ExprPtr drawn(expr::ExprPtr e);
  /// Values made once, by what they are of: normal numbers, noise.
  std::map<std::pair<const model::Var *, std::string>, expr::ExprPtr> made;
  /// The states that `hold` may stop.
  model::VarSet holdable() const { return cells ? model::heldStates(*cells) : model::VarSet{}; }
  /// `standing` while `hold` has stopped the state, otherwise `moving`.
  expr::ExprPtr whileHeld(model::Var *state, expr::ExprPtr standing, expr::ExprPtr moving);

private:
  model::Var &define(const std::string &name, expr::ExprPtr value);
  expr::ExprPtr once(const std::string &name, expr::ExprPtr value);
};

/// One method: rewrites the equations given.
using Equations = std::vector<model::Equation *>;
void solveExact(Context &context, const Equations &equations);
void solveExponentialEuler(Context &context, const Equations &equations);
void solveEuler(Context &context, const Equations &equations);
void solveMilstein(Context &context, const Equations &equations);
/// Methods of several stages; exactly solved states enter them with their values at the stage times, `exact` holds their
/// equations.
void solveRk2(Context &context, const Equations &equations, const Equations &exact);
void solveHeun(Context &context, const Equations &equations, const Equations &exact);
void solveRk4(Context &context, const Equations &equations, const Equations &exact);
void solveImplicitEuler(Context &context, const Equations &equations, const Equations &exact);
void solveRk45(Context &context, const Equations &equations, const Equations &exact);

/// Why Milstein's method cannot solve one of the equations; empty if it can.
std::string whyNotMilstein(const model::Dynamics &owner, const model::Equation &equation, expr::Builder &build);
/// Why Newton's method cannot be written for it.
std::string whyNotImplicit(const model::Dynamics &owner, const model::Equation &equation, expr::Builder &build);

/// "coefficients differ from cell to cell"
std::string_view differingCoefficients(bool cells);
/// Those of the linear equations given that read others of them and cannot be solved together with them, and why: there are too many,
/// or their coefficients differ from cell (edge) to cell or from step to step, and there is no closed form.
std::map<const model::Equation *, std::string> withoutPropagator(const Equations &linear, bool cells, expr::Builder &build);

/// Chooses a method for every equation (LANGUAGE section 5) and fills Equation::{chosen, equationClass, reason}. `cells`: those
/// that the equations are of; null: they are of edges.
void classify(model::Dynamics &owner, const model::Population *cells, expr::Builder &build, diag::Engine &diagnostics);

/// Classifies and rewrites the equations of all populations and projections; linear decays of edges with constant coefficients
/// become Projection::eventDriven. False after an error.
bool run(model::Network &network, expr::Builder &build, diag::Engine &diagnostics);

/// For each equation its class, the method and the reason.
std::string explain(const model::Network &network);

} // namespace snn::solve
