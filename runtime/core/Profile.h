// The text of `--profile`: where the time of a run went, and what this machine could do at best.
#pragma once

#include "runtime/core/Simulation.h"

#include <string>

namespace snn::rt {

/// What one core does at best. Takes some hundredths of a second.
MachineLimits measureMachine();

/// What the whole run took and did.
struct ProfileTotals {
  double seconds = 0;         ///< of the steps, with what is recorded
  int64_t steps = 0;
  double simulatedMs = 0;
  Precision precision = Precision::Float;
};

/// A table, the longest first. `limits`: of one thread, or of the device.
std::string profileText(Profile profile, const ProfileTotals &totals, const MachineLimits &limits);

} // namespace snn::rt
