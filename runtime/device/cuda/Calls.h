// What the host tells the kernels of a CUDA device: plain structures, laid out alike by both compilers. All kernels of a step
// have one signature, kernel(Control *, const Call *, const Owners *): blockIdx.y says which call, or whose targets.
#pragma once

#include "runtime/device/Device.h"

#include "runtime/abi/snn_abi.h"

namespace snn::cuda {

/// The state of a run, written by the last kernel of each step.
struct Control {
  int64_t step;           ///< number of the step that is computed
  double dt;              ///< ms
  uint64_t seed;
  int32_t stopped;        ///< a check failed in step `step`, or a bucket was full: nothing is computed any more
  int32_t suspect;        ///< a kernel of cells stored a state that is not finite
  uint32_t failed;        ///< 2 * the first command that met a probability outside 0..1, plus 1 if it was an index; noFailure: none
  int32_t notFinite;      ///< a state is not finite at the end of the step
  uint32_t full;          ///< number of the launch that has met a full bucket, plus 1; 0: none
  uint32_t ended;         ///< of the last launch of the step: blocks that are done, or calls where it computes cells
};
inline constexpr uint32_t noFailure = 0xffffffffu;

/// The spikes of one step: [begin, begin + count) of a ring's cells, ascending; `before` were emitted in the ring's earlier steps.
struct Emission {
  int64_t begin, count, before;
};

/// The spikes of the last steps of a population: those under way, and those that the host has not read. Lists follow each other, so
/// that the host reads those of many steps at once; one that does not fit before the end begins at 0.
struct Ring {
  int32_t *cells;         ///< [capacity]
  Emission *emissions;    ///< [slots] by step modulo slots
  int64_t slots, capacity;
  int64_t next;           ///< where the next list begins
  int64_t collected;      ///< step whose spikes were collected last; -1: none
  int64_t newest;         ///< slot of the step before the one that is computed; once its spikes are collected, of that one
};

/// Edges of a row that have one delay; the segments of a row have descending delays.
struct DelaySegment {
  uint32_t begin; ///< first edge, counted from the beginning of the row
  int32_t steps;
};

/// Which of the blocks of a launch over arrivals this is: of one call, that `blocks` share.
struct BlockShare {
  uint32_t call, number, blocks;
};
inline constexpr int32_t walkers = 128; ///< threads of such a block

/// Where the arrivals of a connection in a step come from, and where they are listed, if they are.
struct Arrivals {
  const Ring *ring;       ///< of the source population
  int64_t delay, shortest; ///< in steps: of drawn delays the longest and the shortest, else both are the delay
  int64_t clearedBefore;  ///< spikes emitted in earlier steps no longer arrive
  int64_t firstSource, lastSource; ///< edges begin in [firstSource, lastSource)
  const int64_t *rowBegin;
  /// Drawn delays: [lastSource - firstSource, delay - shortest + 2], where in its row the edges of each delay begin, the longest first,
  /// and where the last end; null if they would take much more memory than the segments.
  const uint32_t *begins;
  const int64_t *first;   ///< drawn delays without these: [sources + 1] each row's first segment; else null
  const DelaySegment *segmentsByDelay;
  int32_t leastParts;     ///< at least so many threads share a row, that 32 bits count the edges of a block's
  const BlockShare *shares; ///< of the launch, by block
  snn_segment *segments;  ///< what arrives in this step, in the order of the language
  int32_t *cells;         ///< the source cells of these segments
  int64_t *count;         ///< how many
  uint64_t *tickets;      ///< see Order.h
};

/// Spikes of a population: from the flags of its cells, or from the list of a SpikeTrain.
struct Collect {
  Ring *ring;
  uint8_t *flags;         ///< null: nobody asks, or there are none
  int64_t *lastSpike;     ///< the end of the step of the last spike, by cell; or null
  int64_t cells;
  const int64_t *trainSteps; ///< SpikeTrain: steps of emission, ascending, and cells; else null
  const int32_t *trainCells;
  int64_t trainLength;
  uint64_t *tickets;      ///< see Order.h
};

enum class ReductionKind : int32_t { Sum, Mean, Max, Min, Count };

/// A reduction of cells, or of edges; `order` and `begin` say which edges belong together.
struct Reduction {
  const void *from;
  void *to;
  int64_t count;          ///< of what is reduced; of results, where there are several
  const int64_t *begin;   ///< several results: [count + 1] where in `order` each one's elements begin; null: by `each`, or dense columns
  int64_t each;           ///< several results, all of so many elements; 0: not so
  const int64_t *order;   ///< null: as they are stored
  ReductionKind kind;
};

/// States that the end of a step looks at.
struct Checked {
  const void *states;
  int64_t count;
  int32_t always;         ///< else only if a kernel has met one that is not finite
};

/// The end of a step within the launch that computes its last cells.
struct Ending {
  uint32_t calls;         ///< of this launch; 0: the step goes on after it
  int32_t checks;         ///< how many states to look at if a kernel has met one that is not finite
  const Checked *checked;
};

/// A buffer that is recorded, and the ring of its samples.
struct Sampled {
  const uint64_t *from;
  uint64_t *to;           ///< [slots * words]
  int64_t words, every, slots;
};

/// Bits of a key, from above: the number of the call, how many steps after the oldest its spike was emitted, the edge.
inline constexpr int callShift = 52, laterShift = 40;

/// What arrives in a step, by target, where edges are evaluated in any order: a value and its place in the order of the language.
struct Buckets {
  int32_t *counts;        ///< [targets] zero between steps; null: there are none
  uint64_t *keys;         ///< [bucketDepth * targets]
  void *values;           ///< [bucketDepth * targets] reals
  void *sums;             ///< [targets] what they are added to
};
inline constexpr int32_t bucketDepth = 32;

/// The calls of a launch that add to one variable of a population (or to several, by code that adds to several), in their order.
struct Owners {
  int64_t targets;
  uint32_t first, count;
  uint32_t launch;        ///< number of the launch, plus 1
  Buckets buckets;
};

/// One command of a step: a kernel for one population or connection, or one of the kernels of Steps.h.
struct Call {
  const uint64_t *bound;  ///< by place in KernelInfo::objects: the address of a buffer or scalar, the number of a stream
  snn_edges edges;
  const snn_segment *segments; ///< row_edges, edges: what is walked, in the order of the language
  const int64_t *segmentCount;
  const int32_t *events;  ///< event_cells, column_edges; null: the spikes of `departing`
  const int64_t *eventCount;
  const Ring *departing;  ///< departures: spikes of the target population in this step
  const int64_t *when;    ///< arrivals that call a kernel of cells: only if this is not 0
  int64_t cells;          ///< cells: how many
  int64_t every;          ///< only in steps before multiples of this
  int64_t repeats;        ///< how often at most a segment leads to the same target
  int64_t firstTarget, lastTarget; ///< edges lead to [firstTarget, lastTarget)
  uint32_t command;
  uint32_t owner;         ///< number of the Owners that it belongs to; of lists of arrivals: of the connection
  const Owners *inboxes;  ///< of cells: buckets that are emptied before they are computed
  uint32_t inboxCount;
  Ending ending;
  Collect collect;        ///< also of cells, whose spikes are collected where they are computed; without tickets: they are not
  union {
    Arrivals arrivals;
    Reduction reduction;
    Checked checked;
    Sampled sampled;
  };
};

} // namespace snn::cuda
