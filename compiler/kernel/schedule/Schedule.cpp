// The order of a step (LANGUAGE section 10): arrivals of all projections, couplings, equations of edges, cells of all
// populations, departures, updates of edges, recording.
#include "compiler/kernel/schedule/Schedule.h"

#include "compiler/kernel/schedule/Scheduler.h"

#include <fmt/format.h>

namespace snn::schedule {

using model::VarKind;

namespace {
void letsIn(expr::ExprPtr e, std::set<const Var *> &out) {
  if (!e)
    return;
  if (const auto *c = expr::dynCast<expr::CellsValue>(e))
    if (c->var && c->var->kind == VarKind::Let)
      out.insert(c->var);
  for (expr::ExprPtr part : expr::operands(e))
    letsIn(part, out);
  if (const auto *h = expr::dynCast<expr::HostCall>(e))
    for (expr::ExprPtr a : h->args)
      letsIn(a, out);
  if (const auto *x = expr::dynCast<expr::Index>(e))
    letsIn(x->base, out);
  if (const auto *t = expr::dynCast<expr::Text>(e))
    for (const expr::TextPart &p : t->parts)
      letsIn(p.value, out);
  if (const auto *a = expr::dynCast<expr::ArrayLit>(e))
    for (expr::ExprPtr i : a->items)
      letsIn(i, out);
}
} // namespace

void Scheduler::findWantedLets(const model::HostBody &body) {
  for (const model::HostStmt &s : body) {
    for (expr::ExprPtr e : {s.place, s.value, s.message, s.limit, s.interval, s.condition})
      letsIn(e, wantedLets);
    findWantedLets(s.body);
    findWantedLets(s.otherwise);
  }
}

std::optional<kernel::Program> Scheduler::run() {
  const size_t before = diagnostics.errors();
  out.tables.name = network.name;
  findWantedLets(program.experiment.body);
  for (const model::Demand &demand : model::demandsOf(program.experiment))
    askedOfNumbers(demand);
  layOutNetwork();
  for (const model::Population &p : network.populations)
    if (p.spikeChance)
      wantedLets.insert(p.spikeChance);
  for (model::Population &p : network.populations)
    layOutPopulation(p);
  for (model::Population &p : network.populations) {
    for (const Var *var : heldStates(p)) {
      holds[var] = addBuffer(fmt::format("{}.{}.held", p.name, var->name), abi::Elem::I32, abi::Extent::Cells, p.id);
      out.tables.buffers[holds[var]].holds = abi::Holds::StepsLeft;
    }
    if (p.spike)
      expr::anyPart(p.spike->condition, [&](expr::ExprPtr e) {
        const auto *c = expr::dynCast<expr::Call>(e);
        if (c && c->op == expr::Op::Crosses)
          crossings[c] = addBuffer(fmt::format("{}.below{}", p.name, crossings.size()), abi::Elem::U8, abi::Extent::Cells, p.id);
        return false;
      });
    propagators(p);
  }
  for (model::Projection &p : network.projections) {
    layOutProjection(p);
    propagators(p);
  }
  layOutGroups();
  ports_();
  for (model::Projection &p : network.projections)
    arrivals(p);
  for (model::Projection &p : network.projections)
    couplings(p);
  for (model::Projection &p : network.projections)
    integrateEdges(p);
  for (model::Population &p : network.populations)
    cells(p);
  reducedNow.clear(); // cells have changed
  for (model::Projection &p : network.projections)
    departures(p);
  for (model::Projection &p : network.projections)
    edgeUpdates(p);
  for (model::Population &p : network.populations) {
    evaluateLets(p);
    initPopulation(p);
  }
  for (model::Projection &p : network.projections) {
    evaluateEdgeVariables(p);
    if (madeOfReductions(p))
      continue;
    initProjection(p);
    pairKernels(p);
  }
  prepareKernel();
  checkProcedural();
  lendRepeats();
  if (diagnostics.errors() != before)
    return std::nullopt;
  kernel::finish(out);
  return std::move(out);
}

/// Rows that are made when spikes travel over them are gone afterwards: nothing may walk them otherwise, or change them.
void Scheduler::checkProcedural() {
  for (const model::Projection &p : network.projections) {
    if (!p.procedural)
      continue;
    const auto refused = [&](std::string_view what) {
      diagnostics.report(diag::Id::mustBeStored, p.range, "the edges of `{}` must be stored: {}", p.name, what).mend("leave out `procedural`");
    };
    std::set<std::string_view> reasons;
    for (const abi::Command &c : out.tables.step) {
      const bool edges = c.kind == abi::CommandKind::ReduceEdges;
      const kernel::Kernel *k = c.kernel == abi::none ? nullptr : &out.kernels[c.kernel];
      if (edges ? c.object != p.id : !k || k->object != p.id || k->space < abi::Space::RowEdges)
        continue;
      if (edges || k->space != abi::Space::RowEdges)
        reasons.insert(k && k->space == abi::Space::ColumnEdges ? "spikes of the targets go over them" : "they are gone over at other times than when spikes arrive");
      else
        for (const kernel::Instr &i : k->body)
          if ((i.op == Op::Store || i.op == Op::Accumulate) && out.tables.buffers[i.object].extent == abi::Extent::Edges)
            reasons.insert("spikes change their values");
    }
    for (const Var &var : p.vars)
      if (var.assigned && var.storage == model::Storage::PerEdge)
        reasons.insert("the experiment sets their values");
    for (const Var &var : p.vars)
      if (var.eventDriven && var.storage == model::Storage::PerEdge)
        reasons.insert("their values change with time");
    for (std::string_view reason : reasons)
      refused(reason);
  }
}

std::optional<kernel::Program> run(model::Program &program, const HostFunction &host, support::Arena &arena,
                                   diag::Engine &diagnostics, ScheduleMap &map) {
  return Scheduler(program, host, arena, diagnostics, map).run();
}

} // namespace snn::schedule
