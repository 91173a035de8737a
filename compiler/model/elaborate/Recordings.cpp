// Statements of experiments that record, plot, reset and freeze.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using expr::Base;
using model::HostStmt;
using model::HostStmtKind;

namespace {
const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);

/// Which variable of cells or edges is read, each of one population or projection; null: none.
const Var *variableOf(expr::ExprPtr e) {
  if (const auto *cells = expr::dynCast<expr::CellsValue>(e))
    return cells->var;
  const auto *edges = expr::dynCast<expr::EdgesValue>(e);
  return edges ? edges->var : nullptr;
}
} // namespace

/// What kind of thing is recorded under which unit; false after an error, which is reported.
bool Elaborator::recordedValue(const ast::Recorded &r, bool sampled, HostStmt &h) {
  h.name = std::string(r.name.text);
  const auto *cells = expr::dynCast<expr::CellsValue>(h.value);
  const auto *edges = expr::dynCast<expr::EdgesValue>(h.value);
  const auto no = [&](std::string_view why, std::string_view help) {
    diagnostics.report(Id::badRecord, r.value->range, "{}", why).mend(std::string(help));
    return false;
  };
  if (cells && cells->member == expr::CellsMember::Spikes) {
    h.record = model::RecordKind::Spikes;
    if (!h.name.empty() || sampled)
      return no("spikes are recorded as they come: without a name and without `every`", "");
  } else if (h.name.empty() && cells && cells->member == expr::CellsMember::Variable) {
    h.record = model::RecordKind::State;
  } else if (h.name.empty() && edges && edges->member == expr::EdgesMember::Variable) {
    for (const model::Projection &p : network->projections)
      if (p.group == edges->projection->group && &p != edges->projection)
        return no("the values of a connection between unions need a name: `record name = …`", "");
    h.record = model::RecordKind::EdgeState;
  } else if (!h.value->type.isNumber() && !h.name.empty()) {
    return no("what is recorded is a number or an array of numbers", h.value->type.base == Base::Range ? "arithmetic makes an array of a range: `1 * range(n)`" : "");
  } else if (!h.value->type.isNumber()) {
    return no("this cannot be recorded", "cells.spikes, cells.V, proj.w and `name = value` can");
  } else if (h.name.empty()) {
    const auto *part = expr::dynCast<expr::Index>(h.value);
    const bool ofCells = part && expr::dynCast<expr::CellsValue>(part->base);
    return no("a recorded value needs a name: `record name = …`", ofCells ? "of some of the cells: the slice stands before the variable, `cells[0:3].V`" : "");
  } else {
    h.record = model::RecordKind::Value;
  }
  const units::Unit unit = units::shown(h.value->type.dimension);
  const Var *var = variableOf(h.value);
  h.unit = var ? var->unit : unit.name;
  h.unitScale = var ? var->unitScale : unit.scale;
  return true;
}

/// Two statements that would write to one place of the recording. What a branch or a loop does is known when it runs.
static bool oneRecording(const HostStmt &a, const HostStmt &b) {
  if (a.kind != HostStmtKind::Record || a.name != b.name)
    return false;
  return !a.name.empty() || (variableOf(a.value) && variableOf(a.value) == variableOf(b.value));
}

void Elaborator::hostRecord(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  const expr::ExprPtr condition =
      s.condition ? lowering.lowerAs(s.condition, place, expr::Type{Base::Bool, {}}, "the condition") : nullptr;
  for (const ast::Recorded &r : s.recorded) {
    HostStmt h;
    h.kind = HostStmtKind::Record;
    h.range = s.range;
    h.value = lowering.lower(r.value, place);
    if (s.extra)
      h.interval = lowering.lowerAs(s.extra, place, expr::Type{Base::Real, time}, "the interval");
    h.condition = condition;
    if (const auto *length = expr::dynCast<expr::Const>(h.interval); length && !(length->value > 0)) {
      diagnostics.report(Id::badRecord, s.extra->range, "the interval between two samples must be longer than 0")
          .mend("without `every` a variable is sampled each step");
      return;
    }
    if (!h.value || !recordedValue(r, s.extra != nullptr, h))
      continue;
    if (const auto before = std::ranges::find_if(out, [&](const HostStmt &other) { return oneRecording(other, h); }); before != out.end())
      diagnostics.report(Id::badRecord, h.name.empty() ? r.value->range : r.name.range, "this is recorded already{}", h.name.empty() ? "" : " under this name")
          .note(before->range, "here")
          .mend(h.name.empty() ? "a recording goes on until the end: leave this out, or give it a name of its own, `record name = …`" : "give it a name of its own; one statement in a loop records a value each time it runs");
    else
      out.push_back(std::move(h));
  }
}

