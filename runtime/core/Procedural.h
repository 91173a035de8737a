// Rows of edges that are made again when spikes travel over them (the clause `procedural`); see NetworkProcedural.cpp.
#pragma once

#include "runtime/connect/RowGenerator.h"
#include "runtime/core/Memory.h"

#include <deque>
#include <memory>
#include <vector>

namespace snn::rt {

/// What the projections of one connect statement share.
struct GroupRows {
  explicit GroupRows(connect::Request r) : request(std::move(r)), candidates(request) {}
  GroupRows(const GroupRows &) = delete;
  GroupRows &operator=(const GroupRows &) = delete;
  connect::Request request;
  connect::Candidates candidates;
  std::unique_ptr<connect::RowGenerator> generator;
};

/// Rows of some source cells, with all that kernels read of their edges.
struct RowBatch {
  int64_t emitted = 0;              ///< step in which the cells spiked
  std::vector<int32_t> cells;       ///< by row, ascending
  connect::EdgeTable table;         ///< row k belongs to cells[k]
  connect::DelaySegments segments;  ///< drawn delays
  snn_edges edges{};                ///< as kernels see the table
  std::vector<Block> values;
  std::vector<int64_t> repeats;     ///< see abi::Projection::repeats
  std::vector<void *> buffers;      ///< by number: those of the network, but for the values of these edges
  std::vector<snn_segment> arriving; ///< of the step that is computed, and one more, which is only fetched
};

struct Procedural {
  std::shared_ptr<GroupRows> group;
  std::vector<double> scalars;      ///< as they were when the network was built
  std::vector<Block> copies;        ///< and so the cells' values that edges are made from
  std::vector<void *> buffers;      ///< by number: the copies where there are any
  std::vector<std::pair<uint32_t, double>> given; ///< buffers of edges, and what --set wants in them
  std::deque<RowBatch> underWay;    ///< by step of emission
  std::unique_ptr<RowBatch> whole;  ///< all rows, once somebody has read them
};

} // namespace snn::rt
