// Makers of typed nodes: the rules of types and dimensions for operators and functions (LANGUAGE sections 3 and 4).
#include "compiler/frontend/sema/Lower.h"

#include <algorithm>
#include <cmath>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Op;
using expr::Type;

ExprPtr Lowering::number(double value, const units::Dimension &dimension, source::Range range) {
  return arena.make<expr::Const>(Type{Base::Real, dimension}, range, value);
}

ExprPtr Lowering::integer(int64_t value, source::Range range) {
  Type type{Base::Int, {}};
  type.anyDimension = value == 0;
  return arena.make<expr::Const>(type, range, static_cast<double>(value));
}

/// `var` is asked for while its own definition is being read.
void Lowering::reportLoop(const model::Var *var, source::Range range) {
  const auto first = std::ranges::find(typing, var);
  std::string loop;
  bool lets = true;
  for (auto it = first; it != typing.end(); ++it) {
    loop += (*it)->name + " -> ";
    lets &= (*it)->kind == model::VarKind::Let;
  }
  failed.insert(var);
  diag::Diagnostic &d =
      diagnostics.report(lets ? diag::Id::algebraicLoop : diag::Id::recursion, range, "{}: {}{}",
                         typing.end() - first == 1 ? "this value needs itself" : "these values need each other", loop, var->name);
  for (auto it = first; it != typing.end(); ++it)
    d.note((*it)->range, fmt::format("`{}` is defined here", (*it)->name));
  if (lets)
    d.mend("make one of them a `state`, which is read as it was at the start of the step");
}

ExprPtr Lowering::ref(model::Var *var, expr::Side side, source::Range range) {
  if (const auto it = pending.find(var); it != pending.end()) {
    if (std::ranges::find(typing, var) != typing.end()) {
      reportLoop(var, range);
      return nullptr;
    }
    typing.push_back(var);
    const std::function<void()> compute = it->second;
    std::vector<const ast::Function *> outer; // functions that are open here are not open in the definition
    std::swap(outer, active);
    compute();
    std::swap(outer, active);
    pending.erase(var);
    typing.pop_back();
  }
  if (failed.contains(var))
    return nullptr;
  return arena.make<expr::Ref>(var->type, range, var, side);
}

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

void Lowering::mismatch(ExprPtr a, ExprPtr b, std::string_view verb, source::Range range) {
  diagnostics
      .report(diag::Id::dimensionMismatch, range, "cannot {} {} and {}", verb, units::describe(a->type.dimension),
              units::describe(b->type.dimension))
      .note(a->range, fmt::format("this is {}", units::describe(a->type.dimension)))
      .note(b->range, fmt::format("and this is {}", units::describe(b->type.dimension)));
}