/// weights(a -> b): the projection between the two, a plastic one if there are several.
expr::ExprPtr Elaborator::plottedWeights(const ast::Arg &arg, const Place &place, source::Range range) {
  const auto cells = [&](ast::ExprPtr e) {
    const Symbol *s = sema::Lowering::memberSymbol(e, place.scope);
    return s && s->kind == Symbol::Population ? s->population : nullptr;
  };
  const model::Population *from = cells(arg.value), *to = cells(arg.arrow);
  for (const bool plasticOnly : {true, false})
    for (model::Projection &p : network->projections)
      if (from && to && p.sourcePopulation == from && p.targetPopulation == to && (p.plastic() || !plasticOnly))
        return lowering.arena.make<expr::EdgesValue>(expr::Type{Base::Edges, {}}, arg.value->range, &p, expr::EdgesMember::Whole, nullptr);
  const auto written = [&](ast::ExprPtr e) { return diagnostics.sources().text(e->range); };
  diagnostics.report(Id::badRecord, range, "there is no projection from `{}` to `{}`", written(arg.value), written(arg.arrow));
  return nullptr;
}

/// What a value is called in a figure, and the unit in which it is drawn.
std::tuple<std::string, std::string, double> Elaborator::shownAs(expr::ExprPtr value, source::Range written) const {
  const auto *cells = expr::dynCast<expr::CellsValue>(value);
  const auto *edges = expr::dynCast<expr::EdgesValue>(value);
  const auto *local = expr::dynCast<expr::Ref>(value);
  const Var *var = cells ? cells->var : edges ? edges->var : local && !local->var->unit.empty() ? local->var : nullptr;
  const units::Unit unit = units::shown(value->type.dimension);
  return {std::string(diagnostics.sources().text(written)), var ? var->unit : unit.name, var ? var->unitScale : unit.scale};
}

/// curve(y, x): arrays, one over the other.
void Elaborator::plotOver(const ast::CallExpr &call, const Place &place, HostStmt &h, model::HostBody &out) {
  std::vector<expr::ExprPtr> values;
  for (const ast::Arg &arg : call.args) {
    const expr::ExprPtr value = lowering.elements(lowering.lower(arg.value, place));
    if (!value)
      return;
    if (!value->type.isNumber() || value->type.rank == 0 || value->type.rank > (values.empty() ? 2 : 1)) {
      diagnostics.report(Id::badRecord, arg.value->range, "curve(y, x) draws an array y, or the columns of one with two axes, over an array x with one axis");
      return;
    }
    values.push_back(value);
  }
  std::tie(h.name, h.unit, h.unitScale) = shownAs(values[0], call.args[0].value->range);
  std::tie(h.across, h.acrossUnit, h.acrossScale) = shownAs(values[1], call.args[1].value->range);
  h.value = lowering.hostCall("curve", values, expr::Type{Base::Text, {}}, h.range);
  out.push_back(std::move(h));
}

