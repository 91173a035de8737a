// What the threads of a block do together.
#pragma once

#include "runtime/device/cuda/Calls.h"

namespace snn::cuda {

inline constexpr uint32_t everyLane = 0xffffffffu;

/// A launch may begin while the last blocks of the one before it end. What launches write is read after this call; what only the
/// host writes, as the calls, before it, so that it is there when the launch before has ended.
SNN_DEV void begin() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/// The sum over the threads of the block before this one, and over all.
struct Scan {
  int32_t before, all;
};

/// For all threads of a block, whose number is a multiple of 32.
SNN_DEV Scan scanBlock(int32_t x) {
  __shared__ int32_t warps[32];
  const int32_t lane = int32_t(threadIdx.x & 31), warp = int32_t(threadIdx.x >> 5), count = int32_t(blockDim.x >> 5);
  int32_t sum = x;
  for (int32_t distance = 1; distance < 32; distance *= 2) {
    const int32_t other = __shfl_up_sync(everyLane, sum, uint32_t(distance));
    sum += lane >= distance ? other : 0;
  }
  if (lane == 31)
    warps[warp] = sum;
  __syncthreads();
  int32_t before = 0, all = 0;
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
