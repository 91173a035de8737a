// What `--profile` says of a device's kernels: their times were measured by events, what they cannot do without is what it is on the CPU.
#include "runtime/exec/cuda/Launches.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt::cuda {

namespace {

/// Of the kernels that all models share.
std::string sharedName(const std::string &symbol) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"snn_gather", "lists of what arrives"}, {"snn_collect", "lists of spikes"}, {"snn_take", "sums of what arrives"}, {"snn_end_step", "end of the step"}};
  const auto found = std::ranges::find(names, symbol, [](const auto &name) { return name.first; });
  return found != std::end(names) ? std::string(found->second) : symbol;
}

void include(ProfileRow &row, const ProfileRow &call) {
  row.edges = call.edges;
  row.elements += call.elements;
  row.bytes += call.bytes;
  row.operations += call.operations;
  row.footprint += call.footprint;
}

} // namespace

std::vector<ProfileRow> Launches::rows(const std::vector<double> &seconds, int64_t measured, int64_t steps, const std::vector<int64_t> &edgesWalked) const {
  std::vector<ProfileRow> out;
  size_t kernel = 0;
  for (const Launch &launch : list) {
    if (!launch.isQuick())
      continue;
    ProfileRow row;
    row.name = sharedName(launch.symbol);
    size_t together = 0;
    for (const Call &call : launch.calls) {
      const abi::Command &command = net.tables.step[call.command];
      if (launch.loop == abi::CudaLoop::None)
        continue;
      const abi::Space space = net.tables.kernels[command.kernel].space;
      const bool arrivals = space == abi::Space::RowEdges, cells = space == abi::Space::Cells;
      const int64_t elements = cells ? call.cells * measured / std::max<int64_t>(net.intervalSteps[call.command], 1) : arrivals ? edgesWalked[command.object] * measured / std::max<int64_t>(steps, 1) : 0;
      together += net.projectionsOf(command);
      include(row, net.profileRow(call.command, {0, measured, elements}));
    }
    if (launch.loop != abi::CudaLoop::None)
      row.name = net.tables.kernels[net.tables.step[launch.calls.front().command].kernel].name;
    if (together > 1)
      row.name += fmt::format(" and {} more", together - 1);
    row.calls = measured;
    row.seconds = kernel < seconds.size() ? seconds[kernel] : 0; // no step went the quick way
    ++kernel;
    out.push_back(row);
  }
  return out;
}

} // namespace snn::rt::cuda
