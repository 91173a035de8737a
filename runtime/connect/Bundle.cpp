// The rows of a bundle: lengths are those of its parts together, segments of equal delay become one.
#include "runtime/connect/Bundle.h"

namespace snn::rt::connect {

void Bundle::layOut(std::vector<int64_t> &rowBegin, DelaySegments &segments) const {
  const int64_t rows = static_cast<int64_t>(parts.front().rowBegin->size()) - 1;
  rowBegin.assign(1, 0);
  segments = {};
  segments.first.assign(1, 0);
  size_t most = 0;
  for (const Part &part : parts)
    most = std::max(most, part.segments->list.size());
  segments.list.reserve(most + most / 4); // delays of the parts are mostly the same
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

std::vector<DelaySegments> segmentsOfParts(const EdgeTable &whole, const DelaySegments &segments, std::span<const int64_t> firstTargets) {
  std::vector<DelaySegments> out(firstTargets.size());
  for (DelaySegments &part : out)
    part.first.assign(1, 0);
  for (int64_t row = 0; row < whole.sources; ++row) {
    std::vector<uint32_t> edges(out.size(), 0); // of this row, so far
    for (int64_t k = segments.first[static_cast<size_t>(row)]; k < segments.first[static_cast<size_t>(row) + 1]; ++k) {
      const snn_segment segment = segments.edges(whole, row, k);
      const int32_t steps = segments.list[static_cast<size_t>(k)].steps;
      size_t part = 0;
      for (int64_t edge = segment.begin; edge < segment.end; ++edge) {
        const size_t before = part;
        while (part + 1 < out.size() && whole.target[static_cast<size_t>(edge)] >= firstTargets[part + 1])
          ++part;
        if (edge == segment.begin || part != before) {
          out[part].list.push_back({edges[part], steps});
          out[part].longest = std::max(out[part].longest, steps);
        }
        ++edges[part];
      }
    }
    for (DelaySegments &part : out)
      part.first.push_back(static_cast<int64_t>(part.list.size()));
  }
  return out;
}

} // namespace snn::rt::connect
