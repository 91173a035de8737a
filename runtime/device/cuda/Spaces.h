// The loops around the bodies of kernels, one for each index space (runtime/abi/Spaces.def). A body is a class that the compiler
// writes: its constructor reads what only the host changes, `prepare` what is the same for all elements, `at` computes one element.
#pragma once

#include "runtime/device/cuda/Arrivals.h"
#include "runtime/device/cuda/Buckets.h"
#include "runtime/device/cuda/Ending.h"
#include "runtime/device/cuda/Spikes.h"

namespace snn::cuda {

/// Index values of an element; those that its space does not have are 0.
struct Place {
  int64_t i = 0, src = 0, tgt = 0, edge = 0;
  uint64_t element = 0; ///< of random draws, see compiler/kernel/ir/Ops.def
};

/// What a thread has met in its elements.
struct Checks {
  bool badProbability = false, badIndex = false;
  float floats = 0; ///< the product with all states of this type: NaN, not 0, if one was not finite
  double doubles = 0;

  template <class Real> SNN_DEV void probability(Real p) { badProbability |= !(p >= Real(0) && p <= Real(1)); }
  SNN_DEV void index(bool inside) { badIndex |= !inside; }
  SNN_DEV void state(float x) { floats = floats * x; }
  SNN_DEV void state(double x) { doubles = doubles * x; }
  SNN_DEV void tell(Control *control, const Call &call) const {
    if (badProbability || badIndex)
      atomicMin(&control->failed, 2 * call.command + (badProbability ? 0 : 1));
    if (!(floats == 0 && doubles == 0))
      control->suspect = 1;
  }
};

/// Where a body adds to cells that nobody else adds to meanwhile.
struct AddInPlace {
  template <int Which, int Nth, class Element> SNN_DEV void add(Element *to, int64_t, Element value) const { *to = *to + value; }
};

struct Events {
  const int32_t *cells;
  int64_t count;
};

SNN_DEV Events eventsOf(const Control &control, const Call &call) {
  if (!call.departing)
    return {call.events, *call.eventCount};
  const Ring &ring = *call.departing;
  const Emission spikes = ring.emissions[ring.newest];
  return {ring.cells + spikes.begin, ring.collected == control.step ? spikes.count : 0};
}

/// Whether a call is for this step.
SNN_DEV bool forThisStep(const Control &control, const Call &call) {
  return (call.every <= 1 || (control.step + 1) % call.every == 0) && !(call.when && *call.when == 0) &&
         !(call.departing && eventsOf(control, call).count == 0);
}
SNN_DEV bool due(Control *control, const Call &call) { return !halted(control) && forThisStep(*control, call); }

/// Waits for the launch before. Returns whether a call is for this step; what is the same for all elements is loaded meanwhile.
template <class Body> SNN_DEV bool begins(Control *control, const Call &call, Body &body) {
  begin();
  body.prepare(*control);
  return due(control, call);
}

/// What all loops begin and end with: `loop(body, checks)` if a call is for this step.
template <class Body, class Loop> SNN_DEV void ifDue(Control *control, const Call &call, const Loop &loop) {
  Body body(call);
  if (!begins(control, call, body))
    return;
  Checks checks;
  loop(body, checks);
  checks.tell(control, call);
}

template <class Body> SNN_DEV void once(Control *control, const Call *calls) {
  const Call call = calls[blockIdx.y];
  Body body(call);
  if (!begins(control, call, body) || blockIdx.x != 0 || threadIdx.x != 0)
    return;
  Checks checks;
  body.at(Place{}, AddInPlace{}, checks);
  checks.tell(control, call);
}

/// A thread a cell; where each has its own, the spikes are collected too, and the step may end.
template <class Body> SNN_DEV void overCells(Control *control, const Call *calls) {
  const Call call = calls[blockIdx.y];
  Body body(call);
  Turn turn(call.collect.tickets);
  if (!begins(control, call, body))
    return;
  const bool collects = call.collect.tickets != nullptr;
  const int64_t step = control->step;
  Checks checks;
  // 32 bits: an address is then one instruction
  const uint32_t cells = uint32_t(call.cells), first = uint32_t(turn.number()) * blockDim.x + threadIdx.x, stride = gridDim.x * blockDim.x;
  if (first < cells)
    body.ahead(first);
  takeBuckets(call, first, stride);
  for (uint32_t i = first; i < cells; i += stride) {
    if constexpr (Body::fetchesNext)
      if (i + stride < cells)
        body.ahead(i + stride);
    Place place;
    place.i = i;
    place.element = i;
    body.at(place, AddInPlace{}, checks);
  }
  checks.tell(control, call);
  if (collects)
    collectComputed(call.collect, turn, step);
  if (call.ending.calls && turn.last()) {
    fence(); // what the blocks before have written
    endHere(control, call.ending);
  }
}

/// Calls use(cell) for the cells of a list, a thread for each.
template <class Use> SNN_DEV void eachEvent(const Control &control, const Call &call, const Use &use) {
  const Events events = eventsOf(control, call);
  for (int64_t k = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; k < events.count; k += int64_t(gridDim.x) * blockDim.x)
    use(int64_t(events.cells[k]));
}

/// A thread for each cell of a list.
template <class Body> SNN_DEV void overEvents(Control *control, const Call *calls) {
  const Call call = calls[blockIdx.y];
  ifDue<Body>(control, call, [&](const Body &body, Checks &checks) {
    eachEvent(*control, call, [&](int64_t cell) {
      Place place;
      place.i = cell;
      place.element = uint64_t(cell);
      if (cell >= 0)
        body.at(place, AddInPlace{}, checks);
    });
  });
}

SNN_DEV int64_t targetOf(const snn_edges &e, int64_t src, int64_t edge) {
  return e.target ? e.target[edge] : e.target16 ? e.target16[edge] : e.dense_first + (edge - e.row_begin[src]);
}

SNN_DEV Place edgePlace(const snn_edges &e, int64_t src, int64_t tgt, int64_t edge) {
  Place place;
  place.src = src;
  place.tgt = tgt;
  place.edge = edge;
  place.element = uint64_t(src * e.targets + tgt);
  return place;
}

template <class Target> SNN_DEV void eachTarget(const ArrivingEdge (&edges)[together], int64_t (&targets)[together], const Target &target) {
#pragma unroll
  for (int32_t n = 0; n < together; ++n)
    targets[n] = target(edges[n]);
}

/// The targets of edges, by loads that do not wait for each other.
SNN_DEV void targetsOf(const snn_edges &e, const ArrivingEdge (&edges)[together], int64_t (&targets)[together]) {
  if (e.target)
    eachTarget(edges, targets, [&](const ArrivingEdge &a) { return int64_t(e.target[a.edge]); });
  else if (e.target16)
    eachTarget(edges, targets, [&](const ArrivingEdge &a) { return int64_t(e.target16[a.edge]); });
  else
    eachTarget(edges, targets, [&](const ArrivingEdge &a) { return e.dense_first + (a.edge - e.row_begin[a.source]); });
}

/// Warps take things in turn; where there are more warps than things, several share one.
struct Turns {
  int64_t first, stride, lane, lanes;

