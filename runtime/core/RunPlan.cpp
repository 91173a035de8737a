// The tables of `snnc plan`.
#include "runtime/core/RunPlan.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt {

namespace {

/// A cell of a table: empty for 0, `?` for what is not known.
std::string counted(std::optional<double> number) {
  if (!number)
    return "?";
  return *number == 0 ? "" : *number < 1e15 ? fmt::format("{:.0f}", *number) : fmt::format("{:.3g}", *number);
}

std::string memoryTable(const MemoryPlan &plan, size_t width) {
  std::string out = fmt::format("{:<{}}  {:>14} {:>10} {:>16} {:>22} {:>22}\n", "memory", width, "elements", "bytes", "operations/step",
                                "/spike of a source", "/spike of a target");
  for (const MemoryPlan::Item &item : plan.all()) {
    const std::string row = fmt::format("{:<{}}  {:>14} {:>10} {:>16} {:>22} {:>22}", item.what, width, counted(item.elements), bytesText(item.bytes),
                                        counted(item.perStep), counted(item.perSourceSpike), counted(item.perTargetSpike));
    out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string rhythm(const PlannedRecording &r) {
  if (r.kind == abi::HostRecordKind::Spikes)
    return "spike";
  return r.everyMs ? fmt::format("{:g} ms", *r.everyMs) : "?";
}

/// Samples carry their time, a float64.
std::string amount(const PlannedRecording &r) {
  if (r.kind == abi::HostRecordKind::Spikes)
    return fmt::format("{:.0f} B a spike", r.valueBytes);
  if (!r.values)
    return fmt::format("{:.0f} B a value", r.valueBytes);
  const double sample = *r.values * r.valueBytes + sizeof(double);
  return r.everyMs ? bytesText(sample * 1000 / *r.everyMs) + " per simulated second" : bytesText(sample) + " a sample";
}

std::string recordingTable(const RunPlan &plan, size_t width) {
  std::string out = fmt::format("\n{:<{}}  {:>14} {:>10}  {}\n", "recording (on disk)", width, "values", "every", "bytes");
  for (const PlannedRecording &r : plan.recordings)
    out += fmt::format("{:<{}}  {:>14} {:>10}  {}\n", r.name, width, counted(r.values), rhythm(r), (r.conditional ? "at most " : "") + amount(r));
  return out;
}

} // namespace

std::string planText(const RunPlan &plan) {
  size_t width = 20;
  for (const MemoryPlan::Item &item : plan.memory.all())
    width = std::max(width, item.what.size());
  for (const PlannedRecording &r : plan.recordings)
    width = std::max(width, r.name.size());
  std::string out = plan.cell.empty() ? "" : fmt::format("of the cells of the sweep, {} takes most:\n", plan.cell);
  out += memoryTable(plan.memory, width);
  out += fmt::format("{:<{}}  {:>14} {:>10} of {} available, precision {}\n", "all", width, "", bytesText(plan.memory.total()),
                     bytesText(plan.available), plan.settings.precision == Precision::Float ? "float" : "double");
  if (std::ranges::any_of(plan.memory.all(), [](const MemoryPlan::Item &item) { return !item.elements; }))
    out += "?: a `where` or a probability for each pair decides; known when the edges are drawn, and checked then\n";
  if (plan.drawnDelays > 0)
    out += fmt::format("drawn delays take up to {} more, by how many edges of a row share one; checked when they are drawn\n",
                       bytesText(plan.drawnDelays));
  return plan.recordings.empty() ? out : out + recordingTable(plan, width);
}

} // namespace snn::rt
