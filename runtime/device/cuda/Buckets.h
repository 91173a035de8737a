// What arrives, by target. All edges are evaluated at once; each puts its value and its place in the order of the language into a bucket
// of its target, and the target's thread adds up its bucket in order, with the bits of one thread that walks all edges (LANGUAGE
// section 10). A launch that meets a full bucket stops the step; the host goes on from that launch by Delivery.h (Launches::resume,
// Patience.h).
#pragma once

#include "runtime/device/cuda/Arrivals.h"

namespace snn::cuda {

/// What an edge adds to a target, -1 if nothing, and its place in the order.
struct Pushed {
  uint64_t key;
  int64_t target;
  real value;
};

/// Keeps what a body adds.
struct Keep {
  Pushed &pushed;
  template <int, int, class Element> SNN_DEV void add(Element *, int64_t target, Element value) const {
    pushed.target = target;
    pushed.value = value;
  }
};

/// An edge's place in the order: the number of the call, then when its spike was emitted, then the edge, whose rows ascend.
SNN_DEV uint64_t orderOf(uint32_t call, int32_t later, int64_t edge) { return uint64_t(call) << callShift | uint64_t(later) << laterShift | uint64_t(edge); }

/// Puts the first `count` into the buckets of their targets.
SNN_DEV void push(Control *control, const Owners &to, const Pushed (&pushed)[together], int32_t count) {
  const Buckets &b = to.buckets;
  int32_t places[together];
#pragma unroll
  for (int32_t n = 0; n < together; ++n)
    places[n] = countIf(n < count && pushed[n].target >= 0, b.counts + pushed[n].target);
#pragma unroll
  for (int32_t n = 0; n < together; ++n) {
    if (places[n] >= bucketDepth)
      control->full = to.launch;
    if (places[n] < 0 || places[n] >= bucketDepth)
      continue;
    b.keys[places[n] * to.targets + pushed[n].target] = pushed[n].key;
    static_cast<real *>(b.values)[places[n] * to.targets + pushed[n].target] = pushed[n].value;
  }
}

/// What a bucket has at a place; nothing is behind all keys.
struct Waiting {
  uint64_t key;
  real value;
};

SNN_DEV Waiting waiting(const Owners &owners, int64_t target, int32_t place, int32_t count) {
  const int64_t at = place * owners.targets + target;
  if (place >= count)
    return {~0ull, 0};
  return {owners.buckets.keys[at], static_cast<const real *>(owners.buckets.values)[at]};
}

SNN_DEV void putInOrder(Waiting &a, Waiting &b) {
  const Waiting first = a, second = b;
  const bool swap = second.key < first.key;
  a = {swap ? second.key : first.key, swap ? second.value : first.value};
  b = {swap ? first.key : second.key, swap ? first.value : second.value};
}

/// A bucket of at most `few` values: one thread puts them in order, in registers, and adds them.
template <int32_t few> SNN_DEV void addFew(const Owners &owners, int64_t target, int32_t count) {
  Waiting all[few];
#pragma unroll
  for (int32_t k = 0; k < few; ++k)
    all[k] = waiting(owners, target, k, count);
#pragma unroll
  for (int32_t round = 0; round < few; ++round)
#pragma unroll
    for (int32_t k = round % 2; k + 1 < few; k += 2)
      putInOrder(all[k], all[k + 1]);
  real *to = static_cast<real *>(owners.buckets.sums) + target, sum = *to;
#pragma unroll
  for (int32_t k = 0; k < few; ++k)
    sum = k < count ? sum + all[k].value : sum;
  *to = sum;
}

/// A bucket of any number of values: the lanes of a warp hold one each. For all lanes.
SNN_DEV void addTogether(const Owners &owners, int64_t target, int32_t count) {
  static_assert(bucketDepth == 32);
  const int32_t lane = int32_t(threadIdx.x & 31);
  const Waiting mine = waiting(owners, target, lane, count);
  const unsigned long long key = mine.key;
  real *to = static_cast<real *>(owners.buckets.sums) + target, sum = *to;
  int32_t smaller = 0;
  for (int32_t k = 0; k < count; ++k)
    smaller += __shfl_sync(everyLane, key, k) < key;
  for (int32_t k = 0; k < count; ++k)
    sum = sum + __shfl_sync(everyLane, mine.value, __ffs(int(__ballot_sync(everyLane, smaller == k))) - 1);
  if (lane == 0)
    *to = sum;
}

/// Adds up the buckets of a warp's targets, and empties them. For all lanes.
SNN_DEV void takeBucket(const Owners &owners, int64_t target) {
  constexpr int32_t few = 8;
  const bool mine = target < owners.targets;
  const int32_t count = mine ? owners.buckets.counts[target] : 0;
  const bool alone = count > 0 && count <= few;
  const uint32_t more = __ballot_sync(everyLane, alone && count > 1), most = __ballot_sync(everyLane, alone && count > 4);
  if (alone && most != 0)
    addFew<few>(owners, target, count);
  else if (alone && more != 0)
    addFew<4>(owners, target, count);
  else if (alone)
    addFew<1>(owners, target, count);
  const int64_t first = target - int64_t(threadIdx.x & 31);
  for (uint32_t left = __ballot_sync(everyLane, count > few); left != 0; left &= left - 1) {
    const int32_t lane = __ffs(int(left)) - 1;
    addTogether(owners, first + lane, __shfl_sync(everyLane, count, lane));
  }
  if (count > 0)
    owners.buckets.counts[target] = 0;
  __syncwarp(); // lane 0 has written for others
}

/// All buckets that a call empties, in the order of their launches, of the cells first, first + stride, … For all threads of a block.
SNN_DEV void takeBuckets(const Call &call, int64_t first, int64_t stride) {
  for (uint32_t k = 0; k < call.inboxCount; ++k)
    for (int64_t i = first; i - int64_t(threadIdx.x & 31) < call.cells; i += stride)
      takeBucket(call.inboxes[k], i);
}

} // namespace snn::cuda
