// Spikes on their way: which edges they reach in a step, by one delay for all or by the calendar of drawn ones, and `on pre`, `on post`.
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <bit>

namespace snn::rt {

/// Spikes emitted in step m with a delay of d steps arrive in step m + 1 + d: with delay 0 in the step that follows.
Status Network::Impl::gatherArrivals(uint32_t projection) {
  ProjectionState &p = projections[projection];
  if (p.arrivingStep == step)
    return {};
  p.arrivingStep = step;
  p.arriving.clear();
  p.arrivingCells.clear();
  if (p.procedural)
    return gatherProcedural(projection);
  if (p.drawn)
    scheduleArrivals(projection, step);
  listArrivals(projection, step, p.arriving);
  for (const snn_segment &segment : p.arriving)
    p.arrivingCells.push_back(segment.source);
  p.arriving.push_back({}); // fetched ahead, never walked
  return {};
}

/// The segments that arrive in step `at`, of spikes that are emitted already.
void Network::Impl::listArrivals(uint32_t projection, int64_t at, std::vector<snn_segment> &out) {
  ProjectionState &p = projections[projection];
  if (p.drawn) {
    out.swap(p.due(at));
    p.due(at).clear();
    return;
  }
  const int64_t emitted = at - 1 - p.delaySteps;
  if (emitted < p.clearedBefore || emitted < 0)
    return;
  const int64_t *row = p.table.rowBegin.data();
  for (int32_t cell : populations[tables.projections[projection].source].history.at(emitted))
    if (row[cell] < row[cell + 1])
      out.push_back({row[cell], row[cell + 1], cell, 0});
}

/// Drawn delays: the segments of a spike are put down for the steps in which they arrive. Spikes are gone through in the order
/// of their emission, so that in each list the largest delays come first, and the sources ascend. After a gap (`reset`,
/// `load`) the lists are made anew from the spikes that are under way.
void Network::Impl::scheduleArrivals(uint32_t projection, int64_t next) {
  ProjectionState &p = projections[projection];
  const SpikeHistory &history = populations[tables.projections[projection].source].history;
  int64_t emitted = p.scheduledFor - 1;
  if (p.scheduledFor < 0 || p.scheduledFor > next || p.scheduledAfter != p.clearedBefore) {
    p.calendar.assign(std::bit_ceil(static_cast<size_t>(p.segments.longest) + 1), {}); // of all edges that are here now
    emitted = std::max(p.clearedBefore, next - 1 - p.segments.longest);
  }
  for (emitted = std::max<int64_t>(emitted, 0); emitted < next && emitted >= p.clearedBefore; ++emitted)
    for (int32_t cell : history.at(emitted))
      p.schedule(cell, emitted + 1, next);
  p.scheduledFor = next + 1;
  p.scheduledAfter = p.clearedBefore;
}

/// A spike of `cell` that leaves in step `leaves` - 1; what would arrive before `next` is past.
void ProjectionState::schedule(int32_t cell, int64_t leaves, int64_t next) {
  const connect::DelaySegments::Segment *const first = segments.list.data() + segments.first[static_cast<size_t>(cell)];
  const connect::DelaySegments::Segment *const last = segments.list.data() + segments.first[static_cast<size_t>(cell) + 1];
  const int64_t row = table.rowBegin[static_cast<size_t>(cell)], end = table.rowBegin[static_cast<size_t>(cell) + 1];
  for (const connect::DelaySegments::Segment *s = first; s < last; ++s)
    if (const int64_t arrival = leaves + s->steps; arrival >= next)
      due(arrival).push_back({row + s->begin, s + 1 < last ? row + s[1].begin : end, cell, 0});
}

Status Network::Impl::arrivals(const abi::Command &command) {
  if (!takesPart(command))
    return {};
  if (Status s = gatherArrivals(command.object); !s.ok())
    return s;
  ProjectionState &p = projections[command.object];
  if (p.arrivingCells.empty())
    return {};
  switch (tables.kernels[command.kernel].space) {
  case abi::Space::RowEdges: {
    if (p.procedural)
      return deliverProcedural(command.object, command.kernel);
    snn_kernel_args args = arguments(command.kernel);
    args.edges = &p.view;
    return callRows(command.kernel, args, p.arriving);
  }
  case abi::Space::EventCells:
    return launchEvents(command.kernel, p.arrivingCells, command.object);
  case abi::Space::Once:
  case abi::Space::Cells:
  case abi::Space::Edges:
  case abi::Space::ColumnEdges:
  case abi::Space::Pairs:
  case abi::Space::Moments:
  case abi::Space::ReplayedEdges:
    return launch(command.kernel);
  }
  return {};
}

Status Network::Impl::departures(const abi::Command &command) {
  const PopulationState &target = populations[tables.projections[command.object].target];
  const std::vector<int32_t> &spikes = target.history.at(step);
  if (target.lastCollected != step || spikes.empty())
    return {};
  switch (tables.kernels[command.kernel].space) {
  case abi::Space::ColumnEdges:
  case abi::Space::EventCells:
    return launchEvents(command.kernel, spikes, command.object);
  case abi::Space::Once:
  case abi::Space::Cells:
  case abi::Space::Edges:
  case abi::Space::RowEdges:
  case abi::Space::Pairs:
  case abi::Space::Moments:
  case abi::Space::ReplayedEdges:
    return launch(command.kernel);
  }
  return {};
}

} // namespace snn::rt
