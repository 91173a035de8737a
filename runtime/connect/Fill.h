// Edge tables are made in two passes: the edges of each row are counted, and when there is exactly the memory for them, they
// are made again and stored. Both passes go over parts of the cells at the same time.
#pragma once

#include "runtime/connect/RowGenerator.h"
#include "runtime/exec/ThreadPool.h"

#include <algorithm>

namespace snn::rt::connect {

/// The tables of one connect statement. Rows of cells that don't take part stay empty.
class Tables {
public:
  explicit Tables(const Candidates &candidates);
  EdgeTable &at(uint32_t s, uint32_t t) { return tables[s * width + t]; }
  /// rowBegin[row + 1] holds the number of edges of each row; makes their beginnings of it, and room for the targets (and places in a list). May
  /// throw std::bad_alloc.
  static void allocate(EdgeTable &table, bool listed = false);
  std::vector<EdgeTable> take() { return std::move(tables); }

private:
  size_t width;
  std::vector<EdgeTable> tables;
};

/// Refuses more edges than the machine has memory for.
Status checkMemory(const Request &request, double edges, double bytesPerEdge);

/// Calls work(scratch, part, from, to) for `parts` parts of [0, n). Returns the error of the first part that has one.
template <class Work> Status inParts(exec::ThreadPool &pool, int parts, int64_t n, const Work &work) {
  std::vector<Status> done(static_cast<size_t>(parts));
  pool.run(parts, [&](int part) {
    Scratch scratch;
    done[static_cast<size_t>(part)] = work(scratch, part, n * part / parts, n * (part + 1) / parts);
  });
  for (Status &status : done)
    if (!status.ok())
      return std::move(status);
  return {};
}

/// How many parts n cells make: several a thread, because their work differs.
inline int partsOf(const exec::ThreadPool &pool, int64_t n) {
  return static_cast<int>(std::clamp<int64_t>(n / 16, 1, pool.size() > 1 ? std::min<int64_t>(int64_t{pool.size()} * 16, 4096) : 1));
}

/// All rows of a generator.
Status fillRows(const Candidates &candidates, const RowGenerator &generator, exec::ThreadPool &pool, std::vector<EdgeTable> &out);
/// fixed_in: each target draws its sources.
Status fillFixedIn(const Candidates &candidates, exec::ThreadPool &pool, std::vector<EdgeTable> &out);

} // namespace snn::rt::connect
