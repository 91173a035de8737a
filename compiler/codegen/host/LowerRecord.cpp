// `record` and `plot`: descriptors in the program's tables, and instructions that refer to them.
#include "compiler/codegen/host/LowerStmt.h"

namespace snn::codegen::host {

using abi::HostOp;
using model::HostStmt;

namespace {

abi::HostRecordKind kindOf(model::RecordKind kind) {
  switch (kind) {
  case model::RecordKind::Spikes:
    return abi::HostRecordKind::Spikes;
  case model::RecordKind::State:
    return abi::HostRecordKind::State;
  case model::RecordKind::EdgeState:
    return abi::HostRecordKind::EdgeState;
  case model::RecordKind::Value:
    return abi::HostRecordKind::Value;
  }
  return abi::HostRecordKind::Value;
}

} // namespace

namespace {

/// Whether a slice is known when the experiment begins: it reads constants, options and the network's values only.
bool knownAtStart(expr::ExprPtr e) {
  if (!e)
    return true;
  switch (e->kind) {
  case expr::Kind::Const:
    return true;
  case expr::Kind::Ref:
    return expr::cast<expr::Ref>(e).var->kind != model::VarKind::Local;
  case expr::Kind::Call:
    for (expr::ExprPtr arg : expr::cast<expr::Call>(e).args)
      if (!knownAtStart(arg))
        return false;
    return true;
  case expr::Kind::Special:
  case expr::Kind::Draw:
  case expr::Kind::Reduce:
  case expr::Kind::Lookup:
  case expr::Kind::Text:
  case expr::Kind::ArrayLit:
  case expr::Kind::Index:
  case expr::Kind::Cells:
  case expr::Kind::CellsValue:
  case expr::Kind::EdgesValue:
  case expr::Kind::HostCall:
    return false;
  }
  return false;
}

/// A slice of a slice is not one of the population.
bool knownAtStart(const expr::Cells &cells) {
  if (cells.of)
    return false;
  for (const expr::IndexPart &part : cells.slice)
    for (expr::ExprPtr e : {part.index, part.start, part.stop, part.step})
      if (!knownAtStart(e))
        return false;
  return true;
}

} // namespace

/// What `snnc plan` can say of a record before the experiment runs.
void StatementLowering::describeSize(const HostStmt &s, abi::HostRecord &r) {
  r.place = owner.source.place ? owner.source.place(s.range) : std::string();
  if (const auto *value = expr::dynCast<expr::CellsValue>(s.value); value && s.record != model::RecordKind::Value) {
    r.sizeKnown = knownAtStart(*value->cells);
    const auto axis = [&](expr::ExprPtr e) { return e ? owner.hostFunction(e) : abi::none; };
    for (const expr::IndexPart &part : value->cells->slice)
      if (part.index && part.index->type.rank != 0)
        r.sizeKnown = false; // a list of cells, or a mask
      else if (r.sizeKnown)
        r.slice.push_back({axis(part.index), axis(part.start), axis(part.stop), axis(part.step)});
  } else {
    r.sizeKnown = s.value->type.rank == 0;
  }
  r.eachStep = r.each && !s.interval;
  if (s.interval && knownAtStart(s.interval))
    r.every = owner.hostFunction(s.interval);
}

/// A piece of `main` that the VM calls while the network runs.
uint32_t StatementLowering::piece(expr::ExprPtr e) {
  const uint32_t begin = f.here();
  f.keepTemps = true; // runs while other temporaries may be in use
  f.emit(HostOp::Return, e->range, f.lower(e));
  f.keepTemps = false;
  return begin;
}

/// A value that is sampled, and a condition, are pieces: Record r, interval; Jump end; value; Return; condition; Return; end.
void StatementLowering::lowerRecord(const HostStmt &s) {
  abi::HostRecord r;
  r.kind = kindOf(s.record);
  r.name = s.name;
  r.unit = s.unit.empty() ? "1" : s.unit;
  r.unitScale = s.unitScale;
  r.type = host::kindOf(s.value->type);
  const uint32_t number = static_cast<uint32_t>(owner.out.records.size());
  owner.out.records.push_back(r);
  uint32_t cells = none;
  if (const auto *value = expr::dynCast<expr::CellsValue>(s.value);
      value && s.record != model::RecordKind::Value) {
    cells = f.lowerCells(*value->cells);
    r.object = owner.numbering->population(*value->cells->population);
    if (value->var)
      r.variable = owner.numbering->variable(*value->var), r.unit = value->var->unit, r.unitScale = value->var->unitScale;
  }
  if (const auto *edges = expr::dynCast<expr::EdgesValue>(s.value); edges && s.record == model::RecordKind::EdgeState) {
    r.object = owner.numbering->projection(*edges->projection);
    r.variable = owner.numbering->variable(*edges->var);
    r.unit = edges->var->unit, r.unitScale = edges->var->unitScale;
    if (r.name.empty())
      r.name = edges->projection->name + "." + edges->var->name;
  }
  const uint32_t interval = s.interval ? f.lower(s.interval) : none;
  const bool value = r.kind == abi::HostRecordKind::Value;
  r.each = r.kind != abi::HostRecordKind::Spikes && (!value || s.interval || s.condition);
  describeSize(s, r);
  if (!r.each && value) {
    f.emit(HostOp::Append, s.range, number, f.lower(s.value));
    owner.out.records[number] = r;
    return;
  }
  f.emit(HostOp::Record, s.range, number, cells, interval);
  if (value || s.condition) {
    f.release();
    const uint32_t toEnd = jump(HostOp::Jump, s.range);
    if (value)
      r.code = piece(s.value);
    if (const auto known = conditions.find(s.condition); s.condition && known != conditions.end())
      r.condition = known->second; // of what the same statement lists before
    else if (s.condition)
      r.condition = conditions[s.condition] = piece(s.condition);
    f.land(toEnd);
  }
  owner.out.records[number] = r;
}

namespace {

const expr::Cells *cellsOfPlot(const expr::HostCall &call) {
  if (call.args.empty())
    return nullptr;
  if (const auto *value = expr::dynCast<expr::CellsValue>(call.args[0]))
    return value->cells;
  return expr::dynCast<expr::Cells>(call.args[0]);
}

} // namespace

/// Figures are drawn from what happened during the run, so raster and trace begin to collect before the first statement.
void StatementLowering::beginPlots(const model::HostBody &body) {
  for (const HostStmt &s : body) {
    beginPlots(s.body);
    beginPlots(s.otherwise);
    const auto *call = s.kind == model::HostStmtKind::Plot ? expr::dynCast<expr::HostCall>(s.value) : nullptr;
    if (!call)
      continue;
    plots[&s] = static_cast<uint32_t>(owner.out.plots.size());
    abi::HostPlot p;
    if (!describePlot(s, *call, p))
      continue;
    if (const expr::Cells *cells = cellsOfPlot(*call); cells && (call->name == "raster" || call->name == "trace")) {
      if (!knownAtStart(*cells))
        owner.refuse(s.range, "which cells a plot shows must be known when the experiment begins");
      else
        f.emit(HostOp::PlotBegin, s.range, plots[&s], f.lowerCells(*cells));
      f.release();
    }
    owner.out.plots.push_back(std::move(p));
  }
}

bool StatementLowering::describePlot(const HostStmt &s, const expr::HostCall &call, abi::HostPlot &p) {
  p.text = s.sourceText;
  const expr::ExprPtr arg = call.args.empty() ? nullptr : call.args[0];
  const auto *value = expr::dynCast<expr::CellsValue>(arg);
  const auto *edges = expr::dynCast<expr::EdgesValue>(arg);
  const auto *ref = expr::dynCast<expr::Ref>(arg);
  const auto *text = expr::dynCast<expr::Text>(arg);
  if (call.args.size() == 2) {
    p.kind = abi::HostPlotKind::Curve;
    p.name = s.name, p.unit = s.unit, p.unitScale = s.unitScale;
    p.across = s.across, p.acrossUnit = s.acrossUnit, p.acrossScale = s.acrossScale;
    return true;
  }
  if (call.name == "image") {
    p.kind = abi::HostPlotKind::Image;
    p.name = s.name, p.unit = s.unit, p.unitScale = s.unitScale;
    return true;
  }
  if (const auto *cells = expr::dynCast<expr::Cells>(arg); call.name == "raster" && cells) {
    p.kind = abi::HostPlotKind::Raster;
    p.object = owner.numbering->population(*cells->population);
    return true;
  }
  if (call.name == "trace" && value && value->var) {
    p.kind = abi::HostPlotKind::Trace;
    p.object = owner.numbering->population(*value->cells->population);
    p.variable = owner.numbering->variable(*value->var);
    p.name = value->var->name, p.unit = value->var->unit, p.unitScale = value->var->unitScale;
    return true;
  }
  if (call.name == "weights" && edges) {
    const model::Var *var = edges->var ? edges->var : edges->projection->weight;
    if (!var) {
      owner.refuse(arg->range, "this projection has no weight to plot");
      return false;
    }
    p.kind = abi::HostPlotKind::Weights;
    p.object = owner.numbering->projection(*edges->projection);
    p.variable = owner.numbering->variable(*var);
    p.name = var->name, p.unit = var->unit, p.unitScale = var->unitScale;
    return true;
  }
  if (call.name == "curve" && (ref || (text && text->parts.size() == 1))) {
    p.kind = abi::HostPlotKind::Curve;
    p.name = ref ? ref->var->name : std::string(text->parts[0].text);
    return true;
  }
  owner.refuse(s.range, "this plot is not supported: raster(cells), trace(cells.V), weights(a -> b), "
                        "curve(recorded value) and image(values) are");
  return false;
}

void StatementLowering::lowerPlot(const HostStmt &s) {
  const auto found = plots.find(&s);
  if (found == plots.end())
    return owner.refuse(s.range, "a plot is raster(…), trace(…), weights(…), curve(…) or image(…)");
  const auto &call = expr::cast<expr::HostCall>(s.value);
  const bool over = call.args.size() == 2;
  const uint32_t value = over || call.name == "image" ? f.lower(call.args[0]) : none;
  f.emit(HostOp::Plot, s.range, found->second, value, over ? f.lower(call.args[1]) : none);
}

} // namespace snn::codegen::host
