// States that are recorded at regular steps: taken on the device, fetched together with the spikes of many steps.
#pragma once

#include "runtime/exec/cuda/Mirror.h"

namespace snn::rt::cuda {

class Samples {
public:
  Samples(Network::Impl &n, Device &d, Mirror &m) : net(n), device(d), mirror(m) {}

  /// Takes these states from the next step on, at most `batch` steps between two fetches. What must be computed to be read is left
  /// to looks.
  Status choose(const std::vector<StateSample> &states, int64_t batch);
  /// Whether `choose` has changed what `start` does.
  bool changed() { return std::exchange(isChanged, false); }
  /// Starts the launch that takes what is due; the step has ended already.
  void start(uint64_t control);
  /// The next number of steps done, after `step`, that the host must look at.
  int64_t nextLook(int64_t step) const;
  /// Steps whose samples fit between two fetches.
  int64_t steps() const;
  /// Fetches what was taken in the steps [from, to).
  void fetch(int64_t from, int64_t to);
  /// Makes the host's buffers what they were when `step` steps were done, for those that are due then.
  void show(int64_t step);
  /// Ends that.
  void hide(int64_t step);

private:
  /// What is taken of one buffer.
  struct Ring {
    uint32_t buffer = 0;
    int64_t everySteps = 1, slots = 1;
    size_t bytes = 0;     ///< of a slot
    uint64_t address = 0;
    std::vector<char> fetched;
  };
  Network::Impl &net;
  Device &device;
  Mirror &mirror;
  std::vector<StateSample> chosen;
  std::vector<Ring> rings;
  std::vector<int64_t> looks;      ///< every so many steps
  uint64_t callsAt = 0;
  bool isChanged = false;

  void add(const StateSample &state);
  void giveSlots(int64_t batch);
  Status takeRings();
  std::vector<snn::cuda::Call> calls() const;
  bool due(const Ring &ring, int64_t step) const { return step % ring.everySteps == 0; }
};

} // namespace snn::rt::cuda
