// Sums of predicted memory, and the message when they do not fit.
#include "runtime/core/MemoryPlan.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt {

std::string bytesText(double bytes) {
  if (bytes >= 1e9)
    return fmt::format("{:.{}f} GB", bytes * 1e-9, bytes < 1e11 ? 2 : 0);
  if (bytes >= 1e6)
    return fmt::format("{:.0f} MB", bytes * 1e-6);
  return bytes >= 1e4 ? fmt::format("{:.0f} kB", bytes * 1e-3) : fmt::format("{:.0f} B", bytes);
}

double MemoryPlan::total() const {
  double sum = 0;
  for (const Item &item : items)
    sum += item.bytes;
  return sum;
}

Status MemoryPlan::check(double available, std::string_view where) const {
  const double needed = total();
  if (needed <= available)
    return {};
  const Item &most = *std::ranges::max_element(items, {}, &Item::bytes);
  const std::string at = (most.place.empty() ? "" : most.place + ": ").append(where);
  if (most.bytes > available || items.size() == 1)
    return Error{ExitCode::resources, fmt::format("{}{} needs {} of memory for {}; {} are available", at, most.what,
                                                  bytesText(most.bytes), most.detail, bytesText(available))};
  return Error{ExitCode::resources,
               fmt::format("{}the network needs {} of memory, {} are available; {} needs most of it: {} for {}", at,
                           bytesText(needed), bytesText(available), most.what, bytesText(most.bytes), most.detail)};
}

} // namespace snn::rt
