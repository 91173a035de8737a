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
  const size_t most = 2 * net.tables.step.size() + net.projections.size() + net.tables.buffers.size() + 1;
  device.want(&callsAt, most * sizeof(Call), "the network", "its commands");
  device.want(&ownersAt, most * sizeof(Owners), "the network", "its commands");
  device.want(&inboxesAt, most * sizeof(Owners), "the network", "its commands");
  device.want(&boundAt, mostBound * 8, "the network", "its commands");
  device.want(&checkAt, net.tables.buffers.size() * sizeof(Call), "the network", "its checks");
  device.want(&checkedAt, net.checkedByKernels.size() * sizeof(snn::cuda::Checked), "the network", "its checks");
}

Status Launches::build() {
  bound.reserve(mostBound); // calls point into it
  gatherArrivals();
  for (uint32_t k = 0; k < net.tables.step.size(); ++k)
    command(k);
  endOfStep();
  addTakers();
  layOut();
  for (Launch &launch : list) {
    launch.function = device.function(launch.symbol);
    if (launch.pushes)
      launch.push = device.function(launch.symbol + "_push");
    if (launch.walks)
      share(launch);
  }
  wantBuckets();
  if (Status s = device.take(); !s.ok())
    return s;
  placeBuckets();
  for (const Launch &launch : list) {
    device.upload(launch.sharesAt, launch.shares);
    if (launch.walks)
      calls[launch.firstCall].arrivals.shares = address<const snn::cuda::BlockShare>(launch.sharesAt);
  }
  device.upload(boundAt, bound);
  device.upload(ownersAt, owners);
  device.upload(inboxesAt, inboxes);
  device.upload(checkedAt, checkedLast);
  upload();
  return device.wait();
}

