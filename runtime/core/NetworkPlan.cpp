// The plan of a network: sizes and expected edges as they are for the build, operations from the commands of the step.
#include "runtime/core/NetworkImpl.h"
#include "runtime/core/RunPlan.h"

#include <algorithm>
#include <cmath>

namespace snn::rt {

namespace {

/// Adds up what the commands of a step cost: kernels say what one of their elements does.
class Operations {
public:
  Operations(const Network::Impl &n, MemoryPlan &p, const std::vector<connect::Request> &r) : net(n), tables(n.tables), plan(p), requests(r) {}

  void add(const abi::Command &c) {
    if (c.signal != abi::none || (c.way != abi::PostWay::Any && (c.way == abi::PostWay::Deferred) != deferred(c.object)))
      return;
    const double interval = c.everyScalar == abi::none ? 0 : net.scalars[c.everyScalar];
    share = interval > 0 ? std::min(net.settings.dt / interval, 1.0) : 1;
    switch (c.kind) {
    case abi::CommandKind::Cells:
    case abi::CommandKind::Collect:
    case abi::CommandKind::Reduce:
      cells(c.object).perStep += share * each(c) * count(c.object);
      return;
    case abi::CommandKind::Edges:
    case abi::CommandKind::ReduceEdges:
      edges(c.object).perStep += share * each(c) * edges(c.object).elements.value_or(0);
      return;
    case abi::CommandKind::Arrivals:
      return events(c, edges(c.object).perSourceSpike, tables.projections[c.object].source);
    case abi::CommandKind::Departures:
      return events(c, edges(c.object).perTargetSpike, tables.projections[c.object].target);
    case abi::CommandKind::Replay:
      edges(c.object).perTargetSpike += each(tables.projections[c.object].replay.kernel) * mean(c.object, tables.projections[c.object].target);
      return;
    case abi::CommandKind::Once: // one element
    case abi::CommandKind::Fill:
    case abi::CommandKind::Record:
    case abi::CommandKind::Log:
      return;
    }
  }

private:
  const Network::Impl &net;
  const abi::NetworkTables &tables;
  MemoryPlan &plan;
  const std::vector<connect::Request> &requests;
  double share = 1; ///< of the steps

