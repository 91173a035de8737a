// Rings of spikes on the device: the host's last ones go there, those of the steps that a device computes come back.
#include "runtime/exec/cuda/SpikeRings.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt::cuda {

void SpikeRings::want(int64_t batch) {
  for (uint32_t id = 0; id < spikes.size(); ++id)
    if (spikes[id].needed)
      wantRing(id, batch);
  device.want(&emissionsAt, emissions.size() * sizeof(Emission), "the network", "its spikes");
}

void SpikeRings::wantRing(uint32_t id, int64_t batch) {
  Spikes &s = spikes[id];
  const PopulationState &state = net.populations[id];
  s.slots = static_cast<int64_t>(state.history.ring.size()) + batch;
  s.capacity = (s.slots + 1) * std::max<int64_t>(state.count, 1);
  s.firstEmission = static_cast<int64_t>(emissions.size());
  emissions.resize(emissions.size() + static_cast<size_t>(s.slots));
  const abi::Population &population = net.tables.populations[id];
  const auto want = [&](uint64_t &place, size_t bytes, std::string detail) {
    device.want(&place, bytes, "population " + population.name, std::move(detail), population.place);
  };
  const std::string detail = fmt::format("the spikes of {} steps", s.slots);
  want(s.ring, sizeof(Ring), detail);
  want(s.cells, static_cast<size_t>(s.capacity) * 4, detail);
  want(s.tickets, (1 + std::max(collectBlocks, computingBlocks)) * 8, detail);
  want(s.trainSteps, state.train.size() * 8, "its list of spikes");
  want(s.trainCells, state.train.size() * 4, "its list of spikes");
}

void SpikeRings::uploadTrains() {
  for (uint32_t id = 0; id < spikes.size(); ++id) {
    std::vector<int64_t> steps;
    std::vector<int32_t> cells;
    for (const auto &[step, cell] : net.populations[id].train) {
      steps.push_back(step);
      cells.push_back(cell);
    }
    device.upload(spikes[id].trainSteps, spikes[id].needed ? steps : std::vector<int64_t>());
    device.upload(spikes[id].trainCells, spikes[id].needed ? cells : std::vector<int32_t>());
  }
}

void SpikeRings::uploadRecent() {
  std::ranges::fill(emissions, Emission{0, 0, 0});
  for (uint32_t id = 0; id < spikes.size(); ++id) {
    const Spikes &s = spikes[id];
    if (!s.needed)
      continue;
    const PopulationState &state = net.populations[id];
    std::vector<int32_t> cells;
    for (int64_t step = std::max<int64_t>(0, net.step - static_cast<int64_t>(state.history.ring.size())); step < net.step; ++step) {
      const std::vector<int32_t> &list = state.history.at(step);
      const int64_t before = static_cast<int64_t>(cells.size());
      emissions[static_cast<size_t>(s.firstEmission + step % s.slots)] = {before, static_cast<int64_t>(list.size()), before};
      cells.insert(cells.end(), list.begin(), list.end());
    }
    device.upload(s.cells, cells);
    const Ring ring{address<int32_t>(s.cells), address<Emission>(emissionsAt) + s.firstEmission, s.slots, s.capacity,
                    static_cast<int64_t>(cells.size()), state.lastCollected, (net.step + s.slots - 1) % s.slots};
    device.upload(s.ring, &ring, sizeof ring);
  }
  device.upload(emissionsAt, emissions);
}

void SpikeRings::fetchEmissions() { device.download(emissions.data(), emissionsAt, emissions.size() * sizeof(Emission)); }

/// Lists that follow each other on the device come in one copy; all copies are started before the first is waited for.
Status SpikeRings::fetch(int64_t from, int64_t to, std::vector<std::vector<std::vector<int32_t>>> &lists) {
  fetched.resize(spikes.size());
  for (uint32_t id = 0; id < spikes.size(); ++id)
    if (spikes[id].needed)
      startFetching(id, from, to);
  if (Status s = device.wait(); !s.ok())
    return s;
  lists.assign(static_cast<size_t>(to - from), std::vector<std::vector<int32_t>>(spikes.size()));
  for (uint32_t id = 0; id < spikes.size(); ++id) {
    auto at = fetched[id].begin();
    for (int64_t step = from; spikes[id].needed && step < to; at += emission(id, step).count, ++step)
      lists[static_cast<size_t>(step - from)][id].assign(at, at + emission(id, step).count);
  }
  return {};
}

void SpikeRings::startFetching(uint32_t id, int64_t from, int64_t to) {
  int64_t all = 0;
  for (int64_t step = from; step < to; ++step)
    all += emission(id, step).count;
  fetched[id].resize(static_cast<size_t>(all));
  int32_t *place = fetched[id].data();
  for (int64_t first = from, last = from; first < to; first = last) {
    int64_t count = 0;
    for (; last < to && emission(id, last).begin == emission(id, first).begin + count; ++last)
      count += emission(id, last).count;
    device.download(place, spikes[id].cells + static_cast<uint64_t>(emission(id, first).begin) * 4, static_cast<size_t>(count) * 4);
    place += count;
  }
}

} // namespace snn::rt::cuda
