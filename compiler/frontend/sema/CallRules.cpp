// Types and dimensions of calls: one function for each kind of rule.
#include "compiler/frontend/sema/CallRules.h"

#include "compiler/model/ir/Var.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Op;
using expr::Type;

std::optional<units::Rational> constantRational(ExprPtr e) {
  if (const auto *c = expr::dynCast<expr::Const>(e)) {
    for (int den : {1, 2, 3, 4, 5, 6, 8})
      if (const double n = c->value * den; std::abs(n) < 100 && n == std::round(n))
        return units::Rational(static_cast<int>(n), den);
    return std::nullopt;
  }
  const auto *call = expr::dynCast<expr::Call>(e);
  if (!call)
    return std::nullopt;
  if (call->op == Op::Neg)
    if (const auto inner = constantRational(call->args[0]))
      return units::Rational(0) - *inner;
  if (call->op == Op::Div) {
    const auto a = constantRational(call->args[0]), b = constantRational(call->args[1]);
    if (a && b && b->num && std::abs(a->num * b->den) < 1000 && std::abs(a->den * b->num) < 1000)
      return units::Rational(a->num * b->den, a->den * b->num);
  }
  return std::nullopt;
}

bool readsNoise(ExprPtr e) {
  if (const auto *r = expr::dynCast<expr::Ref>(e))
    return r->var->kind == model::VarKind::Noise;
  const auto *c = expr::dynCast<expr::Call>(e);
  return c && std::ranges::any_of(c->args, readsNoise);
}

void hintAtNoise(diag::Diagnostic &d) { d.mend("white noise `xi` is in s^-1/2: is a factor such as `1 / sqrt(tau)` missing?"); }

/// A signal is a plain number unless it is declared with a unit, and the rule that reads it may be the library's.
void hintAtSignal(diag::Diagnostic &d, ExprPtr e, const units::Dimension &wanted) {
  const auto *r = expr::dynCast<expr::Ref>(e);
  if (!r || r->var->kind != model::VarKind::Signal)
    return;
  const std::string unit = wanted.none() ? std::string() : " : " + units::named(wanted);
  d.note(r->var->range, "the signal is declared here").mend(fmt::format("declare it as what is needed here: `signal {}{}`", r->var->name, unit));
}

void reportMismatch(diag::Engine &diagnostics, ExprPtr a, ExprPtr b, std::string_view verb, source::Range range) {
  diag::Diagnostic &d = diagnostics.report(diag::Id::dimensionMismatch, range, "cannot {} {} and {}", verb, units::describe(a->type.dimension),
                                           units::describe(b->type.dimension));
  d.note(a->range, fmt::format("this is {}", units::describe(a->type.dimension)))
      .note(b->range, fmt::format("and this is {}", units::describe(b->type.dimension)));
  if (readsNoise(a) || readsNoise(b))
    hintAtNoise(d);
  hintAtSignal(d, a, b->type.dimension);
  hintAtSignal(d, b, a->type.dimension);
}

std::string describe(const Type &type) {
  if (type.rank != 0 && type.isNumber())
    return "an array";
  if (type.rank != 0 && type.base == Base::Text)
    return "an array of texts";
  switch (type.base) {
  case Base::Real:
    return type.dimension.none() ? "a number" : fmt::format("a number in {}", units::describe(type.dimension));
  case Base::Int:
    return "a whole number";
  case Base::Bool:
    return "true or false";
  case Base::Text:
    return "a text";
  case Base::DataSet:
    return "a data set";
  case Base::Samples:
    return "samples of a data set";
  case Base::Range:
    return "a range";
  case Base::Cells:
    return "a population";
  case Base::Edges:
    return "a projection";
  case Base::Spikes:
    return "spikes";
  }
  return "a value";
}

Rule ruleOf(Op op) {
  switch (op) {
  case Op::Add: case Op::Sub: case Op::Mod: case Op::Min: case Op::Max:
    return Rule::Same;
  case Op::Eq: case Op::Ne: case Op::Lt: case Op::Le: case Op::Gt: case Op::Ge: case Op::Crosses:
    return Rule::Compare;
  case Op::And: case Op::Or: case Op::Not:
    return Rule::Logic;
  case Op::Mul:
    return Rule::Product;
  case Op::Div:
    return Rule::Quotient;
  case Op::Pow:
    return Rule::Power;
  case Op::Sqrt:
    return Rule::Root;
  case Op::Neg: case Op::Abs: case Op::Relu:
    return Rule::Keep;
  case Op::Sign: case Op::Heaviside:
    return Rule::SignOf;
  case Op::Floor: case Op::Ceil: case Op::Round:
    return Rule::Floor;
  case Op::Atan2:
    return Rule::Angle;
  case Op::Clip:
    return Rule::Three;
  case Op::Select:
    return Rule::Choose;
  case Op::Fma:
    return Rule::Join;
  case Op::Exp: case Op::Log: case Op::Log1p: case Op::Expm1: case Op::Exprel: case Op::Exprelr: case Op::Sin: case Op::Cos:
  case Op::Tan: case Op::Asin: case Op::Acos: case Op::Atan: case Op::Sinh: case Op::Cosh: case Op::Tanh:
  case Op::Sigmoid: case Op::Lgamma:
    return Rule::Plain;
  }
  return Rule::Plain;
}

