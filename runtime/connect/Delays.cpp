// Rows in order of delay, and the index of incoming edges.
#include "runtime/connect/Connectivity.h"
#include "runtime/core/Memory.h"

#include <algorithm>
#include <new>
#include <numeric>

namespace snn::rt::connect {

void makeExplicit(EdgeTable &table) {
  if (!table.dense)
    return;
  table.target = TargetList(table.targets, table.edges());
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t e = table.rowBegin[row]; e < table.rowBegin[row + 1]; ++e)
      table.target.set(static_cast<size_t>(e), table.denseFirst + (e - table.rowBegin[row]));
  table.dense = false;
  table.denseFirst = 0;
}

std::vector<std::pair<int64_t, int64_t>> piecesOfRows(const EdgeTable &table) {
  const int64_t size = std::max<int64_t>(int64_t{1} << 18, table.edges() / 60'000 + 1);
  std::vector<std::pair<int64_t, int64_t>> out;
  for (int64_t from = 0, row = 1; row <= table.sources; ++row)
    if (row == table.sources || table.rowBegin[row] - table.rowBegin[from] >= size) {
      out.emplace_back(from, row);
      from = row;
    }
  return out;
}

void countRepeats(const EdgeTable &table, int64_t from, int64_t to, int64_t unit, int64_t *repeats) {
  std::vector<int64_t> seen(static_cast<size_t>(table.targets), 0); // edges of the row to each target, so far
  const int64_t origin = table.rowBegin[static_cast<size_t>(from)];
  for (int64_t row = from; row < to; ++row) {
    const int64_t begin = table.rowBegin[static_cast<size_t>(row)], end = table.rowBegin[static_cast<size_t>(row) + 1];
    for (int64_t edge = begin; edge < end; ++edge)
      repeats[edge - origin] = unit * seen[static_cast<size_t>(table.target[static_cast<size_t>(edge)])]++;
    for (int64_t edge = begin; edge < end; ++edge)
      seen[static_cast<size_t>(table.target[static_cast<size_t>(edge)])] = 0;
  }
}

namespace {

/// Order of one row's edges: largest delay first, then as they were. Counting where the delays are few, else sorting.
class RowOrder {
public:
  const std::vector<int32_t> &of(const int32_t *delay, int64_t count) {
    order.resize(static_cast<size_t>(count));
    const int32_t longest = count ? *std::max_element(delay, delay + count) : 0;
    if (longest < 8 * count + 64)
      byCounting(delay, count, longest);
    else
      bySorting(delay, count);
    return order;
  }

private:
  void byCounting(const int32_t *delay, int64_t count, int32_t longest) {
    start.assign(static_cast<size_t>(longest) + 2, 0);
    for (int64_t k = 0; k < count; ++k)
      ++start[static_cast<size_t>(longest - delay[k]) + 1];
    for (size_t d = 1; d < start.size(); ++d)
      start[d] += start[d - 1];
    for (int64_t k = 0; k < count; ++k)
      order[static_cast<size_t>(start[static_cast<size_t>(longest - delay[k])]++)] = static_cast<int32_t>(k);
  }
  void bySorting(const int32_t *delay, int64_t count) {
    for (int64_t k = 0; k < count; ++k)
      order[static_cast<size_t>(k)] = static_cast<int32_t>(k);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return delay[a] > delay[b]; });
  }
  std::vector<int32_t> order;
  std::vector<int64_t> start;
};

/// The rows [from, to) of a table, whose segments are found by one thread.
struct Piece {
  int64_t from = 0, to = 0;
  Block segments = {};         ///< kept until all pieces are sorted, and then given back at once
  size_t count = 0;
  std::vector<int64_t> counts = {}; ///< of each row
};

