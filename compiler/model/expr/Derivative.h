// The derivative of an expression, written as an expression: for Newton's method and the noise term of Milstein's.
#pragma once

#include "compiler/model/expr/Build.h"

#include <optional>
#include <unordered_map>

namespace snn::expr {

/// d e / d by for one variable, looking through lets. Zero is null, as in Builder. Steps (floor, sign, comparisons) have
/// derivative zero; reductions over the population are constants of the step.
class Derivative {
public:
  Derivative(Builder &b, const model::Var *variable) : build(b), by(variable) {}

  /// Nothing if a part that reads the variable has no derivative among the functions of the language (lgamma, a draw).
  std::optional<ExprPtr> of(ExprPtr e);

private:
  Builder &build;
  const model::Var *by;
  std::unordered_map<ExprPtr, ExprPtr> known; ///< expressions share parts: each is differentiated once
  bool failed = false;

  ExprPtr derive(ExprPtr e);
  ExprPtr call(const Call &c);
  ExprPtr arithmetic(const Call &c);
  ExprPtr power(const Call &c);
  ExprPtr piecewise(const Call &c);
  /// d f(u) / d u of a function of one argument.
  ExprPtr outer(const Call &c);
  ExprPtr polynomial(ExprPtr u, std::initializer_list<double> coefficients);
  /// `inside` where |u| is below the limit.
  ExprPtr nearZero(ExprPtr u, double limit, ExprPtr inside, ExprPtr outside);
  ExprPtr chosen(ExprPtr condition, ExprPtr a, ExprPtr b);
  ExprPtr one() { return build.number(1); }
  ExprPtr square(ExprPtr x) { return build.mul(x, x); }
};

} // namespace snn::expr
