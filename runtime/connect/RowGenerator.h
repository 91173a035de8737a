// The edges of a pattern row by row: any row can be had at any time, by several threads at once, because its random numbers
// are keyed by the row.
#pragma once

#include "runtime/connect/Candidates.h"
#include "runtime/exec/ThreadPool.h"

#include <memory>

namespace snn::rt::connect {

/// A source cell of a connect statement.
struct RowOf {
  uint32_t operand = 0; ///< source operand
  int64_t position = 0; ///< among all sources
  int64_t cell = 0;     ///< within its population
};

class RowGenerator {
public:
  virtual ~RowGenerator() = default;
  /// The row's targets as positions among all targets, ascending.
  virtual Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const = 0;
  /// About how many edges there are in all; negative: not known before they are made.
  virtual double expectedEdges() const { return -1; }
};

/// For every pattern but fixed_in, whose edges are drawn by target. `candidates` must outlive it. Errors: p outside 0..1, a
/// number of partners or edges that is not whole, more distinct edges than pairs, one_to_one of different sizes.
Result<std::unique_ptr<RowGenerator>> makeRowGenerator(const Candidates &candidates, exec::ThreadPool &pool);

/// The k of fixed_in and fixed_out, the n of fixed_total: whole, not negative, below 2^31 or 2^53.
Status wholePartners(const Request &request, int64_t &k);
/// An error unless `have` candidates are enough for k partners. `side`: what `cell` is, "source" or "target"; `partners`:
/// what it should get.
Status enoughPartners(const Request &request, int64_t k, int64_t have, const char *side, int64_t cell, const char *partners);

} // namespace snn::rt::connect
