// What a network will need, summed up before anything of it is taken.
#pragma once

#include "runtime/connect/Connectivity.h"
#include "runtime/core/Simulation.h"
#include "runtime/core/Status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snn::rt {

/// Bytes are float64: products of counts near 2^62 neither overflow nor need to be exact.
class MemoryPlan {
public:
  struct Item {
    std::string what, detail;       ///< a population or projection, and its size: "population cells", "2000000000 cells"
    double bytes = 0;
    std::string place = {};         ///< "model.snn:12:3"; may be empty
    std::optional<double> elements = 0; ///< cells, edges; nothing: not known yet
    /// Operations in a step, and for each spike of a source and of a target; filled by planNetwork alone.
    double perStep = 0, perSourceSpike = 0, perTargetSpike = 0;
  };
  void add(Item item) { items.push_back(std::move(item)); }
  const std::vector<Item> &all() const { return items; }
  Item &at(size_t k) { return items[k]; }
  double total() const;
  /// ExitCode::resources if the sum is more than `available`; names what needs most, with its line. `where`: "on …, " for memory
  /// that is not the host's.
  Status check(double available, std::string_view where = {}) const;

private:
  std::vector<Item> items;
};

/// Adds what drawn delays take, by a sample of them: what they depend on must be known, the values of cells.
Status planDelays(Network::Impl &net, MemoryPlan &plan, const std::vector<connect::Request> &requests);

/// "1.50 GB", "300 MB", "12 kB".
std::string bytesText(double bytes);

} // namespace snn::rt