  SNN_DEV explicit Turns(int64_t things) {
    const uint32_t warps = gridDim.x * (blockDim.x >> 5), warp = blockIdx.x * (blockDim.x >> 5) + (threadIdx.x >> 5);
    const uint32_t share = things > 0 && things < warps ? warps / uint32_t(things) : 1;
    first = warp / share;
    stride = warps / share;
    lane = warp % share * 32 + (threadIdx.x & 31);
    lanes = share * 32;
  }
};

/// A thread for each edge that something arrives over, where they do not depend on each other.
template <class Body> SNN_DEV void overArrivals(Control *control, const Call *calls) {
  const BlockShare mine = calls[0].arrivals.shares[blockIdx.x];
  const Call call = calls[mine.call];
  ifDue<Body>(control, call, [&](const Body &body, Checks &checks) {
    walkArrivals(call.arrivals, mine, control->step, [&](const ArrivingEdge(&edges)[together], int32_t count) {
      int64_t targets[together];
      targetsOf(call.edges, edges, targets);
#pragma unroll
      for (int32_t n = 0; n < together; ++n)
        if (n < count)
          body.at(edgePlace(call.edges, edges[n].source, targets[n], edges[n].edge), AddInPlace{}, checks);
    });
  });
}

/// The same, into buckets of the targets (Buckets.h).
template <class Body> SNN_DEV void pushArrivals(Control *control, const Call *calls, const Owners *owners) {
  const BlockShare mine = calls[0].arrivals.shares[blockIdx.x];
  const Call call = calls[mine.call];
  const Owners to = owners[call.owner];
  Body body(call);
  begin();
  body.prepare(*control);
  // threads of this launch may say meanwhile that a bucket is full: all go the same way nevertheless
  const uint32_t full = *static_cast<volatile uint32_t *>(&control->full);
  if (control->stopped || (full != 0 && full != to.launch) || !forThisStep(*control, call))
    return;
  Checks checks;
  walkArrivals(call.arrivals, mine, control->step, [&](const ArrivingEdge(&edges)[together], int32_t count) {
    int64_t targets[together];
    targetsOf(call.edges, edges, targets);
    Pushed pushed[together];
#pragma unroll
    for (int32_t n = 0; n < together; ++n) {
      pushed[n] = {orderOf(mine.call - to.first, edges[n].later, edges[n].edge), -1, 0};
      body.at(edgePlace(call.edges, edges[n].source, targets[n], edges[n].edge), Keep{pushed[n]}, checks);
    }
    push(control, to, pushed, count);
  });
  checks.tell(control, call);
}

/// A thread an edge, where edges do not depend on each other: all that a connection has.
template <class Body> SNN_DEV void overRows(Control *control, const Call *calls) {
  const Call call = calls[blockIdx.y];
  ifDue<Body>(control, call, [&](const Body &body, Checks &checks) {
    const int64_t segments = *call.segmentCount;
    const Turns turns(segments);
    for (int64_t s = turns.first; s < segments; s += turns.stride) {
      const snn_segment segment = call.segments[s];
      for (int64_t edge = segment.begin + turns.lane; edge < segment.end; edge += turns.lanes)
        body.at(edgePlace(call.edges, segment.source, targetOf(call.edges, segment.source, edge), edge), AddInPlace{}, checks);
    }
  });
}

/// Calls use(place) for every `stride`-th edge that ends at a cell, from `first` on, in the order of the language.
template <class Use> SNN_DEV void eachOfColumn(const snn_edges &e, int64_t tgt, int64_t first, int64_t stride, const Use &use) {
  if (e.column_begin) {
    for (int64_t n = e.column_begin[tgt] + first; n < e.column_begin[tgt + 1]; n += stride)
      use(edgePlace(e, e.column_source[n], tgt, e.column_edge[n]));
    return;
  }
  const int64_t offset = tgt - e.dense_first;
  for (int64_t src = first; src < e.sources; src += stride)
    if (offset >= 0 && offset < e.row_begin[src + 1] - e.row_begin[src])
      use(edgePlace(e, src, tgt, e.row_begin[src] + offset));
}

/// A thread for each edge that ends at a cell of a list.
template <class Body> SNN_DEV void overColumns(Control *control, const Call *calls) {
  const Call call = calls[blockIdx.y];
  ifDue<Body>(control, call, [&](const Body &body, Checks &checks) {
    const Events events = eventsOf(*control, call);
    const Turns turns(events.count);
    for (int64_t k = turns.first; k < events.count; k += turns.stride)
      eachOfColumn(call.edges, events.cells[k], turns.lane, turns.lanes, [&](const Place &place) { body.at(place, AddInPlace{}, checks); });
  });
}

/// A thread for each cell of a list, over the edges that end there: what they add to it has an order.
template <class Body> SNN_DEV void overColumnsInOrder(Control *control, const Call *calls) {
  const Call call = calls[blockIdx.y];
  ifDue<Body>(control, call, [&](const Body &body, Checks &checks) {
    eachEvent(*control, call, [&](int64_t cell) {
      eachOfColumn(call.edges, cell, 0, 1, [&](const Place &place) { body.at(place, AddInPlace{}, checks); });
    });
  });
}

} // namespace snn::cuda
