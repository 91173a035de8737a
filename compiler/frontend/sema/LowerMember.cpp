// Lowering of members: variables of an edge's two cells, what a part of a network holds.
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/frontend/sema/Lower.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Type;

/// pre.x, post.x in an edge.
ExprPtr Lowering::lowerNeighbour(const ast::Member &m, expr::Side side, const Place &place) {
  using SV = expr::SpecialValue;
  model::Population *cells = side == expr::Side::Pre ? place.edges->sourcePopulation : place.edges->targetPopulation;
  const auto special = [&](SV v, Base base, units::Dimension d = {}) {
    return arena.make<expr::Special>(Type{base, d}, m.range, v, side);
  };
  if (m.name.text == "i")
    return special(SV::Index, Base::Int);
  if (m.name.text == "spiked")
    return special(SV::Spiked, Base::Bool);
  if (m.name.text == "t_spike")
    return special(SV::SpikeTime, Base::Real, units::Dimension::of(units::BaseUnit::Second));
  for (model::Var &v : cells->vars)
    if (v.name == m.name.text)
      return ref(&v, side, m.range);
  if (cells->modelName.empty()) { // checked without a use: the cells have whatever is asked for
    model::Var &v = cells->vars.emplace_back();
    v.name = std::string(m.name.text);
    v.kind = model::VarKind::State;
    v.type.anyDimension = true;
    v.range = m.name.range;
    return ref(&v, side, m.range);
  }
  std::vector<std::string> names{"i", "spiked", "t_spike"};
  for (const model::Var &v : cells->vars)
    names.push_back(v.name);
  const std::string near = diag::didYouMean(m.name.text, names);
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, m.name.range, "the cells of `{}` ({}) have no `{}`", cells->name,
                                           cells->modelName, m.name.text);
  if (!near.empty())
    d.fix(m.name.range, near);
  return nullptr;
}

/// `pair.i`: which row of the list of `pairs(…)` an edge is.
ExprPtr Lowering::lowerListed(const ast::Member &m, const Place &place) {
  const bool pairs = place.edges->pattern.kind == model::PatternKind::Pairs;
  if (place.listed && pairs)
    return arena.make<expr::Special>(Type{Base::Int, {}}, m.range, expr::SpecialValue::Listed);
  diag::Diagnostic &d = diagnostics.report(diag::Id::misplacedValue, m.range, "`pair.i` is the row of an edge in the list of `pairs(…)`: it stands in the values and the delay of such a connection");
  if (pairs)
    d.mend("in a synapse or rule, declare a param and give it its value in the connection; rows that are not wanted are left out of the list");
  return nullptr;
}

/// `distance` of a connection: between the positions of its two cells.
ExprPtr Lowering::lowerDistance(source::Range range, const model::Projection &edges) {
  const units::Dimension length = units::Dimension::of(units::BaseUnit::Metre);
  const std::vector<model::Var *> &from = edges.sourcePopulation->position, &to = edges.targetPopulation->position;
  if (edges.sourcePopulation->modelName.empty() || edges.targetPopulation->modelName.empty()) // checked without a use
    return number(0, length, range);
  for (const model::Population *cells : {edges.sourcePopulation, edges.targetPopulation})
    if (cells->position.empty()) {
      diagnostics.report(diag::Id::unknownName, range, "the cells of `{}` have no positions to be `distance` apart", cells->name)
          .note(cells->range, "it is declared here")
          .mend("write `at grid(50 um)`, `at uniform(0 mm, 1 mm)` or `at points(xs, ys)` behind the population");
      return nullptr;
    }
  ExprPtr squares = nullptr;
  for (size_t k = 0; k < from.size(); ++k) {
    const ExprPtr apart = call(expr::Op::Sub, {ref(from[k], expr::Side::Pre, range), ref(to[k], expr::Side::Post, range)}, range);
    const ExprPtr square = call(expr::Op::Mul, {apart, apart}, range);
    squares = squares ? call(expr::Op::Add, {squares, square}, range) : square;
  }
  return call(expr::Op::Sqrt, {squares}, range);
}

/// `[0][2]` behind the name of connections that loops of a network make, see Elaborator::loop; empty for other indices.
static std::string turnOf(ast::ExprPtr &e) {
  std::string turn;
  while (const auto *x = ast::dynCast<ast::IndexExpr>(e)) {
    const auto *k = x->parts.size() == 1 && !x->parts[0].isSlice ? ast::dynCast<ast::Number>(x->parts[0].index) : nullptr;
    if (!k || !k->unit.text.empty() || k->digits.find_first_not_of("0123456789") != std::string_view::npos)
      return {};
    turn = fmt::format("[{}]{}", k->digits, turn);
    e = x->base;
  }
  return turn;
}

