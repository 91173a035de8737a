// The interface between connect statements and the network: which edges there are, and how they are stored.
#pragma once

#include "runtime/abi/Image.h"
#include "runtime/abi/snn_abi.h"
#include "runtime/connect/TargetList.h"
#include "runtime/core/Status.h"
#include "runtime/exec/ThreadPool.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace snn::rt::connect {

/// One operand of a union: which cells of a population take part, in the order of the slice.
struct Operand {
  int64_t populationCells = 0;      ///< cells of the whole population
  std::vector<int64_t> cells;       ///< empty with `all`: every cell
  bool all = true;
  int64_t count() const { return all ? populationCells : static_cast<int64_t>(cells.size()); }
};

struct Request {
  std::string name;                 ///< of the connect statement and where it stands, for messages
  abi::Pattern pattern = abi::Pattern::AllToAll;
  double amount = 0;                ///< p, k or n
  bool multapses = false;
  std::vector<std::pair<int64_t, int64_t>> pairs; ///< pattern Pairs: places among all sources, among all targets
  bool listed = false;              ///< pattern Pairs: tables say which pair of the list each edge is
  uint64_t seed = 0;
  uint32_t stream = 0;
  std::vector<Operand> sources, targets;
  /// Filters the candidates before anything is drawn; empty: all. Writes keep[tgt - begin] for the cells [begin, end)
  /// of target operand `t` (numbers within the whole population) and cell `pre` of source operand `s`.
  std::function<Status(uint32_t s, uint32_t t, int64_t pre, int64_t begin, int64_t end, uint8_t *keep)> where;
  /// Pattern Random with a p that depends on the pair; empty: `amount`.
  std::function<Status(uint32_t s, uint32_t t, int64_t pre, int64_t begin, int64_t end, double *p)> probability;
};

/// The edges of one pair (source operand, target operand), rows by source over the whole source population, targets
/// ascending within a row.
struct EdgeTable {
  int64_t sources = 0, targets = 0; ///< cells of the two whole populations
  bool dense = false;               ///< no indices stored: targets denseFirst … denseFirst + (row length) - 1
  int64_t denseFirst = 0;
  std::vector<int64_t> rowBegin;    ///< [sources + 1]
  TargetList target;                ///< [edges]; empty if dense
  std::vector<int32_t> listed;      ///< Request::listed: place in `pairs` of each edge, and 64 more, as kernels read
  int64_t edges() const { return rowBegin.empty() ? 0 : rowBegin.back(); }
};

/// Whether the cells follow each other.
bool consecutive(const Operand &operand);
/// Whether rows need no list of targets: those of all_to_all, where all targets are consecutive.
bool denseRows(const Request &request, bool filtered);

/// Tables in the order s * targets.size() + t; the same for any number of threads. Errors: too few candidates, p outside 0..1,
/// one_to_one of different sizes (ExitCode::model), more edges than memory (ExitCode::resources).
Result<std::vector<EdgeTable>> build(const Request &request, exec::ThreadPool &pool);

/// Gives a dense table a list of its targets.
void makeExplicit(EdgeTable &table);

/// Rows in order of delay, largest first, then target: pieces of rows with equal delays.
struct DelaySegments {
  struct Segment {
    uint32_t begin = 0; ///< first edge, counted from the beginning of the row
    int32_t steps = 0;  ///< delay of its edges
  };
  std::vector<int64_t> first;       ///< [sources + 1] index of each row's first segment
  std::vector<Segment> list;
  int32_t longest = 0;              ///< largest delay in steps
  /// The edges of segment k, which is one of `row`.
  snn_segment edges(const EdgeTable &table, int64_t row, int64_t k) const {
    const int64_t begin = table.rowBegin[static_cast<size_t>(row)];
    return {begin + list[static_cast<size_t>(k)].begin,
            k + 1 < first[static_cast<size_t>(row) + 1] ? begin + list[static_cast<size_t>(k) + 1].begin
                                                        : table.rowBegin[static_cast<size_t>(row) + 1],
            static_cast<int32_t>(row), 0};
  }
};

/// Writes the delays in steps, not negative, of the edges of the rows [from, to); called by several threads.
using DelaysOfRows = std::function<Status(int64_t from, int64_t to, int32_t *steps)>;

/// Sorts the rows of `table`, which is not dense, by their delays.
Result<DelaySegments> sortByDelay(EdgeTable &table, exec::ThreadPool &pool, const DelaysOfRows &delays);

/// Cuts the rows into pieces [from, to) of a quarter of a million edges, or one row.
std::vector<std::pair<int64_t, int64_t>> piecesOfRows(const EdgeTable &table);

/// For the edges of the rows [from, to): how many edges of the same pair of cells are stored before it, times `unit`.
void countRepeats(const EdgeTable &table, int64_t from, int64_t to, int64_t unit, int64_t *repeats);

/// Where the edges are stored, in the order of the language: by source, then target. Edges of the same pair stay as they are.
std::vector<int64_t> orderByTarget(const EdgeTable &table);

/// For each target cell its incoming edges (storage positions), by source.
struct Incoming {
  std::vector<int64_t> columnBegin; ///< [targets + 1]
  std::vector<int64_t> edge;        ///< [edges]
  std::vector<int32_t> source;      ///< [edges]
};
Incoming indexIncoming(const EdgeTable &table);

/// Calls use(edge) for the edges that end at `target`, by source; dense tables need no index.
template <class Use> void eachIncoming(const EdgeTable &table, const Incoming &incoming, int64_t target, const Use &use) {
  if (!table.dense) {
    for (int64_t k = incoming.columnBegin[static_cast<size_t>(target)]; k < incoming.columnBegin[static_cast<size_t>(target) + 1]; ++k)
      use(incoming.edge[static_cast<size_t>(k)]);
    return;
  }
  const int64_t offset = target - table.denseFirst;
  for (size_t row = 0; row < static_cast<size_t>(table.sources); ++row)
    if (offset >= 0 && offset < table.rowBegin[row + 1] - table.rowBegin[row])
      use(table.rowBegin[row] + offset);
}

} // namespace snn::rt::connect
