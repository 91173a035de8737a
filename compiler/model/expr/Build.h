// Making, rewriting and asking typed expressions: used by solvers, passes and the scheduler.
#pragma once

#include "compiler/base/expr/Expr.h"
#include "compiler/base/support/Arena.h"

#include <functional>
#include <optional>

namespace snn::expr {

/// Makes nodes in an arena. Folds only what cannot change a bit: products with 1 and sums with 0 of constants it makes.
class Builder {
public:
  explicit Builder(support::Arena &a) : arena(a) {}

  ExprPtr number(double value, units::Dimension dimension = {}, source::Range range = {});
  ExprPtr ref(model::Var *var, Side side = Side::Self, source::Range range = {});
  ExprPtr special(SpecialValue value, Type type, Side side = Side::Self, model::Var *var = nullptr);
  /// A draw from the standard normal distribution in every step.
  ExprPtr standardNormal(uint32_t site);
  /// dt, a real number of milliseconds.
  ExprPtr dt();
  /// The type is that of arithmetic on the arguments; no checks (the front end has made them).
  ExprPtr call(Op op, std::initializer_list<ExprPtr> args, source::Range range = {});
  ExprPtr add(ExprPtr a, ExprPtr b); ///< null: zero
  ExprPtr sub(ExprPtr a, ExprPtr b);
  ExprPtr mul(ExprPtr a, ExprPtr b); ///< null: zero
  ExprPtr neg(ExprPtr a);
  ExprPtr div(ExprPtr a, ExprPtr b);
  /// base^exponent of the given dimension.
  ExprPtr power(ExprPtr base, ExprPtr exponent, const units::Dimension &dimension);

  /// `e` with parts replaced: `replace` gives the new node, or null to go on below. Shared parts stay shared.
  ExprPtr rewrite(ExprPtr e, const std::function<ExprPtr(ExprPtr)> &replace);

private:
  support::Arena &arena;
};

/// The direct parts of an expression.
std::span<const ExprPtr> operands(ExprPtr e);
/// Whether `test` holds for the expression or any part of it, looking into the definitions of lets.
bool anyPart(ExprPtr e, const std::function<bool(ExprPtr)> &test);
/// Each part of the expression once, of experiments too, looking into the definitions of lets; not below those for which `see` is false.
void forEachPart(ExprPtr e, const std::function<bool(ExprPtr)> &see);
bool equal(ExprPtr a, ExprPtr b);
bool isConst(ExprPtr e, double value);

} // namespace snn::expr
