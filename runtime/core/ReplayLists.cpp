// Rows that are dense are listed in the order of the log, the edge of an event by arithmetic; others edge by edge, with the
// events of its target that are new.
#include "runtime/core/ReplayLists.h"

#include <algorithm>

namespace snn::rt {

namespace {
/// So many are given to the kernels at once: they stay in the second cache.
constexpr size_t batch = 4096;
constexpr int64_t edgesAhead = 16; ///< whose targets' events are fetched
} // namespace

void ReplayLists::begin(const connect::EdgeTable &t, const snn_edges &e, SpikeLog &l, std::function<void()> r) {
  table = &t;
  edges = &e;
  log = &l;
  run = std::move(r);
  given = 0;
  // A dense row is listed whole, of another one the events of an edge.
  list.resize(std::max(list.size(), batch + static_cast<size_t>(t.dense ? log->eventCount() : log->stepCount())));
  times.resize(2 * list.size());
  first = list.size();
  used = 0;
}

void ReplayLists::give() {
  if (first == list.size())
    return;
  run();
  given += static_cast<int64_t>(entryCount());
  first = list.size();
}

/// Moments that no entry names are forgotten.
void ReplayLists::makeRoom(size_t more) {
  if (first < more || used > list.size())
    give();
  if (first == list.size())
    used = 0;
}

/// Moments for the steps that a row has not seen, in order; returns the number that step 0 of the log would have.
int64_t ReplayLists::momentsOf(int32_t source, int32_t from) {
  const int64_t begin = static_cast<int64_t>(used) - from;
  const int64_t *steps = log->steps.data();
  snn_moment *to = times.data() + begin;
  for (int32_t k = from; k < log->stepCount(); ++k)
    to[k] = {steps[k], source, 0};
  used += static_cast<size_t>(log->stepCount() - from);
  return begin;
}

void ReplayLists::denseRow(int32_t source, int32_t from) {
  const int32_t begin = log->firstEvent[static_cast<size_t>(from)], end = log->eventCount(), *target = log->target.data();
  makeRoom(static_cast<size_t>(end - begin));
  const int64_t moment = momentsOf(source, from), row = rowBegin(source), length = rowEnd(source) - row, shift = table->denseFirst;
  const SpikeLog::Event *events = log->events.data();
  snn_replayed *at = list.data() + first;
  for (int32_t event = end; event-- > begin;)
    if (const int64_t offset = target[event] - shift; offset >= 0 && offset < length)
      *--at = {row + offset, static_cast<int32_t>(moment + events[event].step), event};
  first = static_cast<size_t>(at - list.data());
}

/// `shared`: the entries of a row share the moments of the steps. Else each has its own.
template <bool shared, class Target> void ReplayLists::chains(const Target *targets, int32_t source, int32_t from) {
  const int32_t begin = log->firstEvent[static_cast<size_t>(from)];
  const SpikeLog::Recent *recent = log->recent.data();
  const SpikeLog::Event *events = log->events.data();
  const int64_t *steps = log->steps.data();
  const size_t ofEdge = static_cast<size_t>(log->stepCount() - from) + 1;
  const int64_t moment = shared ? momentsOf(source, from) : 0;
  size_t at = first, own = used;
  // Whether an edge has a new event is not to be foreseen: the entry of one that is not new is overwritten by the next.
  const auto put = [&, out = list.data(), times = times.data()](int64_t edge, int32_t event, int32_t step) {
    if (!shared)
      times[own] = {steps[step], source, 0};
    out[at - 1] = {edge, static_cast<int32_t>(shared ? moment + step : static_cast<int64_t>(own)), event};
    at -= event >= begin;
    own += event >= begin;
  };
  for (int64_t edge = rowEnd(source), begins = rowBegin(source); edge-- > begins;) {
    __builtin_prefetch(recent + targets[std::max(edge - edgesAhead, begins)]);
    if (at < ofEdge) {
      first = at, used = shared ? used : own;
      give();
      at = first, own = shared ? own : 0;
    }
    const auto &last = recent[targets[edge]].of;
    put(edge, last[0].event, last[0].step);
    put(edge, last[1].event, last[1].step);
    int k = 2;
    for (; k < SpikeLog::remembered && last[k].event >= begin; ++k)
      put(edge, last[k].event, last[k].step);
    if (k == SpikeLog::remembered)
      for (int32_t event = events[last[k - 1].event].before; event >= begin; event = events[event].before)
        put(edge, event, events[event].step);
  }
  first = at, used = shared ? used : own;
}

/// Moments of their own are fewer where few of the targets that spiked are the row's.
template <class Target> void ReplayLists::sparseRow(const Target *targets, int32_t source, int32_t from) {
  const double events = log->eventCount() - log->firstEvent[static_cast<size_t>(from)];
  const double expected = events * static_cast<double>(rowEnd(source) - rowBegin(source)) / static_cast<double>(table->targets);
  makeRoom(static_cast<size_t>(std::min(2 * expected, static_cast<double>(batch))));
  if (expected < log->stepCount() - from)
    chains<false>(targets, source, from);
  else
    chains<true>(targets, source, from);
}

void ReplayLists::row(int32_t source) {
  int32_t &seen = log->seen[static_cast<size_t>(source)];
  if (seen == log->stepCount())
    return;
  if (table->dense)
    denseRow(source, seen);
  else if (edges->target16)
    sparseRow(edges->target16, source, seen);
  else
    sparseRow(edges->target, source, seen);
  seen = log->stepCount();
}

} // namespace snn::rt
