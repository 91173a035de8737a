// Which parts of a network's connectivity a device needs, and their copies.
#include "runtime/exec/cuda/Connections.h"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>

namespace snn::rt::cuda {

namespace {

/// How often at most a row leads to the same target without another between: at least as often as one of its segments does.
int64_t mostRepeats(const Stored &s) {
  int64_t most = 1, now = 1;
  for (int64_t row = 0; row < s.table->sources; ++row)
    for (int64_t edge = s.table->rowBegin[static_cast<size_t>(row)]; edge < s.table->rowBegin[static_cast<size_t>(row) + 1]; ++edge) {
      const bool again = edge > s.table->rowBegin[static_cast<size_t>(row)] &&
                         s.table->target[static_cast<size_t>(edge)] == s.table->target[static_cast<size_t>(edge) - 1];
      now = again ? now + 1 : 1;
      most = std::max(most, now);
    }
  return most;
}

} // namespace

Result<Stored> Connections::stored(uint32_t id) {
  const ProjectionState &p = net.projections[id];
  if (!p.procedural)
    return Stored{&p.table, &p.segments, &net.pointers};
  const Result<const RowBatch *> whole = net.wholeRows(id);
  if (!whole.ok())
    return whole.error();
  return Stored{&whole.value()->table, &whole.value()->segments, &whole.value()->buffers};
}

/// Which parts the commands of the step need.
void Connections::findNeeded() {
  connections.resize(net.projections.size());
  for (const abi::Command &command : net.tables.step)
    if (net.takesPart(command))
      findNeeded(command);
}

/// Whether the place of an edge in the order of what arrives has room in 64 bits. No connection has 2^40 edges.
bool Connections::keysFit(uint32_t id) const {
  const ProjectionState &p = net.projections[id];
  constexpr int64_t calls = int64_t{1} << (64 - snn::cuda::callShift), steps = int64_t{1} << (snn::cuda::callShift - snn::cuda::laterShift);
  return static_cast<int64_t>(net.tables.step.size()) < calls && std::max({p.delaySteps, p.longest, p.segments.longest}) + 1 < steps;
}

void Connections::findArrivals(const abi::Command &command) {
  Connection &c = connections[command.object];
  c.needed = c.arrives = true;
  rings.spikes[net.tables.projections[command.object].source].needed = true;
  if (command.kernel == abi::none || program.kernels[command.kernel].symbol.empty() || program.kernels[command.kernel].loop == abi::CudaLoop::Arriving)
    return; // nobody reads a list
  const bool pushes = program.kernels[command.kernel].pushes && keysFit(command.object);
  c.pushes |= pushes;
  (pushes ? c.listedWhenFull : c.listed) = true;
}

void Connections::findNeeded(const abi::Command &command) {
  switch (command.kind) {
  case abi::CommandKind::Arrivals:
    findArrivals(command);
    break;
  case abi::CommandKind::Edges:
    connections[command.object].needed = connections[command.object].needsRows = true;
    break;
  case abi::CommandKind::ReduceEdges:
    connections[command.object].needed = true;
    connections[command.object].needsOrder |= command.over != abi::Extent::Targets && net.projections[command.object].drawn;
    break;
  case abi::CommandKind::Departures:
    connections[command.object].needed = true;
    rings.spikes[net.tables.projections[command.object].target].needed = true;
    break;
  case abi::CommandKind::Collect:
    rings.spikes[command.object].needed = rings.spikes[command.object].collected = true;
    break;
  case abi::CommandKind::Cells: case abi::CommandKind::Once: case abi::CommandKind::Reduce: case abi::CommandKind::Fill:
  case abi::CommandKind::Record: case abi::CommandKind::Replay: case abi::CommandKind::Log:
    break;
  }
}

Status Connections::want() {
  findNeeded();
  device.want(&countsAt, connections.size() * 8, "the network", "its connections");
  for (uint32_t id = 0; id < connections.size(); ++id)
    if (connections[id].needed)
      if (Status s = wantConnection(id); !s.ok())
        return s;
  return {};
}

/// Targets ascend within a row, or within a segment of equal delay: its ends are looked at.
void Connections::findEnds(uint32_t id, const Stored &s) {
  Connection &c = connections[id];
  c.firstTarget = s.table->targets;
  c.firstSource = s.table->sources;
  const auto look = [&](int64_t row, int64_t begin, int64_t end) {
    if (begin == end)
      return;
    const auto target = [&](int64_t edge) {
      return s.table->dense ? s.table->denseFirst + edge - s.table->rowBegin[static_cast<size_t>(row)] : s.table->target[static_cast<size_t>(edge)];
    };
    c.firstTarget = std::min<int64_t>(c.firstTarget, target(begin));
    c.lastTarget = std::max<int64_t>(c.lastTarget, target(end - 1) + 1);
    c.firstSource = std::min(c.firstSource, row);
    c.lastSource = row + 1;
    c.longestRow = std::max(c.longestRow, end - begin);
    ++c.mostArriving;
  };
  for (int64_t row = 0; row < s.table->sources; ++row) {
    if (!net.projections[id].drawn) {
      look(row, s.table->rowBegin[static_cast<size_t>(row)], s.table->rowBegin[static_cast<size_t>(row) + 1]);
      continue;
    }
    for (int64_t k = s.segments->first[static_cast<size_t>(row)]; k < s.segments->first[static_cast<size_t>(row) + 1]; ++k) {
      const snn_segment segment = s.segments->edges(*s.table, row, k);
      look(row, segment.begin, segment.end);
    }
  }
}

/// The shortest and the longest delay. Where most rows have edges of most delays between, a table of all is small.
void Connections::findDelays(uint32_t id, const Stored &s) {
  Connection &c = connections[id];
  const ProjectionState &p = net.projections[id];
  c.shortest = c.longest = p.drawn ? p.longest : p.delaySteps;
  if (!p.drawn || s.segments->list.empty())
    return;
  c.longest = s.segments->longest;
  c.shortest = std::ranges::min_element(s.segments->list, {}, &connect::DelaySegments::Segment::steps)->steps;
  const double table = static_cast<double>(c.lastSource - c.firstSource) * static_cast<double>(c.longest - c.shortest + 2) * sizeof(uint32_t);
  const double list = static_cast<double>(s.segments->list.size() * sizeof(snn::cuda::DelaySegment) + s.segments->first.size() * sizeof(int64_t));
  c.byDelay = table < 2 * list;
}

std::vector<uint32_t> Connections::beginsByDelay(const Connection &c, const Stored &s) const {
  const size_t width = static_cast<size_t>(c.longest - c.shortest + 2);
  std::vector<uint32_t> begins(static_cast<size_t>(c.lastSource - c.firstSource) * width);
  uint32_t *at = begins.data();
  for (int64_t row = c.firstSource; row < c.lastSource; ++row) {
    const int64_t begin = s.table->rowBegin[static_cast<size_t>(row)], end = s.table->rowBegin[static_cast<size_t>(row) + 1];
    int64_t k = s.segments->first[static_cast<size_t>(row)];
    const int64_t last = s.segments->first[static_cast<size_t>(row) + 1];
    for (int64_t delay = c.longest; delay >= c.shortest - 1; --delay) {
      for (; k < last && s.segments->list[static_cast<size_t>(k)].steps > delay;)
        ++k;
      *at++ = k < last ? s.segments->list[static_cast<size_t>(k)].begin : static_cast<uint32_t>(end - begin);
    }
  }
  return begins;
}

/// Whether a pair of cells may have several edges, in a connection or in one whose edges are among its own.
bool Connections::mayRepeat(uint32_t id) const {
  const auto repeats = [&](uint32_t member) { return net.leaderOf(member) == id && net.tables.groups[net.tables.projections[member].group].multapses; };
  return std::ranges::any_of(std::views::iota(uint32_t{0}, static_cast<uint32_t>(connections.size())), repeats);
}

Status Connections::wantConnection(uint32_t id) {
  Connection &c = connections[id];
  const Result<Stored> found = stored(id);
  if (!found.ok())
    return found.error();
  const connect::EdgeTable &table = *found.value().table;
  const connect::DelaySegments &segments = *found.value().segments;
  const ProjectionState &p = net.projections[id];
  const abi::Projection &projection = net.tables.projections[id];
  const std::string detail = fmt::format("{} edges", table.edges());
  const auto want = [&](uint64_t &place, size_t count, size_t bytes) {
    device.want(&place, count * bytes, projection.name, detail, net.tables.groups[projection.group].place);
  };
  const size_t edges = static_cast<size_t>(table.edges());
  if (mayRepeat(id) && !table.dense)
    c.repeats = mostRepeats(found.value());
  findEnds(id, found.value());
  findDelays(id, found.value());
  want(c.rowBegin, table.rowBegin.size(), 8);
  want(c.target, table.dense ? 0 : edges, static_cast<size_t>(connect::TargetList::bytesPerEdge(table.targets)));
  want(c.columnBegin, p.incoming.columnBegin.size(), 8);
  want(c.columnEdge, p.incoming.edge.size(), 8);
  want(c.columnSource, p.incoming.source.size(), 4);
  want(c.order, c.needsOrder ? edges : 0, 8);
  const bool lists = c.listed || c.listedWhenFull;
  want(c.arriving, lists ? static_cast<size_t>(c.mostArriving) + 1 : 0, sizeof(snn_segment));
  want(c.arrivingCells, lists ? static_cast<size_t>(c.mostArriving) + 1 : 0, 4);
  want(c.tickets, lists ? 1 + gatherBlocks : 0, 8);
  if (c.arrives && c.byDelay) {
    want(c.begins, static_cast<size_t>((c.lastSource - c.firstSource) * (c.longest - c.shortest + 2)), sizeof(uint32_t));
  } else if (c.arrives && p.drawn) {
    want(c.first, segments.first.size(), 8);
    want(c.segments, segments.list.size(), sizeof(snn::cuda::DelaySegment));
  }
  if (c.needsRows) {
    want(c.rows, p.drawn ? segments.list.size() + 1 : static_cast<size_t>(table.sources) + 1, sizeof(snn_segment));
    want(c.rowCount, 1, 8);
  }
  return {};
}

snn_edges Connections::viewOf(const Connection &c, const Stored &s) const {
  snn_edges view{};
  view.sources = s.table->sources;
  view.targets = s.table->targets;
  view.edges = s.table->edges();
  view.row_begin = address<const int64_t>(c.rowBegin);
  const bool narrow = connect::TargetList::bytesPerEdge(view.targets) == 2;
  view.target = narrow ? nullptr : address<const int32_t>(c.target);
  view.target16 = narrow ? address<const uint16_t>(c.target) : nullptr;
  view.dense_first = s.table->denseFirst;
  view.column_begin = address<const int64_t>(c.columnBegin);
  view.column_edge = address<const int64_t>(c.columnEdge);
  view.column_source = address<const int32_t>(c.columnSource);
  return view;
}

void Connections::uploadConnection(uint32_t id) {
  Connection &c = connections[id];
  const Stored s = stored(id).value(); // `want` has made it
  const ProjectionState &p = net.projections[id];
  c.edges = viewOf(c, s);
  device.upload(c.rowBegin, s.table->rowBegin);
  if (!s.table->dense && s.table->edges() > 0) {
    const void *targets = s.table->target.shortData() ? static_cast<const void *>(s.table->target.shortData()) : s.table->target.longData();
    device.upload(c.target, targets, s.table->target.size() * static_cast<size_t>(connect::TargetList::bytesPerEdge(s.table->targets)));
  }
  device.upload(c.columnBegin, p.incoming.columnBegin);
  device.upload(c.columnEdge, p.incoming.edge);
  device.upload(c.columnSource, p.incoming.source);
  if (c.needsOrder)
    device.upload(c.order, net.storageOrder(id));
  if (c.arrives && c.byDelay) {
    device.upload(c.begins, beginsByDelay(c, s));
  } else if (c.arrives && p.drawn) {
    static_assert(sizeof(connect::DelaySegments::Segment) == sizeof(snn::cuda::DelaySegment));
    device.upload(c.first, s.segments->first);
    device.upload(c.segments, s.segments->list);
  }
  if (c.needsRows) {
    const std::span<const snn_segment> rows = net.allRows(id);
    const int64_t count = static_cast<int64_t>(rows.size()) - 1; // the last is only fetched ahead
    device.upload(c.rows, rows.data(), static_cast<size_t>(count) * sizeof(snn_segment));
    device.upload(c.rowCount, &count, sizeof count);
  }
}

void Connections::upload() {
  for (uint32_t id = 0; id < connections.size(); ++id)
    if (connections[id].needed)
      uploadConnection(id);
}

} // namespace snn::rt::cuda
