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

/// A value that is sampled while the network runs is a piece of `main` that the VM calls: Record r, interval; Jump end;
/// code: value; Return; end.
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
  r.each = r.kind != abi::HostRecordKind::Spikes && (!value || s.interval);
  if (value && !s.interval) {
    f.emit(HostOp::Append, s.range, number, f.lower(s.value));
    owner.out.records[number] = r;
    return;
  }
  f.emit(HostOp::Record, s.range, number, cells, interval);
  if (value) {
    f.release();
    const uint32_t toEnd = jump(HostOp::Jump, s.range);
    r.code = f.here();
    f.keepTemps = true; // runs while other temporaries may be in use
    const uint32_t result = f.lower(s.value);
    f.emit(HostOp::Return, s.range, result);
    f.keepTemps = false;
    f.land(toEnd);
  }
  owner.out.records[number] = r;
}

void StatementLowering::lowerPlot(const HostStmt &s) {
  const auto *call = expr::dynCast<expr::HostCall>(s.value);
  if (!call || call->args.empty())
    return owner.refuse(s.range, "a plot is raster(…), trace(…), weights(…) or curve(…)");
  abi::HostPlot p;
  p.text = s.sourceText;
  uint32_t cells = none;
  const expr::ExprPtr arg = call->args[0];
  const auto *value = expr::dynCast<expr::CellsValue>(arg);
  if (call->name == "raster" && arg->kind == expr::Kind::Cells) {
    p.kind = abi::HostPlotKind::Raster;
    cells = f.lowerCells(expr::cast<expr::Cells>(arg));
    p.object = owner.numbering->population(*expr::cast<expr::Cells>(arg).population);
  } else if (call->name == "trace" && value && value->var) {
    p.kind = abi::HostPlotKind::Trace;
    cells = f.lowerCells(*value->cells);
    p.object = owner.numbering->population(*value->cells->population);
    p.variable = owner.numbering->variable(*value->var);
    p.name = value->var->name, p.unit = value->var->unit, p.unitScale = value->var->unitScale;
  } else if (const auto *edges = expr::dynCast<expr::EdgesValue>(arg); call->name == "weights" && edges) {
    const model::Var *var = edges->var ? edges->var : edges->projection->weight;
    if (!var)
      return owner.refuse(arg->range, "this projection has no weight to plot");
    p.kind = abi::HostPlotKind::Weights;
    p.object = owner.numbering->projection(*edges->projection);
    p.variable = owner.numbering->variable(*var);
    p.unit = var->unit, p.unitScale = var->unitScale;
  } else if (const auto *ref = expr::dynCast<expr::Ref>(arg); call->name == "curve" && ref) {
    p.kind = abi::HostPlotKind::Curve;
    p.name = ref->var->name;
  } else if (const auto *text = expr::dynCast<expr::Text>(arg); call->name == "curve" && text && text->parts.size() == 1) {
    p.kind = abi::HostPlotKind::Curve;
    p.name = text->parts[0].text;
  } else {
    return owner.refuse(s.range, "this plot is not supported: raster(cells), trace(cells.V), weights(a -> b) and "
                                 "curve(recorded value) are");
  }
  f.emit(HostOp::Plot, s.range, static_cast<uint32_t>(owner.out.plots.size()), cells);
  owner.out.plots.push_back(std::move(p));
}

} // namespace snn::codegen::host
