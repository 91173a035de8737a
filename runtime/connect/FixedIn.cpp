// fixed_in: each target draws its sources; then the edges are put in order of source.
#include "runtime/connect/Patterns.h"
#include "runtime/connect/Rows.h"
#include "runtime/connect/Sample.h"

namespace snn::rt::connect {

namespace {

/// Which (source, target) pairs of a block of targets `where` keeps: one bit each, by target.
class KeptBlock {
public:
  KeptBlock(Candidates &candidates) : c(candidates), words(static_cast<size_t>(c.allSources() + 63) / 64) {}
  /// Targets [from, to) of operand t.
  Status fill(uint32_t t, int64_t from, int64_t to) {
    bits.assign(words * static_cast<size_t>(to - from), 0);
    for (uint32_t s = 0; s < c.sources.size(); ++s)
      for (int64_t k = 0; k < c.sources[s].count(); ++k) {
        if (Status done = c.filter(s, t, c.sources[s][k], from, to, kept); !done.ok())
          return done;
        const int64_t position = c.sourceOffset[s] + k;
        for (int64_t target : kept)
          bits[static_cast<size_t>(target - from) * words + static_cast<size_t>(position / 64)] |=
              uint64_t(1) << (position % 64);
      }
    return {};
  }
  void sourcesOf(int64_t targetInBlock, std::vector<int64_t> &out) const {
    out.clear();
    for (size_t word = 0; word < words; ++word)
      for (uint64_t mask = bits[static_cast<size_t>(targetInBlock) * words + word]; mask; mask &= mask - 1)
        out.push_back(static_cast<int64_t>(word * 64) + std::countr_zero(mask));
  }
  /// Targets for which the bits take at most 64 MiB.
  int64_t blockSize() const { return std::max<int64_t>(64, (int64_t(1) << 23) / std::max<int64_t>(1, int64_t(words))); }

private:
  Candidates &c;
  size_t words;
  std::vector<uint64_t> bits;
  std::vector<int64_t> kept;
};

/// The drawn sources, k for each target, as positions among all sources.
Status drawSources(Candidates &c, int64_t k, std::vector<int32_t> &drawn) {
  const Request &r = c.request;
  KeptBlock block(c);
  Choice choice;
  std::vector<int64_t> kept;
  for (uint32_t t = 0; t < c.targets.size(); ++t) {
    const int64_t count = c.targets[t].count(), size = r.where ? block.blockSize() : std::max<int64_t>(1, count);
    for (int64_t from = 0; from < count; from += size) {
      const int64_t to = std::min(count, from + size);
      if (r.where)
        if (Status done = block.fill(t, from, to); !done.ok())
          return done;
      for (int64_t target = from; target < to; ++target) {
        if (r.where)
          block.sourcesOf(target - from, kept);
        const int64_t have = r.where ? static_cast<int64_t>(kept.size()) : c.allSources();
        if (Status done = enoughPartners(r, k, have, "target", c.targets[t][target], "sources"); !done.ok())
          return done;
        RowRandom random(r.seed, r.stream, c.targetOffset[t] + target);
        const auto take = [&](int64_t x) {
          drawn.push_back(static_cast<int32_t>(r.where ? kept[static_cast<size_t>(x)] : x));
        };
        r.multapses ? choice.repeated(random, k, have, take) : choice.distinct(random, k, have, take);
      }
    }
  }
  return {};
}

} // namespace

Status fixedIn(Candidates &c, std::vector<EdgeTable> &out) {
  int64_t k = 0;
  if (Status s = wholePartners(c.request, k); !s.ok())
    return s;
  const int64_t edges = k * c.allTargets();
  if (Status s = checkMemory(c.request, static_cast<double>(edges), 12); !s.ok())
    return s;
  std::vector<int32_t> drawn;
  drawn.reserve(static_cast<size_t>(edges));
  adviseHugePages(drawn.data(), drawn.capacity() * sizeof(int32_t));
  if (Status s = drawSources(c, k, drawn); !s.ok())
    return s;
  // a stable counting sort by source leaves the targets ascending
  std::vector<int64_t> begin(static_cast<size_t>(c.allSources()) + 1, 0);
  for (int32_t source : drawn)
    ++begin[static_cast<size_t>(source) + 1];
  for (size_t row = 1; row < begin.size(); ++row)
    begin[row] += begin[row - 1];
  std::vector<int32_t> byRow(drawn.size()); // positions among all targets
  std::vector<int64_t> next = begin;
  for (int64_t e = 0; e < edges; ++e)
    byRow[static_cast<size_t>(next[static_cast<size_t>(drawn[static_cast<size_t>(e)])]++)] = static_cast<int32_t>(e / k);
  drawn = {};
  Rows rows(c);
  for (uint32_t s = 0; s < c.sources.size(); ++s) {
    rows.expect(s, static_cast<double>(begin[static_cast<size_t>(c.sourceOffset[s + 1])] -
                                       begin[static_cast<size_t>(c.sourceOffset[s])]));
    for (int64_t row = c.sourceOffset[s]; row < c.sourceOffset[s + 1]; ++row) {
      for (int64_t e = begin[static_cast<size_t>(row)]; e < begin[static_cast<size_t>(row) + 1]; ++e)
        rows.add(s, byRow[static_cast<size_t>(e)]);
      rows.endRow(s, c.sources[s][row - c.sourceOffset[s]]);
    }
  }
  out = rows.take();
  return {};
}

} // namespace snn::rt::connect
