// What `--profile` measures: the time of each command of the step, and the bytes and operations that it cannot do without.
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace snn::rt {

Status Network::Impl::timed(size_t k) {
  using Clock = std::chrono::steady_clock;
  const abi::Command &command = tables.step[k];
  if (!takesPart(command))
    return {};
  worked = 0;
  const Clock::time_point begin = Clock::now();
  Status done = execute(command);
  times[k].seconds += std::chrono::duration<double>(Clock::now() - begin).count();
  ++times[k].calls;
  if (command.kind == abi::CommandKind::Collect)
    spikesSeen += static_cast<int64_t>(populations[command.object].history.at(step).size());
  times[k].elements += command.kind == abi::CommandKind::Collect || command.kind == abi::CommandKind::Reduce
                           ? populations[command.object].count
                           : worked;
  return done;
}

namespace {

std::string nameOf(const abi::NetworkTables &tables, const abi::Command &command) {
  if (command.kernel != abi::none)
    return tables.kernels[command.kernel].name;
  switch (command.kind) {
  case abi::CommandKind::Collect: return "spikes of " + tables.populations[command.object].name;
  case abi::CommandKind::Reduce: return "reduction over " + tables.populations[command.object].name;
  case abi::CommandKind::ReduceEdges: return "reduction over " + tables.projections[command.object].name;
  case abi::CommandKind::Fill: return "clearing of " + tables.buffers[command.to].name;
  case abi::CommandKind::Log: return "log of " + tables.projections[command.object].name;
  default: return "recording";
  }
}

} // namespace

ProfileRow Network::Impl::profileRow(size_t k, const CommandTime &time) const {
  const abi::Command &command = tables.step[k];
  ProfileRow row;
  row.name = nameOf(tables, command);
  if (const size_t together = projectionsOf(command); together > 1)
    row.name += fmt::format(" and {} more", together - 1);
  row.seconds = time.seconds;
  row.calls = time.calls;
  row.elements = time.elements;
  if (command.kernel == abi::none) {
    row.bytes = command.kind == abi::CommandKind::Collect ? static_cast<double>(row.elements) : 0; // the flags
    row.footprint = row.calls ? row.bytes / static_cast<double>(row.calls) : 0;
    return row;
  }
  const abi::KernelInfo &kernel = tables.kernels[command.kernel];
  const bool rows = kernel.space == abi::Space::RowEdges || kernel.space == abi::Space::Edges;
  const bool replayed = kernel.space == abi::Space::ReplayedEdges;
  row.edges = rows || replayed || kernel.space == abi::Space::ColumnEdges;
  double each = 0;
  const auto add = [&](uint32_t id, bool mine) {
    each += mine ? static_cast<double>(elemSize(tables.buffers[id].elem)) : 0;
    row.footprint += static_cast<double>(buffers[id].block.size());
  };
  // Of an edge, only what is stored for edges must come from memory each time.
  for (uint32_t id : kernel.loads)
    add(id, !row.edges || tables.buffers[id].extent == abi::Extent::Edges);
  for (uint32_t id : kernel.stores) {
    add(id, !row.edges || tables.buffers[id].extent == abi::Extent::Edges);
    if (std::ranges::find(kernel.loads, id) != kernel.loads.end())
      row.footprint -= static_cast<double>(buffers[id].block.size());
  }
  if (row.edges) {
    const connect::EdgeTable &table = projections[kernel.object].table;
    const double target = static_cast<double>(connect::TargetList::bytesPerEdge(table.targets));
    each += replayed ? sizeof(snn_replayed) : !rows ? 12 : table.dense ? 0 : target;
    row.footprint += static_cast<double>(table.edges()) * (table.dense ? 0 : target);
  }
  row.bytes = each * static_cast<double>(row.elements);
  const size_t memory = std::min<size_t>(kernel.loads.size() + kernel.stores.size(), kernel.operations); // these have ports of their own
  row.operations = static_cast<double>(kernel.operations - memory) * static_cast<double>(row.elements);
  return row;
}

Profile Network::profile() const {
  if (impl->device)
    return impl->device->profile();
  Profile out;
  out.spikes = impl->spikesSeen;
  out.threads = impl->pool.size();
  for (size_t k = 0; k < impl->times.size(); ++k)
    if (impl->times[k].calls)
      out.rows.push_back(impl->profileRow(k, impl->times[k]));
  return out;
}

} // namespace snn::rt