const Symbol *Lowering::memberSymbol(ast::ExprPtr e, const Scope *scope) {
  if (e->kind == ast::ExprKind::IndexExpr) {
    const std::string turn = turnOf(e);
    const auto *name = ast::dynCast<ast::NameExpr>(e);
    const auto *member = ast::dynCast<ast::Member>(e);
    const Symbol *part = member ? partNamed(member->base, scope) : nullptr;
    if (turn.empty() || (!name && !part))
      return nullptr;
    const auto called = [&](std::string_view text) { return name ? scope->find(text) : part->scope->findHere(text); };
    const std::string text(name ? name->name.text : member->name.text);
    return called(text) ? nullptr : called(text + turn); // an array or a population of that name is meant
  }
  if (const auto *name = ast::dynCast<ast::NameExpr>(e))
    return scope ? scope->find(name->name.text) : nullptr;
  const auto *member = ast::dynCast<ast::Member>(e);
  const Symbol *part = member ? partNamed(member->base, scope) : nullptr;
  return part ? part->scope->findHere(member->name.text) : nullptr;
}

const Symbol *Lowering::partNamed(ast::ExprPtr e, const Scope *scope) {
  const Symbol *found = memberSymbol(e, scope);
  return found && found->kind == Symbol::Part ? found : nullptr;
}

/// v1.cells, v1.tau: what a part holds.
ExprPtr Lowering::lowerPartMember(const Symbol &part, const ast::Member &m, const Place &place) {
  if (const Symbol *member = part.scope->findHere(m.name.text))
    return lowerSymbol(*member, {m.name.text, m.range}, place);
  const std::string near = diag::didYouMean(m.name.text, part.scope->namesHere());
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, m.name.range, "the part holds no `{}`", m.name.text);
  d.note(part.declared, "the part is declared here");
  if (!near.empty())
    d.fix(m.name.range, near);
  return nullptr;
}

/// `cell.spikes` where the population is `cells`: what has no members is not suggested.
static bool reportUnknownBase(const ast::NameExpr &base, const Scope &scope, diag::Engine &diagnostics) {
  const std::string_view name = base.name.text;
  if (scope.find(name))
    return false;
  const std::vector<std::string_view> builtin = builtinNames();
  if (std::ranges::find(builtin, name) != builtin.end() || units::find(name))
    return false;
  std::vector<std::string> candidates, populations;
  for (const std::string &other : scope.names()) {
    const Symbol::Kind kind = scope.find(other)->kind;
    if (kind == Symbol::Population)
      populations.push_back(other);
    if (kind == Symbol::Population || kind == Symbol::Projection || kind == Symbol::Part || kind == Symbol::Var || kind == Symbol::Value)
      candidates.push_back(other);
  }
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, base.range, "the name `{}` is not declared here", name);
  if (const std::string_view other = writtenAs(name); !other.empty())
    d.mend("write " + std::string(other));
  else if (const std::string near = diag::didYouMean(name, candidates); !near.empty())
    d.fix(base.range, near);
  else if (!populations.empty())
    d.mend(fmt::format("the populations are {}", fmt::join(populations, ", ")));
  return true;
}

/// "`post.index`", or "this value" for what is not a name.
static std::string written(ast::ExprPtr e) {
  std::string path;
  while (const auto *member = ast::dynCast<ast::Member>(e)) {
    path = "." + std::string(member->name.text) + path;
    e = member->base;
  }
  const auto *name = ast::dynCast<ast::NameExpr>(e);
  return name ? fmt::format("`{}{}`", name->name.text, path) : "this value";
}

ExprPtr Lowering::lowerMember(const ast::Member &m, const Place &place) {
  if (const auto *base = ast::dynCast<ast::NameExpr>(m.base); base && place.edges) {
    if (base->name.text == "pre")
      return lowerNeighbour(m, expr::Side::Pre, place);
    if (base->name.text == "post")
      return lowerNeighbour(m, expr::Side::Post, place);
    if (base->name.text == "pair" && m.name.text == "i" && place.edges->sourcePopulation && !(place.scope && place.scope->find("pair")))
      return lowerListed(m, place);
  }
  if (const Symbol *part = partNamed(m.base, place.scope))
    return lowerPartMember(*part, m, place);
  if (place.where == Place::Experiment) {
    const auto *base = ast::dynCast<ast::NameExpr>(m.base);
    if (base && place.scope && !place.sweptScope && reportUnknownBase(*base, *place.scope, diagnostics))
      return nullptr;
    return lowerExperimentMember(m, place);
  }
  const auto *base = ast::dynCast<ast::NameExpr>(m.base);
  const bool neighbour = base && (base->name.text == "pre" || base->name.text == "post");
  if (base && !neighbour && place.scope && reportUnknownBase(*base, *place.scope, diagnostics))
    return nullptr;
  diagnostics.report(diag::Id::unknownName, m.range, "{} has no members here", written(m.base))
      .mend(neighbour && m.name.text == "index" ? fmt::format("the number along an axis is `{}.index(0)`", base->name.text)
                                                : "in synapses and rules, `pre.x` and `post.x` name variables of the two cells");
  return nullptr;
}

} // namespace snn::sema
