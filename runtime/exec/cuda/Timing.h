// What `--profile` measures on a device: one step of each batch, kernel by kernel, stands for all of them.
#pragma once

#include "runtime/exec/cuda/Launches.h"

namespace snn::rt::cuda {

class Timing {
public:
  Timing(Network::Impl &n, Device &d, const Launches &l) : net(n), device(d), launches(l) {}

  /// Starts a step by `start(after)`, which calls `after` behind each kernel; it stands for `steps` steps.
  template <class Start> void measure(int64_t steps, const Start &start) {
    size_t moment = 0;
    device.mark(moment);
    start([&] { device.mark(++moment); });
    seconds.resize(moment);
    marked = steps;
  }
  /// What is started between the two are steps that go the patient way.
  void beginPatient() { device.mark(0); }
  void endPatient();
  /// The device has ended what was started: `steps` steps, of which a full bucket may have taken some back.
  void ended(int64_t steps);
  /// The spikes of a population in a step that is done.
  void spiked(uint32_t population, const std::vector<int32_t> &cells);
  void stepDone() { ++stepsDone; }

  Profile profile();

private:
  Network::Impl &net;
  Device &device;
  const Launches &launches;
  int64_t marked = 0; ///< steps that the one stands for which was measured last; 0: none was
  int64_t stepsDone = 0, stepsMeasured = 0, spikesSeen = 0;
  std::vector<double> seconds; ///< by kernel
  bool patientMarked = false;
  double patientSeconds = 0;
  std::vector<int64_t> edgesWalked; ///< by connection
};

} // namespace snn::rt::cuda
