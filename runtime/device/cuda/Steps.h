// The kernels that all models share: what arrives, who spiked, reductions, the end of a step.
#pragma once

#include "runtime/device/cuda/Block.h"
#include "runtime/device/cuda/Values.h"

namespace snn::cuda {

inline constexpr int32_t stepThreads = 256; ///< of a block of these kernels

SNN_DEV bool skipped(const Control &control, const Call &call) {
  return control.stopped || (call.every > 1 && (control.step + 1) % call.every != 0);
}

/// The segment of `cell` that arrives `due` steps after its emission; empty if there is none.
SNN_DEV snn_segment arriving(const Arrivals &a, int32_t cell, int64_t due) {
  const int64_t row = a.rowBegin[cell], end = a.rowBegin[cell + 1];
  if (!a.first)
    return {row, end, cell, 0};
  const int64_t last = a.first[cell + 1];
  int64_t k = a.first[cell];
  for (int64_t count = last - k; count > 0;) { // delays descend
    const int64_t half = count / 2;
    if (a.segmentSteps[k + half] > due)
      k += half + 1, count -= half + 1;
    else
      count = half;
  }
  if (k == last || a.segmentSteps[k] != due)
    return {row, row, cell, 0};
  return {row + a.segmentBegin[k], k + 1 < last ? row + a.segmentBegin[k + 1] : end, cell, 0};
}

/// How many spikes were emitted `age` steps before the step before this one, if they may still arrive.
SNN_DEV int32_t spikesOfAge(const Arrivals &a, int64_t step, int64_t age, int64_t youngest) {
  const int64_t emitted = step - 1 - age;
  return age >= youngest && emitted >= 0 && emitted >= a.clearedBefore ? int32_t(a.ring->emissions[emitted % a.ring->slots].count) : 0;
}

/// Lists what arrives over a connection: oldest emission first, then by source. Emissions are taken 256 steps at a time.
SNN_DEV void gather(const Arrivals &a, int64_t step) {
  __shared__ int32_t before[stepThreads];
  const int64_t youngest = a.first ? 0 : a.delay;
  int64_t found = 0;
  for (int64_t oldest = a.delay; oldest >= youngest; oldest -= stepThreads) {
    const Scan spikes = scanBlock(spikesOfAge(a, step, oldest - threadIdx.x, youngest));
    before[threadIdx.x] = spikes.before;
    __syncthreads();
    for (int32_t from = 0; from < spikes.all; from += stepThreads) {
      const int32_t n = from + int32_t(threadIdx.x);
      snn_segment segment = {0, 0, 0, 0};
      if (n < spikes.all) {
        const int32_t k = lastFrom(before, stepThreads, n);
        const Emission &emission = a.ring->emissions[(step - 1 - (oldest - k)) % a.ring->slots];
        segment = arriving(a, a.ring->cells[emission.begin + (n - before[k])], oldest - k);
      }
      const Scan place = scanBlock(segment.begin < segment.end);
      if (segment.begin < segment.end) {
        a.segments[found + place.before] = segment;
        a.cells[found + place.before] = segment.source;
      }
      found += place.all;
    }
    __syncthreads();
  }
  if (threadIdx.x == 0)
    *a.count = found;
}

SNN_DEV void noteSpike(const Collect &c, int32_t *list, int64_t place, int64_t cell, int64_t step) {
  list[place] = int32_t(cell);
  if (c.lastSpike)
    c.lastSpike[cell] = step + 1; // the step's end
}

/// The cells whose flags are set, ascending: each thread looks at 8 in a row.
SNN_DEV int64_t collectFlagged(const Collect &c, int32_t *list, int64_t step) {
  constexpr int64_t each = 8;
  int64_t found = 0;
  for (int64_t from = 0; from < c.cells; from += stepThreads * each) {
    const int64_t begin = from + threadIdx.x * each, end = begin + each < c.cells ? begin + each : c.cells;
    int32_t mine = 0;
    for (int64_t i = begin; i < end; ++i)
      mine += c.flags[i] != 0;
    const Scan spikes = scanBlock(mine);
    int64_t place = found + spikes.before;
    for (int64_t i = begin; mine > 0 && i < end; ++i)
      if (c.flags[i] != 0)
        noteSpike(c, list, place++, i, step);
    found += spikes.all;
  }
  return found;
}

/// Of a SpikeTrain's list: the cells that are due in this step; one that is listed twice spikes once.
SNN_DEV int64_t collectTrain(const Collect &c, int32_t *list, int64_t step) {
  if (c.flags)
    for (int64_t i = threadIdx.x; i < c.cells; i += stepThreads)
      c.flags[i] = 0;
  __syncthreads();
  int64_t begin = 0;
  for (int64_t count = c.trainLength; count > 0;) {
    const int64_t half = count / 2;
    if (c.trainSteps[begin + half] < step)
      begin += half + 1, count -= half + 1;
    else
      count = half;
  }
  int64_t found = 0;
  for (int64_t from = begin; from < c.trainLength && c.trainSteps[from] == step; from += stepThreads) {
    const int64_t k = from + threadIdx.x;
    const bool listed = k < c.trainLength && c.trainSteps[k] == step && (k == begin || c.trainCells[k - 1] != c.trainCells[k]);
    const Scan spikes = scanBlock(listed);
    if (listed) {
      noteSpike(c, list, found + spikes.before, c.trainCells[k], step);
      if (c.flags)
        c.flags[c.trainCells[k]] = 1;
    }
    found += spikes.all;
  }
  return found;
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

/// Calls use(x) for each element of result `r`: an edge of a source or target.
template <class Use> SNN_DEV void eachOf(const Reduction &r, const snn_edges &e, int64_t result, const Use &use) {
  const real *x = static_cast<const real *>(r.from);
  if (r.begin) {
    for (int64_t k = r.begin[result]; k < r.begin[result + 1]; ++k)
      use(x[r.order ? r.order[k] : k]);
    return;
  }
  const int64_t offset = result - e.dense_first;
  for (int64_t src = 0; src < e.sources; ++src)
    if (offset >= 0 && offset < e.row_begin[src + 1] - e.row_begin[src])
      use(x[e.row_begin[src] + offset]);
}

template <template <class> class Op> SNN_DEV real foldOf(const Reduction &r, const snn_edges &e, int64_t result, int64_t &count) {
  Fold<Op> fold;
  eachOf(r, e, result, [&](real x) { fold.add(x); });
  count = fold.size();
  return fold.result();
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

SNN_DEV bool anyNotFinite(const Checked &c) {
  const real *x = static_cast<const real *>(c.states);
  bool bad = false;
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < c.count; k += int64_t(gridDim.x) * blockDim.x)
    bad |= !finite(x[k]);
  return bad;
}

} // namespace snn::cuda

extern "C" {

/// What arrives in this step: a block a connection.
__global__ void snn_gather(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  if (!control->stopped)
    snn::cuda::gather(calls[blockIdx.y].arrivals, control->step);
}

/// The spikes of this step: a block a population.
__global__ void snn_collect(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call &call = calls[blockIdx.y];
  if (snn::cuda::skipped(*control, call))
    return;
  const snn::cuda::Collect &c = call.collect;
  const int64_t step = control->step;
  const int64_t begin = c.ring->next + c.cells <= c.ring->capacity ? c.ring->next : 0;
  int32_t *list = c.ring->cells + begin;
  const int64_t found = c.trainSteps ? snn::cuda::collectTrain(c, list, step) : c.flags ? snn::cuda::collectFlagged(c, list, step) : 0;
  __syncthreads(); // all know where the list begins
  if (threadIdx.x == 0) {
    c.ring->emissions[step % c.ring->slots] = {begin, found};
    c.ring->next = begin + found;
    c.ring->collected = step;
  }
}

/// Sum, mean, largest or smallest of all elements: a block a reduction.
__global__ void snn_reduce(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call &call = calls[blockIdx.y];
  if (snn::cuda::skipped(*control, call))
    return;
  const snn::cuda::Reduction &r = call.reduction;
  const real result = r.kind == snn::cuda::ReductionKind::Max   ? snn::cuda::foldAll<snn::device::Largest>(r)
                      : r.kind == snn::cuda::ReductionKind::Min ? snn::cuda::foldAll<snn::device::Smallest>(r)
                                                           : snn::cuda::foldAll<snn::device::AddUp>(r);
  if (threadIdx.x == 0)
    *static_cast<real *>(r.to) = r.kind == snn::cuda::ReductionKind::Mean ? snn::cuda::meanOf(result, r.count) : result;
}

/// The same for the edges of each target or source: a thread a result.
__global__ void snn_reduce_edges(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call &call = calls[blockIdx.y];
  if (snn::cuda::skipped(*control, call))
    return;
  const snn::cuda::Reduction &r = call.reduction;
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < r.count; k += int64_t(gridDim.x) * blockDim.x) {
    int64_t n = 0;
    const real result = r.kind == snn::cuda::ReductionKind::Max   ? snn::cuda::foldOf<snn::device::Largest>(r, call.edges, k, n)
                        : r.kind == snn::cuda::ReductionKind::Min ? snn::cuda::foldOf<snn::device::Smallest>(r, call.edges, k, n)
                                                             : snn::cuda::foldOf<snn::device::AddUp>(r, call.edges, k, n);
    static_cast<real *>(r.to)[k] = r.kind == snn::cuda::ReductionKind::Mean ? snn::cuda::meanOf(result, n) : result;
  }
}

/// How many flags are set: a block a reduction.
__global__ void snn_count(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call &call = calls[blockIdx.y];
  if (snn::cuda::skipped(*control, call))
    return;
  const uint8_t *flags = static_cast<const uint8_t *>(call.reduction.from);
  int32_t mine = 0;
  for (int64_t k = threadIdx.x; k < call.reduction.count; k += snn::cuda::stepThreads)
    mine += flags[k] != 0;
  const snn::cuda::Scan all = snn::cuda::scanBlock(mine);
  if (threadIdx.x == 0)
    *static_cast<int64_t *>(call.reduction.to) = all.all;
}

/// The rank of each cell: 0 is the largest, ties by index. A thread a cell.
__global__ void snn_rank(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call &call = calls[blockIdx.y];
  if (snn::cuda::skipped(*control, call))
    return;
  const snn::cuda::Reduction &r = call.reduction;
  const real *x = static_cast<const real *>(r.from);
  for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < r.count; i += int64_t(gridDim.x) * blockDim.x) {
    const real mine = snn::cuda::ranked(x[i]);
    int64_t better = 0;
    for (int64_t k = 0; k < r.count; ++k) {
      const real other = snn::cuda::ranked(x[k]);
      better += other > mine || (other == mine && k < i);
    }
    static_cast<int64_t *>(r.to)[i] = better;
  }
}

/// Zeros in a buffer, whose size is a multiple of 8 bytes.
__global__ void snn_fill(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Call &call = calls[blockIdx.y];
  if (snn::cuda::skipped(*control, call))
    return;
  uint64_t *to = static_cast<uint64_t *>(call.reduction.to);
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < call.reduction.count; k += int64_t(gridDim.x) * blockDim.x)
    to[k] = 0;
}

/// Looks for states that are not finite: in every step, or if a kernel has met one.
__global__ void snn_check(snn::cuda::Control *control, const snn::cuda::Call *calls, const snn::cuda::Owners *) {
  const snn::cuda::Checked &checked = calls[blockIdx.y].checked;
  if (!control->stopped && (checked.always || control->suspect) && snn::cuda::anyNotFinite(checked))
    control->notFinite = 1;
}

/// One thread: on to the next step, unless a check has failed in this one.
__global__ void snn_end_step(snn::cuda::Control *control, const snn::cuda::Call *, const snn::cuda::Owners *) {
  if (control->stopped || threadIdx.x != 0)
    return;
  if (control->notFinite || control->failedCommand != snn::cuda::noCommand)
    control->stopped = 1;
  else
    ++control->step;
  control->suspect = 0;
}

} // extern "C"
