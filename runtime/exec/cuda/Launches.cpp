// From the commands of a step to launches: which may share one, and how each is started.
#include "runtime/exec/cuda/Launches.h"

#include <algorithm>

namespace snn::rt::cuda {

namespace {

bool meet(const std::set<uint32_t> &a, const std::set<uint32_t> &b) {
  return std::ranges::any_of(a, [&](uint32_t x) { return b.contains(x); });
}

/// Whether one must be finished before the other begins, but for sums that both add to.
bool depend(const Launch &a, const Launch &b) {
  return meet(a.writes, b.reads) || meet(a.reads, b.writes) || meet(a.writes, b.writes) || meet(a.adds, b.reads) || meet(a.reads, b.adds) ||
         meet(a.adds, b.writes) || meet(a.writes, b.adds);
}

} // namespace

void Launches::want() {
  for (const abi::Command &command : net.tables.step)
    mostBound += command.kernel == abi::none ? 0 : net.tables.kernels[command.kernel].objects.size();
  const size_t most = net.tables.step.size() + net.projections.size() + net.tables.buffers.size() + 1;
  device.want(&callsAt, most * sizeof(Call), "the network", "its commands");
  device.want(&ownersAt, most * sizeof(Owners), "the network", "its commands");
  device.want(&boundAt, mostBound * 8, "the network", "its commands");
  device.want(&checkAt, net.tables.buffers.size() * sizeof(Call), "the network", "its checks");
}

Status Launches::build() {
  bound.reserve(mostBound); // calls point into it
  gatherArrivals();
  for (uint32_t k = 0; k < net.tables.step.size(); ++k)
    command(k);
  endOfStep();
  layOut();
  wantBuckets();
  if (Status s = device.take(); !s.ok())
    return s;
  for (size_t k = 0; k < owners.size(); ++k)
    owners[k].buckets = buckets[k];
  for (Launch &launch : list) {
    launch.function = device.function(launch.symbol);
    if (launch.pushes) {
      launch.push = device.function(launch.symbol + "_push");
      launch.add = device.function(launch.symbol + "_add");
    }
  }
  device.upload(boundAt, bound);
  device.upload(ownersAt, owners);
  upload();
  return device.wait();
}

/// Joins the launch to an earlier one with the same code, if nothing between depends on it, else appends it. Sums at cells keep the
/// order of the commands: within a launch by the order of its calls, between launches by their order.
void Launches::add(Launch &&next) {
  Launch *joined = nullptr;
  for (auto it = list.rbegin(); it != list.rend(); ++it) {
    const bool before = depend(*it, next), sums = meet(it->adds, next.adds);
    if (it->symbol == next.symbol && !before)
      joined = &*it;
    if (before || sums)
      break;
  }
  if (!joined) {
    list.push_back(std::move(next));
    return;
  }
  joined->calls.insert(joined->calls.end(), next.calls.begin(), next.calls.end());
  for (auto &[target, calls] : next.byTarget)
    joined->byTarget[target].insert(joined->byTarget[target].end(), calls.begin(), calls.end());
  joined->reads.merge(next.reads);
  joined->writes.merge(next.writes);
  joined->adds.merge(next.adds);
  joined->most = std::max(joined->most, next.most);
  joined->mostEdges = std::max(joined->mostEdges, next.mostEdges);
}

void Launches::command(uint32_t number) {
  const abi::Command &c = net.tables.step[number];
  if (!net.goes(c))
    return;
  if (c.kernel != abi::none && program.kernels[c.kernel].symbol.empty())
    return;
  Launch launch;
  switch (c.kind) {
  case abi::CommandKind::Cells: case abi::CommandKind::Once: case abi::CommandKind::Edges:
  case abi::CommandKind::Arrivals: case abi::CommandKind::Departures:
    kernelCall(number, launch);
    break;
  case abi::CommandKind::Collect: launch = collect(c); break;
  case abi::CommandKind::Reduce: launch = reduction(c); break;
  case abi::CommandKind::ReduceEdges: launch = edgeReduction(c); break;
  case abi::CommandKind::Fill: launch = fill(c); break;
  case abi::CommandKind::Record: case abi::CommandKind::Replay: case abi::CommandKind::Log: return;
  }
  for (Call &call : launch.calls)
    call.command = number;
  for (auto &[target, calls] : launch.byTarget)
    calls.front().command = number;
  add(std::move(launch));
}

void Launches::endOfStep() {
  Launch check{.symbol = "snn_check"};
  for (uint32_t id : net.checkedByKernels)
    check.calls.push_back(checkCall(id, false));
  for (uint32_t id : net.checkedEachStep) {
    check.calls.push_back(checkCall(id, true));
    check.most = std::max(check.most, net.buffers[id].count);
  }
  if (!check.calls.empty())
    list.push_back(std::move(check));
  list.push_back({.symbol = "snn_end_step"});
}

/// Puts the calls of all launches into one array.
void Launches::layOut() {
  for (Launch &launch : list) {
    launch.firstCall = calls.size();
    launch.firstOwner = owners.size();
    launch.most = launch.byTarget.empty() ? launch.most : 1;
    for (auto &[target, of] : launch.byTarget) {
      const int64_t cells = net.populations[target.first].count;
      for (Call &call : of)
        call.owner = static_cast<uint32_t>(launch.owners.size());
      launch.owners.push_back({cells, static_cast<uint32_t>(launch.calls.size()), static_cast<uint32_t>(of.size()), {}});
      launch.most = std::max(launch.most, cells);
      launch.calls.insert(launch.calls.end(), of.begin(), of.end());
    }
    calls.insert(calls.end(), launch.calls.begin(), launch.calls.end());
    owners.insert(owners.end(), launch.owners.begin(), launch.owners.end());
  }
}

/// Without where the key of an edge would not have room.
void Launches::wantBuckets() {
  buckets.resize(owners.size());
  for (Launch &launch : list) {
    for (const Call &call : launch.calls)
      launch.pushes &= launch.calls.size() < 4096 && call.edges.sources < int64_t{1} << 28 && call.edges.targets * std::max<int64_t>(call.repeats, 1) < int64_t{1} << 24;
    for (size_t k = 0; launch.pushes && k < launch.owners.size(); ++k) {
      const size_t targets = static_cast<size_t>(launch.owners[k].targets);
      snn::cuda::Buckets &b = buckets[launch.firstOwner + k];
      const auto want = [&](auto *&place, size_t bytes) { device.want(reinterpret_cast<uint64_t *>(&place), bytes, "the network", "what arrives in a step"); };
      want(b.counts, targets * 4);
      want(b.keys, targets * snn::cuda::bucketDepth * 8);
      want(b.values, targets * snn::cuda::bucketDepth * 8);
      want(b.overflow, 8);
    }
  }
}

void Launches::upload() {
  for (const Launch &launch : list)
    for (size_t k = 0; k < launch.calls.size(); ++k) {
      Call &call = calls[launch.firstCall + k];
      if (launch.symbol == "snn_gather")
        call.arrivals.clearedBefore = net.projections[call.owner].clearedBefore;
      else if (launch.symbol != "snn_check")
        call.every = net.intervalSteps[call.command];
    }
  device.upload(callsAt, calls);
}

/// Enough blocks for `threads` threads, `each` a block, but not more than are on their way at a time.
unsigned Launches::blocksFor(int64_t threads, unsigned each) const {
  const int64_t wave = int64_t{device.api().processors} * 2048 / each;
  return static_cast<unsigned>(std::clamp<int64_t>((threads + each - 1) / each, 1, wave));
}

Grid Launches::gridOf(const Launch &launch) const {
  const unsigned calls = static_cast<unsigned>(std::max<size_t>(1, launch.calls.size()));
  switch (launch.loop) {
  case abi::CudaLoop::None: {
    if (launch.symbol == "snn_end_step")
      return {1, 1, 32};
    const bool wide = launch.symbol == "snn_fill" || launch.symbol == "snn_check" || launch.symbol == "snn_rank" || launch.symbol == "snn_reduce_edges";
    return {wide ? blocksFor(launch.most, 256) : 1, calls, 256};
  }
  case abi::CudaLoop::Once: return {1, calls, 32};
  case abi::CudaLoop::Targets: return {static_cast<unsigned>((launch.most + 127) / 128), static_cast<unsigned>(launch.owners.size()), 128};
  case abi::CudaLoop::Cells: case abi::CudaLoop::Events: case abi::CudaLoop::Rows: case abi::CudaLoop::Columns:
    return {blocksFor(launch.most, 128), calls, 128};
  }
  return {};
}

void Launches::start(uint64_t control) {
  for (const Launch &launch : list) {
    const uint64_t callsOf = callsAt + launch.firstCall * sizeof(Call), ownersOf = ownersAt + launch.firstOwner * sizeof(Owners);
    if (launch.pushes) {
      device.launch(launch.push, {blocksFor(launch.mostEdges, 128), static_cast<unsigned>(launch.calls.size()), 128}, control, callsOf, ownersOf);
      device.launch(launch.add, {blocksFor(launch.most, 128), static_cast<unsigned>(launch.owners.size()), 128}, control, callsOf, ownersOf);
    }
    device.launch(launch.function, gridOf(launch), control, callsOf, ownersOf);
  }
}

void Launches::startCheck(uint64_t control, std::span<const uint32_t> buffers) {
  Launch check{.symbol = "snn_check"};
  for (uint32_t id : buffers) {
    check.calls.push_back(checkCall(id, true));
    check.most = std::max(check.most, net.buffers[id].count);
  }
  device.upload(checkAt, check.calls);
  device.launch(device.function(check.symbol), gridOf(check), control, checkAt, ownersAt);
}

} // namespace snn::rt::cuda
