// Lowering of names, operators, calls and units.
#include "compiler/frontend/sema/Lower.h"

#include "compiler/base/units/Spellings.h"
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/model/expr/Build.h"

#include <algorithm>
#include <cmath>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Op;
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

ExprPtr Lowering::lowerAs(ast::ExprPtr e, const Place &place, const Type &type, std::string_view what, source::Range origin) {
  const ExprPtr lowered = lower(e, place), value = type.isNumber() ? elements(lowered) : lowered;
  if (value && place.where == Place::Edge && value->type.isNumber() && value->type.rank != 0 && type.rank == 0) {
    diagnostics.report(diag::Id::typeMismatch, e->range, "{} is an array, expected a single value", what).mend(std::string(elementOfEdge));
    return nullptr;
  }
  return value && fits(value->type, type, e->range, what, origin) ? literalAs(value, type) : nullptr;
}

void Lowering::unknown(const ast::Name &name, const Place &place, std::string_view what) {
  if (const Symbol *there = place.sweptScope ? place.sweptScope->find(name.text) : nullptr) {
    diagnostics.report(diag::Id::misplacedValue, name.range, "`{}` belongs to each cell of the sweep and is gone after it", name.text)
        .note(there->declared, "it is declared here")
        .mend("`after sweep` reads the numbers and arrays that `let`, `var` or `record name = …` name at the experiment's top level");
    return;
  }
  std::vector<std::string> candidates = place.scope ? place.scope->names() : std::vector<std::string>{};
  std::erase_if(candidates, [&](const std::string &other) {
    const Symbol::Kind kind = place.scope->find(other)->kind;
    return kind == Symbol::Model || kind == Symbol::Network;
  });
  for (std::string_view b : builtinNames())
    candidates.emplace_back(b);
  std::string near = diag::didYouMean(name.text, candidates);
  if (near.empty())
    near = units::meant(name.text); // 5 * volt
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, name.range, "{} `{}` is not declared here", what, name.text);
  if (const std::string_view other = writtenAs(name.text); !other.empty())
    d.mend("write " + std::string(other));
  else if (place.where == Place::Edge && (name.text == "i" || name.text == "j"))
    d.mend("`pre.i` and `post.i` are the numbers of the two cells");
  else if (!near.empty())
    d.fix(name.range, near);
  else if (place.where == Place::Edge && what == "the name")
    d.mend(fmt::format("a third factor is a signal of the network: `signal {}`, or with a unit `signal {} : Hz`", name.text, name.text));
  else if (place.where == Place::Cell && !place.arrays && what == "the name")
    d.mend("declare it: a `param`, a `state`, an `input` or a `let`");
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

ExprPtr Lowering::lowerName(const ast::NameExpr &n, const Place &place) {
  if (const Symbol *symbol = place.scope ? place.scope->find(n.name.text) : nullptr)
    return lowerSymbol(*symbol, n.name, place);
  return lowerBuiltinName(n.name, place);
}

ExprPtr Lowering::lowerSymbol(const Symbol &symbol, const ast::Name &name, const Place &place) {
  switch (symbol.kind) {
  case Symbol::Var:
    if (symbol.var->kind == model::VarKind::Signal && (place.where == Place::Setup || place.where == Place::Cell)) {
      diagnostics.report(diag::Id::misplacedValue, name.range, "the signal `{}` is read by synapses, rules and the experiment alone", name.text)
          .note(symbol.declared, "it is declared here");
      return nullptr;
    }
    return ref(symbol.var, symbol.side, name.range);
  case Symbol::Value:
    return symbol.value;
  case Symbol::Constant: {
    const ExprPtr value = lowerConstant(symbol, name);
    if (value && value->type.rank == 0 && value->type.isNumber() && !place.hasArrays() && usesArrays(value)) {
      Place here = place; // `const m = table[1]` is written out in a model, where there are no arrays
      here.scope = symbol.scope;
      return lower(symbol.constant->value, here);
    }
    return writtenAt(value, name.range);
  }
  case Symbol::Unit:
    return number(symbol.unit.scale, symbol.unit.dimension, name.range);
  case Symbol::Population:
    if (place.where == Place::Experiment)
      return arena.make<expr::Cells>(Type{Base::Cells, {}}, name.range, symbol.population, nullptr, std::span<const expr::IndexPart>{});
    break;
  case Symbol::Projection:
    if (place.where == Place::Experiment)
      return arena.make<expr::EdgesValue>(Type{Base::Edges, {}}, name.range, symbol.projection, expr::EdgesMember::Whole, nullptr);
    break;
  case Symbol::Function:
  case Symbol::Model:
  case Symbol::Network:
  case Symbol::Experiment:
  case Symbol::Part:
    break;
  case Symbol::None:
    return nullptr;
  }
  diagnostics.report(diag::Id::wrongKind, name.range, "`{}` is not a value here", name.text).note(symbol.declared, "it is declared here");
  return nullptr;
}

/// Whether the value is computed from arrays, by what set-up and experiments have.
bool Lowering::usesArrays(ExprPtr value) {
  return expr::anyPart(value, [](ExprPtr part) { return part->kind >= expr::Kind::Text; });
}

/// A value as written at `range`, where errors then point; one that is computed stays where it is.
ExprPtr Lowering::writtenAt(ExprPtr value, source::Range range) {
  if (loaded.contains(value))
    return value;
  if (const auto *number = expr::dynCast<expr::Const>(value))
    return arena.make<expr::Const>(value->type, range, number->value);
  if (const auto *array = expr::dynCast<expr::ArrayLit>(value))
    return arena.make<expr::ArrayLit>(value->type, range, array->items);
  if (const auto *text = expr::dynCast<expr::Text>(value))
    return arena.make<expr::Text>(value->type, range, text->parts);
  return value;
}

