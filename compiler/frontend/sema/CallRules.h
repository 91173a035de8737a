// The rules of types and dimensions of operators and functions (docs/language/expressions.md).
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/base/expr/Expr.h"
#include "compiler/base/units/Units.h"

#include <optional>
#include <span>
#include <string>

namespace snn::sema {

/// Which arguments an operator or function takes and what comes out.
enum class Rule { Same, Compare, Logic, Product, Quotient, Power, Plain, Root, Keep, SignOf, Floor, Angle, Three, Choose, Join };
Rule ruleOf(expr::Op op);

/// "a number in `mV`", "a text": for messages.
std::string describe(const expr::Type &type);
/// Reports that the two have different dimensions.
void reportMismatch(diag::Engine &diagnostics, expr::ExprPtr a, expr::ExprPtr b, std::string_view verb, source::Range range);
/// The rational value of a constant exponent, if it is one.
std::optional<units::Rational> constantRational(expr::ExprPtr e);

/// One call of an operator or function: checks the arguments, which are numbers, and finds the type of the result.
class CallRules {
public:
  CallRules(expr::Op o, std::span<const expr::ExprPtr> a, source::Range r, diag::Engine &d)
      : op(o), args(a), range(r), diagnostics(d) {}
  /// Nothing after an error, which has been reported.
  std::optional<expr::Type> type();

private:
  expr::Op op;
  std::span<const expr::ExprPtr> args;
  source::Range range;
  diag::Engine &diagnostics;
  expr::Type out{expr::Base::Real, {}};

  bool same(size_t i, size_t j);
  bool plain(size_t i);
  bool truth(size_t i, std::string_view needed);
  void takeDimension(size_t i, size_t j);
  bool integral(size_t i) const { return args[i]->type.base != expr::Base::Real; }
  bool open(size_t i) const;
  expr::Base common(size_t i, size_t j) const;

  bool apply(Rule rule);
  bool sameRule();
  bool logicRule();
  bool productRule();
  bool quotientRule();
  bool powerRule();
  bool plainRule();
  bool rootRule();
  bool keepRule();
  bool threeRule();
  bool chooseRule();
};

} // namespace snn::sema
