// The end of a step: states are looked at, and the number of the step goes on.
#pragma once

#include "runtime/device/cuda/Block.h"
#include "runtime/device/cuda/Values.h"

namespace snn::cuda {

/// Looks at the elements first + threadIdx.x, first + threadIdx.x + stride, … .
SNN_DEV bool anyNotFinite(const Checked &c, int64_t first, int64_t stride) {
  const real *x = static_cast<const real *>(c.states);
  bool bad = false;
  for (int64_t k = first + threadIdx.x; k < c.count; k += stride)
    bad |= !finite(x[k]);
  return bad;
}

/// Whether this block is the last of `blocks` that get here. True for one thread. `ended` is 0 before and after.
SNN_DEV bool endsLaunch(uint32_t *ended, uint32_t blocks) {
  __syncthreads();
  if (threadIdx.x != 0)
    return false;
  fence();
  if (atomicAdd(ended, 1u) != blocks - 1)
    return false;
  fence();
  *ended = 0;
  return true;
}

/// On to the next step, unless a check has failed in this one. For one thread, when all others have told what they have met.
SNN_DEV void endStep(Control &control) {
  if (*static_cast<volatile int32_t *>(&control.notFinite) || *static_cast<volatile uint32_t *>(&control.failed) != noFailure)
    control.stopped = 1;
  else
    ++control.step;
  control.suspect = 0;
}

/// Ends the step where its last cells are computed: by the block of each call that knows that all others are done.
SNN_DEV void endHere(Control *control, const Ending &ending) {
  __shared__ bool ends;
  const bool last = endsLaunch(&control->ended, ending.calls);
  if (threadIdx.x == 0)
    ends = last;
  __syncthreads();
  if (!ends)
    return;
  for (int32_t k = 0; *static_cast<volatile int32_t *>(&control->suspect) && k < ending.checks; ++k)
    if (anyNotFinite(ending.checked[k], 0, blockDim.x))
      control->notFinite = 1;
  __syncthreads();
  if (threadIdx.x == 0)
    endStep(*control);
}

} // namespace snn::cuda
