// The kernels that all models share: what arrives, who spiked, buckets, reductions, the end of a step.
#pragma once

#include "runtime/device/cuda/Arrivals.h"
#include "runtime/device/cuda/Buckets.h"
#include "runtime/device/cuda/Ending.h"
#include "runtime/device/cuda/Spikes.h"

namespace snn::cuda {

SNN_DEV bool skipped(Control *control, const Call &call) {
  return halted(control) || (call.every > 1 && (control->step + 1) % call.every != 0);
}

/// Folds values one after the other with the bits of device::reduceAll.
template <template <class> class Op> class Fold {
public:
  SNN_DEV Fold() { clear(); }
  SNN_DEV void add(real x) {
    const int64_t at = count % device::reduceBlock, l = at % device::reduceLanes;
    lane[l] = at < device::reduceLanes ? x : Op<real>::join(lane[l], x);
    ++count;
    if (at == device::reduceBlock - 1)
      endBlock();
  }
  SNN_DEV real result() {
    if (count % device::reduceBlock != 0)
      endBlock();
    return total;
  }
  SNN_DEV int64_t size() const { return count; }

private:
  real lane[device::reduceLanes], total = Op<real>::start();
  int64_t count = 0;
  bool first = true;

  SNN_DEV void clear() {
    for (int64_t l = 0; l < device::reduceLanes; ++l)
      lane[l] = Op<real>::start();
  }
  SNN_DEV void endBlock() {
    for (int64_t width = device::reduceLanes / 2; width > 0; width /= 2)
      for (int64_t l = 0; l < width; ++l)
        lane[l] = Op<real>::join(lane[l], lane[l + width]);
    total = first ? lane[0] : Op<real>::join(total, lane[0]);
    first = false;
    clear();
  }
};

/// Calls use(k) for each element of a result: the place of an edge, or of a cell.
template <class Use> SNN_DEV void eachOf(const Reduction &r, const snn_edges &e, int64_t result, const Use &use) {
  if (r.begin || r.each) {
    const int64_t begin = r.each ? r.each * result : r.begin[result], end = r.each ? begin + r.each : r.begin[result + 1];
    for (int64_t k = begin; k < end; ++k)
      use(r.order ? r.order[k] : k);
    return;
  }
  const int64_t offset = result - e.dense_first;
  for (int64_t src = 0; src < e.sources; ++src)
    if (offset >= 0 && offset < e.row_begin[src + 1] - e.row_begin[src])
      use(e.row_begin[src] + offset);
}

template <template <class> class Op> SNN_DEV real foldOf(const Reduction &r, const snn_edges &e, int64_t result, int64_t &count) {
  const real *x = static_cast<const real *>(r.from);
  Fold<Op> fold;
  eachOf(r, e, result, [&](int64_t k) { fold.add(x[k]); });
  count = fold.size();
  return fold.result();
}

SNN_DEV int64_t countOf(const Reduction &r, const snn_edges &e, int64_t result) {
  const uint8_t *flags = static_cast<const uint8_t *>(r.from);
  int64_t count = 0;
  eachOf(r, e, result, [&](int64_t k) { count += flags[k] != 0; });
  return count;
}

/// All elements, by one block: each thread folds blocks of 256 of them, and one the results in order.
template <template <class> class Op> SNN_DEV real foldAll(const Reduction &r) {
  __shared__ real partial[stepThreads];
  const real *x = static_cast<const real *>(r.from);
  const int64_t tile = stepThreads * device::reduceBlock;
  real total = Op<real>::start();
  for (int64_t from = 0; from < r.count; from += tile) {
    const int64_t begin = from + threadIdx.x * device::reduceBlock;
    const int64_t end = begin + device::reduceBlock < r.count ? begin + device::reduceBlock : r.count;
    Fold<Op> fold;
    for (int64_t k = begin; k < end; ++k)
      fold.add(x[r.order ? r.order[k] : k]);
    partial[threadIdx.x] = fold.result();
    __syncthreads();
    if (threadIdx.x == 0)
      for (int64_t k = 0; k < stepThreads && from + k * device::reduceBlock < r.count; ++k)
        total = from == 0 && k == 0 ? partial[0] : Op<real>::join(total, partial[k]);
    __syncthreads();
  }
  return total;
}

SNN_DEV real meanOf(real sum, int64_t count) { return count ? sum / real(count) : real(0); }

/// NaN counts as the least.
SNN_DEV real ranked(real x) { return x != x ? -device::infinity<real>() : x; }

} // namespace snn::cuda

