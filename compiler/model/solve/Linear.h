// Which equations are linear, and in what: the coefficients of an expression with respect to states.
#pragma once

#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Network.h"

#include <map>
#include <optional>
#include <set>

namespace snn::solve {

using expr::ExprPtr;
using model::Var;

using Factors = std::map<Var *, ExprPtr, model::VarOrder>;

/// rhs = sum of coefficient * state + sum of factor * white noise + rest; a state that is not in the map has coefficient zero;
/// rest may be null (zero).
struct Affine {
  Factors coefficients, noise;
  ExprPtr rest = nullptr;
};

/// Decomposes `e` with respect to `states` and white noise; nothing if it is not affine in them all together. Without states
/// coefficients stay empty, and factors and rest may read anything. Lets are looked through.
std::optional<Affine> affine(ExprPtr e, const std::set<Var *> &states, expr::Builder &build);

/// `e` without its white noise, which must be affine; null: zero.
ExprPtr drift(ExprPtr e, expr::Builder &build);

/// Whether the value reads one of the variables (looking through lets).
bool reads(ExprPtr e, const std::set<Var *> &vars);
/// A constant of the run: numbers and params, no state, input, time or draw.
bool isConstant(ExprPtr e);
/// A constant of the step: what isConstant accepts, and signals.
bool isConstantOfStep(ExprPtr e);
/// A constant of the run that is the same for all cells, or edges.
bool isUniform(ExprPtr e);

} // namespace snn::solve
