// Rows of several tables with drawn delays as rows of one: a spike then walks one long segment for each delay, instead of a short
// one in each table. The tables lead to targets that lie apart, so that the order of what arrives at a target stays the same.
#pragma once

#include "runtime/connect/Connectivity.h"

#include <algorithm>
#include <span>

namespace snn::rt::connect {

class Bundle {
public:
  /// One of the tables; in a bundle they are in the order of their targets, which ascend.
  struct Part {
    const std::vector<int64_t> *rowBegin;
    const DelaySegments *segments;
  };
  /// Neighbouring edges of one part: where they are in its table, and where in the bundle's.
  struct Piece {
    size_t part;
    int64_t own, whole, count;
  };

  explicit Bundle(std::vector<Part> p) : parts(std::move(p)) {}

  /// The first edge of a row in the table of a part.
  int64_t firstEdge(size_t part, int64_t row) const { return (*parts[part].rowBegin)[static_cast<size_t>(row)]; }

  /// The rows of the bundle, without targets.
  void layOut(std::vector<int64_t> &rowBegin, DelaySegments &segments) const;

  /// Calls use(piece) for all edges of the rows [from, to), in the order of the bundle, whose first edge there is `whole`.
  template <class Use> void eachPiece(int64_t from, int64_t to, int64_t whole, const Use &use) const {
    std::vector<int64_t> next(parts.size());
    for (int64_t row = from; row < to; ++row) {
      for (size_t k = 0; k < parts.size(); ++k)
        next[k] = parts[k].segments->first[static_cast<size_t>(row)];
      for (int32_t steps = longest(row, next); steps >= 0; steps = longest(row, next))
        for (size_t k = 0; k < parts.size(); ++k)
          if (delayOf(k, row, next[k]) == steps) {
            const int64_t begin = edgeOf(k, row, next[k]), count = edgeOf(k, row, next[k] + 1) - begin;
            ++next[k];
            use(Piece{k, begin, whole, count}, row, steps);
            whole += count;
          }
    }
  }

private:
  std::vector<Part> parts;

  int64_t endOf(size_t part, int64_t row) const { return parts[part].segments->first[static_cast<size_t>(row) + 1]; }
  /// -1 behind the last segment of the row.
  int32_t delayOf(size_t part, int64_t row, int64_t segment) const {
    return segment < endOf(part, row) ? parts[part].segments->list[static_cast<size_t>(segment)].steps : -1;
  }
  int64_t edgeOf(size_t part, int64_t row, int64_t segment) const {
    const std::vector<int64_t> &begin = *parts[part].rowBegin;
    return segment < endOf(part, row) ? begin[static_cast<size_t>(row)] + parts[part].segments->list[static_cast<size_t>(segment)].begin
                                      : begin[static_cast<size_t>(row) + 1];
  }
  int32_t longest(int64_t row, const std::vector<int64_t> &next) const {
    int32_t steps = -1;
    for (size_t k = 0; k < parts.size(); ++k)
      steps = std::max(steps, delayOf(k, row, next[k]));
    return steps;
  }
};

/// The segments of the parts, found in those of the bundle. Part k leads to targets from firstTargets[k] up to those of the next.
std::vector<DelaySegments> segmentsOfParts(const EdgeTable &whole, const DelaySegments &segments, std::span<const int64_t> firstTargets);

} // namespace snn::rt::connect
