// The solver pass: equations become ordered statements; no `x' =` is left.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Network.h"

#include <set>
#include <string>

namespace snn::solve {

/// What a method needs to rewrite the equations of one population that it was chosen for.
struct Context {
  model::Population &population;
  expr::Builder &build;
  diag::Engine &diagnostics;

  model::Var &local(const std::string &name, expr::ExprPtr value);      ///< a Let in `integrate`
  model::Var &derived(const std::string &name, expr::ExprPtr value, units::Dimension dimension = {});
  void assign(model::Var *state, expr::ExprPtr value, source::Range range); ///< after all lets
  std::vector<model::Stmt> assignments;
  /// `standing` while `hold` has stopped the state, otherwise `moving`.
  expr::ExprPtr whileHeld(model::Var *state, expr::ExprPtr standing, expr::ExprPtr moving);
};

/// One method: rewrites the equations given. `halfway` gives the value of an exactly solved state at t + dt/2.
using Equations = std::vector<model::Equation *>;
void solveExact(Context &context, const Equations &equations);
void solveExponentialEuler(Context &context, const Equations &equations);
void solveEuler(Context &context, const Equations &equations);
/// Exactly solved states enter the stages with their values at the stage times; `exact` holds their equations.
void solveRk4(Context &context, const Equations &equations, const Equations &exact);

/// Those of the linear equations given that read others of them and cannot be solved together with them: their coefficients
/// differ from cell to cell, and there is no closed form.
Equations withoutPropagator(const Equations &linear, expr::Builder &build);

/// Chooses a method for every equation (LANGUAGE section 5) and fills Equation::{chosen, equationClass, reason}.
void classify(model::Population &population, expr::Builder &build, diag::Engine &diagnostics);

/// Classifies and rewrites all populations. False after an error.
bool run(model::Network &network, expr::Builder &build, diag::Engine &diagnostics);

/// For each equation its class, the method and the reason.
std::string explain(const model::Network &network);

} // namespace snn::solve
