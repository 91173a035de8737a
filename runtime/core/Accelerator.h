// A device that computes steps instead of the kernels of the CPU. It holds copies of the network's buffers: whoever reads or
// changes a buffer on the host says so before.
#pragma once

#include "runtime/core/Simulation.h"

namespace snn::rt {

class Accelerator {
public:
  virtual ~Accelerator() = default;
  /// As Network::run.
  virtual Status advance(int64_t steps, const StepObserver &observer) = 0;
  /// As Network::checkEdges.
  virtual Status checkEdges() = 0;
  /// Brings the host's copy of a buffer up to date.
  virtual Status read(uint32_t buffer) = 0;
  /// The same, and says that the host is going to change it.
  virtual Status write(uint32_t buffer) = 0;
  /// Somebody outside has a pointer to the host's copy from now on, and may read and write between runs.
  virtual Status lend(uint32_t buffer) = 0;
  /// The step, or the spikes under way, were changed on the host.
  virtual void forgetSpikes() = 0;
  /// As Network::profile.
  virtual Profile profile() = 0;
};

} // namespace snn::rt
