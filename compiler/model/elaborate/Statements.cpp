// Statements of experiments as a typed tree.
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::elaborate {

using diag::Id;
using expr::Base;
using model::HostStmt;
using model::HostStmtKind;
using model::VarKind;

namespace {
const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
} // namespace

void Elaborator::checkMeaning(const ast::Name &name) { sema::refuseMeaning(name, sema::meaningOf(name.text), diagnostics); }

void Elaborator::checkNewLocal(const ast::Name &name, const Scope &scope) {
  if (const Symbol *there = scope.find(name.text); there && there->kind != Symbol::Unit && there->kind != Symbol::Model &&
                                                   there->kind != Symbol::Experiment && there->kind != Symbol::Network)
    if (scope.findHere(name.text) || there->kind == Symbol::Population || there->kind == Symbol::Projection ||
        (there->kind == Symbol::Var && there->var->kind != VarKind::Local))
      diagnostics.report(Id::redeclared, name.range, "`{}` is declared already", name.text).note(there->declared, "here");
}

Var &Elaborator::hostLocal(const ast::Name &name, expr::Type type, Scope &scope, bool assignable) {
  checkNewLocal(name, scope);
  Var &var = current->vars.emplace_back();
  var.id = static_cast<uint32_t>(current->vars.size() - 1);
  var.name = std::string(name.text);
  var.kind = VarKind::Local;
  var.type = type;
  var.type.anyDimension = false;
  var.range = name.range;
  const units::Unit unit = units::shown(type.dimension);
  var.unit = unit.name;
  var.unitScale = unit.scale;
  var.storage = model::Storage::Uniform;
  if (!assignable)
    constants.insert(&var);
  Symbol s;
  s.kind = Symbol::Var;
  s.var = &var;
  s.declared = name.range;
  scope.add(name.text, s);
  return var;
}

model::HostBody Elaborator::hostBody(const ast::Block &block, const Place &place, int loops) {
  Scope &scope = ownedScopes.emplace_back(place.scope);
  Place inside = place;
  inside.scope = &scope;
  model::HostBody out;
  for (const ast::Stmt &s : block)
    hostStatement(s, inside, scope, loops, out);
  return out;
}

/// `var rates : Hz[steps] = 0 Hz`: the value takes the annotated type, and an array is made of the shape. Nothing after
/// an error of the annotation itself; h.value is null after one of the value.
std::optional<sema::Annotation> Elaborator::annotatedLocal(const ast::Variable &v, const Place &place, HostStmt &h, expr::Type &type) {
  std::optional<sema::Annotation> a = lowering.annotation(*v.type, place.scope);
  if (!a)
    return std::nullopt;
  std::vector<expr::ExprPtr> args{h.value};
  for (ast::ExprPtr e : a->shape) {
    expr::ExprPtr extent = lowering.lower(e, place);
    if (extent && extent->type.base == Base::Real && extent->type.dimension.none())
      extent = lowering.call(expr::Op::Round, {extent}, extent->range);
    if (extent && !lowering.fits(extent->type, expr::Type{Base::Int, {}}, extent->range, "an extent"))
      extent = nullptr;
    args.push_back(extent);
  }
  expr::Type element = a->type;
  element.rank = h.value ? h.value->type.rank : 0;
  if (h.value && !lowering.fits(h.value->type, element, h.value->range, fmt::format("the value of `{}`", v.name.text)))
    h.value = nullptr;
  type = a->type;
  if (a->shape.empty())
    type.rank = element.rank;
  if (!a->shape.empty() && std::ranges::all_of(args, [](expr::ExprPtr e) { return e != nullptr; }))
    h.value = lowering.hostCall("array", args, type, v.range);
  return a;
}

/// The same cells with bounds that are known where `name` is declared: what is not constant in a slice becomes a value of its own.
const expr::Cells *Elaborator::withFixedBounds(const expr::Cells &cells, const ast::Name &name, Scope &scope, model::HostBody &out) {
  const expr::Cells *of = cells.of ? withFixedBounds(*cells.of, name, scope, out) : nullptr;
  std::vector<expr::IndexPart> slice(cells.slice.begin(), cells.slice.end());
  for (expr::IndexPart &part : slice)
    for (expr::ExprPtr *e : {&part.index, &part.start, &part.stop, &part.step}) {
      if (!*e || (*e)->kind == expr::Kind::Const)
        continue;
      HostStmt h;
      h.kind = HostStmtKind::Let;
      h.range = (*e)->range;
      h.value = *e;
      const std::string bound = fmt::format("{}.bound{}", name.text, out.size());
      h.vars.push_back(&hostLocal(ast::Name{bound, name.range}, (*e)->type, scope, false));
      *e = lowering.ref(h.vars[0], expr::Side::Self, h.range);
      out.push_back(std::move(h));
    }
  return lowering.arena.make<expr::Cells>(cells.type, cells.range, cells.population, of, lowering.arena.copy(slice));
}

/// `let group = cells[a:b]`: another name for these cells. What is not constant in the slice is computed here and now.
void Elaborator::cellsLet(const ast::Name &name, const expr::Cells &cells, Scope &scope, model::HostBody &out) {
  checkMeaning(name);
  checkNewLocal(name, scope);
  Symbol symbol;
  symbol.kind = Symbol::Value;
  symbol.value = withFixedBounds(cells, name, scope, out);
  symbol.declared = name.range;
  scope.add(name.text, symbol);
}

void Elaborator::hostLet(const ast::Stmt &s, const Place &place, Scope &scope, model::HostBody &out) {
  for (const ast::Variable &v : s.variables) {
    HostStmt h;
    h.kind = HostStmtKind::Let;
    h.range = s.range;
    h.value = lowering.lower(v.value, place);
    if (const auto *cells = expr::dynCast<expr::Cells>(h.value); cells && s.kind == ast::StmtKind::Let && !v.type) {
      cellsLet(v.name, *cells, scope, out);
      continue;
    }
    expr::Type type = h.value ? h.value->type : expr::Type{};
    std::optional<sema::Annotation> a;
    if (v.type && !(a = annotatedLocal(v, place, h, type))) {
      addFailed(scope, v.name);
      continue;
    }
    if (s.kind == ast::StmtKind::Var && !v.type && type.base == Base::Int && type.anyDimension)
      type.anyDimension = false;
    checkMeaning(v.name);
    Var &var = hostLocal(v.name, type, scope, s.kind == ast::StmtKind::Var);
    if (!h.value && !a)
      lowering.failed.insert(&var);
    if (a) {
      var.unit = a->unit;
      var.unitScale = a->scale;
    }
    h.vars.push_back(&var);
    if (h.value)
      out.push_back(std::move(h));
  }
}

/// for p in [a, b] over populations or projections: the body once for each of them.
void Elaborator::unroll(const ast::Stmt &s, const ast::ArrayExpr &list, const Place &place, int loops, model::HostBody &out) {
  for (ast::ExprPtr item : list.items) {
    const expr::ExprPtr value = lowering.lower(item, place);
    if (!value || s.variables.size() != 1)
      continue;
    if (value->type.base != Base::Cells && value->type.base != Base::Edges) {
      diagnostics.report(Id::typeMismatch, item->range, "a list of populations and projections holds nothing else");
      return;
    }
    Scope &scope = ownedScopes.emplace_back(place.scope);
    Symbol symbol;
    symbol.kind = Symbol::Value;
    symbol.value = value;
    symbol.declared = s.variables[0].name.range;
    scope.add(s.variables[0].name.text, symbol);
    Place inside = place;
    inside.scope = &scope;
    model::HostBody turn = hostBody(s.body, inside, 0); // `break` would have no loop to leave
    out.insert(out.end(), std::make_move_iterator(turn.begin()), std::make_move_iterator(turn.end()));
  }
}

/// The types of what a turn of a loop over values of type `from` gives; none after an error, which is reported.
std::vector<expr::Type> Elaborator::turnTypes(const expr::Type &from, source::Range range) {
  if (from.base == Base::Samples) {
    expr::Type pixels{Base::Real, {}};
    pixels.rank = -1;
    return {pixels, expr::Type{Base::Int, {}}};
  }
  if (from.base == Base::Range)
    return {expr::Type{Base::Int, {}}};
  if ((from.isNumber() || from.base == Base::Text) && from.rank != 0) {
    expr::Type element = from;
    element.rank = from.rank < 0 ? -1 : from.rank - 1;
    return {element};
  }
  diagnostics.report(Id::typeMismatch, range, "a loop goes over `range(n)`, an array or samples of a data set")
      .mend(from.base == Base::DataSet ? "name a part of the data set: `.train` or `.test`" : "");
  return {};
}

void Elaborator::hostFor(const ast::Stmt &s, const Place &place, int loops, model::HostBody &out) {
  HostStmt h;
  h.kind = HostStmtKind::For;
  h.range = s.range;
  if (const auto *list = ast::dynCast<ast::ArrayExpr>(s.value); list && !list->items.empty())
    if (const Symbol *first = sema::Lowering::memberSymbol(list->items[0], place.scope);
        first && (first->kind == Symbol::Population || first->kind == Symbol::Projection))
      return unroll(s, *list, place, loops, out);
  h.value = lowering.lower(s.value, place);
  if (!h.value)
    return;
  Scope &scope = ownedScopes.emplace_back(place.scope);
  Place inside = place;
  inside.scope = &scope;
  const std::vector<expr::Type> types = turnTypes(h.value->type, h.value->range);
  if (types.empty())
    return;
  if (s.variables.size() > types.size() || (s.variables.size() != types.size() && h.value->type.base != Base::Samples))
    diagnostics.report(Id::wrongArguments, s.variables[0].name.range, "each turn of this loop gives {}, here are {} names",
                       types.size() == 1 ? "one value" : fmt::format("{} values", types.size()), s.variables.size())
        .mend(types.size() == 1 ? fmt::format("write `for {} in …`", s.variables[0].name.text) : "");
  for (size_t k = 0; k < s.variables.size() && k < types.size(); ++k) {
    checkMeaning(s.variables[k].name);
    h.vars.push_back(&hostLocal(s.variables[k].name, types[k], scope, false));
  }
  h.body = hostBody(s.body, inside, loops + 1);
  out.push_back(std::move(h));
}

/// if, while, for, break, continue
void Elaborator::hostControl(const ast::Stmt &s, const Place &place, int loops, model::HostBody &out) {
  using K = ast::StmtKind;
  if (s.kind == K::For)
    return hostFor(s, place, loops, out);
  HostStmt h;
  h.range = s.range;
  if (s.kind == K::Break || s.kind == K::Continue) {
    if (!loops) {
      diagnostics.report(Id::badStatement, s.range, "`{}` stands only in a loop", s.kind == K::Break ? "break" : "continue");
      return;
    }
    h.kind = s.kind == K::Break ? HostStmtKind::Break : HostStmtKind::Continue;
    out.push_back(std::move(h));
    return;
  }
  h.kind = s.kind == K::If ? HostStmtKind::If : HostStmtKind::While;
  h.value = lowering.lowerAs(s.value, place, expr::Type{Base::Bool, {}}, "the condition");
  h.body = hostBody(s.body, place, s.kind == K::If ? loops : loops + 1);
  h.otherwise = hostBody(s.otherwise, place, loops);
  if (h.value)
    out.push_back(std::move(h));
}

/// run, run until, step
void Elaborator::hostTime(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  using K = ast::StmtKind;
  const expr::Type duration{Base::Real, time};
  HostStmt h;
  h.range = s.range;
  h.kind = s.kind == K::Run ? HostStmtKind::Run : s.kind == K::RunUntil ? HostStmtKind::RunUntil : HostStmtKind::Step;
  if (s.kind == K::Run)
    h.value = lowering.lowerAs(s.value, place, duration, "the duration");
  if (s.kind == K::RunUntil)
    h.value = lowering.lowerAs(s.value, place, expr::Type{Base::Bool, {}}, "the condition");
  if (s.extra)
    h.limit = lowering.lowerAs(s.extra, place, duration, "the longest duration");
  if (h.value || s.kind == K::Step)
    out.push_back(std::move(h));
}

/// print, assert, save, load: statements with a text
void Elaborator::hostText(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  using K = ast::StmtKind;
  const expr::Type text{Base::Text, {}};
  HostStmt h;
  h.range = s.range;
  if (s.kind == K::Print) {
    h.kind = HostStmtKind::Print;
    h.value = lowering.lower(s.value, place);
    if (h.value && (h.value->type.base != Base::Text || h.value->type.rank != 0)) {
      diagnostics.report(Id::typeMismatch, s.value->range, "`print` takes a text").mend("put the value into a hole: `print \"{…}\"`");
      return;
    }
  } else if (s.kind == K::Assert) {
    h.kind = HostStmtKind::Assert;
    h.value = lowering.lowerAs(s.value, place, expr::Type{Base::Bool, {}}, "the condition");
    if (s.extra)
      h.message = lowering.lowerAs(s.extra, place, text, "the message");
    h.sourceText = std::string(diagnostics.sources().text(s.value->range));
  } else {
    h.kind = s.kind == K::Save ? HostStmtKind::Save : HostStmtKind::Load;
    h.value = lowering.lowerAs(s.value, place, text, "the path");
  }
  if (h.value)
    out.push_back(std::move(h));
}

void Elaborator::hostStatement(const ast::Stmt &s, const Place &place, Scope &scope, int loops, model::HostBody &out) {
  using K = ast::StmtKind;
  if (refusedAfterSweep(s) || ofUnions(s, place, scope, loops, out))
    return;
  switch (s.kind) {
  case K::Option:
  case K::Set:
  case K::Sweep:
    diagnostics.report(Id::badStatement, s.range, "`{}` stands at the head of the experiment, not in a block",
                       s.kind == K::Set ? "set" : s.kind == K::Sweep ? "sweep" : "option");
    return;
  case K::AfterSweep:
    diagnostics.report(Id::badStatement, s.range, "{}", current->sweeps.empty() ? "there is no `sweep` at the head of the experiment"
                                                                               : "`after sweep` is the last statement of the experiment");
    return;
  case K::Minimise:
    return refuse(s.range, "gradient descent (`minimise`) is");
  case K::Hold:
    diagnostics.report(Id::badStatement, s.range, "`hold` stands in the body of a neuron");
    return;
  case K::Let:
  case K::Var:
    return hostLet(s, place, scope, out);
  case K::Assign:
    return hostAssign(s, place, out);
  case K::If:
  case K::While:
  case K::For:
  case K::Break:
  case K::Continue:
    return hostControl(s, place, loops, out);
  case K::Run:
  case K::RunUntil:
  case K::Step:
    return hostTime(s, place, out);
  case K::Record:
  case K::Plot:
    if (current->isTest) {
      diagnostics.report(Id::badStatement, s.range, "a test writes no recording and no report").mend("leave it out, or write an experiment");
      return;
    }
    return s.kind == K::Plot ? hostPlot(s, place, out) : hostRecord(s, place, out);
  case K::Print:
  case K::Assert:
  case K::Save:
  case K::Load:
    return hostText(s, place, out);
  case K::Reset:
  case K::Freeze:
  case K::Learn:
    return hostSwitch(s, place, out);
  }
}

} // namespace snn::elaborate