void Elaborator::hostPlot(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  HostStmt h;
  h.kind = HostStmtKind::Plot;
  h.range = s.range;
  h.sourceText = std::string(diagnostics.sources().text(s.value->range));
  const auto *call = ast::dynCast<ast::CallExpr>(s.value);
  const auto *name = call ? ast::dynCast<ast::NameExpr>(call->callee) : nullptr;
  const bool over = name && name->name.text == "curve" && call->args.size() == 2;
  if (!name || (call->args.size() != 1 && !over)) {
    diagnostics.report(Id::badRecord, s.value->range, "a plot is raster(cells), trace(cells.V), weights(a -> b), curve(name), curve(y, x) or image(values)");
    return;
  }
  const ast::Arg &arg = call->args[0];
  if (afterSweeping && !over && name->name.text != "image") {
    diagnostics.report(Id::badRecord, s.value->range, "after a sweep there is no network: what is plotted are arrays, as curve(y, x) or image(values)");
    return;
  }
  if (over)
    return plotOver(*call, place, h, out);
  expr::ExprPtr what = nullptr;
  if (arg.arrow) {
    what = plottedWeights(arg, place, s.value->range);
  } else if (name->name.text == "curve" && ast::dynCast<ast::NameExpr>(arg.value)) {
    expr::TextPart part;
    part.text = lowering.arena.copy(static_cast<const ast::NameExpr &>(*arg.value).name.text);
    plottedCurves.push_back(static_cast<const ast::NameExpr &>(*arg.value).name);
    what = lowering.arena.make<expr::Text>(expr::Type{Base::Text, {}}, arg.value->range,
                                           lowering.arena.copy(std::vector<expr::TextPart>{part}));
  } else {
    what = lowering.lower(arg.value, place);
    if (const auto *x = expr::dynCast<expr::Index>(what); x && name->name.text == "trace")
      what = nullptr, diagnostics.report(Id::badRecord, arg.value->range, "write the slice before the variable: `cells[0].V`");
  }
  if (!what)
    return;
  if (name->name.text == "image") {
    if (!what->type.isNumber() || (what->type.rank >= 0 && what->type.rank != 2 && what->type.rank != 3)) {
      diagnostics.report(Id::badRecord, arg.value->range, "an image shows an array of numbers with two axes, rows and columns, or three, one picture after the other");
      return;
    }
    std::tie(h.name, h.unit, h.unitScale) = shownAs(what, arg.value->range);
  }
  h.value = lowering.hostCall(name->name.text, {what}, expr::Type{Base::Text, {}}, s.value->range);
  out.push_back(std::move(h));
}

/// A curve is of what some `record name = …` of the experiment names.
void Elaborator::checkCurves() {
  std::set<std::string> recorded;
  const std::function<void(const model::HostBody &)> look = [&](const model::HostBody &body) {
    for (const HostStmt &s : body) {
      if (s.kind == HostStmtKind::Record && s.record == model::RecordKind::Value)
        recorded.insert(s.name);
      look(s.body);
      look(s.otherwise);
    }
  };
  look(current->body);
  for (const ast::Name &name : plottedCurves) {
    if (recorded.contains(std::string(name.text)))
      continue;
    diag::Diagnostic &d = diagnostics.report(Id::badRecord, name.range, "nothing is recorded under the name `{}`, so there is no curve", name.text);
    const std::string near = diag::didYouMean(name.text, std::vector<std::string>(recorded.begin(), recorded.end()));
    if (std::ranges::find(current->vars, name.text, &Var::name) != current->vars.end())
      d.mend(fmt::format("arrays are drawn over others: `plot curve({0}, x)`; what changes during the run is recorded: `record {0} = … every 1 ms`", name.text));
    else if (!near.empty())
      d.fix(name.range, near);
    else
      d.mend(fmt::format("record it: `record {} = … every 1 ms`, or without `every` where the value is to be noted", name.text));
  }
  plottedCurves.clear();
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
      diag::Diagnostic &d = diagnostics.report(Id::typeMismatch, e->range, s.kind == ast::StmtKind::Reset ? "cells, or `all`, are reset" : "a projection is frozen or learns");
      if (s.kind == ast::StmtKind::Reset)
        d.mend("to keep a state of theirs: `let kept = cells.theta`, `reset cells`, `cells.theta = kept`");
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

} // namespace snn::elaborate
