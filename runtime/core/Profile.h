// The text of `--profile`: where the time of a run went, and what this machine could do at best.
#pragma once

#include "runtime/core/Simulation.h"

#include <string>

namespace snn::rt {

/// What one core does at best, measured.
struct MachineLimits {
  double cacheBytes = 0;  ///< bytes per second, read and written, of a quarter of a megabyte
  double memoryBytes = 0; ///< of 64 megabytes
  double operations = 0;  ///< per second, of float vectors of 256 bits
};
/// Takes some hundredths of a second.
MachineLimits measureMachine();

/// What the whole run took and did.
struct ProfileTotals {
  double seconds = 0;         ///< of the steps, with what is recorded
  int64_t steps = 0;
  double simulatedMs = 0;
  Precision precision = Precision::Float;
};

/// A table, the longest first.
std::string profileText(Profile profile, const ProfileTotals &totals, const MachineLimits &limits);

} // namespace snn::rt
