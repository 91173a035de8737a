// Sums of predicted memory, and the message when they do not fit.
#include "runtime/core/MemoryPlan.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt {

std::string bytesText(double bytes) {
  if (bytes >= 1e9)
    return fmt::format("{:.{}f} GB", bytes * 1e-9, bytes < 1e11 ? 2 : 0);
  return fmt::format("{:.0f} MB", bytes * 1e-6);
}

void MemoryPlan::add(std::string what, std::string detail, double bytes) {
  items.push_back({std::move(what), std::move(detail), bytes});
}

double MemoryPlan::total() const {
  double sum = 0;
  for (const Item &item : items)
    sum += item.bytes;
  return sum;
}

Status MemoryPlan::check(double available) const {
  const double needed = total();
  if (needed <= available)
    return {};
  const Item &most = *std::ranges::max_element(items, {}, &Item::bytes);
  if (most.bytes > available || items.size() == 1)
    return Error{ExitCode::resources, fmt::format("{} needs {} of memory for {}; {} are available", most.what,
                                                  bytesText(most.bytes), most.detail, bytesText(available))};
  return Error{ExitCode::resources,
               fmt::format("the network needs {} of memory, {} are available; {} needs most of it: {} for {}",
                           bytesText(needed), bytesText(available), most.what, bytesText(most.bytes), most.detail)};
}

} // namespace snn::rt
