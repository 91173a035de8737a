// What a network will need, before anything of it is taken: buffers from the sizes of populations, edges from the patterns.
// Where a `where` or a probability for each pair decides, the number of edges is not known; then the buffers of the edges
// are looked at again when it is.
#include "runtime/core/MemoryPlan.h"
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt {

namespace {

/// Expected edges between one source and one target operand; nothing if that is not known.
std::optional<double> expectedEdges(const connect::Request &r, const abi::Projection &p, const connect::Operand &from,
                                    const connect::Operand &to) {
  const auto all = [](const std::vector<connect::Operand> &operands) {
    double n = 0;
    for (const connect::Operand &operand : operands)
      n += static_cast<double>(operand.count());
    return std::max(n, 1.0);
  };
  const double sources = static_cast<double>(from.count()), targets = static_cast<double>(to.count());
  const bool filtered = p.whereKernel != abi::none;
  switch (r.pattern) {
  case abi::Pattern::AllToAll:
    return filtered ? std::nullopt : std::optional(sources * targets);
  case abi::Pattern::OneToOne:
    return filtered ? std::nullopt : std::optional(sources * targets / all(r.targets));
  case abi::Pattern::Random:
    return filtered || p.amountKernel != abi::none ? std::nullopt : std::optional(std::clamp(r.amount, 0.0, 1.0) * sources * targets);
  case abi::Pattern::FixedIn:
    return std::max(r.amount, 0.0) * targets * sources / all(r.sources);
  case abi::Pattern::FixedOut:
    return std::max(r.amount, 0.0) * sources * targets / all(r.targets);
  case abi::Pattern::Pairs:
    return static_cast<double>(r.pairs.size()) * (sources / all(r.sources)) * (targets / all(r.targets));
  case abi::Pattern::FixedTotal:
    return std::max(r.amount, 0.0) * (sources / all(r.sources)) * (targets / all(r.targets));
  }
  return 0;
}

} // namespace

/// Bytes of the buffers over `extent` that belong to `object`, for `count` elements.
double Network::Impl::bufferBytes(abi::Extent extent, uint32_t object, double count) const {
  double each = 0;
  for (const abi::Buffer &buffer : tables.buffers)
    if (buffer.extent == extent && buffer.object == object)
      each += static_cast<double>(elemSize(buffer.elem));
  return each * count;
}

void Network::Impl::planPopulations(MemoryPlan &plan) const {
  for (uint32_t id = 0; id < populations.size(); ++id) {
    const double n = static_cast<double>(populations[id].count);
    plan.add({"population " + tables.populations[id].name, fmt::format("{} cells", populations[id].count),
              bufferBytes(abi::Extent::Cells, id, n) + bufferBytes(abi::Extent::Groups, id, n) + n * sizeof(int64_t), tables.populations[id].place, n});
  }
}

void Network::Impl::planProjections(MemoryPlan &plan, const std::vector<connect::Request> &requests) const {
  for (uint32_t id = 0; id < projections.size(); ++id) {
    const abi::Projection &p = tables.projections[id];
    const connect::Request &r = requests[p.group];
    const connect::Operand &from = r.sources[p.sourcePart], &to = r.targets[p.targetPart];
    const std::optional<double> expected = expectedEdges(r, p, from, to);
    const double sources = static_cast<double>(from.populationCells), targets = static_cast<double>(to.populationCells),
                 edges = p.procedural ? 0 : expected.value_or(0); // that are stored
    const bool drawn = p.delay == abi::DelayKind::Drawn;
    const bool indices = drawn || !connect::denseRows(r, p.whereKernel != abi::none);
    const bool deferred = defersPost(p, !indices, to.populationCells), columns = indices && (p.needsIncoming || (p.columnsAtOnce && !deferred));
    // Per edge: its target, and its place among those of its target.
    const double each = (indices ? static_cast<double>(connect::TargetList::bytesPerEdge(to.populationCells)) : 0) + (columns ? 12 : 0);
    const double log = deferred ? SpikeLog::bytesFor(targets, bufferBytes(abi::Extent::Logged, id, 1)) + sources * sizeof(int32_t) : 0;
    plan.add({"projection " + p.name, fmt::format("{:.0f} edges", edges),
             log + (sources + 1) * sizeof(int64_t) + edges * each + bufferBytes(abi::Extent::Edges, id, edges) +
                 (columns ? targets * sizeof(int64_t) : 0) + bufferBytes(abi::Extent::Sources, id, sources) +
                 bufferBytes(abi::Extent::Targets, id, targets),
              tables.groups[p.group].place, expected});
  }
}

namespace {

/// In how many pieces of equal delay a row of so many edges falls, on the average: the delays of some rows are drawn, to
/// targets that lie as far apart as those of the row will.
Result<double> piecesOfRow(Network::Impl &net, uint32_t id, const connect::Request &request, const connect::Operand &from, const connect::Operand &to, double edges) {
  constexpr int64_t mostRows = 16, mostEdges = 1 << 16;
  const int64_t rows = std::min(mostRows, from.count()), each = std::clamp<int64_t>(std::llround(std::ceil(edges)), 1, mostEdges);
  const auto spread = [](const connect::Operand &cells, int64_t k, int64_t n) {
    const int64_t at = k * cells.count() / n;
    return cells.all ? at : cells.cells[static_cast<size_t>(at)];
  };
  connect::EdgeTable table;
  table.sources = rows;
  table.targets = to.populationCells;
  table.target = connect::TargetList(table.targets, rows * each);
  std::vector<int32_t> sources;
  for (int64_t row = 0; row < rows; ++row) {
    table.rowBegin.push_back(row * each);
    sources.push_back(static_cast<int32_t>(spread(from, row, rows)));
    for (int64_t k = 0; k < each; ++k)
      table.target.set(static_cast<size_t>(row * each + k), spread(to, k, each));
  }
  table.rowBegin.push_back(rows * each);
  if (request.listed)
    table.listed.resize(static_cast<size_t>(rows * each) + 64);
  for (int64_t k = 0; request.listed && k < rows * each; ++k)
    table.listed[static_cast<size_t>(k)] = static_cast<int32_t>(k * static_cast<int64_t>(request.pairs.size()) / (rows * each));
  std::vector<int32_t> steps(static_cast<size_t>(rows * each));
  if (Status s = net.delaysOf(id, table, sources, 0, rows, steps.data(), nullptr); !s.ok()) {
    if (request.listed) // a row of the list belongs to other cells, of which the delay may say more: then each edge may have its own
      return static_cast<double>(each);
    return s.error();
  }
  int64_t pieces = 0;
  for (auto row = steps.begin(); row != steps.end(); row += each) {
    std::sort(row, row + each);
    pieces += std::unique(row, row + each) - row;
  }
  return static_cast<double>(pieces) / static_cast<double>(rows);
}

} // namespace

Status planDelays(Network::Impl &net, MemoryPlan &plan, const std::vector<connect::Request> &requests) {
  for (uint32_t id = 0; id < net.projections.size(); ++id) {
    const abi::Projection &p = net.tables.projections[id];
    const connect::Request &r = requests[p.group];
    const connect::Operand &from = r.sources[p.sourcePart], &to = r.targets[p.targetPart];
    const double edges = expectedEdges(r, p, from, to).value_or(0), rows = static_cast<double>(from.count());
    if (p.delay != abi::DelayKind::Drawn || p.procedural || edges <= 0)
      continue;
    const Result<double> pieces = piecesOfRow(net, id, r, from, to, edges / rows);
    if (!pieces.ok())
      return pieces.error();
    const bool bundled = p.alike != abi::none && std::ranges::count(net.tables.projections, p.alike, &abi::Projection::alike) > 1;
    const double times = bundled ? 1.25 : 1; // the rows of a bundle beside those of its members, while it is made
    plan.add({"projection " + p.name, fmt::format("{:.0f} pieces of rows with equal delays", pieces.value() * rows),
              times * pieces.value() * rows * sizeof(connect::DelaySegments::Segment) + static_cast<double>(from.populationCells + 1) * sizeof(int64_t),
              net.tables.groups[p.group].place});
  }
  return {};
}

/// The rings of spikes that are under way, of populations whose rings are of at least `from` steps, and the lists of what arrives
/// in which step, of projections with drawn delays that are as long.
void Network::Impl::planHistories(MemoryPlan &plan, int64_t from) const {
  for (size_t k = 0; k < populations.size(); ++k)
    if (const int64_t steps = longestDelay(k); steps >= from)
      plan.add({"population " + tables.populations[k].name, fmt::format("the spikes of {} steps, its longest delay", steps),
                static_cast<double>(steps + 2) * sizeof(std::vector<int32_t>), tables.populations[k].place});
  for (size_t k = 0; k < projections.size(); ++k)
    if (const int64_t steps = projections[k].longest; projections[k].drawn && steps >= from)
      plan.add({"projection " + tables.projections[k].name, fmt::format("what arrives in each of {} steps, its longest delay", steps),
                static_cast<double>(std::bit_ceil(static_cast<size_t>(steps) + 1)) * sizeof(std::vector<snn_segment>),
                tables.groups[tables.projections[k].group].place});
}

/// Over all projections of the population, in steps.
int64_t Network::Impl::longestDelay(size_t population) const {
  int64_t longest = 0;
  for (size_t k = 0; k < projections.size(); ++k)
    if (tables.projections[k].source == population)
      longest = std::max<int64_t>(longest, projections[k].longest);
  return longest;
}

/// The buffers of edges, whose number is known now.
void Network::Impl::planEdges(MemoryPlan &plan) const {
  for (uint32_t id = 0; id < projections.size(); ++id) {
    const int64_t edges = projections[id].table.edges();
    plan.add({"projection " + tables.projections[id].name, fmt::format("{} edges", edges),
              bufferBytes(abi::Extent::Edges, id, static_cast<double>(edges)) +
                  bufferBytes(abi::Extent::Ring, id, static_cast<double>(ringCells(id)) * (projections[id].delaySteps + 1)),
              tables.groups[tables.projections[id].group].place});
  }
}

/// How far the slots of a ring lie apart: kernels go over the padding, too.
int64_t Network::Impl::ringCells(uint32_t projection) const { return padded(populations[tables.projections[projection].source].count); }

} // namespace snn::rt
