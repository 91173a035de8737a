// Sums at cells in the order of the language (LANGUAGE section 10), with the bits of one thread that walks all edges. Two ways:
//
// By blocks that own targets, which suits many arrivals and all code. Each block owns 128 targets. It evaluates the edges that lead
// to them side by side, keeps what they add in shared memory, at a place that follows from the order, and then each target's
// thread adds it up in that order.
//
//   1. of 128 segments, each thread finds the piece of one that leads to the block's targets; empty ones are left out;
//   2. as many pieces as there are places are evaluated, a thread an edge;
//   3. each target's thread adds what is there, in the order of the places; 2 and 3 again, until no piece is left.
//
// By buckets, which suits few arrivals: all edges are evaluated at once, each puts its value and its place in the order into a
// bucket of its target, and each target's thread adds up its bucket in order. Only code that changes nothing else can do so, because
// it is evaluated again, by the first way, where a bucket is full; then the next steps do without buckets.
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
  int64_t low = s.begin;
  for (int64_t count = s.end - s.begin; count > 0;) {
    const int64_t half = count / 2;
    if (targetOf(e, s.source, low + half) < target)
      low += half + 1, count -= half + 1;
    else
      count = half;
  }
  return low;
}

/// What a block keeps of the pieces that it works on.
template <class Sum, int Sums> struct Shared {
  static constexpr int32_t places = 32 / Sums; ///< for each target and sum: bits of a mask
  Sum values[Sums][places][ownedTargets];
  uint32_t present[Sums][ownedTargets];   ///< which places hold a value
  int64_t begin[ownedTargets];            ///< of each piece
  int32_t source[ownedTargets];
  int32_t start[ownedTargets + 1];        ///< number of edges in the pieces before
};

template <class Sum, int Sums> struct AddLater {
  Shared<Sum, Sums> &shared;
  int32_t place, target;

  template <int Which, class Element> SNN_DEV void add(Element *, int64_t, Element value) const {
    shared.values[Which][place][target] = Sum(value);
    atomicOr(&shared.present[Which][target], 1u << place);
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
    const int32_t place = (piece - from) * int32_t(call.repeats) + repetition(call, src, tgt, edge, shared.begin[piece]);
    body.at(edgePlace(call.edges, src, tgt, edge), AddLater<typename Body::Sum, Body::sums>{shared, place, int32_t(tgt - first)}, checks);
  }
}

/// Step 1: the pieces of the segments [from, from + 128) that lead to the block's targets. Returns how many there are.
template <class Kept> SNN_DEV int32_t findPieces(const Call &call, Kept &shared, int64_t from, int64_t segments, int64_t first) {
  snn_segment piece = {0, 0, 0, 0};
  if (from + threadIdx.x < segments) {
    const snn_segment whole = call.segments[from + threadIdx.x];
    piece = {firstFrom(call.edges, whole, first), firstFrom(call.edges, whole, first + ownedTargets), whole.source, 0};
  }
  const int32_t length = int32_t(piece.end - piece.begin);
  const Scan pieces = scanBlock(length > 0), edges = scanBlock(length);
  if (length > 0) {
    shared.begin[pieces.before] = piece.begin;
    shared.source[pieces.before] = piece.source;
    shared.start[pieces.before] = edges.before;
  }
  if (threadIdx.x == 0)
    shared.start[pieces.all] = edges.all;
  __syncthreads();
  return pieces.all;
}

template <class Body, class Kept> SNN_DEV void deliver(const Body &body, const Call &call, Kept &shared, int64_t first, int64_t targets, Checks &checks) {
  const int32_t together = Kept::places / int32_t(call.repeats);
  const int64_t segments = *call.segmentCount;
  for (int64_t from = 0; from < segments; from += ownedTargets) {
    const int32_t pieces = findPieces(call, shared, from, segments, first);
    for (int32_t k = 0; k < pieces; k += together) {
      evaluate(body, call, shared, k, k + together < pieces ? k + together : pieces, first, checks);
      __syncthreads();
      if (first + threadIdx.x < targets)
        addUp(body, shared, first + threadIdx.x);
      __syncthreads();
    }
  }
}

/// A thread a target, for connections that repeat an edge more often than there are places.
template <class Body> SNN_DEV void deliverOneByOne(const Body &body, const Call &call, int64_t target, Checks &checks) {
  for (int64_t s = 0; s < *call.segmentCount; ++s) {
    const snn_segment segment = call.segments[s];
    const int64_t end = firstFrom(call.edges, segment, target + 1);
    for (int64_t edge = firstFrom(call.edges, segment, target); edge < end; ++edge)
      body.at(edgePlace(call.edges, segment.source, target, edge), AddInPlace{}, checks);
  }
}

/// An edge's value, for the bucket of its target.
struct Push {
  const Owners &owners;
  uint64_t key;
  int64_t step;

  template <int, class Element> SNN_DEV void add(Element *, int64_t target, Element value) const {
    const Buckets &b = owners.buckets;
    const int32_t place = atomicAdd(b.counts + target, 1);
    if (place >= bucketDepth) {
      *b.overflow = step + 1;
      return;
    }
    b.keys[place * owners.targets + target] = key;
    static_cast<Element *>(b.values)[place * owners.targets + target] = value;
  }
};

/// The edges of one segment, `turns.lanes` threads together.
template <class Body> SNN_DEV void pushSegment(Control *control, const Call &call, const Owners &mine, uint32_t number, int32_t s, const Turns &turns) {
  Body body(call);
  body.prepare(*control);
  Checks checks;
  const snn_segment segment = call.segments[s];
  for (int64_t edge = segment.begin + turns.lane; edge < segment.end; edge += turns.lanes) {
    // the number of the call in 12 bits, then 28 for the segment and 24 for the edge
    const uint64_t key = uint64_t(number) << 52 | uint64_t(s) << 24 | uint64_t(edge - segment.begin);
    body.at(edgePlace(call.edges, segment.source, targetOf(call.edges, segment.source, edge), edge), Push{mine, key, control->step}, checks);
  }
  checks.tell(control, call);
}

