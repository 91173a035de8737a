// The spikes of the network's populations on the device: those under way, and those that the host has not read.
#pragma once

#include "runtime/core/NetworkImpl.h"
#include "runtime/device/cuda/Calls.h"
#include "runtime/exec/cuda/Device.h"

namespace snn::rt::cuda {

using snn::cuda::Emission;
using snn::cuda::Ring;

/// At most so many blocks list who spiked: from flags, or cells that they compute (Order.h).
inline constexpr unsigned collectBlocks = 64, computingBlocks = 1024;

/// A population's spikes on the device.
struct Spikes {
  bool needed = false, collected = false; ///< cells that never spike have a ring that stays empty
  uint64_t ring = 0, cells = 0, tickets = 0;
  uint64_t trainSteps = 0, trainCells = 0;
  int64_t slots = 0, capacity = 0;
  int64_t firstEmission = 0; ///< among those of all populations
};

class SpikeRings {
public:
  SpikeRings(Network::Impl &n, Device &d) : spikes(n.populations.size()), net(n), device(d) {}
  /// Says what memory is needed, once `needed` is known; `batch` steps of spikes are kept.
  void want(int64_t batch);
  /// The lists of SpikeTrains.
  void uploadTrains();
  /// The spikes of the host's last steps.
  void uploadRecent();
  /// Starts to read where the spikes of each step are, and how many; to be waited for before `fetch`.
  void fetchEmissions();
  /// Reads the spikes of the steps [from, to) into `lists`, by step and population.
  Status fetch(int64_t from, int64_t to, std::vector<std::vector<std::vector<int32_t>>> &lists);

  std::vector<Spikes> spikes; ///< by population

private:
  Network::Impl &net;
  Device &device;
  uint64_t emissionsAt = 0; ///< of all populations
  std::vector<Emission> emissions;
  std::vector<std::vector<int32_t>> fetched; ///< by population: the spikes of several steps, one after the other

  void wantRing(uint32_t population, int64_t batch);
  const Emission &emission(uint32_t population, int64_t step) const {
    const Spikes &s = spikes[population];
    return emissions[static_cast<size_t>(s.firstEmission + step % s.slots)];
  }
  void startFetching(uint32_t population, int64_t from, int64_t to);
};

} // namespace snn::rt::cuda