namespace {

int commonRank(std::span<const ExprPtr> args) {
  int rank = 0;
  for (ExprPtr a : args)
    rank = rank < 0 || a->type.rank < 0 ? -1 : std::max(rank, a->type.rank);
  return rank;
}

std::string_view verb(Op op) {
  switch (op) {
  case Op::Add: return "add";
  case Op::Sub: return "subtract";
  case Op::Eq: case Op::Ne: case Op::Lt: case Op::Le: case Op::Gt: case Op::Ge: case Op::Crosses: return "compare";
  default: return "combine";
  }
}

} // namespace

bool CallRules::same(size_t i, size_t j) {
  const Type &a = args[i]->type, &b = args[j]->type;
  if (a.anyDimension || b.anyDimension || a.dimension == b.dimension)
    return true;
  reportMismatch(diagnostics, args[i], args[j], verb(op), range);
  return false;
}

bool CallRules::plain(size_t i) {
  const units::Dimension &dimension = args[i]->type.dimension;
  if (dimension.none())
    return true;
  diagnostics.report(diag::Id::notDimensionless, args[i]->range, "`{}` takes a dimensionless number, this is {}",
                     spelling(op), units::describe(dimension))
      .mend("divide by a value of that unit, such as `1 " + units::named(dimension) + "`");
  return false;
}

bool CallRules::truth(size_t i, std::string_view needed) {
  if (args[i]->type.base == Base::Bool)
    return true;
  diagnostics.report(diag::Id::typeMismatch, args[i]->range, "{}, this is {}", needed, describe(args[i]->type))
      .mend("compare it: `x != 0`");
  return false;
}

void CallRules::takeDimension(size_t i, size_t j) {
  out.dimension = args[args[i]->type.anyDimension ? j : i]->type.dimension;
  out.anyDimension = args[i]->type.anyDimension && args[j]->type.anyDimension;
}

/// Of a dimension that nobody knows yet (a model that is checked without a use), unlike the literal 0.
bool CallRules::open(size_t i) const { return args[i]->type.anyDimension && args[i]->kind != expr::Kind::Const; }

Base CallRules::common(size_t i, size_t j) const { return integral(i) && integral(j) ? Base::Int : Base::Real; }

std::optional<Type> CallRules::type() {
  out.rank = commonRank(args);
  if (!apply(ruleOf(op)))
    return std::nullopt;
  return out;
}

bool CallRules::apply(Rule rule) {
  switch (rule) {
  case Rule::Same:
    return sameRule();
  case Rule::Compare:
    out.base = Base::Bool;
    return same(0, 1);
  case Rule::Logic:
    return logicRule();
  case Rule::Product:
    return productRule();
  case Rule::Quotient:
    return quotientRule();
  case Rule::Power:
    return powerRule();
  case Rule::Plain:
    return plainRule();
  case Rule::Root:
    return rootRule();
  case Rule::Keep:
    return keepRule();
  case Rule::SignOf:
    return true;
  case Rule::Floor:
    out.base = Base::Int;
    return plain(0);
  case Rule::Angle:
    return same(0, 1);
  case Rule::Three:
    return threeRule();
  case Rule::Choose:
    return chooseRule();
  case Rule::Join:
    return true;
  }
  return true;
}

bool CallRules::sameRule() {
  if (!same(0, 1))
    return false;
  takeDimension(0, 1);
  out.base = common(0, 1);
  out.anyDimension = out.anyDimension && (open(0) || open(1));
  return true;
}

bool CallRules::logicRule() {
  out.base = Base::Bool;
  for (size_t k = 0; k < args.size(); ++k)
    if (!truth(k, fmt::format("`{}` takes true or false", spelling(op))))
      return false;
  return true;
}

bool CallRules::productRule() {
  out.dimension = args[0]->type.dimension * args[1]->type.dimension;
  out.base = common(0, 1);
  out.anyDimension = args[0]->type.anyDimension || args[1]->type.anyDimension;
  return true;
}

bool CallRules::quotientRule() {
  out.dimension = args[0]->type.dimension / args[1]->type.dimension;
  out.anyDimension = args[0]->type.anyDimension || open(1);
  return true;
}

bool CallRules::powerRule() {
  if (!plain(1))
    return false;
  out.anyDimension = open(0);
  if (args[0]->type.dimension.none())
    return true;
  const auto exponent = constantRational(args[1]);
  if (!exponent) {
    diagnostics.report(diag::Id::badExponent, args[1]->range, "a value with a unit can only be raised to a constant rational power");
    return false;
  }
  out.dimension = args[0]->type.dimension.pow(*exponent);
  return true;
}

bool CallRules::plainRule() {
  for (size_t k = 0; k < args.size(); ++k)
    if (!plain(k))
      return false;
  return true;
}

bool CallRules::rootRule() {
  out.dimension = args[0]->type.dimension.pow(units::Rational(1, 2));
  out.anyDimension = open(0);
  return true;
}

bool CallRules::keepRule() {
  out = args[0]->type;
  if (out.base == Base::Bool)
    out.base = Base::Int;
  return true;
}

bool CallRules::threeRule() {
  if (!same(0, 1) || !same(0, 2) || !same(1, 2))
    return false;
  const size_t bound = args[1]->type.anyDimension ? 2 : 1;
  takeDimension(0, bound);
  out.anyDimension = out.anyDimension && args[1]->type.anyDimension && args[2]->type.anyDimension && (open(0) || open(1) || open(2));
  out.base = integral(0) ? common(1, 2) : Base::Real;
  return true;
}

bool CallRules::chooseRule() {
  if (!truth(0, "a condition is true or false") || !same(1, 2))
    return false;
  takeDimension(1, 2);
  out.base = args[1]->type.base == args[2]->type.base ? args[1]->type.base : common(1, 2);
  return true;
}

} // namespace snn::sema