void sortPiece(EdgeTable &table, Piece &piece, const std::vector<int32_t> &steps) {
  RowOrder sorter;
  std::vector<int32_t> targets, places;
  std::vector<DelaySegments::Segment> segments;
  for (int64_t row = piece.from; row < piece.to; ++row) {
    const int64_t begin = table.rowBegin[row], count = table.rowBegin[row + 1] - begin;
    const int32_t *delay = steps.data() + (begin - table.rowBegin[piece.from]);
    const size_t before = segments.size();
    targets.resize(static_cast<size_t>(count));
    for (int64_t k = 0; k < count; ++k)
      targets[static_cast<size_t>(k)] = table.target[static_cast<size_t>(begin + k)];
    if (!table.listed.empty())
      places.assign(table.listed.begin() + begin, table.listed.begin() + begin + count);
    const std::vector<int32_t> &order = sorter.of(delay, count);
    for (int64_t k = 0; k < count; ++k) {
      const int32_t edge = order[static_cast<size_t>(k)];
      table.target.set(static_cast<size_t>(begin + k), targets[static_cast<size_t>(edge)]);
      if (!table.listed.empty())
        table.listed[static_cast<size_t>(begin + k)] = places[static_cast<size_t>(edge)];
      if (k == 0 || delay[edge] != segments.back().steps)
        segments.push_back({static_cast<uint32_t>(k), delay[edge]});
    }
    piece.counts.push_back(static_cast<int64_t>(segments.size() - before));
  }
  piece.count = segments.size();
  piece.segments = Block(piece.count * sizeof segments[0]);
  if (!piece.segments.data())
    throw std::bad_alloc();
  std::ranges::copy(segments, static_cast<DelaySegments::Segment *>(piece.segments.data()));
}

} // namespace

Result<DelaySegments> sortByDelay(EdgeTable &table, exec::ThreadPool &pool, const DelaysOfRows &delays) {
  std::vector<Piece> pieces;
  for (const auto &[from, to] : piecesOfRows(table))
    pieces.push_back({.from = from, .to = to});
  std::vector<Status> done(pieces.size());
  pool.run(static_cast<int>(pieces.size()), [&](int k) {
    Piece &piece = pieces[static_cast<size_t>(k)];
    std::vector<int32_t> steps(static_cast<size_t>(table.rowBegin[piece.to] - table.rowBegin[piece.from]));
    Status &status = done[static_cast<size_t>(k)];
    if (status = delays(piece.from, piece.to, steps.data()); status.ok())
      sortPiece(table, piece, steps);
  });
  DelaySegments out;
  size_t segments = 0;
  for (size_t k = 0; k < pieces.size(); ++k) {
    if (!done[k].ok())
      return done[k].error();
    segments += pieces[k].count;
  }
  out.list.reserve(segments);
  out.first.reserve(static_cast<size_t>(table.sources) + 1);
  out.first.push_back(0);
  for (Piece &piece : pieces) {
    for (int64_t count : piece.counts)
      out.first.push_back(out.first.back() + count);
    const auto *of = static_cast<const DelaySegments::Segment *>(piece.segments.data());
    for (size_t k = 0; k < piece.count; ++k)
      out.longest = std::max(out.longest, of[k].steps);
    out.list.insert(out.list.end(), of, of + piece.count);
    piece = {};
  }
  return out;
}

std::vector<int64_t> orderByTarget(const EdgeTable &table) {
  std::vector<int64_t> out(static_cast<size_t>(table.edges()));
  std::iota(out.begin(), out.end(), int64_t{0});
  if (!table.dense)
    for (int64_t row = 0; row < table.sources; ++row)
      std::stable_sort(out.begin() + table.rowBegin[row], out.begin() + table.rowBegin[row + 1], [&](int64_t a, int64_t b) {
        return table.target[static_cast<size_t>(a)] < table.target[static_cast<size_t>(b)];
      });
  return out;
}

Incoming indexIncoming(const EdgeTable &table) {
  Incoming out;
  const size_t edges = static_cast<size_t>(table.edges());
  out.columnBegin.assign(static_cast<size_t>(table.targets) + 1, 0);
  out.edge.resize(edges);
  out.source.resize(edges);
  const auto targetOf = [&](int64_t row, int64_t e) {
    return table.dense ? table.denseFirst + (e - table.rowBegin[row]) : table.target[static_cast<size_t>(e)];
  };
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t e = table.rowBegin[row]; e < table.rowBegin[row + 1]; ++e)
      ++out.columnBegin[targetOf(row, e) + 1];
  for (int64_t t = 0; t < table.targets; ++t)
    out.columnBegin[t + 1] += out.columnBegin[t];
  std::vector<int64_t> next(out.columnBegin.begin(), out.columnBegin.end() - 1);
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t e = table.rowBegin[row]; e < table.rowBegin[row + 1]; ++e) {
      const int64_t position = next[targetOf(row, e)]++;
      out.edge[position] = e;
      out.source[position] = static_cast<int32_t>(row);
    }
  return out;
}

} // namespace snn::rt::connect
