// The candidates of a connect statement: its operands in ascending order, filtered by `where`.
#pragma once

#include "runtime/connect/Connectivity.h"
#include "runtime/connect/Sample.h"

#include <algorithm>

namespace snn::rt::connect {

/// One operand as an ascending range or list of cells.
class Cells {
public:
  explicit Cells(const Operand &operand);
  int64_t count() const { return list.empty() ? last - first : static_cast<int64_t>(list.size()); }
  int64_t operator[](int64_t k) const { return list.empty() ? first + k : list[static_cast<size_t>(k)]; }
  /// The position of a cell; -1 if it is none of these.
  int64_t find(int64_t cell) const {
    if (list.empty())
      return cell >= first && cell < last ? cell - first : -1;
    const auto at = std::lower_bound(list.begin(), list.end(), cell);
    return at != list.end() && *at == cell ? at - list.begin() : -1;
  }
  /// The smallest range [begin, end) that holds them all; begin is a multiple of 64, as kernels over pairs want it.
  int64_t begin() const { return first / 64 * 64; }
  int64_t end() const { return last; }
  int64_t populationCells = 0;

private:
  int64_t first = 0, last = 0;
  std::vector<int64_t> list;
};

/// What one thread needs while it looks for edges.
struct Scratch {
  std::vector<uint8_t> keep;
  std::vector<double> values, p;
  std::vector<int64_t> one, kept;
  std::vector<int32_t> listed; ///< pattern Pairs: which pairs of the list the edges of the row are
  Choice choice;
};

/// All source and target operands, and the callbacks of the request over them.
class Candidates {
public:
  explicit Candidates(const Request &request);

  const Request &request;
  std::vector<Cells> sources, targets;
  std::vector<int64_t> targetOffset; ///< position of operand t's first cell among all targets; [targets + 1]
  std::vector<int64_t> sourceOffset; ///< the same for sources
  int64_t allTargets() const { return targetOffset.back(); }
  int64_t allSources() const { return sourceOffset.back(); }

  /// The positions within operand t, ascending, that `where` keeps for the source cell `pre`, among [from, to).
  Status filter(uint32_t s, uint32_t t, int64_t pre, int64_t from, int64_t to, Scratch &scratch,
                std::vector<int64_t> &kept) const;
  /// The probability of each kept position.
  Status probabilities(uint32_t s, uint32_t t, int64_t pre, const std::vector<int64_t> &kept, Scratch &scratch,
                       std::vector<double> &p) const;
  /// The positions among all targets that `where` keeps for the source cell `pre`.
  Status keptTargets(uint32_t s, int64_t pre, Scratch &scratch, std::vector<int64_t> &kept) const;
};

} // namespace snn::rt::connect
