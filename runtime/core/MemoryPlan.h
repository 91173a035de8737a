// What a network will need, summed up before anything of it is taken.
#pragma once

#include "runtime/connect/Connectivity.h"
#include "runtime/core/Simulation.h"
#include "runtime/core/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snn::rt {

/// Bytes are float64: products of counts near 2^62 neither overflow nor need to be exact.
class MemoryPlan {
public:
  /// `what` names a population or projection, `detail` its size: "population cells", "2000000000 cells".
  void add(std::string what, std::string detail, double bytes);
  double total() const;
  /// ExitCode::resources if the sum is more than `available`; names what needs most.
  Status check(double available) const;

private:
  struct Item {
    std::string what, detail;
    double bytes = 0;
  };
  std::vector<Item> items;
};

/// Adds what drawn delays take, by a sample of them: what they depend on must be known, the values of cells.
Status planDelays(Network::Impl &net, MemoryPlan &plan, const std::vector<connect::Request> &requests);

/// "1.50 GB", "300 MB".
std::string bytesText(double bytes);

} // namespace snn::rt
