// Delays of a projection as whole steps: one for all edges, or drawn for each; then rows are sorted by them, a piece of the rows
// at a time, so that the delays themselves are never all in memory.
#include "runtime/core/NetworkImpl.h"

#include <cmath>
#include <fmt/format.h>
#include <mutex>

namespace snn::rt {

namespace {

/// What had to be changed in delays.
struct Corrections {
  int64_t rounded = 0, negative = 0, missing = 0; ///< missing: NaN

  int32_t steps(double ms, double dt) {
    const double exact = ms / dt, nearest = std::round(exact);
    missing += std::isnan(exact);
    negative += exact < 0;
    rounded += exact > 0 && std::fabs(exact - nearest) > 1e-6 + nearest * 0x1p-22; // 2 ms in float is 20.0000003 steps of 0.1 ms
    return nearest > 0 ? static_cast<int32_t>(std::min(nearest, 1e9)) : 0;
  }
  void add(const Corrections &other) {
    rounded += other.rounded;
    negative += other.negative;
    missing += other.missing;
  }
};

std::string counted(int64_t n, const std::string &connection) {
  return fmt::format("{} delay{} of {} {}", n, n == 1 ? "" : "s", connection, n == 1 ? "is" : "are");
}

/// The rows [from, to) of a projection as a kernel sees them when only those are stored: edges count from 0.
struct RowPiece {
  snn_edges edges;
  std::vector<snn_segment> rows; ///< and one more, which is only fetched

  RowPiece(const connect::EdgeTable &table, const snn_edges &whole, int64_t from, int64_t to) : edges(whole) {
    const int64_t begin = table.rowBegin[static_cast<size_t>(from)];
    edges.target = whole.target ? whole.target + begin : nullptr;
    edges.target16 = whole.target16 ? whole.target16 + begin : nullptr;
    for (int64_t row = from; row < to; ++row)
      rows.push_back({table.rowBegin[static_cast<size_t>(row)] - begin, table.rowBegin[static_cast<size_t>(row) + 1] - begin,
                      static_cast<int32_t>(row), 0});
    rows.push_back({});
  }
};

} // namespace

/// Calls an Edges kernel for the rows [from, to), with `result` instead of the buffer `lent`.
Status Network::Impl::callPiece(uint32_t kernel, uint32_t projection, int64_t from, int64_t to, uint32_t lent, void *result) {
  const ProjectionState &p = projections[projection];
  const RowPiece piece(p.table, p.view, from, to);
  std::vector<void *> given = pointers;
  given[lent] = result;
  snn_kernel_args args = arguments(kernel);
  args.buffers = given.data();
  args.edges = &piece.edges;
  args.segments = piece.rows.data();
  args.end = to - from;
  return call(kernel, args);
}

Status Network::Impl::drawDelays(uint32_t id, const std::function<void(const double *, int64_t, int32_t *)> &toSteps) {
  const abi::Projection &projection = tables.projections[id];
  ProjectionState &p = projections[id];
  p.drawn = true;
  connect::makeExplicit(p.table);
  makeView(id);
  Result<connect::DelaySegments> sorted =
      connect::sortByDelay(p.table, pool, [&](int64_t from, int64_t to, int32_t *steps) -> Status {
        const int64_t edges = p.table.rowBegin[static_cast<size_t>(to)] - p.table.rowBegin[static_cast<size_t>(from)];
        BufferMemory ms{Block(static_cast<size_t>(edges + 64) * elemSize(abi::Elem::Real)), abi::Elem::Real, edges};
        if (!ms.block.data())
          throw std::bad_alloc();
        if (Status s = callPiece(projection.delayKernel, id, from, to, projection.delayBuffer, ms.block.data()); !s.ok())
          return s;
        std::vector<double> values(static_cast<size_t>(edges));
        for (int64_t k = 0; k < edges; ++k)
          values[static_cast<size_t>(k)] = load(ms, k);
        toSteps(values.data(), edges, steps);
        return {};
      });
  if (!sorted.ok())
    return sorted.error();
  p.segments = std::move(sorted.value());
  return {};
}

Status Network::Impl::buildDelays(uint32_t id) {
  const abi::Projection &projection = tables.projections[id];
  ProjectionState &p = projections[id];
  Corrections all;
  if (projection.delay == abi::DelayKind::Drawn) {
    std::mutex together;
    Status s = drawDelays(id, [&](const double *ms, int64_t edges, int32_t *steps) {
      Corrections mine;
      for (int64_t k = 0; k < edges; ++k)
        steps[k] = mine.steps(ms[k], settings.dt);
      const std::lock_guard hold(together);
      all.add(mine);
    });
    if (!s.ok())
      return s;
  } else if (projection.delayProgram != abi::none) {
    Result<double> ms = values.number(projection.delayProgram);
    if (!ms.ok())
      return ms.error();
    p.delaySteps = all.steps(ms.value(), settings.dt);
  }
  const std::string place = tables.groups[projection.group].place, at = place.empty() ? "" : place + ": ";
  if (all.missing)
    return Error{ExitCode::divergence, fmt::format("{}{} NaN", at, counted(all.missing, projection.name))};
  if (p.delaySteps > 100'000'000 || p.segments.longest > 100'000'000)
    return Error{ExitCode::resources, fmt::format("{}{}: a delay of more than 100 million steps", at, projection.name)};
  if (all.negative)
    warnings.push_back(fmt::format("{}{} negative and became 0; draw from a range above 0, or cut it off with clip(…, 0 ms, …)", at,
                                   counted(all.negative, projection.name)));
  if (all.rounded)
    warnings.push_back(fmt::format("{}{} rounded to multiples of dt = {:g} ms", at, counted(all.rounded, projection.name), settings.dt));
  if (projection.needsIncoming)
    p.incoming = connect::indexIncoming(p.table);
  makeView(id);
  return {};
}

} // namespace snn::rt
