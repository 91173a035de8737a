// Sums at cells in the order of the language (LANGUAGE section 10), with the bits of one thread that walks all edges, by blocks that
// own targets. That suits many arrivals and all code; few arrivals of code that changes nothing else go by Buckets.h. Each block owns
// 128 targets. It evaluates the edges that lead to them side by side, keeps what they add in shared memory, at a place that follows
// from the order, and then each target's thread adds it up in that order.
//
//   1. of 128 segments, each thread finds the piece of one that leads to the block's targets; empty ones are left out;
//   2. as many pieces as there are places are evaluated, a thread an edge;
//   3. each target's thread adds what is there, in the order of the places; 2 and 3 again, until no piece is left.
#pragma once

#include "runtime/device/cuda/Spaces.h"

namespace snn::cuda {

inline constexpr int32_t ownedTargets = 128; ///< of a block, which has as many threads

/// The first edge of a segment, whose targets ascend, with a target of at least `target`.
SNN_DEV int64_t firstFrom(const snn_edges &e, const snn_segment &s, int64_t target) {
  if (!e.target && !e.target16) {
    const int64_t edge = target - e.dense_first + e.row_begin[s.source];
    return edge < s.begin ? s.begin : edge > s.end ? s.end : edge;
  }
  return firstNot(s.begin, s.end - s.begin, [&](int64_t edge) { return targetOf(e, s.source, edge) < target; });
}

/// What a block keeps of the pieces that it works on. All that adds to one variable has places of its own, of which an edge takes as
/// many as its body has statements that add to it. Of many variables nothing is kept.
template <class Sum, int Sums> struct Shared {
  static constexpr int32_t places = Sums <= 16 ? 32 / Sums : 0, kept = places > 0 ? Sums : 1; ///< for each target and variable: bits of a mask
  Sum values[kept][places > 0 ? places : 1][ownedTargets];
  uint32_t present[kept][ownedTargets];   ///< which places hold a value
  int64_t begin[ownedTargets];            ///< of each piece
  int32_t source[ownedTargets];
  int32_t start[ownedTargets + 1];        ///< number of edges in the pieces before
};

template <class Sum, int Sums> struct AddLater {
  Shared<Sum, Sums> &shared;
  int32_t firstPlace, target;

  template <int Which, int Nth, class Element> SNN_DEV void add(Element *, int64_t, Element value) const {
    shared.values[Which][firstPlace + Nth][target] = Sum(value);
    atomicOr(&shared.present[Which][target], 1u << (firstPlace + Nth));
  }
};

template <class Body, int Which = 0, class Kept> SNN_DEV void addUp(const Body &body, Kept &shared, int64_t target) {
  if constexpr (Which < Body::sums) {
    auto *to = body.template sum<Which>() + target;
    auto sum = *to;
    uint32_t left = shared.present[Which][threadIdx.x];
    if (left != 0) {
      for (; left != 0; left &= left - 1)
        sum = sum + static_cast<decltype(sum)>(shared.values[Which][__ffs(int(left)) - 1][threadIdx.x]);
      *to = sum;
      shared.present[Which][threadIdx.x] = 0;
    }
    addUp<Body, Which + 1>(body, shared, target);
  }
}

/// How many edges before this one of its segment lead to the same target.
SNN_DEV int32_t repetition(const Call &call, int64_t src, int64_t tgt, int64_t edge, int64_t begin) {
  int32_t n = 0;
  if (call.repeats > 1)
    while (edge - n > begin && targetOf(call.edges, src, edge - n - 1) == tgt)
      ++n;
  return n;
}

/// Evaluates the pieces [from, to), whose places are 0 … .
template <class Body, class Kept> SNN_DEV void evaluate(const Body &body, const Call &call, Kept &shared, int32_t from, int32_t to, int64_t first, Checks &checks) {
  for (int32_t k = shared.start[from] + int32_t(threadIdx.x); k < shared.start[to]; k += ownedTargets) {
    const int32_t piece = from + lastFrom(shared.start + from, to - from, k);
    const int64_t src = shared.source[piece], edge = shared.begin[piece] + (k - shared.start[piece]);
    const int64_t tgt = targetOf(call.edges, src, edge);
    const int32_t before = (piece - from) * int32_t(call.repeats) + repetition(call, src, tgt, edge, shared.begin[piece]);
    body.at(edgePlace(call.edges, src, tgt, edge), AddLater<typename Body::Sum, Body::sums>{shared, before * Body::adds, int32_t(tgt - first)}, checks);
  }
}

/// Step 1: the pieces of the segments [from, from + 128) that lead to the block's targets. Returns how many there are.
template <class Kept> SNN_DEV int32_t findPieces(const Call &call, Kept &shared, int64_t from, int64_t segments, int64_t first) {
  snn_segment piece = {0, 0, 0, 0};
  if (from + threadIdx.x < segments) {
    const snn_segment whole = call.segments[from + threadIdx.x];
    piece = {firstFrom(call.edges, whole, first), firstFrom(call.edges, whole, first + ownedTargets), whole.source, 0};
  }
  const Scan<int32_t> pieces = keepPieces(shared, piece);
  __syncthreads();
  return pieces.all;
}

template <class Body, class Kept> SNN_DEV void deliver(const Body &body, const Call &call, Kept &shared, int64_t first, int64_t targets, Checks &checks) {
  const int32_t atOnce = Kept::places / (int32_t(call.repeats) * Body::adds);
  const int64_t segments = *call.segmentCount;
  for (int64_t from = 0; from < segments; from += ownedTargets) {
    const int32_t pieces = findPieces(call, shared, from, segments, first);
    for (int32_t k = 0; k < pieces; k += atOnce) {
      evaluate(body, call, shared, k, k + atOnce < pieces ? k + atOnce : pieces, first, checks);
      __syncthreads();
      if (first + threadIdx.x < targets)
        addUp(body, shared, first + threadIdx.x);
      __syncthreads();
    }
  }
}

/// A thread a target, where there are not enough places for the edges of one pair.
template <class Body> SNN_DEV void deliverOneByOne(const Body &body, const Call &call, int64_t target, Checks &checks) {
  for (int64_t s = 0; s < *call.segmentCount; ++s) {
    const snn_segment segment = call.segments[s];
    const int64_t end = firstFrom(call.edges, segment, target + 1);
    for (int64_t edge = firstFrom(call.edges, segment, target); edge < end; ++edge)
      body.at(edgePlace(call.edges, segment.source, target, edge), AddInPlace{}, checks);
  }
}

/// The calls of blockIdx.y's targets, one after the other.
template <class Body> SNN_DEV void overTargets(Control *control, const Call *calls, const Owners *owners) {
  using Kept = Shared<typename Body::Sum, Body::sums>;
  __shared__ Kept shared;
  const Owners mine = owners[blockIdx.y];
  const int64_t first = int64_t(blockIdx.x) * ownedTargets;
  begin();
  if (first >= mine.targets || halted(control))
    return;
  for (int32_t k = 0; k < Kept::kept; ++k)
    shared.present[k][threadIdx.x] = 0;
  __syncthreads();
  for (uint32_t c = mine.first; c < mine.first + mine.count; ++c) {
    const Call &call = calls[c];
    if (call.firstTarget >= first + ownedTargets || call.lastTarget <= first || !forThisStep(*control, call))
      continue;
    Body body(call);
    body.prepare(*control);
    Checks checks;
    if (call.repeats * Body::adds > Kept::places && first + threadIdx.x < mine.targets)
      deliverOneByOne(body, call, first + threadIdx.x, checks);
    if constexpr (Body::adds <= Kept::places)
      if (call.repeats * Body::adds <= Kept::places)
        deliver(body, call, shared, first, mine.targets, checks);
    checks.tell(control, call);
    __syncthreads();
  }
}

} // namespace snn::cuda
