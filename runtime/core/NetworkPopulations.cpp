// What the set-up says of populations: shapes, the spikes of spike trains, how long states are held.
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace snn::rt {

Status Network::Impl::buildPopulation(uint32_t id) {
  const abi::Population &population = tables.populations[id];
  PopulationState &state = populations[id];
  Result<std::vector<double>> shape = values.array(population.shapeProgram);
  if (!shape.ok())
    return shape.error();
  double cells = 1;
  for (double extent : shape.value()) {
    if (extent != std::floor(extent) || extent < 0)
      return Error{ExitCode::model, fmt::format("{}: population {} has the size {:g}: a whole number of cells, 0 or more, is needed",
                                                population.place, population.name, extent)};
    cells *= extent;
    state.shape.push_back(static_cast<int64_t>(std::min(extent, 9e18)));
  }
  if (cells > 2147483647.0)
    return Error{ExitCode::resources, fmt::format("{}: population {} has {} cells, the largest number is 2147483647",
                                                  population.place, population.name, cells)};
  state.count = static_cast<int64_t>(cells);
  for (size_t axis = 0; axis < population.extents.size(); ++axis)
    scalars[population.extents[axis]] = static_cast<double>(state.shape[axis]);
  return {};
}

/// `told`: what was said at which place. A connect between unions or in a loop says it once.
Status Network::Impl::checkDemands(const std::vector<abi::Demand> &all, const std::string &place, const std::string &whose, std::set<std::string> &told) {
  for (const abi::Demand &demand : all) {
    double given[2] = {};
    std::string text;
    for (size_t k = 0; k < demand.operands.size(); ++k) {
      const abi::Demand::Operand &operand = demand.operands[k];
      const Result<double> value = operand.program == abi::none ? Result<double>(operand.number) : values.number(operand.program);
      if (!value.ok())
        return value.error();
      given[k] = value.value();
      if (operand.program == abi::none)
        continue;
      text += fmt::format("{}{:g}{}", text.empty() ? "" : " and ", given[k] / operand.unitScale, operand.unit == "1" ? "" : " " + operand.unit);
      text += operand.name == demand.written ? "" : fmt::format(" for `{}`", operand.name);
    }
    const bool itself = demand.operands.front().name == demand.written;
    if (!abi::holds(demand.rule, given[0], given[1]) && told.insert(fmt::format("{} {} {}", place, demand.written, text)).second)
      warnings.push_back(fmt::format("{}: `{}` of {} {} {}: {}", place, demand.written, whose, itself ? "is" : "has", text, abi::says(demand.rule)));
  }
  return {};
}

/// Of all cells and edges.
Status Network::Impl::checkDemands() {
  std::set<std::string> told;
  const auto cells = [&](uint32_t population) { return populations[population].count > 0; };
  for (uint32_t id = 0; id < tables.populations.size(); ++id) {
    const abi::Population &table = tables.populations[id];
    if (Status s = cells(id) ? checkDemands(table.demands, table.place, table.name, told) : Status(); !s.ok())
      return s;
  }
  for (const abi::Projection &table : tables.projections)
    if (Status s = cells(table.source) && cells(table.target) ? checkDemands(table.demands, tables.groups[table.group].place, table.name, told) : Status(); !s.ok())
      return s;
  return {};
}

Status Network::Impl::checkHolds(const abi::Population &population) {
  for (const abi::HoldLength &hold : population.holds) {
    const Result<double> ms = values.number(hold.program);
    if (!ms.ok())
      return ms.error();
    const double exact = ms.value() / settings.dt, steps = std::round(exact);
    if (exact < 0)
      warnings.push_back(fmt::format("{}: a hold of {:g} ms ({}) is negative and holds nothing", hold.place, ms.value(), population.name));
    else if (std::fabs(exact - steps) > 1e-6 * std::max(1.0, steps))
      warnings.push_back(fmt::format("{}: a hold of {:g} ms ({}) is rounded to {:g} ms{}: time goes in steps of dt = {:g} ms", hold.place, ms.value(),
                                     population.name, steps * settings.dt, steps == 0 ? " and holds nothing" : "", settings.dt));
  }
  return {};
}

Status Network::Impl::buildSpikeTrain(uint32_t id) {
  const abi::Population &population = tables.populations[id];
  if (population.spikeTimes == abi::none)
    return {};
  Result<std::vector<double>> times = values.array(population.spikeTimes), cells = values.array(population.spikeCells);
  if (!times.ok() || !cells.ok())
    return times.ok() ? cells.error() : times.error();
  const std::string where = population.place.empty() ? "" : population.place + ": ";
  if (times.value().size() != cells.value().size())
    return Error{ExitCode::model, fmt::format("{}{}: `times` has {} values, `cells` has {}", where, population.name, times.value().size(),
                                              cells.value().size())};
  PopulationState &state = populations[id];
  const size_t n = times.value().size();
  int64_t offGrid = 0;
  for (size_t k = 0; k < n; ++k) {
    const double steps = times.value()[k] / settings.dt, cell = cells.value()[k];
    const int64_t at = std::llround(steps);
    if (cell != std::floor(cell) || cell < 0 || cell >= static_cast<double>(state.count))
      return Error{ExitCode::model, fmt::format("{}{}: spike {} names cell {:g}; there are cells 0 to {}{}", where, population.name, k, cell, state.count - 1,
                                                cell == std::floor(cell) ? "" : "; are times and cells the other way round?")};
    if (!(steps < 0x1p53))
      return Error{ExitCode::model, fmt::format("{}{}: spike {} at {:g} ms is at no time that a run can reach", where, population.name, k, times.value()[k])};
    if (at < 1)
      return Error{ExitCode::model, fmt::format("{}{}: spike {} at {:g} ms is before the end of the first step ({:g} ms)", where, population.name, k,
                                                times.value()[k], settings.dt)};
    offGrid += std::fabs(steps - static_cast<double>(at)) > 1e-6;
    state.train.emplace_back(at - 1, static_cast<int32_t>(cell));
  }
  std::sort(state.train.begin(), state.train.end());
  int64_t repeated = 0;
  for (size_t k = 1; k < n; ++k)
    repeated += state.train[k] == state.train[k - 1];
  if (repeated)
    warnings.push_back(fmt::format("{}{} spikes of {} fall into a step in which the same cell spikes already, and count once", where, repeated, population.name));
  if (offGrid)
    warnings.push_back(fmt::format("{}{} spike times of {} were rounded to multiples of dt = {:g} ms", where, offGrid,
                                   population.name, settings.dt));
  return {};
}

} // namespace snn::rt
