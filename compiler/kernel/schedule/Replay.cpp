// Deferred `on post`: the log of the targets' spikes, and the kernels that give its events to the edges of a row.
//   at a spike of the target:    what `on post` reads of the target is kept with the spike in the log
//   before a row is walked:      its source's traces are computed for each step with such a spike (moments), then the body of
//                                `on post` runs for each edge and event, in the order of the steps (replayed edges)
// The operations are those of `on post` at once, so that the bits are, too. What the runtime does: runtime/core/NetworkReplay.cpp.
#include "compiler/kernel/schedule/Scheduler.h"

#include "compiler/model/ir/Network.h"
#include <fmt/format.h>

namespace snn::schedule {

using expr::Side;
using model::Storage;

uint32_t Scheduler::atMoment(const Var &var) {
  const auto [at, isNew] = moments.try_emplace(&var, 0);
  if (isNew)
    at->second = addBuffer(fmt::format("{}.{}.then", deferred->name, var.name), abi::Elem::Real, abi::Extent::Moments, deferred->id, false);
  return at->second;
}

uint32_t Scheduler::logged(const Var &var, Side side) {
  std::vector<Kept> &mine = kept[deferred->id];
  for (const Kept &k : mine)
    if (k.var == &var && k.side == side)
      return k.buffer;
  const std::string name = fmt::format("{}.{}{}.logged", deferred->name, side == Side::Post ? "post." : "", var.name);
  mine.push_back({&var, side, addBuffer(name, elemOf(var.type), abi::Extent::Logged, deferred->id, false)});
  return mine.back().buffer;
}

namespace {
/// Whether any statement but the assignments to the variable itself reads it.
bool readElsewhere(const model::Body &body, const Var &var) {
  return std::ranges::any_of(body, [&](const model::Stmt &s) {
    const bool reads = s.value && !(s.kind == model::StmtKind::Assign && s.var == &var) && expr::anyPart(s.value, [&](expr::ExprPtr e) {
      const auto *r = expr::dynCast<expr::Ref>(e);
      return r && r->var == &var;
    });
    return reads || readElsewhere(s.then, var) || readElsewhere(s.otherwise, var);
  });
}
} // namespace

/// The kernels of a row's replay, and the command that runs them for the rows whose spikes arrive.
void Scheduler::replay(model::Projection &p) {
  deferred = &p;
  moments.clear();
  kernel::Kernel &k = begin(p.name + ".replay", abi::Space::ReplayedEdges, p.id, "on post, when the row is walked next");
  const auto wanted = [&](const model::Stmt &s) { // a trace that only its own cell needs is not logged
    const bool ofTarget = s.kind == model::StmtKind::Assign && s.side == Side::Self && s.var->storage == Storage::PerTarget;
    return !ofTarget || readElsewhere(p.onPost, *s.var);
  };
  ofEachEdge(p, k, {.space = abi::Space::ReplayedEdges, .edges = &p, .timeOffset = 1}, p.onPost, p.synapsePost, wanted);
  out.tables.projections[p.id].replay.kernel = end();
  command(abi::CommandKind::Replay, end(), p.id);
  for (const auto &[var, to] : moments)
    momentKernel(p, *var, to);
}

void Scheduler::momentKernel(model::Projection &p, const Var &var, uint32_t to) {
  kernel::Kernel &k = begin(fmt::format("{}.{}.then", p.name, var.name), abi::Space::Moments, p.id, "the trace of a source as it was");
  BodyBuilder b(k, *this, {.space = abi::Space::Moments, .edges = &p, .timeOffset = 1, .refreshedValues = false});
  b.store(to, b.index(Op::Moment), b.read(var, Side::Self));
  out.tables.projections[p.id].replay.momentKernels.push_back(end());
}

/// At a spike of a target: what the log keeps of it, before its own traces change.
void Scheduler::log(model::Projection &p) {
  if (const std::vector<Kept> &mine = kept[p.id]; !mine.empty()) {
    kernel::Kernel &k = begin(p.name + ".log", abi::Space::EventCells, p.id, "what `on post` reads of the targets that spiked");
    BodyBuilder b(k, *this, {.space = abi::Space::EventCells, .edges = &p, .timeOffset = 1, .refreshedValues = false});
    for (const Kept &value : mine) {
      const std::string name = out.tables.buffers[value.buffer].name + ".at_spike";
      const uint32_t from = addBuffer(name, out.tables.buffers[value.buffer].elem, abi::Extent::Targets, p.id, false);
      b.store(from, b.index(Op::I), b.read(*value.var, value.side));
      out.tables.projections[p.id].replay.logged.push_back({from, value.buffer});
    }
    command(abi::CommandKind::Departures, end(), p.id);
  }
  command(abi::CommandKind::Log, abi::none, p.id);
}

} // namespace snn::schedule
