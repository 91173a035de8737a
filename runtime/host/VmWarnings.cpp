// What is said once before time advances: durations off the grid, slices that go outside, encoders without data, spikes too dense for the step.
#include "runtime/host/Vm.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

void Vm::warnRounded(double ms, int64_t steps) {
  const double nearest = static_cast<double>(steps), exact = ms / world.dt();
  if (std::fabs(exact - nearest) <= 1e-6 + 1e-12 * nearest || !roundedAt.insert(where).second)
    return;
  world.warn(atLine(fmt::format("{:g} ms is rounded to {:g} ms: time goes in steps of dt = {:g} ms", ms, nearest * world.dt(),
                                world.dt())));
}

/// Slices are clipped, as NumPy's are. `shape`: of what is sliced, which is called `name`.
void Vm::warnClipped(const Shape &shape, const std::string &name, std::span<const IndexPart> chosen) {
  for (size_t axis = 0; axis < chosen.size(); ++axis)
    for (const Value *bound : {chosen[axis].y, chosen[axis].x}) {
      const int64_t extent = shape[axis], given = chosen[axis].slice && bound ? bound->asInteger("a bound of a slice") : 0;
      if (given <= extent && given >= -extent)
        continue;
      if (clippedAt.insert(where).second)
        world.warn(atLine(fmt::format("{} has {} cells{}, but its slice goes to {}: what is outside is left out", name, extent,
                                      shape.size() > 1 ? fmt::format(" along axis {}", axis) : "", given)));
    }
}

/// Looked at when something was assigned since, and only in the first runs: a loop over images would be slowed down for
/// nothing.
void Vm::lookAtEncoders() {
  constexpr int mostLooks = 16;
  Network &network = net();
  if (network.writes() == seenWrites || looks == mostLooks)
    return;
  seenWrites = network.writes();
  ++looks;
  const std::vector<abi::Population> &populations = network.tables().populations;
  for (uint32_t k = 0; k < populations.size(); ++k) {
    if (network.dataMissing(k) && network.cellCount(k) > 0 && warnedData.insert(k).second)
      world.warn(atLine(fmt::format("the data of `{0}` were never set: all are 0; assign them before the run, as in "
                                    "`{0}.{1} = …`", populations[k].name, dataName(populations[k]))));
    if (populations[k].spikeChance != abi::none && !warnedChance.contains(k))
      warnChance(k, populations[k]);
  }
}

const std::string &Vm::dataName(const abi::Population &p) {
  return std::ranges::find(p.variables, abi::VariableKind::Data, &abi::Variable::kind)->name;
}

/// Above 0.1 the one spike that a step can hold makes a train visibly more regular than a Poisson process; above 1 the
/// step itself refuses the probability.
void Vm::warnChance(uint32_t population, const abi::Population &p) {
  constexpr double largest = 0.1;
  std::vector<double> chances;
  if (Status s = net().readCells(population, p.spikeChance, {}, chances); !s.ok())
    fail(s.error().code, s.error().message);
  const auto most = std::ranges::max_element(chances);
  if (most == chances.end() || !(*most > largest * (1 + 1e-6)) || *most > 1)
    return;
  warnedChance.insert(population);
  world.warn(atLine(fmt::format("cells of `{}` spike with a probability of up to {:.3g} in a step, which holds at most one spike: "
                                "above {:g} their trains are more regular than a Poisson process; take a shorter dt (now {:g} ms)",
                                p.name, *most, largest, world.dt())));
}

} // namespace snn::rt::host
