// Deferred `on post`: when the spikes of a source arrive, its row is first given the events of its targets since it was walked
// last. The order at an edge, and the operations, are those of `on post` at once; between two arrivals the traces of a source
// change with time alone, so that they are computed for the steps of the events (moments). Which rules allow it is decided by the
// compiler (compiler/model/passes/PostEvents.h). Rows belong to one thread each.
#include "runtime/core/NetworkParts.h"

#include <algorithm>

namespace snn::rt {

namespace {

/// Asks for what is stored for the edges of a row, which lies anywhere in memory: it comes while the row is listed.
void fetchRow(const void *data, size_t bytes, int64_t begin, int64_t end) {
  constexpr ptrdiff_t most = 128 * 64;
  const char *first = static_cast<const char *>(data) + bytes * static_cast<size_t>(begin);
  const char *last = static_cast<const char *>(data) + bytes * static_cast<size_t>(end);
  for (const char *line = first; line < first + std::min(last - first, most); line += 64)
    __builtin_prefetch(line, 1);
}

} // namespace

/// Makes the lists of a projection empty, and what its kernels need beside them.
void Network::Impl::beginReplay(ReplayLists &lists, uint32_t id) {
  ProjectionState &p = projections[id];
  const abi::Replay &replay = tables.projections[id].replay;
  lists.begin(p.table, p.view, *p.log, [this, &lists, id] { runReplay(lists, id); });
  lists.buffers.assign(pointers.begin(), pointers.end());
  lists.values.resize(std::max(lists.values.size(), replay.momentKernels.size()));
  for (size_t k = 0; k < replay.momentKernels.size(); ++k) {
    Block &values = lists.values[k];
    const size_t bytes = lists.mostMoments() * elemSize(abi::Elem::Real);
    if (values.size() < bytes)
      values = Block(bytes);
    if (!values.data())
      throw std::bad_alloc();
    lists.buffers[tables.kernels[replay.momentKernels[k]].stores.front()] = values.data();
  }
  for (size_t k = 0; k < replay.logged.size(); ++k)
    lists.buffers[replay.logged[k].to] = p.log->values[k].data();
}

void Network::Impl::runReplay(const ReplayLists &lists, uint32_t id) {
  const abi::Replay &replay = tables.projections[id].replay;
  const auto run = [&](uint32_t kernel, size_t count) {
    snn_kernel_args args = arguments(kernel);
    args.buffers = lists.buffers.data();
    args.edges = &projections[id].view;
    args.moments = lists.moments();
    args.replayed = lists.entries();
    args.event_target = projections[id].log->target.data();
    args.end = static_cast<int64_t>(count);
    kernels[kernel](&args);
  };
  for (uint32_t kernel : replay.momentKernels)
    run(kernel, lists.momentCount());
  run(replay.kernel, lists.entryCount());
}

/// About how many entries the lists of these rows will have.
int64_t Network::Impl::expectedEntries(uint32_t id, std::span<const int32_t> rows) const {
  const ProjectionState &p = projections[id];
  double expected = 0;
  for (const int32_t source : rows) {
    const size_t row = static_cast<size_t>(source);
    const int32_t events = p.log->eventCount() - p.log->firstEvent[static_cast<size_t>(p.log->seen[row])];
    expected += static_cast<double>(p.table.rowBegin[row + 1] - p.table.rowBegin[row]) * events;
  }
  return static_cast<int64_t>(expected / static_cast<double>(std::max<int64_t>(p.table.targets, 1)));
}

/// Gives the rows of these source cells the events that they have not seen.
void Network::Impl::replayRows(uint32_t id, std::span<const int32_t> rows) {
  if (rows.empty())
    return;
  const uint32_t kernel = tables.projections[id].replay.kernel;
  const int parts = std::min(partsFor(kernel, expectedEntries(id, rows) * costOfEdge), static_cast<int>(rows.size()));
  while (replayLists.size() < static_cast<size_t>(parts))
    replayLists.push_back(std::make_unique<ReplayLists>());
  const std::vector<int64_t> &rowBegin = projections[id].table.rowBegin;
  std::vector<uint32_t> stored; // for each edge
  std::ranges::copy_if(tables.kernels[kernel].loads, std::back_inserter(stored), [&](uint32_t b) { return tables.buffers[b].extent == abi::Extent::Edges; });
  pool.run(parts, [&](int k) {
    ReplayLists &lists = *replayLists[static_cast<size_t>(k)];
    beginReplay(lists, id);
    for (int64_t at = partBegin(std::ssize(rows), 1, parts, k); at < partBegin(std::ssize(rows), 1, parts, k + 1); ++at) {
      const size_t row = static_cast<size_t>(rows[static_cast<size_t>(at)]);
      for (uint32_t buffer : stored)
        fetchRow(pointers[buffer], elemSize(tables.buffers[buffer].elem), rowBegin[row], rowBegin[row + 1]);
      lists.row(static_cast<int32_t>(row));
    }
    lists.finish();
  });
  for (int k = 0; k < parts; ++k)
    worked += replayLists[static_cast<size_t>(k)]->given;
}

/// Rows that have not seen the first `steps` steps of the log are given all of it; then these steps are forgotten.
void Network::Impl::forget(uint32_t id, int32_t steps) {
  SpikeLog &log = *projections[id].log;
  std::vector<int32_t> behind;
  const std::vector<int64_t> &rowBegin = projections[id].table.rowBegin;
  for (size_t row = 0; row < log.seen.size(); ++row)
    if (log.seen[row] < steps && rowBegin[row] < rowBegin[row + 1])
      behind.push_back(static_cast<int32_t>(row));
  replayRows(id, behind);
  log.drop(steps);
}

void Network::Impl::putInLog(uint32_t id) {
  const PopulationState &target = populations[tables.projections[id].target];
  const std::vector<int32_t> &spikes = target.history.at(step);
  if (target.lastCollected != step || spikes.empty())
    return;
  std::vector<const void *> from;
  for (const abi::LoggedValue &value : tables.projections[id].replay.logged)
    from.push_back(pointers[value.from]);
  SpikeLog &log = *projections[id].log;
  log.put(step, spikes, from);
  if (log.full())
    forget(id, log.olderHalf());
}

void Network::Impl::settle() {
  for (uint32_t id = 0; id < projections.size(); ++id)
    settle(id);
}

void Network::Impl::settle(uint32_t id) {
  if (const SpikeLog *log = projections[id].log.get(); log && log->stepCount() > 0)
    forget(id, log->stepCount());
}

/// To walk all rows for a few events would cost more than the events: after short runs of large networks they stay in the log.
bool Network::Impl::worthSettling(uint32_t id) const {
  constexpr int64_t few = 1 << 16;
  const ProjectionState &p = projections[id];
  return p.log && (p.table.edges() < few || 4 * int64_t{p.log->eventCount()} > p.table.targets);
}

/// States of edges are looked at again: what was late may have made them infinite.
Status Network::settle(bool all) {
  bool late = false;
  for (uint32_t id = 0; id < impl->projections.size(); ++id)
    if (const SpikeLog *log = impl->projections[id].log.get(); log && log->stepCount() > 0 && (all || impl->worthSettling(id))) {
      impl->settle(id);
      late = true;
    }
  return late ? impl->checkFinite(impl->checkedAtEnd, impl->step) : Status();
}

/// A view of what replayed events read or change is looked through, and written to, without a call.
void Network::Impl::noteView(uint32_t buffer) {
  for (const abi::Projection &p : tables.projections)
    if (const uint32_t k = p.replay.kernel; k != abi::none)
      lookedThrough |= std::ranges::count(tables.kernels[k].loads, buffer) + std::ranges::count(tables.kernels[k].stores, buffer) > 0;
  if (lookedThrough)
    settle();
}

/// Whether `on post` waits until the rows are walked: not on a device, which has threads for all edges of a column. Up to so many targets, columns of dense rows are not slower.
bool Network::Impl::defersPost(const abi::Projection &projection, bool dense, int64_t targets) const {
  constexpr int64_t mostOfColumns = 1500;
  return settings.device == DeviceKind::Cpu && projection.replay.kernel != abi::none && (!dense || targets > mostOfColumns);
}

void Network::Impl::makeLog(uint32_t id) {
  std::vector<size_t> bytes;
  for (const abi::LoggedValue &value : tables.projections[id].replay.logged)
    bytes.push_back(elemSize(tables.buffers[value.to].elem));
  projections[id].log = std::make_unique<SpikeLog>(projections[id].table.sources, projections[id].table.targets, std::move(bytes));
}

} // namespace snn::rt
