// Sums of what was measured between the moments in the device's stream.
#include "runtime/exec/cuda/Timing.h"

#include <algorithm>
#include <utility>

namespace snn::rt::cuda {

void Timing::endPatient() {
  device.mark(1);
  patientMarked = true;
}

void Timing::ended(int64_t steps) {
  if (const int64_t stands = std::min(std::exchange(marked, 0), steps); stands > 0) {
    stepsMeasured += stands;
    for (size_t kernel = 0; kernel < seconds.size(); ++kernel)
      seconds[kernel] += device.seconds(kernel, kernel + 1) * static_cast<double>(stands);
  }
  if (std::exchange(patientMarked, false))
    patientSeconds += device.seconds(0, 1);
}

void Timing::spiked(uint32_t population, const std::vector<int32_t> &cells) {
  spikesSeen += static_cast<int64_t>(cells.size());
  edgesWalked.resize(net.projections.size());
  for (uint32_t id = 0; id < net.projections.size(); ++id) {
    const std::vector<int64_t> &rows = net.ownRows(id);
    if (net.tables.projections[id].source != population || rows.empty())
      continue;
    for (const int32_t cell : cells)
      edgesWalked[net.leaderOf(id)] += rows[static_cast<size_t>(cell) + 1] - rows[static_cast<size_t>(cell)];
  }
}

Profile Timing::profile() {
  Profile out;
  out.spikes = spikesSeen;
  out.device = device.api().deviceName;
  edgesWalked.resize(net.projections.size());
  out.rows = launches.rows(seconds, stepsMeasured, stepsDone, edgesWalked);
  if (patientSeconds > 0)
    out.rows.push_back({.name = "steps in which more arrives at a cell than its bucket holds", .seconds = patientSeconds});
  const InUse here = device.use();
  if (!here.status().ok())
    return out;
  out.limits.memoryBytes = device.bandwidth();
  out.deviceUsed = static_cast<double>(device.bytesTaken());
  out.deviceHas = static_cast<double>(device.api().allMemory());
  return out;
}

} // namespace snn::rt::cuda