/// The value of a `const`, made once and shared by all who read it.
ExprPtr Lowering::lowerConstant(const Symbol &symbol, const ast::Name &name) {
  const auto [at, isNew] = constants.try_emplace(symbol.constant, nullptr);
  if (!isNew) {
    if (!at->second && std::ranges::find(open, symbol.constant) != open.end())
      diagnostics.report(diag::Id::recursion, name.range, "the constant `{}` needs its own value", name.text)
          .note(symbol.constant->name.range, "it is defined here");
    return at->second;
  }
  open.push_back(symbol.constant);
  const Place there{Place::Setup, symbol.scope};
  ExprPtr value = lower(symbol.constant->value, there);
  if (value && symbol.constant->type) {
    auto want = annotation(*symbol.constant->type, symbol.scope);
    if (want)
      want->type.rank = value->type.rank;
    if (!want || !fits(value->type, want->type, value->range, fmt::format("the value of `{}`", name.text)))
      value = nullptr;
  }
  open.pop_back();
  const auto loads = [](ExprPtr e) {
    const auto *call = expr::dynCast<expr::HostCall>(e);
    return call && call->name == "load";
  };
  const auto changes = [](ExprPtr e) { return e->kind == expr::Kind::Special; }; // dt, which the experiment sets
  if (value && expr::anyPart(value, loads) && !expr::anyPart(value, changes))
    loaded.insert(value);
  return constants[symbol.constant] = value;
}

ExprPtr Lowering::lowerBuiltinName(const ast::Name &name, const Place &place) {
  using SV = expr::SpecialValue;
  const auto special = [&](SV v, Base base, units::Dimension dimension = {}) {
    return arena.make<expr::Special>(Type{base, dimension}, name.range, v);
  };
  const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
  const std::string_view t = name.text;
  const bool inCell = place.where == Place::Cell && place.cells, inEdge = place.where == Place::Edge;
  if (t == "t" && place.where != Place::Setup && !place.sweptScope)
    return special(SV::Time, Base::Real, time);
  if (t == "dt")
    return special(SV::Dt, Base::Real, time);
  if (t == "seed" && place.where == Place::Experiment)
    return special(SV::Seed, Base::Int);
  if (t == "distance" && inEdge && place.edges)
    return lowerDistance(name.range, *place.edges);
  if (t == "i" && inCell)
    return special(SV::Index, Base::Int);
  if (t == "spiked" && inCell)
    return special(SV::Spiked, Base::Bool);
  if (t == "t_spike" && inCell)
    return special(SV::SpikeTime, Base::Real, time);
  if (t == "elapsed" && inCell && place.cells->isEncoder)
    return special(SV::Elapsed, Base::Real, time);
  if (t == "xi" || t.starts_with("xi_"))
    return lowerNoise(name, place);
  if (t == "pi")
    return number(3.14159265358979323846, {}, name.range);
  if (t == "inf") {
    Type type{Base::Real, {}};
    type.anyDimension = true;
    return arena.make<expr::Const>(type, name.range, HUGE_VAL);
  }
  if (const auto unit = units::find(t))
    return number(unit->scale, unit->dimension, name.range);
  if (inEdge && (t == "pre" || t == "post")) {
    diagnostics.report(diag::Id::wrongKind, name.range, "`{}` is a cell: name one of its variables, as in `{}.V`", t, t);
    return nullptr;
  }
  unknown(name, place, "the name");
  return nullptr;
}

/// White noise by name: `xi`, `xi_1` …; one name is one source of the cell (edge), whichever equations read it.
ExprPtr Lowering::lowerNoise(const ast::Name &name, const Place &place) {
  model::Dynamics *owner = place.cells;
  if (place.where == Place::Edge)
    owner = place.edges;
  if (!place.noise || !owner || !place.drawSites) {
    diagnostics.report(diag::Id::misplacedValue, name.range, "white noise `{}` stands only in an equation", name.text)
        .mend("in a body or a `let`, draw a number: `normal(0, 1)`");
    return nullptr;
  }
  for (model::Var &known : owner->noises)
    if (known.name == name.text)
      return ref(&known, expr::Side::Self, name.range);
  const units::Dimension perRootTime = units::Dimension::of(units::BaseUnit::Second, {-1, 2});
  model::Var &var = owner->noises.emplace_back();
  var.id = static_cast<uint32_t>(owner->noises.size() - 1);
  var.name = name.text;
  var.kind = model::VarKind::Noise;
  var.type = Type{Base::Real, perRootTime};
  var.range = name.range;
  var.storage = model::Storage::None;
  const std::vector<ExprPtr> standard{number(0, {}, name.range), number(1, {}, name.range)};
  var.init = arena.make<expr::Draw>(Type{Base::Real, {}}, name.range, expr::Distribution::Normal, arena.copy(standard), (*place.drawSites)++);
  return ref(&var, expr::Side::Self, name.range);
}

ExprPtr Lowering::lowerBinary(const ast::Binary &b, const Place &place) {
  static constexpr Op ops[] = {Op::Or, Op::And, Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge,
                               Op::Crosses, Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod, Op::Pow};
  const Op op = ops[static_cast<size_t>(b.op)];
  if (shadowsUnit(b, place))
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
