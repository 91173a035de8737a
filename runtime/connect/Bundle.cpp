// The rows of a bundle: lengths are those of its parts together, segments of equal delay become one.
#include "runtime/connect/Bundle.h"

namespace snn::rt::connect {

void Bundle::layOut(std::vector<int64_t> &rowBegin, DelaySegments &segments) const {
  const int64_t rows = static_cast<int64_t>(parts.front().rowBegin->size()) - 1;
  rowBegin.assign(1, 0);
  segments = {};
  segments.first.assign(1, 0);
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t begin = rowBegin.back();
    int64_t end = begin;
    eachPiece(row, row + 1, begin, [&](const Piece &piece, int64_t, int32_t steps) {
      const bool another = segments.list.size() == static_cast<size_t>(segments.first.back()) || segments.list.back().steps != steps;
      if (another)
        segments.list.push_back({static_cast<uint32_t>(piece.whole - begin), steps});
      end = piece.whole + piece.count;
    });
    rowBegin.push_back(end);
    segments.first.push_back(static_cast<int64_t>(segments.list.size()));
  }
  for (const Part &part : parts)
    segments.longest = std::max(segments.longest, part.segments->longest);
  segments.list.shrink_to_fit();
}

} // namespace snn::rt::connect
