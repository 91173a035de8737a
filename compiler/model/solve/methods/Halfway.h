// Exactly solved states in the middle of a step.
#pragma once

#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/Solve.h"

namespace snn::solve {

/// For each of the wanted states that `exact` solves its value at t + dt/2.
std::map<Var *, ExprPtr> halfway(Context &context, const Equations &exact, const std::set<Var *> &wanted);

} // namespace snn::solve
