// fixed_in: each target draws its sources. The first pass counts the edges of each row and part of the targets, the second
// draws again and puts them where the counts say, so that the targets of a row ascend.
#include "runtime/connect/Fill.h"

namespace snn::rt::connect {

namespace {

/// Which (source, target) pairs of a block of targets `where` keeps: one bit each, by target.
class KeptBlock {
public:
  explicit KeptBlock(const Candidates &candidates) : c(candidates), words(static_cast<size_t>(c.allSources() + 63) / 64) {}
  /// Targets [from, to) of operand t.
  Status fill(uint32_t t, int64_t from, int64_t to, Scratch &scratch) {
    bits.assign(words * static_cast<size_t>(to - from), 0);
    for (uint32_t s = 0; s < c.sources.size(); ++s)
      for (int64_t k = 0; k < c.sources[s].count(); ++k) {
        if (Status done = c.filter(s, t, c.sources[s][k], from, to, scratch, kept); !done.ok())
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
  const Candidates &c;
  size_t words;
  std::vector<uint64_t> bits;
  std::vector<int64_t> kept;
};

/// Draws the k sources of the targets [first, last) of operand t: take(target, positions among all sources).
template <class Take>
Status drawSources(const Candidates &c, int64_t k, Scratch &scratch, uint32_t t, int64_t first, int64_t last, Take take) {
  const Request &r = c.request;
  KeptBlock block(c);
  const int64_t size = r.where ? block.blockSize() : std::max<int64_t>(1, last - first);
  for (int64_t from = first; from < last; from += size) {
    const int64_t to = std::min(last, from + size);
    if (r.where)
      if (Status done = block.fill(t, from, to, scratch); !done.ok())
        return done;
    for (int64_t target = from; target < to; ++target) {
      if (r.where)
        block.sourcesOf(target - from, scratch.kept);
      const int64_t have = r.where ? static_cast<int64_t>(scratch.kept.size()) : c.allSources();
      if (Status done = enoughPartners(r, k, have, "target", c.targets[t][target], "sources"); !done.ok())
        return done;
      RowRandom random(r.seed, r.stream, c.targetOffset[t] + target);
      const auto one = [&](int64_t x) { take(target, r.where ? scratch.kept[static_cast<size_t>(x)] : x); };
      scratch.choice.drawn(random, k, have, r.multapses, one); // each goes to a row of its own: any order will do
    }
  }
  return {};
}

/// Counts of the edges from each source (by position) to each part of the targets become the places where they begin.
void placeParts(const Candidates &c, Tables &tables, uint32_t t, std::vector<std::vector<int64_t>> &next) {
  for (uint32_t s = 0; s < c.sources.size(); ++s) {
    EdgeTable &table = tables.at(s, t);
    const auto cell = [&](int64_t k) { return static_cast<size_t>(c.sources[s][k]); };
    for (int64_t k = 0; k < c.sources[s].count(); ++k)
      for (const std::vector<int64_t> &part : next)
        table.rowBegin[cell(k) + 1] += part[static_cast<size_t>(c.sourceOffset[s] + k)];
    Tables::allocate(table);
    for (int64_t k = 0; k < c.sources[s].count(); ++k) {
      int64_t begin = table.rowBegin[cell(k)];
      for (std::vector<int64_t> &part : next)
        begin += std::exchange(part[static_cast<size_t>(c.sourceOffset[s] + k)], begin);
    }
  }
}

} // namespace

Status fillFixedIn(const Candidates &c, exec::ThreadPool &pool, std::vector<EdgeTable> &out) {
  int64_t k = 0;
  if (Status s = wholePartners(c.request, k); !s.ok())
    return s;
  if (Status s = checkMemory(c.request, static_cast<double>(k * c.allTargets()), 4); !s.ok())
    return s;
  Tables tables(c);
  const size_t sources = static_cast<size_t>(c.allSources());
  for (uint32_t t = 0; t < c.targets.size(); ++t) {
    const int64_t targets = c.targets[t].count();
    // A part's counts are worth their memory while it has more edges than there are sources.
    const int64_t most = std::max<int64_t>(1, targets * k / 4 / std::max<int64_t>(1, c.allSources()));
    const int parts = static_cast<int>(std::min<int64_t>({partsOf(pool, targets), pool.size(), most}));
    std::vector<std::vector<int64_t>> next(static_cast<size_t>(parts), std::vector<int64_t>(sources, 0));
    const auto pass = [&](const auto &takerOf) {
      return inParts(pool, parts, targets, [&](Scratch &scratch, int part, int64_t from, int64_t to) {
        return drawSources(c, k, scratch, t, from, to, takerOf(next[static_cast<size_t>(part)]));
      });
    };
    Status counted = pass([](std::vector<int64_t> &counts) {
      return [&counts](int64_t, int64_t source) { ++counts[static_cast<size_t>(source)]; };
    });
    if (!counted.ok())
      return counted;
    placeParts(c, tables, t, next);
    Status stored = pass([&](std::vector<int64_t> &place) {
      return [&](int64_t target, int64_t source) {
        uint32_t s = 0; // unions are short
        while (source >= c.sourceOffset[s + 1])
          ++s;
        tables.at(s, t).target.set(static_cast<size_t>(place[static_cast<size_t>(source)]++), c.targets[t][target]);
      };
    });
    if (!stored.ok())
      return stored;
  }
  out = tables.take();
  return {};
}

} // namespace snn::rt::connect
