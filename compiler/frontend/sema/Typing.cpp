// Makers of typed nodes: literals, references, calls; what fits where a type is wanted.
#include "compiler/frontend/sema/CallRules.h"
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

bool Lowering::fits(const Type &from, const Type &to, source::Range range, std::string_view what, source::Range origin) {
  const auto where = [&](diag::Diagnostic &d) -> diag::Diagnostic & {
    return origin.valid() && origin != range ? d.note(origin, fmt::format("expected {} because of this", describe(to))) : d;
  };
  if (from.isNumber() != to.isNumber() || (!from.isNumber() && from.base != to.base)) {
    where(diagnostics.report(diag::Id::typeMismatch, range, "{} is {}, expected {}", what, describe(from), describe(to)));
    return false;
  }
  if (to.rank == 0 && from.rank != 0) {
    where(diagnostics.report(diag::Id::typeMismatch, range, "{} is {}, expected a single value", what, describe(from)));
    return false;
  }
  if (!from.isNumber())
    return true;
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

ExprPtr Lowering::elements(ExprPtr e) {
  if (!e || e->type.base != Base::Range)
    return e;
  Type type{Base::Int, {}};
  type.rank = 1;
  if (const auto *r = expr::dynCast<expr::Ref>(e))
    return arena.make<expr::Ref>(type, e->range, r->var, r->side);
  const auto &c = expr::cast<expr::HostCall>(e);
  return arena.make<expr::HostCall>(type, e->range, c.name, c.args);
}

/// Checks the arguments and gives the call its type. Null arguments (errors reported before) give null.
ExprPtr Lowering::callTyped(Op op, std::vector<ExprPtr> args, source::Range range) {
  for (ExprPtr &a : args) {
    if (!a)
      return nullptr;
    a = elements(a);
  }
  if (op == Op::Select && args[1]->type.base == Base::Text && args[2]->type.base == Base::Text && args[0]->type.base == Base::Bool &&
      std::ranges::all_of(args, [](ExprPtr a) { return a->type.rank == 0; }))
    return arena.make<expr::Call>(Type{Base::Text, {}}, range, op, arena.copy(args));
  for (ExprPtr a : args) {
    if (!a->type.isNumber()) {
      diagnostics.report(diag::Id::typeMismatch, a->range, "`{}` takes numbers, this is {}", spelling(op), describe(a->type));
      return nullptr;
    }
  }
  const std::optional<Type> type = CallRules(op, args, range, diagnostics).type();
  if (!type)
    return nullptr;
  settleLiterals(op, args);
  if (ExprPtr folded = fold(op, args, *type, range))
    return folded;
  return arena.make<expr::Call>(*type, range, op, arena.copy(args));
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
