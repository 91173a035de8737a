// What the threads of a block do together.
#pragma once

#include "runtime/device/cuda/Calls.h"

namespace snn::cuda {

inline constexpr uint32_t everyLane = 0xffffffffu;

/// A launch may start when all blocks of the one before it have got here, and waits here until that has ended. What launches write is
/// read after this call; what only the host writes, as the calls, before it, so that it is at hand then.
SNN_DEV void begin() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/// What this thread, and those of its block before a barrier, have read and written, before what they read and write after it, for all
/// who see the latter. Lighter than __threadfence.
SNN_DEV void fence() {
#if defined(__CUDA_ARCH__)
  asm volatile("fence.acq_rel.gpu;" ::: "memory");
#endif
}

/// atomicAdd(to, 1) if `needed`, else -1. What it returns is not waited for: several are under way at a time.
SNN_DEV int32_t countIf(bool needed, int32_t *to) {
#if defined(__CUDA_ARCH__)
  int32_t before = -1;
  asm volatile("{ .reg .pred p; setp.ne.s32 p, %2, 0; @p atom.global.add.s32 %0, [%1], 1; }" : "+r"(before) : "l"(to), "r"(int32_t(needed)) : "memory");
  return before;
#else
  return needed ? atomicAdd(to, 1) : -1;
#endif
}

/// Something that is loaded soon.
SNN_DEV void fetchAhead([[maybe_unused]] const void *place) {
#if defined(__CUDA_ARCH__)
  asm volatile("prefetch.global.L1 [%0];" ::"l"(place));
#endif
}

/// The sum over the threads of the block before this one, and over all.
template <class Int> struct Scan {
  Int before, all;
};

/// For all threads of a block, whose number is a multiple of 32.
template <class Int> SNN_DEV Scan<Int> scanBlock(Int x) {
  __shared__ Int warps[32];
  const int32_t lane = int32_t(threadIdx.x & 31), warp = int32_t(threadIdx.x >> 5), count = int32_t(blockDim.x >> 5);
  Int sum = x;
  for (int32_t distance = 1; distance < 32; distance *= 2) {
    const Int other = __shfl_up_sync(everyLane, sum, uint32_t(distance));
    sum += lane >= distance ? other : 0;
  }
  if (lane == 31)
    warps[warp] = sum;
  __syncthreads();
  Int before = 0, all = 0;
  for (int32_t w = 0; w < count; ++w) {
    before += w < warp ? warps[w] : 0;
    all += warps[w];
  }
  __syncthreads(); // `warps` may be used again
  return {before + sum - x, all};
}

/// Whether nothing is computed any more. A launch that has met a full bucket ends as if it had not; those after it know. Not for
/// launches that push: a thread of one may say so while others ask.
SNN_DEV bool halted(Control *control) {
  const bool full = control->full != 0;
  if (full)
    control->stopped = 1;
  return full || control->stopped;
}

/// The first of [first, first + count) of which `before` is not true, else the end. It is true of those before that one, and of no other.
template <class Before> SNN_DEV int64_t firstNot(int64_t first, int64_t count, const Before &before) {
  while (count > 0) {
    const int64_t half = count / 2;
    if (before(first + half))
      first += half + 1, count -= half + 1;
    else
      count = half;
  }
  return first;
}

/// The last k of [0, n) with starts[k] <= at; starts[0] <= at.
SNN_DEV int32_t lastFrom(const int32_t *starts, int32_t n, int32_t at) {
  int32_t low = 0;
  for (int32_t high = n; high - low > 1;) {
    const int32_t middle = (low + high) / 2;
    if (starts[middle] <= at)
      low = middle;
    else
      high = middle;
  }
  return low;
}

} // namespace snn::cuda
