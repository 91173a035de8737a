// Axes of sweeps: their values, and which of them a cell has.
#include "runtime/core/SweepGrid.h"

#include "runtime/host/Arrays.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt {

namespace {

constexpr double mostCells = 1e6;

/// Why the axis cannot have the value; empty if it can.
std::string unfit(const abi::HostSweep &sweep, double value) {
  if (sweep.target == abi::HostSweepTarget::Seed && (value != std::floor(value) || value < 0 || value > host::largestInteger))
    return "a seed is a whole number that is not negative";
  if (sweep.target == abi::HostSweepTarget::Dt && (!(value > 0) || !std::isfinite(value)))
    return "a step is longer than 0";
  if (std::isnan(value))
    return "the value is no number";
  return {};
}

std::string textOf(const abi::HostSweep &sweep, double value) {
  if (sweep.type == abi::HostConstant::Bool)
    return value != 0 ? "true" : "false";
  return fmt::format("{:.10g}{}", value / sweep.unitScale, sweep.unit.empty() || sweep.unit == "1" ? "" : " " + sweep.unit);
}

Result<std::vector<double>> valuesOf(Session &frame, const abi::HostSweep &sweep) {
  const auto wrong = [&](const std::string &why) { return Error{ExitCode::model, fmt::format("{}: sweep {}: {}", sweep.place, sweep.name, why)}; };
  host::Value v;
  if (Status s = frame.call(sweep.values, &v); !s.ok())
    return s.error();
  try {
    v = host::convert(v, sweep.type == abi::HostConstant::Bool ? host::Kind::Bool : sweep.type == abi::HostConstant::Int ? host::Kind::Int : host::Kind::Real);
  } catch (const host::Failure &failure) {
    return wrong(failure.message);
  }
  if (v.shape().size() != 1)
    return wrong(fmt::format("a list of values is needed, not {}", host::describe(v)));
  if (v.count() == 0)
    return wrong("there are no values");
  const std::vector<double> values(v.elements(), v.elements() + v.count());
  for (double x : values)
    if (const std::string why = unfit(sweep, x); !why.empty())
      return wrong(fmt::format("{}, not {}", why, textOf(sweep, x)));
  return values;
}

} // namespace

Result<SweepGrid> SweepGrid::create(Session &frame) {
  SweepGrid grid;
  double cells = 1;
  for (const abi::HostSweep &sweep : frame.program().host.sweeps) {
    Result<std::vector<double>> values = valuesOf(frame, sweep);
    if (!values.ok())
      return values.error();
    cells *= static_cast<double>(values.value().size());
    if (cells > mostCells)
      return Error{ExitCode::resources, fmt::format("{}: the sweep has {:.0f} cells or more, the largest number is {:.0f}", sweep.place, cells, mostCells)};
    grid.all.push_back({&sweep, std::move(values.value())});
  }
  return grid;
}

size_t SweepGrid::cells() const {
  size_t n = 1;
  for (const Axis &axis : all)
    n *= axis.values.size();
  return n;
}

host::Shape SweepGrid::shape() const {
  host::Shape shape;
  for (const Axis &axis : all)
    shape.push_back(static_cast<int64_t>(axis.values.size()));
  return shape;
}

double SweepGrid::valueOf(size_t cell, size_t axis) const {
  for (size_t k = all.size() - 1; k > axis; --k)
    cell /= all[k].values.size();
  return all[axis].values[cell % all[axis].values.size()];
}

std::vector<std::string> SweepGrid::texts(size_t cell) const {
  std::vector<std::string> out;
  for (size_t k = 0; k < all.size(); ++k)
    out.push_back(textOf(*all[k].sweep, valueOf(cell, k)));
  return out;
}

std::string SweepGrid::describe(size_t cell) const {
  const std::vector<std::string> values = texts(cell);
  std::string out;
  for (size_t k = 0; k < all.size(); ++k)
    out += fmt::format("{}{} = {}", k ? ", " : "", all[k].sweep->name, values[k]);
  return out;
}

void SweepGrid::bind(size_t cell, SessionOptions &options) const {
  options.sweepCell = true;
  for (size_t k = 0; k < all.size(); ++k) {
    const double value = valueOf(cell, k);
    switch (all[k].sweep->target) {
    case abi::HostSweepTarget::Option:
      options.numbers[all[k].sweep->name] = value;
      break;
    case abi::HostSweepTarget::Seed:
      options.seed = static_cast<uint64_t>(value);
      break;
    case abi::HostSweepTarget::Dt:
      options.dt = value;
      break;
    }
  }
}

std::map<std::string, std::vector<double>> SweepGrid::options() const {
  std::map<std::string, std::vector<double>> out;
  for (const Axis &axis : all)
    if (axis.sweep->target == abi::HostSweepTarget::Option)
      out[axis.sweep->name] = axis.values;
  return out;
}

} // namespace snn::rt
