// The log of deferred `on post`: the spikes of a projection's targets that some row has not been given yet.
#pragma once

#include "runtime/abi/Image.h"
#include "runtime/abi/snn_abi.h"
#include "runtime/core/Memory.h"

#include <cstdint>
#include <span>
#include <vector>

namespace snn::rt {

struct SpikeLog {
  /// Events have numbers from 1 on, in the order of their steps; 0 is none.
  struct Event {
    int32_t step;   ///< number of its step within `steps`
    int32_t before; ///< the event before it of the same target
  };
  /// The last events of a target in one line of memory, the last one first: most rows want no others.
  static constexpr int remembered = 8;
  struct alignas(64) Recent {
    struct { int32_t event = 0, step = 0; } of[remembered];
  };
  std::vector<int64_t> steps;      ///< in which targets spiked, ascending
  std::vector<int32_t> firstEvent; ///< by number of such a step; one more: the next event
  std::vector<int32_t> target;     ///< by event
  std::vector<Event> events;
  std::vector<Recent> recent;      ///< by target
  std::vector<int32_t> seen;       ///< by source: how many of the steps its row has been given
  std::vector<Block> values;       ///< what is kept with events: by the projection's logged values
  std::vector<size_t> bytes;       ///< of one such value

  SpikeLog(int64_t sources, int64_t targets, std::vector<size_t> bytesOfValues);
  int32_t stepCount() const { return static_cast<int32_t>(steps.size()); }
  int32_t eventCount() const { return firstEvent.back(); }
  bool full() const { return eventCount() > most; }
  /// Spikes of step `step`; `from`: where the values to be kept are, by target.
  void put(int64_t step, std::span<const int32_t> targets, std::span<const void *const> from);
  /// The number of steps that make up the older half of the events.
  int32_t olderHalf() const;
  /// Forgets the first `count` steps, which all rows have seen.
  void drop(int32_t count);
  /// Bytes that a log for so many targets takes.
  static double bytesFor(double targets, double bytesOfValues);

private:
  int64_t most = 0; ///< events, before rows that lag behind are replayed

  static int64_t mostEvents(int64_t targets);
  Event chain(int32_t cell, int32_t event, int32_t step);
};

} // namespace snn::rt
