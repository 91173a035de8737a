// Takes recorded values after steps and hands them to sinks.
#include "runtime/core/Taps.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt {

bool Taps::active(uint32_t key) const {
  return std::ranges::any_of(taps, [&](const Tap &tap) { return tap.key == key; });
}

Status Taps::start(Tap tap) {
  if (tap.what.kind != abi::HostRecordKind::Value) {
    for (Sink *sink : tap.sinks)
      if (Status s = sink->open(tap.key, tap.what); !s.ok())
        return s;
    tap.opened = true;
  }
  taps.push_back(std::move(tap));
  return {};
}

Status Taps::give(Tap &tap, std::span<const double> sample) {
  for (Sink *sink : tap.sinks)
    if (Status s = sink->sample(tap.key, network.timeMs(), sample); !s.ok())
      return s;
  return {};
}

Status Taps::giveValue(Tap &tap, const host::Value &value) {
  if (!value.isNumber())
    return Error{ExitCode::model, fmt::format("record {}: the value is {}, not a number", tap.what.name,
                                              host::describe(value))};
  if (!tap.opened) {
    tap.what.shape = value.shape();
    for (Sink *sink : tap.sinks)
      if (Status s = sink->open(tap.key, tap.what); !s.ok())
        return s;
    tap.opened = true;
  } else if (tap.what.shape != value.shape()) {
    return Error{ExitCode::model,
                 fmt::format("record {}: the value has the shape {}, the first one had {}", tap.what.name,
                             host::shapeText(value.shape()), host::shapeText(tap.what.shape))};
  }
  return give(tap, {value.elements(), static_cast<size_t>(value.count())});
}

Status Taps::append(uint32_t key, const Recorded &what, const host::Value &value, std::span<Sink *const> sinks) {
  const auto found = std::ranges::find_if(appended, [&](const Tap &tap) { return tap.key == key; });
  if (found != appended.end())
    return giveValue(*found, value);
  Tap tap;
  tap.key = key;
  tap.what = what;
  tap.sinks.assign(sinks.begin(), sinks.end());
  appended.push_back(std::move(tap));
  return giveValue(appended.back(), value);
}

Status Taps::take(Tap &tap) {
  switch (tap.what.kind) {
  case abi::HostRecordKind::Spikes: {
    std::span<const int32_t> spikes = network.spikesOfStep(tap.object);
    if (!tap.chosen.empty()) {
      ids.clear();
      for (int32_t cell : spikes)
        if (tap.chosen[static_cast<size_t>(cell)])
          ids.push_back(cell);
      spikes = ids;
    }
    if (!spikes.empty())
      for (Sink *sink : tap.sinks)
        if (Status s = sink->spikes(tap.key, network.timeMs(), spikes); !s.ok())
          return s;
    return {};
  }
  case abi::HostRecordKind::State:
    if (tap.what.ids.empty())
      return {};
    if (Status s = network.readCells(tap.object, tap.variable, tap.what.ids, values); !s.ok())
      return s;
    return give(tap, values);
  case abi::HostRecordKind::EdgeState:
    if (Status s = network.readEdges(tap.object, tap.variable, values); !s.ok())
      return s;
    return give(tap, values);
  case abi::HostRecordKind::Value: {
    host::Value value;
    if (Status s = evaluate(tap.code, value); !s.ok())
      return s;
    return giveValue(tap, value);
  }
  }
  return {};
}

Status Taps::afterStep(int64_t step) {
  for (Tap &tap : taps) {
    if (step % tap.everySteps != 0)
      continue;
    const Result<bool> wanted = holds(tap.condition, step);
    if (!wanted.ok())
      return wanted.error();
    if (Status s = wanted.value() ? take(tap) : Status(); !s.ok())
      return s;
  }
  return {};
}

Result<bool> Taps::holds(uint32_t condition, int64_t step) {
  if (condition == abi::hostNone)
    return true;
  const auto known = tested.find(condition);
  if (known != tested.end() && known->second.first == step)
    return known->second.second;
  host::Value value;
  if (Status s = evaluate(condition, value); !s.ok())
    return s.error();
  tested[condition] = {step, value.asBool()};
  return value.asBool();
}

namespace {

bool canWait(const Tap &tap, abi::HostRecordKind kind) {
  return tap.what.kind == kind && tap.condition == abi::hostNone && std::ranges::none_of(tap.sinks, &Sink::immediate);
}

} // namespace

std::vector<StateSample> Taps::samples() const {
  std::vector<StateSample> out;
  for (const Tap &tap : taps)
    if (canWait(tap, abi::HostRecordKind::State))
      out.push_back({tap.object, tap.variable, tap.everySteps});
  return out;
}

int64_t Taps::nextLook(int64_t step) const {
  int64_t next = INT64_MAX;
  for (const Tap &tap : taps) {
    if (!canWait(tap, abi::HostRecordKind::Spikes) && !canWait(tap, abi::HostRecordKind::State))
      next = std::min(next, (step / tap.everySteps + 1) * tap.everySteps);
  }
  return next;
}

void Taps::save(host::ByteWriter &w) const {
  std::vector<int64_t> opened;
  for (const std::vector<Tap> *list : {&taps, &appended})
    for (const Tap &tap : *list)
      if (tap.what.kind == abi::HostRecordKind::Value && tap.opened) {
        opened.push_back(tap.key);
        opened.push_back(list == &appended);
        opened.push_back(static_cast<int64_t>(tap.what.shape.size()));
        opened.insert(opened.end(), tap.what.shape.begin(), tap.what.shape.end());
      }
  w.list(opened);
}

Status Taps::load(host::ByteReader &r, const std::function<Recorded(uint32_t key)> &describe,
                  std::span<Sink *const> sinks) {
  const std::vector<int64_t> opened = r.list<int64_t>();
  for (size_t k = 0; k + 3 <= opened.size();) {
    const uint32_t key = static_cast<uint32_t>(opened[k]);
    const bool isAppended = opened[k + 1] != 0;
    const size_t rank = static_cast<size_t>(opened[k + 2]);
    k += 3;
    if (rank > opened.size() - k)
      host::failDamaged();
    if (isAppended) {
      Tap tap;
      tap.key = key;
      tap.what = describe(key);
      tap.sinks.assign(sinks.begin(), sinks.end());
      appended.push_back(std::move(tap));
    }
    std::vector<Tap> &list = isAppended ? appended : taps;
    const auto tap = std::ranges::find_if(list, [&](const Tap &t) { return t.key == key; });
    if (tap == list.end())
      host::failDamaged();
    tap->what.shape.assign(opened.begin() + static_cast<long>(k), opened.begin() + static_cast<long>(k + rank));
    k += rank;
    for (Sink *sink : tap->sinks)
      if (Status s = sink->open(key, tap->what); !s.ok())
        return s;
    tap->opened = true;
  }
  return {};
}

} // namespace snn::rt
