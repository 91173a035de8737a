// What each call of a kernel needs to know: addresses on the device of what the command is for.
#include "runtime/exec/cuda/Launches.h"

namespace snn::rt::cuda {

namespace {

void placeEdges(const Connection &c, Call &call) {
  call.edges = c.edges;
  call.repeats = c.repeats;
  call.firstTarget = c.firstTarget;
  call.lastTarget = c.lastTarget;
}

} // namespace

Arrivals Launches::arrivalsOf(uint32_t id) const {
  const Connection &c = connections.connections[id];
  constexpr int64_t mostInPart = int64_t{1} << 23; // of 128 threads
  Arrivals a{};
  a.ring = address<const Ring>(rings.spikes[net.tables.projections[id].source].ring);
  a.delay = c.longest;
  a.shortest = c.shortest;
  a.firstSource = c.firstSource;
  a.lastSource = c.lastSource;
  a.rowBegin = address<const int64_t>(c.rowBegin);
  a.first = address<const int64_t>(c.first);
  a.segmentsByDelay = address<const snn::cuda::DelaySegment>(c.segments);
  a.begins = address<const uint32_t>(c.begins);
  a.leastParts = static_cast<int32_t>(1 + c.longestRow / mostInPart);
  a.segments = address<snn_segment>(c.arriving);
  a.cells = address<int32_t>(c.arrivingCells);
  a.count = address<int64_t>(connections.arrivingCount(id));
  a.tickets = address<uint64_t>(c.tickets);
  return a;
}

void Launches::gatherArrivals() {
  for (uint32_t id = 0; id < connections.connections.size(); ++id) {
    const Connection &c = connections.connections[id];
    if (!c.listed && !c.listedWhenFull)
      continue;
    Launch launch{.symbol = "snn_gather", .when = c.listed ? When::Always : When::Patient};
    launch.most = c.edges.sources;
    Call call{};
    call.arrivals = arrivalsOf(id);
    call.owner = id;
    launch.calls.push_back(call);
    add(std::move(launch));
  }
}

void Launches::bind(uint32_t kernel, Call &call) {
  call.bound = address<const uint64_t>(boundAt + bound.size() * 8);
  const abi::KernelInfo &info = net.tables.kernels[kernel];
  for (size_t place = 0; place < info.objects.size(); ++place) {
    const uint32_t object = info.objects[place];
    const abi::CudaObject kind = program.kernels[kernel].objects[place];
    bound.push_back(kind == abi::CudaObject::Buffer ? mirror.address(object) : kind == abi::CudaObject::Scalar ? mirror.scalar(object) : object);
  }
}

/// What a kernel is, and what it reads, changes and adds to.
void Launches::describe(uint32_t kernel, Launch &launch) const {
  const abi::KernelInfo &info = net.tables.kernels[kernel];
  const abi::CudaKernel &known = program.kernels[kernel];
  launch.symbol = known.symbol;
  launch.loop = known.loop;
  launch.reads.insert(info.loads.begin(), info.loads.end());
  launch.writes.insert(info.stores.begin(), info.stores.end());
  // two of them would meet at a cell
  const bool alone = known.loop == abi::CudaLoop::Cells || known.loop == abi::CudaLoop::Once || known.loop == abi::CudaLoop::ColumnsInOrder;
  for (uint32_t place : alone ? std::vector<uint32_t>() : known.added) {
    launch.reads.erase(info.objects[place]);
    launch.writes.erase(info.objects[place]);
    launch.adds.insert(info.objects[place]);
  }
}

void Launches::kernelCall(uint32_t number, Launch &launch) {
  const abi::Command &command = net.tables.step[number];
  const abi::KernelInfo &info = net.tables.kernels[command.kernel];
  const abi::CudaKernel &known = program.kernels[command.kernel];
  describe(command.kernel, launch);
  Call call{};
  bind(command.kernel, call);
  if (info.space == abi::Space::Cells) {
    call.cells = net.populations[info.object].count;
    launch.most = call.cells;
  }
  if (command.kind == abi::CommandKind::Arrivals)
    arrivalCall(command, call, launch);
  else if (command.kind == abi::CommandKind::Departures)
    departureCall(command, call, launch);
  else if (command.kind == abi::CommandKind::Edges)
    edgesCall(command, call, launch);
  launch.pushes = known.pushes && connections.connections[command.object].pushes;
  launch.walks = launch.pushes || known.loop == abi::CudaLoop::Arriving;
  if (known.loop != abi::CudaLoop::Targets) {
    launch.calls.push_back(call);
    return;
  }
  launch.byTarget[{net.tables.projections[command.object].target, launch.pushes ? *launch.adds.begin() : abi::none}].push_back(call);
}

void Launches::edgesCall(const abi::Command &command, Call &call, Launch &launch) const {
  const Connection &c = connections.connections[command.object];
  placeEdges(c, call);
  call.segments = address<const snn_segment>(c.rows);
  call.segmentCount = address<const int64_t>(c.rowCount);
  launch.most = c.edges.edges;
}

void Launches::arrivalCall(const abi::Command &command, Call &call, Launch &launch) {
  const Connection &c = connections.connections[command.object];
  const abi::Space space = net.tables.kernels[command.kernel].space;
  if (space == abi::Space::RowEdges) {
    placeEdges(c, call);
    call.arrivals = arrivalsOf(command.object);
    call.segments = address<const snn_segment>(c.arriving);
    call.segmentCount = address<const int64_t>(connections.arrivingCount(command.object));
  } else if (space == abi::Space::EventCells) {
    call.events = address<const int32_t>(c.arrivingCells);
    call.eventCount = address<const int64_t>(connections.arrivingCount(command.object));
    launch.most = c.edges.sources / quietCells;
  } else {
    call.when = address<const int64_t>(connections.arrivingCount(command.object));
  }
}

void Launches::departureCall(const abi::Command &command, Call &call, Launch &launch) {
  const Connection &c = connections.connections[command.object];
  const uint32_t target = net.tables.projections[command.object].target;
  call.edges = c.edges;
  call.departing = address<const Ring>(rings.spikes[target].ring);
  launch.reads.insert(spikesOf(target));
  if (launch.loop == abi::CudaLoop::Columns)
    launch.most = c.edges.edges / quietEdges;
  else if (launch.loop == abi::CudaLoop::Events || launch.loop == abi::CudaLoop::ColumnsInOrder)
    launch.most = c.edges.targets / quietCells;
}

Launch Launches::collect(const abi::Command &command) {
  const abi::Population &p = net.tables.populations[command.object];
  const Spikes &s = rings.spikes[command.object];
  const auto buffer = [&](uint32_t id) { return id == abi::none ? 0 : mirror.address(id); };
  Launch launch{.symbol = "snn_collect"};
  launch.most = net.populations[command.object].count;
  Call &call = launch.calls.emplace_back();
  call.collect = {address<Ring>(s.ring), address<uint8_t>(buffer(p.flags)), address<int64_t>(buffer(p.spikeStep)), net.populations[command.object].count,
                  address<const int64_t>(s.trainSteps), address<const int32_t>(s.trainCells), static_cast<int64_t>(net.populations[command.object].train.size()),
                  address<uint64_t>(s.tickets)};
  if (p.spikeTimes != abi::none && !call.collect.trainSteps)
    call.collect.trainSteps = address<const int64_t>(s.ring); // an empty list is a list
  for (const uint32_t id : {p.flags, p.spikeStep})
    if (id != abi::none)
      launch.writes.insert(id);
  launch.writes.insert(spikesOf(command.object));
  return launch;
}

Launch Launches::fill(const abi::Command &command) {
  Launch launch{.symbol = "snn_fill"};
  launch.most = static_cast<int64_t>(net.buffers[command.to].block.size() / 8);
  Call &call = launch.calls.emplace_back();
  call.reduction.to = address<void>(mirror.address(command.to));
  call.reduction.count = launch.most;
  launch.writes.insert(command.to);
  return launch;
}

namespace {

snn::cuda::ReductionKind kindOf(abi::ReduceKind kind) {
  using snn::cuda::ReductionKind;
  switch (kind) {
  case abi::ReduceKind::Mean: return ReductionKind::Mean;
  case abi::ReduceKind::Max: return ReductionKind::Max;
  case abi::ReduceKind::Min: return ReductionKind::Min;
  case abi::ReduceKind::Count: return ReductionKind::Count;
  case abi::ReduceKind::Sum:
  case abi::ReduceKind::Rank: break;
  }
  return ReductionKind::Sum;
}

} // namespace

/// From `from` to `to`, into one result.
Launch Launches::reductionOfAll(const abi::Command &command) {
  Launch launch{.symbol = command.reduce == abi::ReduceKind::Count ? "snn_count" : "snn_reduce"};
  Call &call = launch.calls.emplace_back();
  call.reduction = {};
  call.reduction.from = address<const void>(mirror.address(command.from));
  call.reduction.to = address<void>(mirror.address(command.to));
  call.reduction.kind = kindOf(command.reduce);
  launch.reads.insert(command.from);
  launch.writes.insert(command.to);
  return launch;
}

Launch Launches::reduction(const abi::Command &command) {
  Launch launch = reductionOfAll(command);
  snn::cuda::Reduction &r = launch.calls.front().reduction;
  r.count = net.populations[command.object].count;
  const bool rank = command.reduce == abi::ReduceKind::Rank, apart = command.groups != abi::none;
  if (!rank && !apart)
    return launch;
  r.each = std::max<int64_t>(net.cellsReducedTogether(command), 1);
  if (apart) {
    const uint32_t order = net.tables.populations[command.object].groups[command.groups].order;
    r.order = address<const int64_t>(mirror.address(order));
    launch.reads.insert(order);
  }
  launch.symbol = rank ? "snn_rank" : "snn_reduce_each";
  r.count = rank ? r.count : r.count / r.each;
  launch.most = r.count;
  return launch;
}

Launch Launches::edgeReduction(const abi::Command &command) {
  const Connection &c = connections.connections[command.object];
  Launch launch = reductionOfAll(command);
  Call &call = launch.calls.front();
  call.edges = c.edges;
  call.reduction.order = address<const int64_t>(c.order);
  call.reduction.count = c.edges.edges;
  if (command.over == abi::Extent::One)
    return launch;
  launch.symbol = "snn_reduce_each";
  const bool targets = command.over == abi::Extent::Targets;
  call.reduction.count = targets ? c.edges.targets : c.edges.sources;
  call.reduction.begin = targets ? c.edges.column_begin : c.edges.row_begin;
  if (targets)
    call.reduction.order = c.edges.column_edge;
  launch.most = call.reduction.count;
  return launch;
}

Call Launches::checkCall(uint32_t buffer, bool always) const {
  Call call{};
  call.checked = {address<const void>(mirror.address(buffer)), net.buffers[buffer].count, always};
  return call;
}

} // namespace snn::rt::cuda