/// Joins the launch to an earlier one with the same code, if nothing between depends on it, else appends it. Sums at cells keep the
/// order of the commands: within a launch by the order of its calls, between launches by their order.
void Launches::add(Launch &&next) {
  Launch *joined = nullptr;
  for (auto it = list.rbegin(); it != list.rend(); ++it) {
    const bool before = depend(*it, next), sums = meet(it->adds, next.adds);
    if (it->symbol == next.symbol && it->pushes == next.pushes && it->when == next.when && !before)
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
  joined->collects |= next.collects;
}

void Launches::command(uint32_t number) {
  const abi::Command &c = net.tables.step[number];
  if (!net.takesPart(c) || c.signal != abi::none) // what a signal starts is the host's
    return;
  if (c.kernel != abi::none && program.kernels[c.kernel].symbol.empty())
    return;
  Launch launch;
  switch (c.kind) {
  case abi::CommandKind::Cells: case abi::CommandKind::Once: case abi::CommandKind::Edges:
  case abi::CommandKind::Arrivals: case abi::CommandKind::Departures:
    kernelCall(number, launch);
    break;
  case abi::CommandKind::Collect:
    launch = collect(c);
    if (collectWhereComputed(c, launch))
      return;
    break;
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

/// The launch that computes a population's cells collects their spikes too, if it has a thread for each and nothing that depends on
/// them comes between.
bool Launches::collectWhereComputed(const abi::Command &command, const Launch &collecting) {
  const uint32_t flags = net.tables.populations[command.object].flags;
  const int64_t cells = net.populations[command.object].count;
  if (flags == abi::none || collecting.calls.front().collect.trainSteps || cells > int64_t{computingBlocks} * 256)
    return false;
  for (auto it = list.rbegin(); it != list.rend(); ++it) {
    if (it->loop == abi::CudaLoop::Cells && it->writes.contains(flags))
      for (Call &call : it->calls) {
        const abi::Command &computing = net.tables.step[call.command];
        if (net.tables.kernels[computing.kernel].object != command.object || computing.everyScalar != abi::none)
          continue;
        call.collect = collecting.calls.front().collect;
        it->collects = true;
        it->writes.insert(collecting.writes.begin(), collecting.writes.end());
        return true;
      }
    if (depend(*it, collecting))
      return false;
  }
  return false;
}

/// The step ends in its last launch if that collects the spikes of all its cells, else by one more.
void Launches::endOfStep() {
  const auto collects = [](const Call &call) { return call.collect.tickets != nullptr; };
  if (net.checkedEachStep.empty() && !list.empty() && list.back().collects && std::ranges::all_of(list.back().calls, collects)) {
    for (uint32_t id : net.checkedByKernels)
      checkedLast.push_back(checkCall(id, false).checked);
    for (Call &call : list.back().calls)
      call.ending = {static_cast<uint32_t>(list.back().calls.size()), static_cast<int32_t>(checkedLast.size()),
                     address<const snn::cuda::Checked>(checkedAt)};
    return;
  }
  Launch end{.symbol = "snn_end_step"};
  for (uint32_t id : net.checkedByKernels)
    end.calls.push_back(checkCall(id, false));
  for (uint32_t id : net.checkedEachStep) {
    end.calls.push_back(checkCall(id, true));
    end.most = std::max(end.most, net.buffers[id].count);
  }
  if (end.calls.empty())
    end.calls.emplace_back(); // of nothing
  list.push_back(std::move(end));
}

/// Puts the calls of all launches into one array.
void Launches::layOut() {
  for (Launch &launch : list) {
    launch.firstCall = calls.size();
    launch.firstOwner = owners.size();
    for (auto &[target, of] : launch.byTarget) {
      const int64_t cells = net.populations[target.first].count;
      for (Call &call : of)
        call.owner = static_cast<uint32_t>(launch.owners.size());
      launch.owners.push_back({cells, static_cast<uint32_t>(launch.calls.size()), static_cast<uint32_t>(of.size()), 0, {}});
      launch.mostTargets = std::max(launch.mostTargets, cells);
      launch.calls.insert(launch.calls.end(), of.begin(), of.end());
    }
    calls.insert(calls.end(), launch.calls.begin(), launch.calls.end());
    owners.insert(owners.end(), launch.owners.begin(), launch.owners.end());
  }
}

void Launches::upload() {
  for (const Launch &launch : list)
    for (size_t k = 0; k < launch.calls.size(); ++k) {
      Call &call = calls[launch.firstCall + k];
      if (launch.symbol == "snn_gather")
        call.arrivals.clearedBefore = net.projections[call.owner].clearedBefore;
      else if (launch.symbol != "snn_end_step" && launch.symbol != "snn_take")
        call.every = net.intervalSteps[call.command];
      if (launch.walks)
        call.arrivals.clearedBefore = net.projections[net.tables.step[call.command].object].clearedBefore;
    }
  device.upload(callsAt, calls);
}

namespace {

/// Enough blocks for `elements` elements of each call, `each` a block, but no more than are on their way at a time.
unsigned blocksFor(int64_t elements, int64_t each, int64_t wave, int64_t calls = 1) {
  return static_cast<unsigned>(std::clamp<int64_t>((elements + each - 1) / each, 1, std::max<int64_t>(wave / calls, 1)));
}

} // namespace

Grid Launches::gridOf(const Launch &launch, Handle function) {
  const unsigned calls = static_cast<unsigned>(std::max<size_t>(1, launch.calls.size()));
  const auto blocks = [&](unsigned threads) { return blocksFor(launch.most, threads, device.wave(function, threads), calls); };
  if (launch.walks && (function == launch.push || !launch.pushes))
    return {static_cast<unsigned>(launch.shares.size()), 1, snn::cuda::walkers};
  switch (launch.loop) {
  case abi::CudaLoop::None: {
    if (launch.symbol == "snn_reduce" || launch.symbol == "snn_count")
      return {1, calls, 256};
    if (launch.symbol == "snn_gather")
      return {blocksFor(launch.most, 256, gatherBlocks), calls, 256};
    if (launch.symbol == "snn_collect")
      return {blocksFor(launch.most, 16 * 256, collectBlocks), calls, 256};
    return {blocks(256), calls, 256};
  }
  case abi::CudaLoop::Once: return {1, calls, 32};
  case abi::CudaLoop::Targets: return {static_cast<unsigned>((launch.mostTargets + 127) / 128), static_cast<unsigned>(launch.owners.size()), 128};
  case abi::CudaLoop::Cells:
    return {launch.collects ? blocksFor(launch.most, 256, computingBlocks) : blocks(256), calls, 256};
  case abi::CudaLoop::Events: case abi::CudaLoop::Rows: case abi::CudaLoop::Columns: case abi::CudaLoop::ColumnsInOrder:
    return {blocks(128), calls, 128};
  case abi::CudaLoop::Arriving: break; // it walks
  }
  return {};
}

/// Half of the blocks that are on their way at a time look for spikes, of which each call may have as many; half walk edges.
void Launches::share(Launch &launch) {
  int64_t edges = 0;
  for (const Call &call : launch.calls)
    edges += call.edges.edges;
  const int64_t number = static_cast<int64_t>(launch.calls.size()), wave = device.wave(launch.pushes ? launch.push : launch.function, snn::cuda::walkers);
  for (uint32_t k = 0; k < launch.calls.size(); ++k) {
    const snn_edges &e = launch.calls[k].edges;
    const double part = static_cast<double>(e.edges) / static_cast<double>(std::max<int64_t>(edges, 1));
    const int64_t most = static_cast<int64_t>(static_cast<double>(wave) / 2 * (1 / static_cast<double>(number) + part));
    const int64_t needed = std::max(e.edges / quietEdges, e.sources / quietCells) / snn::cuda::walkers + 1;
    const uint32_t mine = static_cast<uint32_t>(std::clamp<int64_t>(most, 1, needed));
    for (uint32_t block = 0; block < mine; ++block)
      launch.shares.push_back({k, block, mine});
  }
  device.want(&launch.sharesAt, launch.shares.size() * sizeof(snn::cuda::BlockShare), "the network", "its commands");
}

void Launches::startOne(const Launch &launch, Handle function, uint64_t control) {
  device.launch(function, gridOf(launch, function), control, callsAt + launch.firstCall * sizeof(Call), ownersAt + launch.firstOwner * sizeof(Owners));
}

void Launches::start(uint64_t control, const std::function<void()> &after) {
  for (const Launch &launch : list) {
    if (!launch.isQuick())
      continue;
    startOne(launch, launch.pushes ? launch.push : launch.function, control);
    if (after)
      after();
  }
}

void Launches::startPatiently(uint64_t control) {
  for (const Launch &launch : list)
    if (launch.when == When::Always || launch.when == When::Patient)
      startOne(launch, launch.function, control);
}

/// What was pushed before and waits in buckets is added up first, as it is earlier in the order of the commands.
void Launches::resume(uint64_t control, size_t from) {
  for (size_t k = 0; k < list[from].owners.size(); ++k) {
    const Owners &unfinished = owners[list[from].firstOwner + k];
    device.clear(reinterpret_cast<DevicePointer>(unfinished.buckets.counts), static_cast<size_t>(unfinished.targets) * sizeof *unfinished.buckets.counts);
  }
  for (size_t k = 0; k < list.size(); ++k) {
    const When when = list[k].when;
    if (when == When::Patient || (k < from ? when == When::Resumed : when == When::Always))
      startOne(list[k], list[k].function, control);
  }
}

void Launches::startCheck(uint64_t control, std::span<const uint32_t> buffers) {
  Launch check{.symbol = "snn_check"};
  check.function = device.function(check.symbol);
  for (uint32_t id : buffers) {
    check.calls.push_back(checkCall(id, true));
    check.most = std::max(check.most, net.buffers[id].count);
  }
  device.upload(checkAt, check.calls);
  device.launch(check.function, gridOf(check, check.function), control, checkAt, ownersAt);
}

} // namespace snn::rt::cuda
