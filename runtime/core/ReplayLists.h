// Which edges are given which events of a log: what one thread replays at a time.
#pragma once

#include "runtime/connect/Connectivity.h"
#include "runtime/core/Memory.h"
#include "runtime/core/SpikeLog.h"

#include <functional>
#include <vector>

namespace snn::rt {

/// Lists for a few rows of a projection. Entries are put in from the end, because the events of a target are chained from its
/// last one: those of one edge stand in the order of their steps.
class ReplayLists {
public:
  /// `run` gives the entries to the kernels; it is called whenever they are many, and by finish.
  void begin(const connect::EdgeTable &table, const snn_edges &edges, SpikeLog &log, std::function<void()> run);
  /// Puts in what the row of a source cell has not seen.
  void row(int32_t source);
  void finish() { give(); }

  const snn_moment *moments() const { return times.data(); }
  size_t momentCount() const { return used; }
  size_t mostMoments() const { return times.size(); }
  const snn_replayed *entries() const { return list.data() + first; }
  size_t entryCount() const { return list.size() - first; }

  std::vector<Block> values;   ///< of the traces at the moments, by kernel
  std::vector<void *> buffers; ///< as the kernels of this thread see them
  int64_t given = 0;           ///< entries so far

private:
  const connect::EdgeTable *table = nullptr;
  const snn_edges *edges = nullptr;
  SpikeLog *log = nullptr;
  std::function<void()> run;
  std::vector<snn_moment> times;  ///< [0, used)
  size_t used = 0;
  std::vector<snn_replayed> list; ///< [first, size)
  size_t first = 0;

  void give();
  void makeRoom(size_t more);
  int64_t momentsOf(int32_t source, int32_t from);
  void denseRow(int32_t source, int32_t from);
  template <class Target> void sparseRow(const Target *targets, int32_t source, int32_t from);
  template <bool shared, class Target> void chains(const Target *targets, int32_t source, int32_t from);
  int64_t rowBegin(int32_t source) const { return table->rowBegin[static_cast<size_t>(source)]; }
  int64_t rowEnd(int32_t source) const { return table->rowBegin[static_cast<size_t>(source) + 1]; }
};

} // namespace snn::rt