/// A warp a segment, of all calls at once: 128 calls at a time.
template <class Body> SNN_DEV void pushRows(Control *control, const Call *calls, const Owners *owners) {
  __shared__ int32_t start[ownedTargets];
  const Together launch = calls[0].together;
  const Buckets buckets = owners[0].buckets;
  const uint32_t mine = threadIdx.x, connection = launch.connection[mine < launch.calls ? mine : 0];
  begin();
  // Blocks of this launch may say meanwhile that a bucket is full in this step: all threads must go the same way nevertheless.
  const int64_t full = *static_cast<volatile int64_t *>(buckets.overflow);
  if (control->stopped || (full != control->step + 1 && withoutBuckets(control->step, full)))
    return;
  for (uint32_t from = 0; from < launch.calls; from += ownedTargets) {
    const uint32_t c = from + mine;
    const Scan segments = scanBlock(c < launch.calls ? int32_t(launch.arriving[from == 0 ? connection : launch.connection[c]]) : 0);
    start[mine] = segments.before;
    __syncthreads();
    const Turns turns(segments.all);
    for (int64_t s = turns.first; s < segments.all; s += turns.stride) {
      const int32_t k = lastFrom(start, ownedTargets, int32_t(s));
      const Call &call = calls[from + k];
      const Owners &owner = owners[call.owner];
      pushSegment<Body>(control, call, owner, from + k - owner.first, int32_t(s) - start[k], turns);
    }
    __syncthreads();
  }
}

/// Writes the values [0, count) of a target's bucket to `sorted`, at the places that the numbers of smaller keys say.
template <class Element, class Sum> SNN_DEV void sortBucket(const Owners &owners, int64_t target, int32_t count, Sum (*sorted)[ownedTargets]) {
  const auto key = [&](int32_t k) { return owners.buckets.keys[k * owners.targets + target]; };
  const auto value = [&](int32_t k) { return Sum(static_cast<const Element *>(owners.buckets.values)[k * owners.targets + target]); };
  constexpr int32_t few = 8; // whose keys are kept in registers
  if (count <= few) {
    uint64_t keys[few];
    Sum values[few];
#pragma unroll
    for (int32_t k = 0; k < few; ++k) {
      keys[k] = k < count ? key(k) : ~0ull;
      values[k] = k < count ? value(k) : Sum(0);
    }
#pragma unroll
    for (int32_t k = 0; k < few; ++k) {
      int32_t smaller = 0;
#pragma unroll
      for (int32_t other = 0; other < few; ++other)
        smaller += keys[other] < keys[k];
      if (k < count)
        sorted[smaller][threadIdx.x] = values[k];
    }
    return;
  }
  for (int32_t k = 0; k < count; ++k) {
    const uint64_t mine = key(k);
    const Sum kept = value(k);
    int32_t smaller = 0;
#pragma unroll 4
    for (int32_t other = 0; other < count; ++other)
      smaller += key(other) < mine;
    sorted[smaller][threadIdx.x] = kept;
  }
}

/// Adds up the bucket of a target by ascending keys, and empties it.
template <class Element, class Sum> SNN_DEV void addBucket(const Owners &owners, Element *to, int64_t target, bool full, Sum (*sorted)[ownedTargets]) {
  const int32_t count = owners.buckets.counts[target];
  if (count == 0)
    return;
  owners.buckets.counts[target] = 0;
  if (full)
    return;
  Element sum = *to;
  sortBucket<Element>(owners, target, count, sorted);
  for (int32_t k = 0; k < count; ++k)
    sum = sum + static_cast<Element>(sorted[k][threadIdx.x]);
  *to = sum;
}

/// The calls of blockIdx.y's targets, one after the other.
template <class Body> SNN_DEV void overTargets(Control *control, const Call *calls, const Owners *owners) {
  using Kept = Shared<typename Body::Sum, Body::sums>;
  __shared__ Kept shared;
  const Owners mine = owners[blockIdx.y];
  const Body one(calls[mine.first]);
  const int64_t first = int64_t(blockIdx.x) * ownedTargets;
  begin();
  if (first >= mine.targets || control->stopped)
    return;
  static_assert(Body::sums != 1 || Kept::places >= bucketDepth);
  if (mine.buckets.counts) {
    const bool full = withoutBuckets(control->step, *mine.buckets.overflow);
    if (first + threadIdx.x < mine.targets) // all calls add to the same variable
      addBucket(mine, one.template sum<0>() + first + threadIdx.x, first + threadIdx.x, full, shared.values[0]);
    if (!full)
      return;
  }
  for (int32_t k = 0; k < Body::sums; ++k)
    shared.present[k][threadIdx.x] = 0;
  __syncthreads();
  for (uint32_t c = mine.first; c < mine.first + mine.count; ++c) {
    const Call &call = calls[c];
    if (call.firstTarget >= first + ownedTargets || call.lastTarget <= first || !due(*control, call))
      continue;
    Body body(call);
    body.prepare(*control);
    Checks checks;
    if (call.repeats <= Kept::places)
      deliver(body, call, shared, first, mine.targets, checks);
    else if (first + threadIdx.x < mine.targets)
      deliverOneByOne(body, call, first + threadIdx.x, checks);
    checks.tell(control, call);
    __syncthreads();
  }
}

} // namespace snn::cuda
