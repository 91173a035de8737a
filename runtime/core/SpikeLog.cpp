// The log of deferred `on post`. Its memory is bounded and taken at once: when it is full, NetworkReplay.cpp brings the rows
// that lag behind up to date, and the older half is forgotten.
#include "runtime/core/SpikeLog.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace snn::rt {

namespace {
/// Rows whose sources spike about as often as the targets never lag behind that far.
constexpr int64_t eventsPerTarget = 16, fewestEvents = 1024, mostOfAll = int64_t{1} << 30;
} // namespace

int64_t SpikeLog::mostEvents(int64_t targets) { return std::clamp(targets * eventsPerTarget, fewestEvents, mostOfAll); }

double SpikeLog::bytesFor(double targets, double bytesOfValues) {
  const double events = static_cast<double>(mostEvents(static_cast<int64_t>(targets))) + targets;
  return events * (sizeof(int32_t) + sizeof(Event) + bytesOfValues) + targets * sizeof(Recent);
}

SpikeLog::SpikeLog(int64_t sources, int64_t targets, std::vector<size_t> bytesOfValues)
    : firstEvent{1}, target{0}, events{{0, 0}}, recent(static_cast<size_t>(targets)), seen(static_cast<size_t>(sources), 0),
      bytes(std::move(bytesOfValues)), most(mostEvents(targets)) {
  const size_t room = static_cast<size_t>(most + targets) + 1; // the events of a step are put in before it is looked at
  target.reserve(room);
  events.reserve(room);
  for (size_t each : bytes)
    if (!values.emplace_back(room * each).data())
      throw std::bad_alloc();
}

/// Makes an event the last one of its target.
SpikeLog::Event SpikeLog::chain(int32_t cell, int32_t event, int32_t step) {
  auto &last = recent[static_cast<size_t>(cell)].of;
  std::copy_backward(last, last + remembered - 1, last + remembered);
  last[0] = {event, step};
  return {step, last[1].event};
}

void SpikeLog::put(int64_t step, std::span<const int32_t> targets, std::span<const void *const> from) {
  const int32_t number = stepCount();
  for (size_t k = 0; k < values.size(); ++k) {
    char *to = static_cast<char *>(values[k].data()) + bytes[k] * target.size();
    for (int32_t cell : targets)
      to = static_cast<char *>(std::memcpy(to, static_cast<const char *>(from[k]) + bytes[k] * static_cast<size_t>(cell), bytes[k])) + bytes[k];
  }
  steps.push_back(step);
  for (int32_t cell : targets) {
    events.push_back(chain(cell, static_cast<int32_t>(target.size()), number));
    target.push_back(cell);
  }
  firstEvent.push_back(static_cast<int32_t>(target.size()));
}

int32_t SpikeLog::olderHalf() const {
  return static_cast<int32_t>(std::ranges::upper_bound(firstEvent, eventCount() / 2) - firstEvent.begin());
}

void SpikeLog::drop(int32_t count) {
  const int32_t gone = firstEvent[static_cast<size_t>(count)] - 1; // events 1 to gone
  const size_t left = static_cast<size_t>(eventCount() - 1 - gone);
  for (size_t k = 0; k < values.size(); ++k) {
    char *data = static_cast<char *>(values[k].data()) + bytes[k];
    std::memmove(data, data + bytes[k] * static_cast<size_t>(gone), bytes[k] * left);
  }
  steps.erase(steps.begin(), steps.begin() + count);
  firstEvent.erase(firstEvent.begin(), firstEvent.begin() + count);
  for (int32_t &first : firstEvent)
    first -= gone;
  target.erase(target.begin() + 1, target.begin() + 1 + gone);
  events.erase(events.begin() + 1, events.begin() + 1 + gone);
  for (int32_t &row : seen)
    row = std::max(0, row - count);
  std::ranges::fill(recent, Recent{});
  for (size_t event = 1; event < target.size(); ++event)
    events[event] = chain(target[event], static_cast<int32_t>(event), events[event].step - count);
}

} // namespace snn::rt