extern "C" {

/// What arrives in this step.
__global__ void snn_gather(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Arrivals arrivals = calls[blockIdx.y].arrivals;
  snn::cuda::Turn turn(arrivals.tickets);
  snn::cuda::begin();
  if (!snn::cuda::halted(control))
    snn::cuda::gather(arrivals, turn, control->step);
}

/// The spikes of this step.
__global__ void snn_collect(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::Turn turn(call.collect.tickets);
  snn::cuda::begin();
  if (!snn::cuda::skipped(control, call))
    snn::cuda::collect(call.collect, turn, control->step);
}

/// Sum, mean, largest or smallest of all elements: a block a reduction.
__global__ void snn_reduce(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::begin();
  if (snn::cuda::skipped(control, call))
    return;
  const snn::cuda::Reduction &r = call.reduction;
  const real result = r.kind == snn::cuda::ReductionKind::Max   ? snn::cuda::foldAll<snn::device::Largest>(r)
                      : r.kind == snn::cuda::ReductionKind::Min ? snn::cuda::foldAll<snn::device::Smallest>(r)
                                                           : snn::cuda::foldAll<snn::device::AddUp>(r);
  if (threadIdx.x == 0)
    *static_cast<real *>(r.to) = r.kind == snn::cuda::ReductionKind::Mean ? snn::cuda::meanOf(result, r.count) : result;
}

/// The same, and how many flags are set, for the edges of each target or source, or for groups of cells: a thread a result.
__global__ void snn_reduce_each(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::begin();
  if (snn::cuda::skipped(control, call))
    return;
  const snn::cuda::Reduction &r = call.reduction;
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < r.count; k += int64_t(gridDim.x) * blockDim.x) {
    if (r.kind == snn::cuda::ReductionKind::Count) {
      static_cast<int64_t *>(r.to)[k] = snn::cuda::countOf(r, call.edges, k);
      continue;
    }
    int64_t n = 0;
    const real result = r.kind == snn::cuda::ReductionKind::Max   ? snn::cuda::foldOf<snn::device::Largest>(r, call.edges, k, n)
                        : r.kind == snn::cuda::ReductionKind::Min ? snn::cuda::foldOf<snn::device::Smallest>(r, call.edges, k, n)
                                                             : snn::cuda::foldOf<snn::device::AddUp>(r, call.edges, k, n);
    static_cast<real *>(r.to)[k] = r.kind == snn::cuda::ReductionKind::Mean ? snn::cuda::meanOf(result, n) : result;
  }
}

/// How many flags are set: a block a reduction.
__global__ void snn_count(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::begin();
  if (snn::cuda::skipped(control, call))
    return;
  const uint8_t *flags = static_cast<const uint8_t *>(call.reduction.from);
  int32_t mine = 0;
  for (int64_t k = threadIdx.x; k < call.reduction.count; k += snn::cuda::stepThreads)
    mine += flags[k] != 0;
  const snn::cuda::Scan<int32_t> all = snn::cuda::scanBlock(mine);
  if (threadIdx.x == 0)
    *static_cast<int64_t *>(call.reduction.to) = all.all;
}

/// The rank of each cell within its group, which is all cells where there are no groups: 0 is the largest, ties by index. A thread a cell.
__global__ void snn_rank(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::begin();
  if (snn::cuda::skipped(control, call))
    return;
  const snn::cuda::Reduction &r = call.reduction;
  const real *x = static_cast<const real *>(r.from);
  for (int64_t place = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; place < r.count; place += int64_t(gridDim.x) * blockDim.x) {
    const int64_t i = r.order ? r.order[place] : place, first = place / r.each * r.each;
    const real mine = snn::cuda::ranked(x[i]);
    int64_t better = 0;
    for (int64_t k = first; k < first + r.each; ++k) {
      const int64_t at = r.order ? r.order[k] : k;
      const real other = snn::cuda::ranked(x[at]);
      better += other > mine || (other == mine && at < i);
    }
    static_cast<int64_t *>(r.to)[i] = better;
  }
}

/// Adds up what has been pushed into buckets.
__global__ void snn_take(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::begin();
  if (snn::cuda::skipped(control, call))
    return;
  snn::cuda::takeBuckets(call, int64_t(blockIdx.x) * blockDim.x + threadIdx.x, int64_t(gridDim.x) * blockDim.x);
}

/// Zeros in a buffer, whose size is a multiple of 8 bytes.
__global__ void snn_fill(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call call = calls[blockIdx.y];
  snn::cuda::begin();
  if (snn::cuda::skipped(control, call))
    return;
  uint64_t *to = static_cast<uint64_t *>(call.reduction.to);
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < call.reduction.count; k += int64_t(gridDim.x) * blockDim.x)
    to[k] = 0;
}

/// Looks for states that are not finite.
__global__ void snn_check(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Checked checked = calls[blockIdx.y].checked;
  snn::cuda::begin();
  if (!snn::cuda::halted(control) && snn::cuda::anyNotFinite(checked, int64_t(blockIdx.x) * blockDim.x, int64_t(gridDim.x) * blockDim.x))
    control->notFinite = 1;
}

/// Looks for states that are not finite, in every step or if a kernel has met one; then on to the next step, unless a check has
/// failed in this one.
__global__ void snn_end_step(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Checked checked = calls[blockIdx.y].checked;
  snn::cuda::begin();
  if (snn::cuda::halted(control))
    return;
  if ((checked.always || control->suspect) && snn::cuda::anyNotFinite(checked, int64_t(blockIdx.x) * blockDim.x, int64_t(gridDim.x) * blockDim.x))
    control->notFinite = 1;
  if (snn::cuda::endsLaunch(&control->ended, gridDim.x * gridDim.y))
    snn::cuda::endStep(*control);
}

/// Takes what is recorded after the step that has just ended.
__global__ void snn_sample(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Sampled sampled = calls[blockIdx.y].sampled;
  snn::cuda::begin();
  const int64_t step = control->step;
  if (snn::cuda::halted(control) || step % sampled.every != 0)
    return;
  uint64_t *to = sampled.to + step / sampled.every % sampled.slots * sampled.words;
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < sampled.words; k += int64_t(gridDim.x) * blockDim.x)
    to[k] = sampled.from[k];
}

} // extern "C"
