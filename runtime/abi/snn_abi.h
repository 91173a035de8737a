/* The contract between generated code and the runtime: plain C, versioned. Generated code includes nothing and calls
 * nothing but the symbols of RuntimeSymbols.def. */
#ifndef SNN_ABI_H
#define SNN_ABI_H

#ifndef __CUDACC_RTC__ /* there the types come from runtime/device/Device.h */
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define SNN_ABI_MAJOR 3u
#define SNN_ABI_MINOR 0u

/* Edges of one projection, rows by source. A row lists its edges by target (drawn delays: by delay, largest first,
 * then target). */
typedef struct snn_edges {
  int64_t sources, targets, edges; /* cells of the two populations; number of edges */
  const int64_t *row_begin;        /* [sources + 1] first edge of each row */
  const int32_t *target;           /* [edges]; null: in target16, or dense */
  int64_t dense_first;             /* dense: target = dense_first + (edge - row_begin[src]) */
  /* incoming index: null unless a kernel walks the edges of a target, and where rows are dense. */
  const int64_t *column_begin;     /* [targets + 1] */
  const int64_t *column_edge;      /* [edges] edge numbers, by target then source */
  const int32_t *column_source;    /* [edges] */
  const uint16_t *target16;        /* [edges] of at most 65536 targets; null: in target, or dense */
} snn_edges;

/* One segment of a row to be walked by a row_edges kernel: edges [begin, end) of source cell `source`. Behind the last
 * segment of a list there is one more that may be read (its row is fetched ahead). */
typedef struct snn_segment {
  int64_t begin, end;
  int32_t source;
  int32_t reserved;
} snn_segment;

/* Deferred `on post`: a source cell at the end of a step `step` in which targets spiked. */
typedef struct snn_moment {
  int64_t step;
  int32_t source;
  int32_t reserved;
} snn_moment;

/* An edge that is given an event of its target: number of the moment within args->moments, of the event within the log. */
typedef struct snn_replayed {
  int64_t edge;
  int32_t moment, event;
} snn_replayed;

typedef struct snn_kernel_args {
  void *const *buffers;   /* by buffer number of the program */
  double *scalars;        /* by scalar number; canonical units */
  double dt;              /* ms */
  int64_t step;           /* number n of the step: it leads from n*dt to (n+1)*dt */
  int64_t time_step;      /* step number that `t` refers to: n before integration, n+1 after (see Op Time) */
  uint64_t seed;
  int64_t begin, end;     /* cells, pairs: range of cells (begin is a multiple of 64); 
                             event_cells, column_edges: range of `events`; row_edges, edges: range of `segments`;
                             moments: range of `moments`; replayed_edges: range of `replayed` */
  const int32_t *events;  /* event_cells, column_edges: cells, ascending */
  const snn_segment *segments; /* row_edges: rows of which spikes arrive; edges: all rows */
  const snn_edges *edges; /* row_edges, column_edges, edges, pairs (may be null there) */
  int64_t pair_source;    /* pairs */
  void *pair_output;      /* pairs: uint8_t or real per target, index tgt - begin */
  const uint32_t *objects; /* numbers of the buffers, scalars and random streams that the kernel names (KernelInfo::objects):
                              kernels with the same code differ in these */
  int64_t target_end;      /* cells: target_end = number of cells, where the padding begins;
                                   pairs: target_end = cells of the target population */
  const snn_moment *moments;      /* moments, replayed_edges */
  const snn_replayed *replayed;   /* replayed_edges: of one edge in the order of its events */
  const int32_t *event_target;    /* replayed_edges: by event of the log, its target cell */
} snn_kernel_args;

/* What a kernel returns: 0, or of these what it met. */
enum {
  SNN_BAD_PROBABILITY = 1, /* bernoulli's p outside 0..1 */
  SNN_BAD_INDEX = 4,       /* an index outside of a table */
  SNN_NOT_FINITE = 2       /* cells: a state that it stored, of a cell or of the padding, is infinite or NaN */
};
typedef int32_t (*snn_kernel_fn)(const snn_kernel_args *args);

/* One set of kernels, for one CPU level and one precision. */
typedef struct snn_kernel_set {
  uint32_t cpu_level;    /* 3: x86-64-v3, 4: x86-64-v4 */
  uint32_t precision;    /* 4: float, 8: double */
  uint32_t experiment;   /* which program of the image */
  uint32_t count;
  const snn_kernel_fn *kernels;
} snn_kernel_set;

/* What a finished binary or a JIT module hands to the runtime. */
typedef struct snn_model {
  uint32_t abi_major, abi_minor;
  const uint8_t *image;  /* serialised snn::abi::Image */
  uint64_t image_size;
  uint32_t set_count;
  const snn_kernel_set *sets;
} snn_model;

#ifdef __cplusplus
}
#endif
#endif