namespace {

std::string describe(const Type &type) {
  if (type.rank != 0 && type.isNumber())
    return "an array";
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

int commonRank(std::span<const ExprPtr> args) {
  int rank = 0;
  for (ExprPtr a : args)
    rank = rank < 0 || a->type.rank < 0 ? -1 : std::max(rank, a->type.rank);
  return rank;
}

enum class Rule { Same, Compare, Logic, Product, Quotient, Power, Plain, Root, Keep, SignOf, Floor, Angle, Three, Choose, Join };

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
  case Op::Exp: case Op::Log: case Op::Log1p: case Op::Expm1: case Op::Exprel: case Op::Sin: case Op::Cos:
  case Op::Tan: case Op::Asin: case Op::Acos: case Op::Atan: case Op::Sinh: case Op::Cosh: case Op::Tanh:
  case Op::Sigmoid: case Op::Lgamma:
    return Rule::Plain;
  }
  return Rule::Plain;
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

bool Lowering::fits(const Type &from, const Type &to, source::Range range, std::string_view what, source::Range origin) {
  const auto where = [&](diag::Diagnostic &d) -> diag::Diagnostic & {
    return origin.valid() && origin != range ? d.note(origin, fmt::format("expected {} because of this", describe(to))) : d;
  };
  if (from.isNumber() != to.isNumber() || (!from.isNumber() && from.base != to.base)) {
    where(diagnostics.report(diag::Id::typeMismatch, range, "{} is {}, expected {}", what, describe(from), describe(to)));
    return false;
  }
  if (!from.isNumber())
    return true;
  if (to.rank == 0 && from.rank != 0) {
    where(diagnostics.report(diag::Id::typeMismatch, range, "{} is an array, expected a single value", what));
    return false;
  }
  if (to.base == Base::Bool && from.base != Base::Bool) {
    where(diagnostics.report(diag::Id::typeMismatch, range, "{} is {}, expected true or false", what, describe(from)))
        .mend("compare it: `x != 0`");
    return false;
  }
  if (!from.anyDimension && !to.anyDimension && from.dimension != to.dimension) {
    where(diagnostics.report(diag::Id::dimensionMismatch, range, "{} is {}, expected {}", what,
                             units::describe(from.dimension), units::describe(to.dimension)));
    return false;
  }
  if (to.base == Base::Int && from.base == Base::Real) {
    where(diagnostics.report(diag::Id::typeMismatch, range, "{} is a real number, expected a whole number", what))
        .mend("use `floor(…)` or `round(…)`");
    return false;
  }
  return true;
}

ExprPtr Lowering::call(Op op, std::initializer_list<ExprPtr> args, source::Range range) {
  return callTyped(op, std::vector<ExprPtr>(args), range);
}

ExprPtr Lowering::hostCall(std::string_view name, std::vector<ExprPtr> args, Type type, source::Range range) {
  return arena.make<expr::HostCall>(type, range, arena.copy(name), arena.copy(args));
}

/// Checks the arguments and gives the call its type. Null arguments (errors reported before) give null.
ExprPtr Lowering::callTyped(Op op, std::vector<ExprPtr> args, source::Range range) {
  for (ExprPtr a : args)
    if (!a)
      return nullptr;
  if (op == Op::Select && args[1]->type.base == Base::Text && args[2]->type.base == Base::Text && args[0]->type.base == Base::Bool)
    return arena.make<expr::Call>(Type{Base::Text, {}}, range, op, arena.copy(args));
  for (ExprPtr a : args) {
    if (!a->type.isNumber()) {
      diagnostics.report(diag::Id::typeMismatch, a->range, "`{}` takes numbers, this is {}", spelling(op), describe(a->type));
      return nullptr;
    }
  }
  Type type{Base::Real, {}};
  type.rank = commonRank(args);
  const auto same = [&](size_t i, size_t j) {
    const Type &a = args[i]->type, &b = args[j]->type;
    if (a.anyDimension || b.anyDimension || a.dimension == b.dimension)
      return true;
    mismatch(args[i], args[j], verb(op), range);
    return false;
  };
  const auto plain = [&](size_t i) {
    if (args[i]->type.dimension.none())
      return true;
    diagnostics.report(diag::Id::notDimensionless, args[i]->range, "`{}` takes a dimensionless number, this is {}",
                       spelling(op), units::describe(args[i]->type.dimension))
        .mend("divide by a value of that unit, such as `1 " + units::named(args[i]->type.dimension) + "`");
    return false;
  };
  const auto takeDimension = [&](size_t i, size_t j) {
    const bool first = !args[i]->type.anyDimension;
    type.dimension = args[first ? i : j]->type.dimension;
    type.anyDimension = args[i]->type.anyDimension && args[j]->type.anyDimension;
  };
  const auto integral = [&](size_t i) { return args[i]->type.base != Base::Real; };
  // Of a dimension that nobody knows yet (a model that is checked without a use), unlike the literal 0.
  const auto open = [&](size_t i) { return args[i]->type.anyDimension && args[i]->kind != expr::Kind::Const; };
  switch (ruleOf(op)) {
  case Rule::Same:
    if (!same(0, 1))
      return nullptr;
    takeDimension(0, 1);
    type.base = integral(0) && integral(1) ? Base::Int : Base::Real;
    type.anyDimension = type.anyDimension && (open(0) || open(1));
    break;
  case Rule::Compare:
    if (!same(0, 1))
      return nullptr;
    type.base = Base::Bool;
    break;
  case Rule::Logic:
    for (size_t k = 0; k < args.size(); ++k)
      if (args[k]->type.base != Base::Bool) {
        diagnostics.report(diag::Id::typeMismatch, args[k]->range, "`{}` takes true or false, this is {}", spelling(op),
                           describe(args[k]->type))
            .mend("compare it: `x != 0`");
        return nullptr;
      }
    type.base = Base::Bool;
    break;
  case Rule::Product:
    type.dimension = args[0]->type.dimension * args[1]->type.dimension;
    type.base = integral(0) && integral(1) ? Base::Int : Base::Real;
    type.anyDimension = args[0]->type.anyDimension || args[1]->type.anyDimension;
    break;
  case Rule::Quotient:
    type.dimension = args[0]->type.dimension / args[1]->type.dimension;
    type.anyDimension = args[0]->type.anyDimension || open(1);
    break;
  case Rule::Power: {
    if (!plain(1))
      return nullptr;
    type.anyDimension = open(0);
    if (args[0]->type.dimension.none())
      break;
    const auto exponent = constantRational(args[1]);
    if (!exponent) {
      diagnostics.report(diag::Id::badExponent, args[1]->range, "a value with a unit can only be raised to a constant rational power");
      return nullptr;
    }
    type.dimension = args[0]->type.dimension.pow(*exponent);
    break;
  }
  case Rule::Plain:
    for (size_t k = 0; k < args.size(); ++k)
      if (!plain(k))
        return nullptr;
    break;
  case Rule::Root:
    type.dimension = args[0]->type.dimension.pow(units::Rational(1, 2));
    type.anyDimension = open(0);
    break;
  case Rule::Keep:
    type = args[0]->type;
    if (type.base == Base::Bool)
      type.base = Base::Int;
    break;
  case Rule::SignOf:
    break;
  case Rule::Floor:
    if (!plain(0))
      return nullptr;
    type.base = Base::Int;
    break;
  case Rule::Angle:
    if (!same(0, 1))
      return nullptr;
    break;
  case Rule::Three:
    if (!same(0, 1) || !same(0, 2) || !same(1, 2))
      return nullptr;
    takeDimension(0, args[1]->type.anyDimension ? 2 : 1);
    if (args[0]->type.anyDimension)
      type.dimension = args[args[1]->type.anyDimension ? 2 : 1]->type.dimension;
    type.anyDimension = args[0]->type.anyDimension && args[1]->type.anyDimension && args[2]->type.anyDimension && (open(0) || open(1) || open(2));
    type.base = integral(0) && integral(1) && integral(2) ? Base::Int : Base::Real;
    break;
  case Rule::Choose:
    if (args[0]->type.base != Base::Bool) {
      diagnostics.report(diag::Id::typeMismatch, args[0]->range, "a condition is true or false, this is {}", describe(args[0]->type))
          .mend("compare it: `x != 0`");
      return nullptr;
    }
    if (!same(1, 2))
      return nullptr;
    takeDimension(1, 2);
    type.base = args[1]->type.base == args[2]->type.base ? args[1]->type.base
                : integral(1) && integral(2)            ? Base::Int
                                                        : Base::Real;
    break;
  case Rule::Join:
    break;
  }
  settleLiterals(op, args);
  if (ExprPtr folded = fold(op, args, type, range))
    return folded;
  return arena.make<expr::Call>(type, range, op, arena.copy(args));
}

ExprPtr Lowering::literalAs(ExprPtr e, const Type &want) {
  const auto *c = expr::dynCast<expr::Const>(e);
  if (!c || want.base != Base::Real || c->type.base == Base::Bool || want.anyDimension)
    return e;
  Type type{Base::Real, c->type.anyDimension ? want.dimension : c->type.dimension};
  return arena.make<expr::Const>(type, e->range, c->value);
}

/// Whole numbers and zeros that were written beside a quantity take its type, so that later stages see plain operands:
/// V > 0 compares two voltages, 2 * V multiplies two reals.
void Lowering::settleLiterals(Op op, std::vector<ExprPtr> &args) {
  const Rule rule = ruleOf(op);
  if (rule == Rule::Power || rule == Rule::Logic || rule == Rule::Floor)
    return;
  Type want{Base::Int, {}};
  for (size_t k = rule == Rule::Choose ? 1 : 0; k < args.size(); ++k) {
    if (args[k]->type.base == Base::Real)
      want.base = Base::Real;
    if (!args[k]->type.anyDimension)
      want.dimension = args[k]->type.dimension;
  }
  const bool together = rule == Rule::Same || rule == Rule::Compare || rule == Rule::Three || rule == Rule::Choose || rule == Rule::Angle;
  if (!together)
    want.dimension = {};
  for (size_t k = rule == Rule::Choose ? 1 : 0; k < args.size(); ++k)
    args[k] = literalAs(args[k], want);
}

/// Arithmetic of constants, in float64: `-65 mV`, `5 mV/ms`, `2 * 0.1`. Functions are left to the device library.
ExprPtr Lowering::fold(Op op, std::span<const ExprPtr> args, const Type &type, source::Range range) {
  for (ExprPtr a : args)
    if (a->kind != expr::Kind::Const)
      return nullptr;
  const auto value = [&](size_t k) { return expr::cast<expr::Const>(args[k]).value; };
  double result = 0;
  if (op == Op::Neg)
    result = -value(0);
  else if (op == Op::Add)
    result = value(0) + value(1);
  else if (op == Op::Sub)
    result = value(0) - value(1);
  else if (op == Op::Mul)
    result = value(0) * value(1);
  else if (op == Op::Div && value(1) != 0)
    result = value(0) / value(1);
  else
    return nullptr;
  return arena.make<expr::Const>(type, range, result);
}

} // namespace snn::sema
