// Instructions that read and change the network, advance time, and have effects outside the experiment.
#include "runtime/host/Vm.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace snn::rt::host {

using abi::HostMember;
using abi::HostOp;

namespace {

void check(const Status &status) {
  if (!status.ok())
    fail(status.error().code, status.error().message);
}
template <class T> T &&check(Result<T> &&result) {
  if (!result.ok())
    fail(result.error().code, result.error().message);
  return std::move(result.value());
}

Kind kindOf(abi::ValueType type) {
  switch (type) {
  case abi::ValueType::Real:
    return Kind::Real;
  case abi::ValueType::Int:
    return Kind::Int;
  case abi::ValueType::Bool:
    return Kind::Bool;
  }
  return Kind::Real;
}

} // namespace

Network &Vm::net() {
  if (!world.currentNetwork())
    fail(ExitCode::internal, "the network is read before it exists");
  return *world.currentNetwork();
}

int64_t Vm::stepsOf(double ms) {
  const double steps = std::round(ms / world.dt());
  if (!(steps >= 0) || steps > 9e15)
    failModel(fmt::format("a run cannot take {:.6g} ms", ms));
  warnRounded(ms, static_cast<int64_t>(steps));
  return static_cast<int64_t>(steps);
}

void Vm::advance(const abi::HostInstr &i) {
  if (runEnd < 0) {
    lookAtEncoders();
    runEnd = net().step() + (i.op == HostOp::Step ? 1 : stepsOf(slot(i.a).asNumber("a duration")));
  }
  check(world.advanceTo(runEnd));
}

void Vm::effect(const abi::HostInstr &i) {
  switch (i.op) {
  case HostOp::Setting:
    return world.setting(static_cast<abi::HostSetting>(i.sub), slot(i.a).asNumber("a setting"));
  case HostOp::Override: {
    double x = 0;
    const auto kind = static_cast<abi::HostConstant::Kind>(i.sub);
    if (check(world.overrideOf(textConstant(i.b), textConstant(i.c), program.constants[i.list[0]].number, kind, x)))
      slot(i.a) = Value::scalar(slot(i.a).kind, x);
    return;
  }
  case HostOp::SetScalar:
    return check(world.setScalar(i.b, slot(i.a).asNumber("a uniform value")));
  case HostOp::GetScalar:
    slot(i.a) = Value::scalar(slot(i.a).kind, net().scalar(i.b));
    return;
  case HostOp::Data:
    slot(i.a) = check(world.dataSet(slot(i.b).asText("the name of a data set"), i.c == abi::hostNone ? "" : slot(i.c).asText("the name of a data set")));
    return;
  case HostOp::LoadArray:
    slot(i.a) = check(world.loadArray(slot(i.b).asText("the name of a file"),
                                      i.c == abi::hostNone ? "" : slot(i.c).asText("the name of an array")));
    return;
  case HostOp::UntilBegin:
    slot(i.a) = Value::integer(i.b == abi::hostNone ? static_cast<int64_t>(largestInteger)
                                                    : net().step() + stepsOf(slot(i.b).asNumber("a duration")));
    return;
  case HostOp::Learn:
    return net().setLearning(i.a, i.sub != 0);
  case HostOp::Reset:
    if (!slot(i.a).cells->all)
      failModel("only whole populations can be reset");
    return check(net().resetCells(slot(i.a).cells->population));
  case HostOp::ResetAll:
    return check(net().resetAll());
  case HostOp::Record: {
    const double interval = i.c == abi::hostNone ? 0 : slot(i.c).asNumber("an interval");
    if (i.c != abi::hostNone && !(interval > 0))
      failModel(fmt::format("the interval between two samples is {:g} ms, but has to be longer than 0", interval));
    return check(world.record(i.a, i.b == abi::hostNone ? nullptr : &slot(i.b), interval));
  }
  case HostOp::Append:
    return check(world.append(i.a, slot(i.b)));
  case HostOp::PlotBegin:
    return check(world.plotBegin(i.a, *slot(i.b).cells));
  case HostOp::Plot:
    return check(world.plot(i.a, i.b == abi::hostNone ? nullptr : &slot(i.b), i.c == abi::hostNone ? nullptr : &slot(i.c)));
  case HostOp::Print:
    return world.print(format(slot(i.a), "", "", 1, false));
  case HostOp::Save:
    return check(world.save(slot(i.a).asText("the name of a file")));
  case HostOp::Load:
    return check(world.load(slot(i.a).asText("the name of a file")));
  case HostOp::Assert:
    return assertion(i);
  case HostOp::Fail:
    return failModel(textConstant(i.a));
  default:
    return networkOp(i);
  }
}