  MemoryPlan::Item &cells(uint32_t population) { return plan.at(population); }
  MemoryPlan::Item &edges(uint32_t projection) { return plan.at(tables.populations.size() + projection); }
  double count(uint32_t population) const { return static_cast<double>(net.populations[population].count); }
  double each(uint32_t kernel) const { return kernel == abi::none ? 1 : std::max(1.0, static_cast<double>(tables.kernels[kernel].operations)); }
  double each(const abi::Command &c) const { return each(c.kernel); }
  /// Edges of one of the cells.
  double mean(uint32_t projection, uint32_t population) {
    return count(population) > 0 ? edges(projection).elements.value_or(0) / count(population) : 0;
  }
  bool deferred(uint32_t id) const {
    const abi::Projection &p = tables.projections[id];
    const bool dense = p.delay != abi::DelayKind::Drawn && connect::denseRows(requests[p.group], p.whereKernel != abi::none);
    return net.defersPost(p, dense, net.populations[p.target].count);
  }
  /// A kernel that runs for spikes: over their edges, over the cells that fired, or over all cells in a step with spikes.
  void events(const abi::Command &c, double &perSpike, uint32_t population) {
    if (c.kernel == abi::none)
      return;
    const abi::KernelInfo &kernel = tables.kernels[c.kernel];
    if (kernel.space == abi::Space::Cells)
      cells(kernel.object).perStep += each(c) * count(kernel.object);
    else
      perSpike += each(c) * (kernel.space == abi::Space::EventCells ? 1 : mean(c.object, population));
  }
};

} // namespace

/// Uniform delays decide how many steps of spikes are kept; drawn ones are known later.
Status Network::Impl::planUniformDelays(MemoryPlan &plan) {
  for (size_t k = 0; k < projections.size(); ++k) {
    const abi::Projection &p = tables.projections[k];
    if (p.delay != abi::DelayKind::Uniform || p.delayProgram == abi::none)
      continue;
    const Result<double> ms = values.number(p.delayProgram);
    if (!ms.ok())
      return ms.error();
    projections[k].longest = static_cast<int32_t>(std::clamp(std::round(ms.value() / settings.dt), 0.0, 2e9));
    plan.at(populations.size() + k).bytes += bufferBytes(abi::Extent::Ring, static_cast<uint32_t>(k), static_cast<double>(ringCells(static_cast<uint32_t>(k))) * (projections[k].longest + 1.0));
  }
  planHistories(plan, 1 << 16);
  return {};
}

Result<PlannedRecording> Network::Impl::planRecording(const abi::HostRecord &r, const MemoryPlan &plan) {
  PlannedRecording out{r.place, r.name, r.kind, std::nullopt, std::nullopt, 0, r.condition != abi::hostNone};
  const abi::Variable *variable = nullptr;
  if (r.kind == abi::HostRecordKind::EdgeState) {
    variable = &tables.projections[r.object].variables[r.variable];
    out.values = plan.all()[populations.size() + r.object].elements;
    out.name = tables.projections[r.object].name + "." + variable->name;
  } else if (r.kind != abi::HostRecordKind::Value) {
    const abi::Population &p = tables.populations[r.object];
    variable = r.kind == abi::HostRecordKind::State ? &p.variables[r.variable] : nullptr;
    out.name = p.name + "." + (variable ? variable->name : "spikes");
    if (r.sizeKnown) {
      const Result<connect::Operand> cells = operand({r.object, r.slice}, r.place);
      if (!cells.ok())
        return cells.error();
      out.values = static_cast<double>(cells.value().count());
    }
  } else if (r.sizeKnown) {
    out.values = 1;
  }
  const abi::ValueType type = variable ? variable->type
                              : r.type == abi::HostConstant::Bool ? abi::ValueType::Bool
                              : r.type == abi::HostConstant::Int  ? abi::ValueType::Int
                                                                  : abi::ValueType::Real;
  out.valueBytes = r.kind == abi::HostRecordKind::Spikes ? 16 // time and number of the cell
                   : type == abi::ValueType::Real         ? static_cast<double>(settings.precision)
                   : type == abi::ValueType::Int          ? 8
                                                          : 1;
  if (r.every != abi::none) {
    const Result<double> interval = values.number(r.every);
    if (!interval.ok())
      return interval.error();
    out.everyMs = std::max(1.0, std::round(interval.value() / settings.dt)) * settings.dt;
  } else if (r.eachStep) {
    out.everyMs = settings.dt;
  }
  return out;
}

Status planNetwork(const abi::NetworkTables &tables, std::span<const abi::HostRecord> records, const Settings &settings,
                   SetupValues &values, std::vector<double> scalars, RunPlan &plan) {
  Network::Impl net(tables, nullptr, settings, values);
  net.scalars = std::move(scalars);
  net.scalars.resize(tables.scalars.size());
  plan.settings = settings;
  plan.available = static_cast<double>(availableMemory());
  std::vector<connect::Request> requests;
  const Status fits = net.layOut(plan.memory, requests);
  if (plan.memory.all().size() < tables.populations.size() + tables.projections.size())
    return fits;
  Operations operations(net, plan.memory, requests);
  for (const abi::Command &c : tables.step)
    operations.add(c);
  for (size_t k = 0; k < tables.projections.size(); ++k)
    if (tables.projections[k].delay == abi::DelayKind::Drawn && !tables.projections[k].procedural)
      plan.drawnDelays += plan.memory.all()[tables.populations.size() + k].elements.value_or(0) * sizeof(connect::DelaySegments::Segment);
  for (const abi::HostRecord &r : records) {
    Result<PlannedRecording> planned = net.planRecording(r, plan.memory);
    if (!planned.ok())
      return planned.error();
    plan.recordings.push_back(std::move(planned.value()));
  }
  if (Status s = net.planUniformDelays(plan.memory); !s.ok())
    return s;
  return fits.ok() ? plan.memory.check(plan.available) : fits;
}

} // namespace snn::rt
