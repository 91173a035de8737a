// Statements of experiments as a typed tree.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using expr::Base;
using model::HostStmt;
using model::HostStmtKind;
using model::VarKind;

namespace {
const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
} // namespace

Var &Elaborator::hostLocal(const ast::Name &name, expr::Type type, Scope &scope, bool assignable) {
  if (const Symbol *there = scope.find(name.text); there && there->kind != Symbol::Unit && there->kind != Symbol::Model &&
                                                   there->kind != Symbol::Experiment && there->kind != Symbol::Network)
    if (scope.findHere(name.text) || there->kind == Symbol::Population || there->kind == Symbol::Projection ||
        (there->kind == Symbol::Var && there->var->kind != VarKind::Local))
      diagnostics.report(Id::redeclared, name.range, "`{}` is declared already", name.text).note(there->declared, "here");
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

void Elaborator::hostLet(const ast::Stmt &s, const Place &place, Scope &scope, model::HostBody &out) {
  for (const ast::Variable &v : s.variables) {
    HostStmt h;
    h.kind = HostStmtKind::Let;
    h.range = s.range;
    h.value = lowering.lower(v.value, place);
    expr::Type type = h.value ? h.value->type : expr::Type{};
    std::optional<sema::Annotation> a;
    if (v.type) {
      a = lowering.annotation(*v.type, place.scope);
      if (!a) {
        addFailed(scope, v.name);
        continue;
      }
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
    }
    if (s.kind == ast::StmtKind::Var && !v.type && type.base == Base::Int && type.anyDimension)
      type.anyDimension = false;
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

void Elaborator::hostAssign(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  HostStmt h;
  h.kind = HostStmtKind::Assign;
  h.range = s.range;
  h.op = static_cast<model::AssignOp>(s.op);
  h.place = lowering.lower(s.place, place);
  h.value = lowering.lower(s.value, place);
  if (!h.place || !h.value)
    return;
  const auto no = [&](std::string_view why) { diagnostics.report(Id::badAssignment, s.place->range, "{}", why); };
  expr::ExprPtr base = h.place;
  while (const auto *x = expr::dynCast<expr::Index>(base))
    base = x->base;
  if (const auto *r = expr::dynCast<expr::Ref>(base)) {
    if (constants.contains(r->var))
      return no(fmt::format("`{}` is constant here; declare it with `var` to change it", r->var->name));
    if (r->var->kind != VarKind::Local && r->var->kind != VarKind::Param && r->var->kind != VarKind::Signal)
      return no("this cannot be assigned");
    if (r->var->kind == VarKind::Param)
      return no("a network's params are set where the experiment names it: `on Net(n = …)`, or by `--set`");
  } else if (const auto *c = expr::dynCast<expr::CellsValue>(base)) {
    if (c->member != expr::CellsMember::Variable && c->member != expr::CellsMember::Count)
      return no("this can be read, not assigned");
    if (c->var && (c->var->kind == VarKind::Let || c->var->kind == VarKind::Input))
      return no(fmt::format("`{}` is computed by the model and cannot be assigned", c->var->name));
    if (c->var && c->var->kind == VarKind::Param) {
      c->var->assigned = true;
      if (!c->cells->slice.empty() || h.value->type.rank != 0 || varies(h.value) || base != h.place || h.op != model::AssignOp::Set)
        c->var->storage = model::Storage::PerCell;
    }
  } else if (const auto *e = expr::dynCast<expr::EdgesValue>(base)) {
    if (e->member != expr::EdgesMember::Variable || (e->var->kind != VarKind::Weight && e->var->kind != VarKind::State && e->var->kind != VarKind::Param))
      return no("this cannot be assigned");
    e->var->assigned = true;
    if (e->var->kind == VarKind::Param && (h.value->type.rank != 0 || varies(h.value)))
      e->var->storage = model::Storage::PerEdge;
  } else {
    return no("this cannot be assigned");
  }
  expr::Type want = h.place->type;
  want.rank = h.value->type.rank;
  if (h.op == model::AssignOp::Mul || h.op == model::AssignOp::Div)
    want.dimension = {}, want.base = want.base == Base::Bool ? Base::Real : want.base;
  const auto *local = expr::dynCast<expr::Ref>(base);
  const bool real = h.value->type.base == Base::Real || h.op == model::AssignOp::Div;
  if (local && want.base == Base::Int && real && (h.value->type.dimension.none() || h.value->type.anyDimension)) {
    diagnostics.report(Id::typeMismatch, h.value->range, "`{}` holds whole numbers, this is a real number", local->var->name)
        .note(local->var->range, "its first value is a whole number")
        .mend(fmt::format("declare it `var {} : real = …`", local->var->name));
    return;
  }
  if (want.base == Base::Bool && h.value->type.base == Base::Int)
    want.base = Base::Int;
  if (h.value->type.base == Base::Bool && want.base == Base::Int)
    want.base = Base::Int;
  const auto *ofCells = expr::dynCast<expr::CellsValue>(base);
  const auto *ofEdges = expr::dynCast<expr::EdgesValue>(base);
  const Var *var = local ? local->var : ofCells ? ofCells->var : ofEdges ? ofEdges->var : nullptr;
  if (!lowering.fits(h.value->type, want, h.value->range, "the value", var ? var->range : source::Range{}))
    return;
  h.value = lowering.literalAs(h.value, want);
  if (h.place->type.rank == 0 && h.value->type.rank > 0)
    return no("an array cannot be assigned to a single value");
  out.push_back(std::move(h));
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

void Elaborator::hostFor(const ast::Stmt &s, const Place &place, int loops, model::HostBody &out) {
  HostStmt h;
  h.kind = HostStmtKind::For;
  h.range = s.range;
  if (const auto *list = ast::dynCast<ast::ArrayExpr>(s.value); list && !list->items.empty())
    if (const auto *first = ast::dynCast<ast::NameExpr>(list->items[0])) {
      const Symbol *symbol = place.scope->find(first->name.text);
      if (symbol && (symbol->kind == Symbol::Population || symbol->kind == Symbol::Projection))
        return unroll(s, *list, place, loops, out);
    }
  h.value = lowering.lower(s.value, place);
  if (!h.value)
    return;
  Scope &scope = ownedScopes.emplace_back(place.scope);
  Place inside = place;
  inside.scope = &scope;
  std::vector<expr::Type> types;
  const expr::Type from = h.value->type;
  if (from.base == Base::Samples) {
    expr::Type pixels{Base::Real, {}};
    pixels.rank = -1;
    types = {pixels, expr::Type{Base::Int, {}}};
  } else if (from.base == Base::Range) {
    types = {expr::Type{Base::Int, {}}};
  } else if (from.isNumber() && from.rank != 0) {
    types = {from};
    types[0].rank = from.rank < 0 ? -1 : from.rank - 1;
  } else {
    diagnostics.report(Id::typeMismatch, h.value->range, "a loop goes over `range(n)`, an array or samples of a data set")
        .mend(from.base == Base::DataSet ? "name a part of the data set: `.train` or `.test`" : "");
    return;
  }
  if (s.variables.size() > types.size() || (s.variables.size() != types.size() && from.base != Base::Samples))
    diagnostics.report(Id::wrongArguments, s.variables[0].name.range, "each turn of this loop gives {}, here are {} names",
                       types.size() == 1 ? "one value" : fmt::format("{} values", types.size()), s.variables.size())
        .mend(types.size() == 1 ? fmt::format("write `for {} in …`", s.variables[0].name.text) : "");
  for (size_t k = 0; k < s.variables.size() && k < types.size(); ++k)
    h.vars.push_back(&hostLocal(s.variables[k].name, types[k], scope, false));
  h.body = hostBody(s.body, inside, loops + 1);
  out.push_back(std::move(h));
}

void Elaborator::hostRecord(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  for (const ast::Recorded &r : s.recorded) {
    HostStmt h;
    h.kind = HostStmtKind::Record;
    h.range = s.range;
    h.value = lowering.lower(r.value, place);
    if (s.extra)
      h.interval = lowering.lowerAs(s.extra, place, expr::Type{Base::Real, time}, "the interval");
    if (const auto *length = expr::dynCast<expr::Const>(h.interval); length && !(length->value > 0)) {
      diagnostics.report(Id::badRecord, s.extra->range, "the interval between two samples is longer than 0")
          .mend("without `every` a variable is sampled each step");
      return;
    }
    if (!h.value)
      continue;
    h.name = std::string(r.name.text);
    const auto *cells = expr::dynCast<expr::CellsValue>(h.value);
    const auto *edges = expr::dynCast<expr::EdgesValue>(h.value);
    if (cells && cells->member == expr::CellsMember::Spikes) {
      h.record = model::RecordKind::Spikes;
      if (!h.name.empty() || s.extra) {
        diagnostics.report(Id::badRecord, r.value->range, "spikes are recorded as they come: without a name and without `every`");
        continue;
      }
    } else if (h.name.empty() && cells && cells->member == expr::CellsMember::Variable) {
      h.record = model::RecordKind::State;
    } else if (h.name.empty() && edges && edges->member == expr::EdgesMember::Variable) {
      h.record = model::RecordKind::EdgeState;
    } else if (!h.value->type.isNumber()) {
      diagnostics.report(Id::badRecord, r.value->range, "this cannot be recorded")
          .mend("cells.spikes, cells.V, proj.w and `name = value` can");
      continue;
    } else if (h.name.empty()) {
      diagnostics.report(Id::badRecord, r.value->range, "a recorded value needs a name: `record name = …`");
      continue;
    } else {
      h.record = model::RecordKind::Value;
    }
    units::Unit unit = units::shown(h.value->type.dimension);
    const Var *var = cells ? cells->var : edges ? edges->var : nullptr;
    h.unit = var ? var->unit : unit.name;
    h.unitScale = var ? var->unitScale : unit.scale;
    out.push_back(std::move(h));
  }
}

void Elaborator::hostPlot(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  HostStmt h;
  h.kind = HostStmtKind::Plot;
  h.range = s.range;
  h.sourceText = std::string(diagnostics.sources().text(s.value->range));
  const auto *call = ast::dynCast<ast::CallExpr>(s.value);
  const auto *name = call ? ast::dynCast<ast::NameExpr>(call->callee) : nullptr;
  if (!name || call->args.size() != 1) {
    diagnostics.report(Id::badRecord, s.value->range, "a plot is raster(cells), trace(cells.V), weights(a -> b) or curve(name)");
    return;
  }
  const ast::Arg &arg = call->args[0];
  expr::ExprPtr what = nullptr;
  if (arg.arrow) {
    const auto *from = ast::dynCast<ast::NameExpr>(arg.value), *to = ast::dynCast<ast::NameExpr>(arg.arrow);
    for (const bool plasticOnly : {true, false})
      for (model::Projection &p : network->projections)
        if (!what && from && to && p.sourcePopulation->name == from->name.text && p.targetPopulation->name == to->name.text &&
            (p.plastic() || !plasticOnly))
          what = lowering.arena.make<expr::EdgesValue>(expr::Type{Base::Edges, {}}, arg.value->range, &p, expr::EdgesMember::Whole, nullptr);
    if (!what)
      diagnostics.report(Id::badRecord, s.value->range, "there is no projection from `{}` to `{}`", from ? from->name.text : "?",
                         to ? to->name.text : "?");
  } else if (name->name.text == "curve" && ast::dynCast<ast::NameExpr>(arg.value)) {
    expr::TextPart part;
    part.text = lowering.arena.copy(static_cast<const ast::NameExpr &>(*arg.value).name.text);
    what = lowering.arena.make<expr::Text>(expr::Type{Base::Text, {}}, arg.value->range,
                                           lowering.arena.copy(std::vector<expr::TextPart>{part}));
  } else {
    what = lowering.lower(arg.value, place);
    if (const auto *x = expr::dynCast<expr::Index>(what); x && name->name.text == "trace")
      what = nullptr, diagnostics.report(Id::badRecord, arg.value->range, "write the slice before the variable: `cells[0].V`");
  }
  if (!what)
    return;
  h.value = lowering.hostCall(name->name.text, {what}, expr::Type{Base::Text, {}}, s.value->range);
  out.push_back(std::move(h));
}

void Elaborator::hostSwitch(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  HostStmt h;
  h.range = s.range;
  h.kind = s.kind == ast::StmtKind::Reset ? HostStmtKind::Reset : s.kind == ast::StmtKind::Freeze ? HostStmtKind::Freeze : HostStmtKind::Learn;
  for (ast::ExprPtr e : s.items) {
    const auto *name = ast::dynCast<ast::NameExpr>(e);
    if (s.kind == ast::StmtKind::Reset && name && name->name.text == "all" && !place.scope->find("all")) {
      h.items.clear();
      break;
    }
    expr::ExprPtr item = lowering.lower(e, place);
    if (!item)
      return;
    const Base want = s.kind == ast::StmtKind::Reset ? Base::Cells : Base::Edges;
    if (item->type.base != want) {
      diagnostics.report(Id::typeMismatch, e->range, s.kind == ast::StmtKind::Reset ? "cells, or `all`, are reset" : "a projection is frozen or learns");
      return;
    }
    const auto *edges = expr::dynCast<expr::EdgesValue>(item);
    if (!edges) {
      h.items.push_back(item);
      continue;
    }
    for (const model::Projection &p : network->projections) // a connect between unions has several
      if (p.group == edges->projection->group)
        h.items.push_back(lowering.arena.make<expr::EdgesValue>(item->type, e->range, &p, expr::EdgesMember::Whole, nullptr));
  }
  out.push_back(std::move(h));
}

void Elaborator::hostStatement(const ast::Stmt &s, const Place &place, Scope &scope, int loops, model::HostBody &out) {
  using K = ast::StmtKind;
  HostStmt h;
  h.range = s.range;
  const auto push = [&](HostStmtKind kind) {
    h.kind = kind;
    out.push_back(std::move(h));
  };
  const expr::Type duration{Base::Real, time}, truth{Base::Bool, {}}, text{Base::Text, {}};
  switch (s.kind) {
  case K::Option:
  case K::Set:
    diagnostics.report(Id::badStatement, s.range, "`{}` stands at the head of the experiment, not in a block", s.kind == K::Set ? "set" : "option");
    return;
  case K::Sweep:
  case K::AfterSweep:
    return refuse(s.range, "sweeps are");
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
    h.value = lowering.lowerAs(s.value, place, truth, "the condition");
    h.body = hostBody(s.body, place, loops);
    h.otherwise = hostBody(s.otherwise, place, loops);
    if (h.value)
      push(HostStmtKind::If);
    return;
  case K::While:
    h.value = lowering.lowerAs(s.value, place, truth, "the condition");
    h.body = hostBody(s.body, place, loops + 1);
    if (h.value)
      push(HostStmtKind::While);
    return;
  case K::For:
    return hostFor(s, place, loops, out);
  case K::Break:
  case K::Continue:
    if (!loops) {
      diagnostics.report(Id::badStatement, s.range, "`{}` stands only in a loop", s.kind == K::Break ? "break" : "continue");
      return;
    }
    return push(s.kind == K::Break ? HostStmtKind::Break : HostStmtKind::Continue);
  case K::Run:
    h.value = lowering.lowerAs(s.value, place, duration, "the duration");
    if (h.value)
      push(HostStmtKind::Run);
    return;
  case K::RunUntil:
    h.value = lowering.lowerAs(s.value, place, truth, "the condition");
    if (s.extra)
      h.limit = lowering.lowerAs(s.extra, place, duration, "the longest duration");
    if (h.value)
      push(HostStmtKind::RunUntil);
    return;
  case K::Step:
    return push(HostStmtKind::Step);
  case K::Record:
    return hostRecord(s, place, out);
  case K::Plot:
    return hostPlot(s, place, out);
  case K::Print:
    h.value = lowering.lower(s.value, place);
    if (h.value && h.value->type.base != Base::Text) {
      diagnostics.report(Id::typeMismatch, s.value->range, "`print` takes a text").mend("put the value into a hole: `print \"{…}\"`");
      return;
    }
    if (h.value)
      push(HostStmtKind::Print);
    return;
  case K::Assert:
    h.value = lowering.lowerAs(s.value, place, truth, "the condition");
    if (s.extra)
      h.message = lowering.lowerAs(s.extra, place, text, "the message");
    h.sourceText = std::string(diagnostics.sources().text(s.value->range));
    if (h.value)
      push(HostStmtKind::Assert);
    return;
  case K::Save:
  case K::Load:
    h.value = lowering.lowerAs(s.value, place, text, "the path");
    if (h.value)
      push(s.kind == K::Save ? HostStmtKind::Save : HostStmtKind::Load);
    return;
  case K::Reset:
  case K::Freeze:
  case K::Learn:
    return hostSwitch(s, place, out);
  }
}

} // namespace snn::elaborate
