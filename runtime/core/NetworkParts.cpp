// Kernels in parts, one for each thread. Every element (a cell, an edge, what arrives at a target) belongs to one part, and
// within a part the order is that of a single thread: results have the same bits for any number of threads. Work that is
// shorter than the hand-over stays with one.
#include "runtime/core/NetworkParts.h"

#include <algorithm>

namespace snn::rt {

int64_t partBegin(int64_t n, int64_t group, int parts, int k) {
  const int64_t groups = (n + group - 1) / group;
  return std::min(n, groups * k / parts * group);
}

namespace {

/// The first edge of [begin, end), whose targets ascend, with a target of at least `target`.
int64_t firstFrom(const snn_edges &edges, const snn_segment &s, int64_t target) {
  if (edges.target)
    return std::lower_bound(edges.target + s.begin, edges.target + s.end, target) - edges.target;
  if (edges.target16)
    return std::lower_bound(edges.target16 + s.begin, edges.target16 + s.end, target) - edges.target16;
  return std::clamp(target - edges.dense_first + edges.row_begin[s.source], s.begin, s.end);
}

} // namespace

void cutRows(const snn_edges &edges, std::span<const snn_segment> segments, int64_t from, int64_t to, std::vector<snn_segment> &pieces) {
  pieces.clear();
  for (const snn_segment &s : segments.first(segments.size() - 1)) {
    const snn_segment piece{from == 0 ? s.begin : firstFrom(edges, s, from), to >= edges.targets ? s.end : firstFrom(edges, s, to), s.source, 0};
    if (piece.begin < piece.end)
      pieces.push_back(piece);
  }
  pieces.push_back({});
}

int Network::Impl::partsFor(uint32_t kernel, int64_t elements) const {
  return static_cast<int>(std::clamp<int64_t>(elements * tables.kernels[kernel].operations / leastWork, 1, pool.size()));
}

Status Network::Impl::callCells(uint32_t kernel, const snn_kernel_args &args) {
  const int parts = partsFor(kernel, args.end);
  worked += args.target_end;
  return callParts(kernel, args, parts, [&](int k, snn_kernel_args &mine) {
    mine.begin = partBegin(args.end, 64, parts, k);
    mine.end = partBegin(args.end, 64, parts, k + 1);
  });
}

void Network::Impl::growPieces(int parts) {
  if (pieces.size() < static_cast<size_t>(parts))
    pieces.resize(static_cast<size_t>(parts));
}

/// Each part has its own targets: it walks the piece of every segment that leads to them. The last segment is only fetched.
Status Network::Impl::callRows(uint32_t kernel, const snn_kernel_args &args, std::span<const snn_segment> segments) {
  int64_t edges = 0;
  for (const snn_segment &s : segments)
    edges += s.end - s.begin;
  const int parts = partsFor(kernel, edges * costOfEdge);
  worked += edges;
  growPieces(parts);
  return callParts(kernel, args, parts, [&](int k, snn_kernel_args &mine) {
    mine.segments = segments.data();
    mine.end = static_cast<int64_t>(segments.size()) - 1;
    if (parts == 1)
      return;
    const int64_t from = partBegin(args.edges->targets, 64, parts, k), to = partBegin(args.edges->targets, 64, parts, k + 1);
    std::vector<snn_segment> &own = pieces[static_cast<size_t>(k)];
    cutRows(*args.edges, segments, from, to, own);
    mine.segments = own.data();
    mine.end = static_cast<int64_t>(own.size()) - 1;
  });
}

/// Cells that spiked, or whose spikes arrive: an event concerns its own cell and the edges that end there.
Status Network::Impl::callEvents(uint32_t kernel, const snn_kernel_args &args) {
  const int64_t each = args.edges && args.edges->targets > 0 ? std::max<int64_t>(1, args.edges->edges / args.edges->targets) : 1;
  const int parts = std::min<int>(partsFor(kernel, args.end * each * costOfEdge), static_cast<int>(args.end));
  worked += tables.kernels[kernel].space == abi::Space::ColumnEdges ? args.end * each : args.end;
  return callParts(kernel, args, parts, [&](int k, snn_kernel_args &mine) {
    mine.begin = partBegin(args.end, 1, parts, k);
    mine.end = partBegin(args.end, 1, parts, k + 1);
  });
}

/// What a kernel does for each edge alone is cut by rows, and the order within a row does not matter.
Status Network::Impl::callEdges(uint32_t kernel, const snn_kernel_args &args, uint32_t projection) {
  const bool alone = std::ranges::all_of(tables.kernels[kernel].stores, [&](uint32_t id) { return tables.buffers[id].extent == abi::Extent::Edges; });
  if (!alone)
    return callRows(kernel, args, allRows(projection));
  const connect::EdgeTable &table = projections[projection].table;
  const int parts = partsFor(kernel, table.edges() * costOfEdge);
  worked += table.edges();
  growPieces(parts);
  return callParts(kernel, args, parts, [&](int k, snn_kernel_args &mine) {
    std::vector<snn_segment> &own = pieces[static_cast<size_t>(k)];
    own.clear();
    for (int64_t row = partBegin(table.sources, 1, parts, k); row < partBegin(table.sources, 1, parts, k + 1); ++row)
      if (const int64_t begin = table.rowBegin[row], end = table.rowBegin[row + 1]; begin < end)
        own.push_back({begin, end, static_cast<int32_t>(row), 0});
    own.push_back({});
    mine.segments = own.data();
    mine.end = static_cast<int64_t>(own.size()) - 1;
  });
}

/// Every edge of a projection, as the segments of its rows.
std::span<const snn_segment> Network::Impl::allRows(uint32_t projection) {
  ProjectionState &p = projections[projection];
  if (p.rows.empty()) {
    p.rows.reserve(static_cast<size_t>(p.table.sources) + 1);
    for (int64_t row = 0; row < p.table.sources; ++row)
      if (!p.drawn) {
        if (p.table.rowBegin[row] < p.table.rowBegin[row + 1])
          p.rows.push_back({p.table.rowBegin[row], p.table.rowBegin[row + 1], static_cast<int32_t>(row), 0});
      } else { // ordered by delay, so that targets ascend within a segment only
        for (int64_t k = p.segments.first[row]; k < p.segments.first[row + 1]; ++k)
          p.rows.push_back(p.segments.edges(p.table, row, k));
      }
    p.rows.push_back({});
  }
  return p.rows;
}

} // namespace snn::rt