void Vm::assertion(const abi::HostInstr &i) {
  std::string text = "assertion failed: " + textConstant(i.b);
  if (i.list.size() >= 3) {
    const bool hasUnit = i.list.size() == 5;
    const auto side = [&](uint32_t number) {
      return format(slot(number), "", hasUnit ? textConstant(i.list[3]) : "", hasUnit ? program.constants[i.list[4]].number : 1, !hasUnit);
    };
    text += fmt::format(" ({} {} {})", side(i.list[1]), textConstant(i.list[0]), side(i.list[2]));
  }
  if (i.a != abi::hostNone)
    text += ": " + slot(i.a).asText("a message");
  fail(ExitCode::assertion, std::move(text));
}

void Vm::networkOp(const abi::HostInstr &i) {
  switch (i.op) {
  case HostOp::Cells:
  case HostOp::CellsOf:
    return makeCells(i);
  case HostOp::ReadCells:
    return readCells(i);
  case HostOp::WriteCells:
    return writeCells(i);
  case HostOp::CellsShape:
    slot(i.a) = shapeValue(slot(i.b).cells->shape);
    return;
  case HostOp::ReadEdges:
    return readEdges(i);
  case HostOp::WriteEdges:
    return writeEdges(i);
  case HostOp::EdgesShape: {
    const auto [pre, post] = net().denseShape(i.b);
    slot(i.a) = shapeValue(net().dense(i.b) ? Shape{pre, post} : Shape{net().edgeCount(i.b)});
    return;
  }
  case HostOp::ReadScalar:
    slot(i.a) = Value::real(net().scalar(i.b));
    return;
  default:
    fail(ExitCode::internal, fmt::format("unknown host instruction {}", static_cast<int>(i.op)));
  }
}

/// Those of `from` that the slice parts of a list say.
Cells Vm::sliceOf(const Cells &from, std::span<const uint32_t> list) {
  const std::vector<IndexPart> chosen = parts(list);
  const std::string name = (from.all ? "" : "the slice of ") + net().tables().populations[from.population].name;
  Selection s = select(from.shape, chosen, name);
  warnClipped(from.shape, name, chosen);
  if (!from.all)
    for (int64_t &k : s.flat)
      k = from.indices[static_cast<size_t>(k)];
  return {from.population, false, std::move(s.flat), std::move(s.shape)};
}

void Vm::makeCells(const abi::HostInstr &i) {
  const auto made = [&] {
    if (i.op == HostOp::CellsOf)
      return sliceOf(*slot(i.b).cells, i.list);
    const std::span<const int64_t> extents = net().shape(i.b);
    Cells all{.population = i.b, .all = true, .indices = {}, .shape = Shape(extents.begin(), extents.end())};
    return i.list.empty() ? all : sliceOf(all, i.list);
  };
  Value v;
  v.kind = Kind::Cells;
  v.cells = std::make_shared<const Cells>(made());
  slot(i.a) = std::move(v);
}

void Vm::readCells(const abi::HostInstr &i) {
  const std::shared_ptr<const Cells> cells = slot(i.b).cells;
  const abi::Population &population = net().tables().populations[cells->population];
  std::vector<double> out;
  Kind kind = Kind::Real;
  const auto gather = [&](auto &&at) {
    const int64_t n = cells->all ? net().cellCount(cells->population) : static_cast<int64_t>(cells->indices.size());
    for (int64_t k = 0; k < n; ++k)
      out.push_back(at(cells->all ? k : cells->indices[static_cast<size_t>(k)]));
  };
  switch (static_cast<HostMember>(i.sub)) {
  case HostMember::Variable:
    kind = kindOf(population.variables[i.c].type);
    if (cells->all || !cells->indices.empty()) // an empty list would mean all cells
      check(net().readCells(cells->population, i.c, cells->indices, out));
    break;
  case HostMember::Count: {
    kind = Kind::Int;
    const std::span<int64_t> counts = net().counts(cells->population);
    gather([&](int64_t k) { return static_cast<double>(counts[static_cast<size_t>(k)]); });
    break;
  }
  case HostMember::Spiked: {
    kind = Kind::Bool;
    std::vector<double> spiked;
    check(net().readSpiked(cells->population, spiked));
    gather([&](int64_t k) { return spiked[static_cast<size_t>(k)]; });
    break;
  }
  case HostMember::SpikeTime: {
    if (population.spikeStep == abi::none) { // cells that never spike
      gather([](int64_t) { return -std::numeric_limits<double>::infinity(); });
      break;
    }
    std::vector<int64_t> steps;
    check(net().readSpikeSteps(cells->population, steps));
    gather([&](int64_t k) {
      const int64_t last = steps[static_cast<size_t>(k)];
      return last < 0 ? -std::numeric_limits<double>::infinity() : static_cast<double>(last) * world.dt();
    });
    break;
  }
  case HostMember::Size:
    slot(i.a) = Value::integer(countOf(cells->shape));
    return;
  case HostMember::Pre:
  case HostMember::Post:
  case HostMember::Delay:
    fail(ExitCode::internal, "cells have no edges");
  }
  slot(i.a) = cells->shape.empty() ? Value::scalar(kind, out.at(0)) : Value::ofArray(kind, cells->shape, std::move(out));
}

