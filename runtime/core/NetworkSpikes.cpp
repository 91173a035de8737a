// Who spiked in a step: flags of cells, and spike trains that are data, become ascending lists.
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <immintrin.h>

namespace snn::rt {

namespace {
/// One bit for each of 32 flags that is not set. Kernels need AVX2 as well.
__attribute__((target("avx2"))) uint64_t silent(const uint8_t *flags) {
  const __m256i eq = _mm256_cmpeq_epi8(_mm256_load_si256(reinterpret_cast<const __m256i *>(flags)), _mm256_setzero_si256());
  return static_cast<uint32_t>(_mm256_movemask_epi8(eq));
}

/// Appends the cells of [begin, end), multiples of 64, whose flag is set, ascending.
__attribute__((target("avx2"))) void listFlagged(const uint8_t *flags, int64_t begin, int64_t end, std::vector<int32_t> &spikes) {
  for (int64_t at = begin; at < end; at += 64)
    for (uint64_t mask = ~(silent(flags + at) | silent(flags + at + 32) << 32); mask; mask &= mask - 1)
      spikes.push_back(static_cast<int32_t>(at + std::countr_zero(mask)));
}
} // namespace

void Network::Impl::collectTrain(PopulationState &state, uint8_t *flags) {
  if (flags)
    std::memset(flags, 0, static_cast<size_t>(padded(state.count)));
  std::vector<int32_t> &spikes = state.history.at(step);
  while (state.trainNext < state.train.size() && state.train[state.trainNext].first < step)
    ++state.trainNext; // of a step that failed before it came here
  while (state.trainNext < state.train.size() && state.train[state.trainNext].first == step) {
    const int32_t cell = state.train[state.trainNext++].second;
    if (!spikes.empty() && spikes.back() == cell)
      continue; // listed twice: a cell spikes once a step
    spikes.push_back(cell);
    if (flags)
      flags[cell] = 1;
  }
}

/// The cells of [begin, end) whose flag says that they spiked in step `at`; notes it for each of them.
void Network::Impl::spikesOf(uint32_t id, int64_t begin, int64_t end, int64_t at, std::vector<int32_t> &spikes) {
  PopulationState &state = populations[id];
  spikes.clear();
  if (const uint32_t buffer = tables.populations[id].flags; buffer != abi::none) {
    uint8_t *flags = static_cast<uint8_t *>(pointers[buffer]);
    if (state.count < end)
      std::fill(flags + state.count, flags + end, uint8_t{0});
    listFlagged(flags, begin, end, spikes);
  }
  countSpikes(id, at, spikes);
}

void Network::Impl::countSpikes(uint32_t id, int64_t at, std::span<const int32_t> spikes) {
  PopulationState &state = populations[id];
  for (int32_t cell : spikes)
    ++state.counts[cell];
  if (const uint32_t last = tables.populations[id].spikeStep; last != abi::none)
    for (int32_t cell : spikes)
      static_cast<int64_t *>(pointers[last])[cell] = at + 1; // the step's end
}

void Network::Impl::collect(uint32_t id) {
  PopulationState &state = populations[id];
  std::vector<int32_t> &spikes = state.history.at(step);
  state.lastCollected = step;
  if (tables.populations[id].spikeTimes == abi::none)
    return spikesOf(id, 0, padded(state.count), step, spikes);
  spikes.clear();
  const uint32_t flags = tables.populations[id].flags;
  collectTrain(state, flags == abi::none ? nullptr : static_cast<uint8_t *>(pointers[flags]));
  countSpikes(id, step, spikes);
}

} // namespace snn::rt
