// Right sides at several points of a step: what methods of several stages share.
#pragma once

#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/Solve.h"

namespace snn::solve {

/// Equations that are solved jointly. Exactly solved states that they read enter with their values at the stage times, states
/// of other methods with those of t; a state that `hold` has stopped stands still at every stage; white noise is constant
/// over the step.
class Stages {
public:
  Stages(Context &context, const Equations &equations, const Equations &exact);

  /// x' of each equation at t + fraction * dt (fraction 0, 0.5 or 1), where the states are `moved`; empty: as at t.
  std::vector<ExprPtr> slopes(double fraction, const std::vector<ExprPtr> &moved);
  /// The states given by x + step * slope, one for each equation.
  std::vector<ExprPtr> along(ExprPtr step, const std::vector<ExprPtr> &slopes) const;
  /// The new values, one for each equation.
  void assign(const std::vector<ExprPtr> &next);
  /// `e` where states and the time have other values, lets read through; a reduction over the population is taken once a step,
  /// at its start.
  ExprPtr at(ExprPtr e, const std::map<Var *, ExprPtr> &values, ExprPtr time) const;
  /// The value of a state within the step: `moved`, unless it is held.
  ExprPtr unlessHeld(Var *x, ExprPtr moved) const;
  /// The slope of a state, or its derivative: zero while it is held.
  ExprPtr rate(Var *x, ExprPtr slope) const;
  /// Values of exactly solved states at the time of a stage.
  const std::map<Var *, ExprPtr> &exactAt(double fraction) const { return fraction == 1 ? end : fraction == 0 ? start : middle; }
  ExprPtr time(double fraction) const;

private:
  Context &c;
  expr::Builder &b;
  const Equations &equations;
  const model::VarSet holdable;
  std::map<Var *, ExprPtr> start, middle, end;
  int stage = 0;
};

/// For each of the wanted states that `exact` solves its value at t + fraction * dt, 0.5 or 1.
std::map<Var *, ExprPtr> exactValues(Context &context, const Equations &exact, const std::set<Var *> &wanted, double fraction);

} // namespace snn::solve
