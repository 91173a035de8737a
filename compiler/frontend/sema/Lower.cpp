// Lowering of operators, numbers and arguments; what has its own file is LowerName, LowerUnits, LowerCall, LowerMember, LowerHost.
#include "compiler/frontend/sema/Lower.h"

#include <algorithm>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Op;
using expr::Type;

ExprPtr Lowering::lowerAs(ast::ExprPtr e, const Place &place, const Type &type, std::string_view what, source::Range origin) {
  const ExprPtr lowered = lower(e, place), value = type.isNumber() ? elements(lowered) : lowered;
  if (value && place.where == Place::Edge && value->type.isNumber() && value->type.rank != 0 && type.rank == 0) {
    diagnostics.report(diag::Id::typeMismatch, e->range, "{} is an array, expected a single value", what).mend(std::string(elementOfEdge));
    return nullptr;
  }
  return value && fits(value->type, type, e->range, what, origin) ? literalAs(value, type) : nullptr;
}

ExprPtr Lowering::lower(ast::ExprPtr e, const Place &place) {
  switch (e->kind) {
  case ast::ExprKind::Number:
    return lowerNumber(static_cast<const ast::Number &>(*e), place);
  case ast::ExprKind::NameExpr:
    return lowerName(static_cast<const ast::NameExpr &>(*e), place);
  case ast::ExprKind::Boolean:
    return arena.make<expr::Const>(Type{Base::Bool, {}}, e->range, static_cast<const ast::Boolean &>(*e).value ? 1.0 : 0.0);
  case ast::ExprKind::String:
    return lowerString(static_cast<const ast::String &>(*e), place);
  case ast::ExprKind::Binary:
    return lowerBinary(static_cast<const ast::Binary &>(*e), place);
  case ast::ExprKind::Unary: {
    const auto &u = static_cast<const ast::Unary &>(*e);
    return call(u.op == ast::UnaryOp::Neg ? Op::Neg : Op::Not, {lower(u.operand, place)}, e->range);
  }
  case ast::ExprKind::Conditional: {
    const auto &c = static_cast<const ast::Conditional &>(*e);
    return call(Op::Select, {lower(c.condition, place), lower(c.value, place), lower(c.otherwise, place)}, e->range);
  }
  case ast::ExprKind::Member:
    return lowerMember(static_cast<const ast::Member &>(*e), place);
  case ast::ExprKind::CallExpr:
    return lowerCall(static_cast<const ast::CallExpr &>(*e), place);
  case ast::ExprKind::IndexExpr:
    return lowerIndex(static_cast<const ast::IndexExpr &>(*e), place);
  case ast::ExprKind::ArrayExpr:
    return lowerArray(static_cast<const ast::ArrayExpr &>(*e), place);
  }
  return nullptr;
}

ExprPtr Lowering::lowerNumber(const ast::Number &n, const Place &place) {
  if (!n.unit.text.empty()) {
    auto unit = unitNamed(n.unit.text, place.scope);
    if (!unit) {
      diagnostics.report(diag::Id::unknownUnit, n.unit.range, "`{}` has an offset and cannot be used; use K", n.unit.text);
      return nullptr;
    }
    if (n.exponent != 1)
      unit = units::power(*unit, n.exponent);
    return number(units::literal(n.digits, *unit), unit->dimension, n.range);
  }
  const double value = units::literal(n.digits, {});
  if (n.isInteger)
    return integer(static_cast<int64_t>(value), n.range);
  Type type{Base::Real, {}};
  type.anyDimension = value == 0;
  return arena.make<expr::Const>(type, n.range, value);
}

ExprPtr Lowering::lowerBinary(const ast::Binary &b, const Place &place) {
  static constexpr Op ops[] = {Op::Or, Op::And, Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge,
                               Op::Crosses, Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod, Op::Pow};
  const Op op = ops[static_cast<size_t>(b.op)];
  if (shadowsUnit(b, place) || addsUnit(b, op, place))
    return nullptr;
  ExprPtr l = lower(b.lhs, place), r = lower(b.rhs, place);
  if (op == Op::Crosses && !place.crosses) {
    diagnostics.report(diag::Id::badSpike, b.range, "`crosses` can stand only in `spike when`")
        .mend("it fires in the step in which the left side comes to exceed the right side");
    return nullptr;
  }
  const auto isText = [](ExprPtr e) { return e && e->type.base == Base::Text && e->type.rank == 0; };
  if ((op == Op::Eq || op == Op::Ne) && isText(l) && isText(r))
    return comparedTexts(op == Op::Eq, l, r, b.range, place);
  return call(op, {l, r}, b.range);
}

namespace {
/// A text without holes.
std::optional<std::string> literalText(ExprPtr e) {
  const auto *text = expr::dynCast<expr::Text>(e);
  if (!text || std::ranges::any_of(text->parts, [](const expr::TextPart &p) { return p.value != nullptr; }))
    return std::nullopt;
  std::string all;
  for (const expr::TextPart &p : text->parts)
    all += p.text;
  return all;
}
} // namespace

/// Two that are written down are compared here, so that a model can read a `const`; others where experiments and networks are.
ExprPtr Lowering::comparedTexts(bool equal, ExprPtr l, ExprPtr r, source::Range range, const Place &place) {
  const Type truth{Base::Bool, {}};
  if (const auto a = literalText(l), b = literalText(r); a && b)
    return arena.make<expr::Const>(truth, range, (*a == *b) == equal ? 1.0 : 0.0);
  if (!place.hasArrays()) {
    diagnostics.report(diag::Id::typeMismatch, range, "a model compares only texts that are written down, or `const`")
        .mend("compare it in the network or the experiment, and hand over the result as a param");
    return nullptr;
  }
  const ExprPtr same = hostCall("same_text", {l, r}, truth, range);
  return equal ? same : call(Op::Not, {same}, range);
}

std::optional<std::vector<ExprPtr>> Lowering::lowerArgs(std::span<const ast::Arg> args, const Place &place) {
  std::vector<ExprPtr> out;
  bool good = true;
  for (const ast::Arg &a : args) {
    out.push_back(lower(a.value, place));
    good &= out.back() != nullptr;
  }
  if (!good)
    return std::nullopt;
  return out;
}

} // namespace snn::sema
