// Tables under construction: rows are appended in ascending order of the source cell.
#pragma once

#include "runtime/connect/Candidates.h"

namespace snn::rt::connect {

/// The tables of one connect statement while rows are added. May throw std::bad_alloc.
class Rows {
public:
  explicit Rows(const Candidates &candidates);

  /// Makes room for about `edges` edges in all tables of source operand s, with huge pages.
  void expect(uint32_t s, double edges);
  /// Appends an edge to the row that is being filled; `position` counts over all targets, ascending.
  void add(uint32_t s, int64_t position) {
    while (position >= candidates.targetOffset[current + 1])
      ++current;
    EdgeTable &table = tables[s * candidates.targets.size() + current];
    table.target.push_back(candidates.targets[current][position - candidates.targetOffset[current]]);
  }
  /// Ends the row of the source cell `pre` of operand s.
  void endRow(uint32_t s, int64_t pre);
  /// Completes all tables (rows of the cells that don't take part are empty).
  std::vector<EdgeTable> take();

private:
  const Candidates &candidates;
  std::vector<EdgeTable> tables;
  size_t current = 0; ///< target operand of the last position
};

/// Refuses more edges than the machine has memory for.
Status checkMemory(const Request &request, double edges, double bytesPerEdge);
/// Asks for 2 MiB pages for memory that is about to be written; where the system has none nothing changes.
void adviseHugePages(const void *data, size_t bytes);

} // namespace snn::rt::connect
