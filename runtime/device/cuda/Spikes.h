// Who has spiked in a step: from the flags of cells, or from the list of a SpikeTrain.
#pragma once

#include "runtime/device/cuda/Order.h"

namespace snn::cuda {

inline constexpr int32_t stepThreads = 256; ///< of a block of the kernels that all models share

SNN_DEV void noteSpike(const Collect &c, int32_t *list, int64_t place, int64_t cell, int64_t step) {
  list[place] = int32_t(cell);
  if (c.lastSpike)
    c.lastSpike[cell] = step + 1; // the step's end
}

/// Which of the flags [at, at + 16) are set, as bits. Flags are 0 or 1.
SNN_DEV uint32_t flagsAt(const Collect &c, int64_t at) {
  const uint4 word = *reinterpret_cast<const uint4 *>(c.flags + at);
  const auto bits = [](uint32_t four) { return four * 0x01020408u >> 24 & 15u; };
  const uint32_t all = bits(word.x) | bits(word.y) << 4 | bits(word.z) << 8 | bits(word.w) << 12;
  return c.cells - at >= 16 ? all : all & ((1u << (c.cells - at)) - 1);
}

/// The cells whose flags are set, ascending. Returns where the list ends, for the last thread of the last turn.
SNN_DEV int64_t collectFlagged(const Collect &c, Turn &turn, int32_t *list, int64_t step) {
  const Share share(turn, (c.cells + 15) / 16);
  uint32_t flags = 0;
  int32_t mine = 0;
  for (int64_t k = share.begin; k < share.end; ++k) {
    flags = flagsAt(c, 16 * k);
    mine += __popc(flags);
  }
  const Scan<int32_t> found = scanBlock(mine);
  int64_t place = turn.before(found.all) + found.before;
  for (int64_t k = share.begin; mine > 0 && k < share.end; ++k) {
    if (share.each > 1)
      flags = flagsAt(c, 16 * k);
    for (; flags != 0; flags &= flags - 1)
      noteSpike(c, list, place++, 16 * k + __ffs(int(flags)) - 1, step);
  }
  return place;
}

/// Of a SpikeTrain's list: the cells that are due in this step; one that is listed twice spikes once.
SNN_DEV int64_t collectTrain(const Collect &c, int32_t *list, int64_t step) {
  if (c.flags)
    for (int64_t i = threadIdx.x; i < c.cells; i += stepThreads)
      c.flags[i] = 0;
  __syncthreads();
  const int64_t begin = firstNot(0, c.trainLength, [&](int64_t at) { return c.trainSteps[at] < step; });
  int64_t found = 0;
  for (int64_t from = begin; from < c.trainLength && c.trainSteps[from] == step; from += stepThreads) {
    const int64_t k = from + threadIdx.x;
    const bool listed = k < c.trainLength && c.trainSteps[k] == step && (k == begin || c.trainCells[k - 1] != c.trainCells[k]);
    const Scan<int32_t> spikes = scanBlock(int32_t(listed));
    if (listed) {
      noteSpike(c, list, found + spikes.before, c.trainCells[k], step);
      if (c.flags)
        c.flags[c.trainCells[k]] = 1;
    }
    found += spikes.all;
  }
  return found;
}

/// A list of spikes that is being written.
class SpikeList {
public:
  SNN_DEV explicit SpikeList(const Collect &c) : ring(*c.ring), begin(ring.next + c.cells <= ring.capacity ? ring.next : 0) {}
  SNN_DEV int32_t *cells() const { return ring.cells + begin; }

  /// For the last thread of the last turn, which knows how many there are.
  SNN_DEV void end(const Collect &c, int64_t count, int64_t step) const {
    const Emission &earlier = ring.emissions[ring.newest];
    const int64_t slot = ring.newest + 1 < ring.slots ? ring.newest + 1 : 0;
    ring.emissions[slot] = {begin, count, earlier.before + earlier.count};
    c.ring->newest = slot;
    c.ring->next = begin + count;
    c.ring->collected = step;
  }

private:
  const Ring ring; // as all blocks must see it before `end` changes it
  const int64_t begin;
};

/// The spikes of cells that the threads of the blocks have just computed, one each.
SNN_DEV void collectComputed(const Collect &c, Turn &turn, int64_t step) {
  const SpikeList list(c);
  const int64_t cell = turn.number() * blockDim.x + threadIdx.x;
  const bool spiked = cell < c.cells && c.flags[cell] != 0;
  const Scan<int32_t> found = scanBlock(int32_t(spiked));
  const int64_t place = turn.before(found.all) + found.before;
  if (spiked)
    noteSpike(c, list.cells(), place, cell, step);
  if (turn.last() && threadIdx.x == blockDim.x - 1)
    list.end(c, place + spiked, step);
}

/// The spikes of any population.
SNN_DEV void collect(const Collect &c, Turn &turn, int64_t step) {
  const SpikeList list(c);
  int64_t found = 0;
  if (c.trainSteps) {
    const int64_t mine = turn.number() == 0 ? collectTrain(c, list.cells(), step) : 0;
    found = turn.before(int32_t(mine)) + mine;
  } else if (c.flags) {
    found = collectFlagged(c, turn, list.cells(), step);
  }
  if (turn.last() && threadIdx.x == blockDim.x - 1)
    list.end(c, found, step);
}

} // namespace snn::cuda
