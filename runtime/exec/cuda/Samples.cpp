// Rings of samples on the device, one for each buffer and interval.
#include "runtime/exec/cuda/Samples.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace snn::rt::cuda {

using snn::cuda::Call;

namespace {

constexpr double mostBytes = 64e6; ///< of all rings, on the device and on the host
constexpr unsigned threads = 256;

int64_t nextMultiple(int64_t step, int64_t every) { return (step / every + 1) * every; }

} // namespace

void Samples::add(const StateSample &state) {
  const abi::Variable &v = net.tables.populations[state.population].variables[state.variable];
  const auto same = [&](const Ring &ring) { return ring.buffer == v.buffer && ring.everySteps == state.everySteps; };
  if (v.evalKernel != abi::none || (v.buffer != abi::none && !mirror.address(v.buffer)))
    looks.push_back(state.everySteps);
  else if (v.buffer != abi::none && std::ranges::none_of(rings, same)) // else a uniform value, or there is one already
    rings.push_back({v.buffer, state.everySteps, 0, net.buffers[v.buffer].block.size(), 0, {}});
}

/// As many slots as a batch needs, or as have room; rings without room for two are left to looks.
void Samples::giveSlots(int64_t batch) {
  const double each = mostBytes / static_cast<double>(std::max<size_t>(rings.size(), 1));
  for (Ring &ring : rings)
    ring.slots = std::min(static_cast<int64_t>(each / static_cast<double>(std::max<size_t>(ring.bytes, 1))), batch / ring.everySteps + 1);
  for (const Ring &ring : rings)
    if (ring.slots < 2)
      looks.push_back(ring.everySteps);
  std::erase_if(rings, [](const Ring &ring) { return ring.slots < 2; });
}

Status Samples::takeRings() {
  for (Ring &ring : rings) {
    ring.fetched.resize(static_cast<size_t>(ring.slots) * ring.bytes);
    device.want(&ring.address, ring.fetched.size(), "what is recorded", fmt::format("{} samples of {}", ring.slots, net.tables.buffers[ring.buffer].name));
  }
  device.want(&callsAt, rings.size() * sizeof(Call), "what is recorded", "its commands");
  if (Status s = device.take(); !s.ok())
    return s;
  device.upload(callsAt, calls());
  return device.wait();
}

Status Samples::choose(const std::vector<StateSample> &states, int64_t batch) {
  if (states == chosen)
    return {};
  for (const Ring &ring : rings)
    device.giveBack(ring.address);
  device.giveBack(std::exchange(callsAt, 0));
  rings.clear();
  looks.clear();
  chosen.clear();
  isChanged = true;
  for (const StateSample &state : states)
    add(state);
  giveSlots(batch);
  if (Status s = takeRings(); !s.ok()) {
    rings.clear();
    return s;
  }
  chosen = states;
  return {};
}

std::vector<Call> Samples::calls() const {
  std::vector<Call> out;
  for (const Ring &ring : rings) {
    Call call{};
    call.sampled = {address<const uint64_t>(mirror.address(ring.buffer)), address<uint64_t>(ring.address),
                    static_cast<int64_t>(ring.bytes / 8), ring.everySteps, ring.slots};
    out.push_back(call);
  }
  return out;
}

void Samples::start(uint64_t control) {
  const std::vector<Call> all = calls();
  if (all.empty())
    return;
  const Handle function = device.function("snn_sample");
  int64_t most = 1;
  for (const Call &call : all)
    most = std::max(most, call.sampled.words);
  const int64_t blocks = std::clamp<int64_t>((most + threads - 1) / threads, 1, device.wave(function, threads));
  device.launch(function, {static_cast<unsigned>(blocks), static_cast<unsigned>(all.size()), threads}, control, callsAt, 0);
}

int64_t Samples::nextLook(int64_t step) const {
  int64_t next = INT64_MAX;
  for (int64_t every : looks)
    next = std::min(next, nextMultiple(step, every));
  return next;
}

int64_t Samples::steps() const {
  int64_t most = INT64_MAX;
  for (const Ring &ring : rings)
    most = std::min(most, ring.slots * ring.everySteps);
  return most;
}

void Samples::fetch(int64_t from, int64_t to) {
  for (Ring &ring : rings)
    for (int64_t step = nextMultiple(from, ring.everySteps); step <= to;) {
      const int64_t slot = step / ring.everySteps % ring.slots;
      const int64_t count = std::min((to - step) / ring.everySteps + 1, ring.slots - slot); // those before the ring begins again
      const size_t at = static_cast<size_t>(slot) * ring.bytes;
      device.download(ring.fetched.data() + at, ring.address + at, static_cast<size_t>(count) * ring.bytes);
      step += count * ring.everySteps;
    }
}

void Samples::show(int64_t step) {
  for (Ring &ring : rings)
    if (due(ring, step))
      mirror.show(ring.buffer, ring.fetched.data() + static_cast<size_t>(step / ring.everySteps % ring.slots) * ring.bytes);
}

void Samples::hide(int64_t step) {
  for (Ring &ring : rings)
    if (due(ring, step))
      mirror.hide(ring.buffer);
}

} // namespace snn::rt::cuda