void Vm::writeCells(const abi::HostInstr &i) {
  const std::shared_ptr<const Cells> cells = slot(i.a).cells;
  const abi::Population &population = net().tables().populations[cells->population];
  if (!cells->all && cells->indices.empty())
    return;
  const auto member = static_cast<HostMember>(i.sub);
  const bool count = member == HostMember::Count;
  const std::string what = population.name + "." + (count ? "count" : population.variables[i.c].name);
  const Value value = convert(slot(i.b), count ? Kind::Int : kindOf(population.variables[i.c].type));
  std::vector<double> values{value.isNumber() && !value.isArray() ? value.number : 0};
  if (value.isArray() || !value.isNumber())
    values = expand(value, cells->shape, true, what);
  if (!count)
    return check(net().writeCells(cells->population, i.c, cells->indices, values));
  if (const auto negative = std::ranges::find_if(values, [](double x) { return x < 0; }); negative != values.end())
    failModel(fmt::format("{} counts spikes, but is given {:g}", what, *negative));
  const std::span<int64_t> counts = net().counts(cells->population);
  const size_t n = cells->all ? counts.size() : cells->indices.size();
  for (size_t k = 0; k < n; ++k)
    counts[cells->all ? k : static_cast<size_t>(cells->indices[k])] =
        static_cast<int64_t>(values[values.size() == 1 ? 0 : k]);
}

void Vm::readEdges(const abi::HostInstr &i) {
  const auto [pre, post] = net().denseShape(i.b);
  const Shape shape = net().dense(i.b) ? Shape{pre, post} : Shape{net().edgeCount(i.b)};
  const auto member = static_cast<HostMember>(i.sub);
  if (member == HostMember::Variable) {
    std::vector<double> out;
    check(net().readEdges(i.b, i.c, out));
    const Kind kind = kindOf(net().tables().projections[i.b].variables[i.c].type);
    slot(i.a) = Value::ofArray(kind, shape, std::move(out));
    return;
  }
  if (member == HostMember::Delay) {
    std::vector<double> delays;
    check(net().readDelays(i.b, delays));
    slot(i.a) = Value::ofArray(Kind::Real, shape, std::move(delays));
    return;
  }
  std::vector<int64_t> sources, targets;
  net().edgeEnds(i.b, sources, targets);
  const std::vector<int64_t> &ends = member == HostMember::Pre ? sources : targets;
  slot(i.a) = Value::ofArray(Kind::Int, {static_cast<int64_t>(ends.size())}, {ends.begin(), ends.end()});
}

void Vm::writeEdges(const abi::HostInstr &i) {
  const abi::Projection &projection = net().tables().projections[i.b];
  const Value value = convert(slot(i.a), kindOf(projection.variables[i.c].type));
  if (value.isNumber() && !value.isArray())
    return check(net().writeEdges(i.b, i.c, {&value.number, 1}));
  const auto [pre, post] = net().denseShape(i.b);
  const Shape shape = net().dense(i.b) ? Shape{pre, post} : Shape{net().edgeCount(i.b)};
  if (value.isNumber() && value.array->shape == shape)
    return check(net().writeEdges(i.b, i.c, value.array->data));
  const std::vector<double> values = expand(value, shape, true, projection.name + "." + projection.variables[i.c].name);
  check(net().writeEdges(i.b, i.c, values));
}

} // namespace snn::rt::host
