// Units of quantities and annotations.
#include "compiler/frontend/sema/Lower.h"

#include "compiler/base/units/Spellings.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Type;

std::optional<units::Unit> Lowering::unitNamed(std::string_view name, const Scope *scope) const {
  if (scope)
    if (const Symbol *s = scope->find(name); s && s->kind == Symbol::Unit)
      return s->unit;
  return units::find(name);
}

void Lowering::unknownUnit(const ast::Name &name) {
  std::string near = units::meant(name.text);
  if (near.empty())
    near = diag::didYouMean(name.text, units::names());
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownUnit, name.range, "`{}` is not a unit", name.text);
  if (!near.empty())
    d.fix(name.range, near);
}

std::optional<units::Unit> Lowering::unitOf(ast::ExprPtr e, const Scope *scope) {
  if (const auto *n = ast::dynCast<ast::NameExpr>(e)) {
    if (auto unit = unitNamed(n->name.text, scope))
      return unit;
    unknownUnit(n->name);
    return std::nullopt;
  }
  if (const auto *n = ast::dynCast<ast::Number>(e)) {
    units::Unit unit{std::string(n->digits), {}, units::literal(n->digits, {}), 1, 0};
    unit.factor = unit.scale;
    if (n->unit.text.empty())
      return unit;
    auto named = unitNamed(n->unit.text, scope);
    if (!named)
      return std::nullopt;
    return units::multiply(unit, n->exponent == 1 ? *named : units::power(*named, n->exponent));
  }
  if (const auto *b = ast::dynCast<ast::Binary>(e)) {
    if (b->op == ast::BinaryOp::Pow) {
      const auto *n = ast::dynCast<ast::Number>(b->rhs);
      auto base = unitOf(b->lhs, scope);
      if (base && n && n->isInteger)
        return units::power(*base, std::atoi(std::string(n->digits).c_str()));
    } else if (b->op == ast::BinaryOp::Mul || b->op == ast::BinaryOp::Div) {
      auto l = unitOf(b->lhs, scope), r = unitOf(b->rhs, scope);
      if (!l || !r)
        return std::nullopt;
      return b->op == ast::BinaryOp::Mul ? units::multiply(*l, *r) : units::divide(*l, *r);
    }
  }
  diagnostics.report(diag::Id::unknownUnit, e->range, "a unit is made of units, `*`, `/`, `^` and numbers");
  return std::nullopt;
}

std::optional<Annotation> Lowering::annotation(const ast::Type &type, const Scope *scope, const Type *weightType) {
  Annotation out;
  out.shape = type.shape;
  out.type.rank = static_cast<int>(type.shape.size());
  if (type.factors.size() == 1 && type.factors[0].exponent == 1 && !type.factors[0].ofVariable) {
    const std::string_view name = type.factors[0].name.text;
    if (name == "int" || name == "bool" || name == "real") {
      out.type.base = name == "int" ? Base::Int : name == "bool" ? Base::Bool : Base::Real;
      return out;
    }
  }
  units::Unit unit;
  out.unit.clear();
  for (const ast::UnitFactor &f : type.factors) {
    units::Unit one;
    if (f.ofVariable) {
      if (!weightType) {
        diagnostics.report(diag::Id::unknownUnit, f.name.range, "`unit(…)` stands only in synapses and rules");
        return std::nullopt;
      }
      one = units::readable(weightType->dimension);
    } else if (f.name.text == "1") {
      one.name = "1";
    } else if (f.name.text == "degC") {
      diagnostics.report(diag::Id::unknownUnit, f.name.range, "degC has an offset and cannot be a unit here; use K");
      return std::nullopt;
    } else if (auto named = unitNamed(f.name.text, scope)) {
      one = *named;
    } else {
      unknownUnit(f.name);
      return std::nullopt;
    }
    if (f.exponent != 1)
      one = units::power(one, f.exponent);
    out.unit += out.unit.empty() ? one.name : (f.divided ? "/" : "*") + one.name;
    unit = f.divided ? units::divide(unit, one) : units::multiply(unit, one);
  }
  out.type.dimension = unit.dimension;
  out.scale = unit.scale;
  return out;
}

namespace {
/// `5 mV`, `5 mV/m`: a number with units that go on in the same notation.
bool isQuantity(ast::ExprPtr e) {
  if (const auto *n = ast::dynCast<ast::Number>(e))
    return !n->unit.text.empty();
  const auto *b = ast::dynCast<ast::Binary>(e);
  if (!b || (b->op != ast::BinaryOp::Mul && b->op != ast::BinaryOp::Div) || !isQuantity(b->lhs))
    return false;
  const auto *name = ast::dynCast<ast::NameExpr>(b->rhs);
  return name && units::find(name->name.text);
}
} // namespace

/// `5 mV/s` where `s` is a declared name: neither reading would be safe. A plain number is no quantity: `2 * V` is the
/// variable.
bool Lowering::shadowsUnit(const ast::Binary &b, const Place &place) {
  if ((b.op != ast::BinaryOp::Mul && b.op != ast::BinaryOp::Div) || !isQuantity(b.lhs) || !place.scope)
    return false;
  const auto *name = ast::dynCast<ast::NameExpr>(b.rhs);
  if (!name || !units::find(name->name.text) ||
      diagnostics.sources().text({b.range.file, b.lhs->range.end, name->range.begin}).find('(') != std::string_view::npos)
    return false;
  const Symbol *symbol = place.scope->find(name->name.text);
  if (!symbol || symbol->kind == Symbol::Unit)
    return false;
  diagnostics.report(diag::Id::unitShadowed, name->range, "`{}` is a unit, but here it is also declared", name->name.text)
      .note(symbol->declared, "it is declared here")
      .mend(fmt::format("write `({})` for the declared one, or give it another name", name->name.text));
  return true;
}

/// `E - V`, `V > -50 mV` where no V is declared: V is one volt, and the dimensions fit. As a factor a unit alone is at home: `V / mV`.
bool Lowering::addsUnit(const ast::Binary &b, expr::Op op, const Place &place) {
  using expr::Op;
  if (op != Op::Add && op != Op::Sub && op != Op::Crosses && !(op >= Op::Eq && op <= Op::Ge))
    return false;
  for (const ast::ExprPtr side : {b.lhs, b.rhs}) {
    const auto *n = ast::dynCast<ast::NameExpr>(side);
    const Symbol *declared = n && place.scope ? place.scope->find(n->name.text) : nullptr;
    if (!n || (declared && declared->kind != Symbol::Unit) || !unitNamed(n->name.text, place.scope))
      continue;
    const std::string name(n->name.text);
    std::string small = name;
    std::ranges::transform(small, small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    diag::Diagnostic &d = diagnostics.report(diag::Id::wrongKind, n->name.range, "`{}` is a unit here: no variable of this name is declared", name);
    if (place.where == Place::Edge)
      d.mend(fmt::format("of the two cells it is `post.{0}` or `pre.{0}`; the quantity is written `1 {0}`", name));
    else if (small != name && place.scope && place.scope->find(small))
      d.mend(fmt::format("did you mean `{}`? The quantity is written `1 {}`", small, name));
    else
      d.mend(fmt::format("the quantity is written `1 {}`", name));
    return true;
  }
  return false;
}

} // namespace snn::sema
