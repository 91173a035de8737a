// What arrives in a step: segments of the rows of cells whose spikes are due now. They are listed in the order of the language, or
// all threads walk them at once.
#pragma once

#include "runtime/device/cuda/Order.h"

namespace snn::cuda {

/// The segment of `cell` that arrives `due` steps after its emission; empty if there is none.
SNN_DEV snn_segment arriving(const Arrivals &a, int32_t cell, int64_t due) {
  const int64_t row = a.rowBegin[cell];
  if (a.begins) {
    const uint32_t *at = a.begins + (cell - a.firstSource) * (a.delay - a.shortest + 2) + (a.delay - due);
    return {row + at[0], row + at[1], cell, 0};
  }
  const int64_t end = a.rowBegin[cell + 1];
  if (!a.first)
    return {row, end, cell, 0};
  const int64_t last = a.first[cell + 1];
  int64_t k = a.first[cell];
  if (k == last)
    return {row, row, cell, 0};
  // delays descend, each at least by one: so far from the ends of the row it can be at most
  const int64_t fromFirst = a.segmentsByDelay[k].steps - due, fromLast = due - a.segmentsByDelay[last - 1].steps;
  if (fromFirst < 0 || fromLast < 0)
    return {row, row, cell, 0};
  const int64_t beyond = k + fromFirst + 1 < last ? k + fromFirst + 1 : last;
  k = last - 1 - fromLast > k ? last - 1 - fromLast : k;
  k = firstNot(k, beyond - k, [&](int64_t at) { return a.segmentsByDelay[at].steps > due; });
  if (k == last || a.segmentsByDelay[k].steps != due)
    return {row, row, cell, 0};
  return {row + a.segmentsByDelay[k].begin, k + 1 < last ? row + a.segmentsByDelay[k + 1].begin : end, cell, 0};
}

/// Steps whose spikes may arrive in a step, the oldest in slot `oldest`.
struct Window {
  int32_t oldest, steps;
  int64_t age; ///< of the oldest
};

SNN_DEV Window windowOf(const Arrivals &a, const Ring &ring, int64_t step) {
  int64_t age = a.delay;
  const int64_t cleared = a.clearedBefore > 0 ? a.clearedBefore : 0;
  if (step - 1 - age < cleared)
    age = step - 1 - cleared;
  if (age < a.shortest)
    return {0, 0, 0};
  const int64_t before = ring.newest - (ring.collected == step); // slot of the step before this one
  return {int32_t(age <= before ? before - age : before - age + ring.slots), int32_t(age - a.shortest) + 1, age};
}

SNN_DEV const Emission &emissionOf(const Ring &ring, const Window &w, int32_t later) {
  const int32_t slot = w.oldest + later;
  return ring.emissions[slot < ring.slots ? slot : slot - int32_t(ring.slots)];
}

/// The spikes of one of a window's steps, which are numbered from the ring's first on: the number of the first of them, and where that
/// of number 0 would be.
struct Numbered {
  int64_t first, place;
};

SNN_DEV Numbered numberedOf(const Emission &e) { return {e.before, e.begin - e.before}; }

/// Those of a window's first steps, at hand for a block, and which spikes are the window's: [of[0].first, end).
struct Numbers {
  static constexpr int32_t most = 256;
  Numbered of[most];
  int64_t end;
  SNN_DEV int64_t count() const { return end - of[0].first; }
};

SNN_DEV void keepNumbers(Numbers &numbers, const Ring &ring, const Window &w) {
  if (w.steps == 0 && threadIdx.x == 0)
    numbers.end = numbers.of[0].first = 0;
  for (int32_t k = threadIdx.x; k < w.steps && k < Numbers::most; k += blockDim.x)
    numbers.of[k] = numberedOf(emissionOf(ring, w, k));
  if (w.steps > 0 && threadIdx.x == blockDim.x - 1) {
    const Emission &youngest = emissionOf(ring, w, w.steps - 1);
    numbers.end = youngest.before + youngest.count;
  }
  __syncthreads();
}

/// A segment that arrives, and how many steps after the oldest of the window its spike was emitted.
struct Arrived {
  snn_segment edges;
  int32_t later;
};

/// What arrives of the window's spike `n`.
SNN_DEV Arrived arrivingOf(const Arrivals &a, const Ring &ring, const Window &w, const Numbers &numbers, int64_t n) {
  const int64_t number = numbers.of[0].first + n;
  const auto numbered = [&](int32_t later) { return later < Numbers::most ? numbers.of[later] : numberedOf(emissionOf(ring, w, later)); };
  int32_t low = 0;
  for (int32_t high = w.steps; high - low > 1;) {
    const int32_t middle = (low + high) / 2;
    if (numbered(middle).first <= number)
      low = middle;
    else
      high = middle;
  }
  const int32_t cell = ring.cells[numbered(low).place + number];
  if (cell < a.firstSource || cell >= a.lastSource)
    return {{0, 0, cell, 0}, low};
  return {arriving(a, cell, w.age - low), low};
}

/// Lists what arrives over a connection: oldest emission first, then by source.
SNN_DEV void gather(const Arrivals &a, Turn &turn, int64_t step) {
  __shared__ Numbers numbers;
  const Ring ring = *a.ring;
  const Window window = windowOf(a, ring, step);
  keepNumbers(numbers, ring, window);
  const Share share(turn, numbers.count());
  snn_segment segment = {0, 0, 0, 0};
  int32_t mine = 0;
  for (int64_t n = share.begin; n < share.end; ++n) {
    segment = arrivingOf(a, ring, window, numbers, n).edges;
    mine += segment.end > segment.begin;
  }
  const Scan<int32_t> found = scanBlock(mine);
  int64_t place = turn.before(found.all) + found.before;
  for (int64_t n = share.begin; mine > 0 && n < share.end; ++n) {
    if (share.each > 1)
      segment = arrivingOf(a, ring, window, numbers, n).edges;
    if (segment.end == segment.begin)
      continue;
    a.segments[place] = segment;
    a.cells[place++] = segment.source;
  }
  if (turn.last() && threadIdx.x == blockDim.x - 1)
    *a.count = place;
}

/// Keeps the pieces of a block's threads that are not empty, in order: where each begins, its source, and how many edges are in those
/// before. Returns the place of a thread's piece, and how many there are.
template <class Kept> SNN_DEV Scan<int32_t> keepPieces(Kept &kept, const snn_segment &piece) {
  const int32_t length = int32_t(piece.end - piece.begin);
  const Scan<int64_t> found = scanBlock(int64_t(length > 0) << 32 | length); // pieces, and edges
  const Scan<int32_t> pieces{int32_t(found.before >> 32), int32_t(found.all >> 32)};
  if (length > 0) {
    kept.begin[pieces.before] = piece.begin;
    kept.source[pieces.before] = piece.source;
    kept.start[pieces.before] = int32_t(found.before);
  }
  if (threadIdx.x == 0)
    kept.start[pieces.all] = int32_t(found.all);
  return pieces;
}

/// What a block that walks keeps. It is written behind the barriers of scanBlock, when all threads are done with the last.
struct Walked {
  Numbers numbers;
  int64_t begin[walkers]; ///< of each piece
  int32_t source[walkers], later[walkers];
  int32_t start[walkers + 1]; ///< number of edges in the pieces before
};

/// Finds for each thread of the block `part` of `parts` of a spike's segment: of spikes of all ages, as most that arrives was emitted
/// at about the same time. Returns how many are not empty.
SNN_DEV int32_t findArriving(Walked &walked, const Arrivals &a, const Ring &ring, const Window &window, int64_t item, int32_t parts) {
  Arrived mine = {{0, 0, 0, 0}, 0};
  const int64_t number = parts == 1 ? item : item / parts;
  if (number < walked.numbers.count())
    mine = arrivingOf(a, ring, window, walked.numbers, number);
  if (parts > 1) {
    const int64_t part = item - number * parts, begin = mine.edges.begin, length = mine.edges.end - begin;
    mine.edges.begin = begin + length * part / parts;
    mine.edges.end = begin + length * (part + 1) / parts;
  }
  const Scan<int32_t> pieces = keepPieces(walked, mine.edges);
  if (mine.edges.end > mine.edges.begin)
    walked.later[pieces.before] = mine.later;
  __syncthreads();
  return pieces.all;
}

/// An edge that something arrives over.
struct ArrivingEdge {
  int64_t edge;
  int32_t source, later;
};

/// So many edges are under way at a time in each thread, whose loads need not wait for each other.
inline constexpr int32_t together = 4;

/// Calls visit(edges, count) until all edges that something arrives over were visited, in any order: the blocks of a connection together.
/// The first `count` are different ones; the others repeat the first, so that loads need no branch.
template <class Visit> SNN_DEV void walkArrivals(const Arrivals &a, const BlockShare &mine, int64_t step, const Visit &visit) {
  __shared__ Walked walked;
  const Ring ring = *a.ring;
  const Window window = windowOf(a, ring, step);
  keepNumbers(walked.numbers, ring, window);
  const int64_t threads = int64_t(mine.blocks) * walkers, spikes = walked.numbers.count();
  const int32_t share = spikes > 0 && spikes < threads ? int32_t(uint32_t(threads) / uint32_t(spikes)) : 1;
  const int32_t parts = share > a.leastParts ? share : a.leastParts;
  for (int64_t from = 0; from < spikes * parts; from += threads) {
    const int32_t pieces = findArriving(walked, a, ring, window, from + int64_t(threadIdx.x) * mine.blocks + mine.number, parts);
    const int32_t all = walked.start[pieces];
    for (int32_t k = threadIdx.x; k < all; k += together * walkers) {
      ArrivingEdge edges[together];
#pragma unroll
      for (int32_t n = 0; n < together; ++n) {
        const int32_t at = k + n * walkers < all ? k + n * walkers : k, piece = lastFrom(walked.start, pieces, at);
        edges[n] = {walked.begin[piece] + (at - walked.start[piece]), walked.source[piece], walked.later[piece]};
      }
      const int32_t count = (all - k + walkers - 1) / walkers;
      visit(edges, count < together ? count : together);
    }
  }
}

} // namespace snn::cuda
