// Running: time, recording, printing, stopping.
#include "runtime/core/Figures.h"
#include "runtime/core/FileSink.h"
#include "runtime/core/FloatMode.h"
#include "runtime/core/Progress.h"
#include "runtime/core/Session.h"

#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace snn::rt {

namespace {

using Clock = std::chrono::steady_clock;
/// Between two looks at the clock, signals and progress.
constexpr auto lookEvery = std::chrono::milliseconds(100);
constexpr int64_t largestChunk = int64_t{1} << 20;

} // namespace

Status Session::runExperiment() {
  const FloatMode mode;
  const bool before = std::exchange(failed, true); // also if a sink of the host program throws
  Status status = vm.run();
  if (status.ok() && net)
    status = net->settle(true);
  failed = before || !status.ok();
  if (progress)
    progress->finish();
  if (given.profile && net && ran.steps) {
    const Profile profile = net->profile();
    notes(profileText(profile, ran, profile.device.empty() ? measureMachine() : profile.limits));
  }
  return status;
}

Status Session::advance(int64_t steps) {
  const FloatMode mode;
  const bool before = std::exchange(failed, true);
  const Status status = advanceTo(net->step() + steps);
  failed = before || !status.ok();
  return status;
}

bool Session::stopped() { return stopRequest || (outerStop && outerStop->load(std::memory_order_relaxed) != 0); }

Status Session::advanceTo(int64_t target) {
  StepObserver observer;
  if (!taps->empty()) {
    observer.nextLook = [this](int64_t step) { return taps->nextLook(step); };
    observer.samples = taps->samples();
    observer.afterStep = [this](int64_t step) -> Status {
      if (Status s = taps->afterStep(step); !s.ok() || !stopRequest)
        return s;
      return Error{ExitCode::ok, {}}; // a sink asks to stop here
    };
  }
  while (net->step() < target && !stopped()) {
    const int64_t steps = std::min(chunk, target - net->step());
    const Clock::time_point begin = Clock::now();
    const int64_t first = net->step();
    const Status done = net->run(steps, observer);
    const Clock::time_point end = Clock::now();
    const int64_t advanced = net->step() - first;
    ran.seconds += std::chrono::duration<double>(end - begin).count();
    ran.steps += advanced;
    ran.simulatedMs += static_cast<double>(advanced) * settings.dt;
    ran.precision = settings.precision;
    if (!done.ok() && done.error().code != ExitCode::ok)
      return done;
    if (steps == chunk) {
      if (end - begin < lookEvery / 2)
        chunk = std::min(chunk * 2, largestChunk);
      else if (end - begin > lookEvery * 2)
        chunk = std::max<int64_t>(chunk / 2, 1);
    }
    if (progress)
      progress->time(net->timeMs(), static_cast<double>(target) * settings.dt);
    if (!given.checkpoint.empty() &&
        end - lastCheckpoint >= std::chrono::duration<double, std::milli>(given.checkpointEveryMs)) {
      if (Status s = writeCheckpoint(); !s.ok())
        return s;
      lastCheckpoint = Clock::now();
    }
  }
  if (stopped())
    stopRequest = true;
  const Clock::time_point begin = Clock::now();
  Status settled = net->settle(false);
  if (settled.ok())
    settled = net->checkEdges();
  ran.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
  return settled;
}

void Session::turn(const host::Iterator &iterator) {
  if (progress && iterator.over.kind == host::Kind::Samples)
    progress->turn(&iterator, iterator.at, iterator.count());
}

void Session::print(const std::string &text) {
  if (progress)
    progress->clear();
  printer(text + "\n");
}

void Session::warn(const std::string &text) {
  if (progress)
    progress->clear();
  notes("warning: " + text + "\n");
}

std::vector<Sink *> Session::allSinks() {
  std::vector<Sink *> all = sinks;
  if (file)
    all.push_back(file.get());
  all.push_back(figures.get());
  return all;
}

Recorded Session::describe(uint32_t number, const host::Value *cells) const {
  const abi::HostRecord &record = program().host.records[number];
  const abi::NetworkTables &tables = program().network;
  Recorded what;
  what.kind = record.kind;
  what.name = record.name;
  what.unit = record.unit.empty() ? "1" : record.unit;
  what.unitScale = record.unitScale;
  what.type = record.type == abi::HostConstant::Bool  ? abi::ValueType::Bool
              : record.type == abi::HostConstant::Int ? abi::ValueType::Int
                                                      : abi::ValueType::Real;
  const auto variable = [&](const std::vector<abi::Variable> &variables) {
    const abi::Variable &v = variables[record.variable];
    what.name = v.name, what.unit = v.unit, what.unitScale = v.unitScale, what.type = v.type;
  };
  if (record.kind == abi::HostRecordKind::EdgeState) {
    what.object = tables.projections[record.object].name;
    variable(tables.projections[record.object].variables);
    const auto [pre, post] = net->denseShape(record.object);
    what.shape = net->dense(record.object) ? host::Shape{pre, post} : host::Shape{net->edgeCount(record.object)};
  } else if (record.kind != abi::HostRecordKind::Value) {
    what.object = tables.populations[record.object].name;
    what.ids = cells->cells->indices;
    if (record.kind == abi::HostRecordKind::State) {
      variable(tables.populations[record.object].variables);
      if (cells->cells->all)
        for (int64_t k = 0; k < net->cellCount(record.object); ++k)
          what.ids.push_back(k);
      what.shape = {static_cast<int64_t>(what.ids.size())};
    }
  }
  return what;
}

Status Session::startRecord(const Started &s) {
  const abi::HostRecord &record = program().host.records[s.number];
  Tap tap;
  tap.key = s.number;
  tap.what = describe(s.number, &s.cells);
  tap.object = record.object;
  tap.variable = record.variable;
  tap.code = record.code;
  tap.condition = record.condition;
  tap.everySteps = s.everySteps;
  tap.sinks = allSinks();
  if (record.kind == abi::HostRecordKind::Spikes && !s.cells.cells->all) {
    tap.chosen.assign(static_cast<size_t>(net->cellCount(record.object)), 0);
    for (int64_t k : s.cells.cells->indices)
      tap.chosen[static_cast<size_t>(k)] = 1;
  }
  return taps->start(std::move(tap));
}

/// `record` again while it is recorded already changes nothing.
Status Session::record(uint32_t number, const host::Value *cells, double intervalMs) {
  if (taps->active(number))
    return {};
  Started s;
  s.number = number;
  if (cells)
    s.cells = *cells;
  if (intervalMs != 0) {
    const double steps = std::round(intervalMs / settings.dt);
    if (!(intervalMs > 0) || !(steps < 9e15))
      return Error{ExitCode::model, fmt::format("an interval of {:g} ms cannot be recorded", intervalMs)};
    s.everySteps = std::max<int64_t>(1, static_cast<int64_t>(steps));
    const double used = static_cast<double>(s.everySteps) * settings.dt;
    if (std::fabs(used - intervalMs) > 1e-9 * intervalMs)
      warn(vm.atLine(fmt::format("the interval {:g} ms is rounded to {:g} ms, a multiple of dt", intervalMs, used)));
  }
  started.push_back(s);
  return startRecord(s);
}

Status Session::append(uint32_t number, const host::Value &value) {
  return taps->append(number, describe(number, nullptr), value, allSinks());
}

Status Session::startPlot(uint32_t number, const host::Cells &cells) {
  const abi::HostPlot &plot = program().host.plots[number];
  Tap tap;
  tap.key = static_cast<uint32_t>(program().host.records.size()) + number;
  tap.object = plot.object;
  tap.variable = plot.variable;
  tap.what.object = program().network.populations[plot.object].name;
  tap.what.name = plot.name;
  tap.sinks = {figures.get()};
  if (plot.kind == abi::HostPlotKind::Raster) {
    tap.what.kind = abi::HostRecordKind::Spikes;
    const auto [lowest, highest] = std::ranges::minmax_element(cells.indices);
    figures->setRows(number, cells.all || cells.indices.empty() ? 0 : *lowest,
                     cells.all || cells.indices.empty() ? net->cellCount(plot.object) - 1 : *highest);
    if (!cells.all) {
      tap.chosen.assign(static_cast<size_t>(net->cellCount(plot.object)), 0);
      for (int64_t k : cells.indices)
        tap.chosen[static_cast<size_t>(k)] = 1;
    }
  } else {
    tap.what.kind = abi::HostRecordKind::State;
    constexpr size_t mostLines = 64; // more lines than that show nothing
    for (int64_t k = 0; cells.all && k < net->cellCount(plot.object) && tap.what.ids.size() < mostLines; ++k)
      tap.what.ids.push_back(k);
    for (size_t k = 0; !cells.all && k < cells.indices.size() && k < mostLines; ++k)
      tap.what.ids.push_back(cells.indices[k]);
  }
  return taps->start(std::move(tap));
}

Status Session::plotBegin(uint32_t number, const host::Cells &cells) {
  Started s;
  s.number = number;
  s.plot = true;
  s.cells.kind = host::Kind::Cells;
  s.cells.cells = std::make_shared<const host::Cells>(cells);
  started.push_back(s);
  return startPlot(number, cells);
}

Status Session::plot(uint32_t number, const host::Value *value, const host::Value *over) {
  const abi::HostPlot &plot = program().host.plots[number];
  if (plot.kind == abi::HostPlotKind::Weights) {
    std::vector<double> weights;
    if (Status s = net->readEdges(plot.object, plot.variable, weights); !s.ok())
      return s;
    const auto [pre, post] = net->denseShape(plot.object);
    figures->setArray(number, net->dense(plot.object) ? host::Shape{pre, post} : host::Shape{net->edgeCount(plot.object)},
                        net->shape(program().network.projections[plot.object].source), std::move(weights));
  }
  if (plot.kind == abi::HostPlotKind::Image)
    if (Status s = setImage(number, *value); !s.ok())
      return s;
  if (over)
    if (Status s = setCurve(number, *value, *over); !s.ok())
      return s;
  figures->show(number);
  return {};
}

/// Keeps the values of `plot curve(y, x)`: a line, or one for each column of y.
Status Session::setCurve(uint32_t number, const host::Value &y, const host::Value &x) {
  constexpr int64_t mostLines = 64, mostPoints = 100'000;
  const abi::HostPlot &plot = program().host.plots[number];
  const auto wrong = [&](std::string why) { return Error{ExitCode::model, fmt::format("plot curve({}, {}): {}", plot.name, plot.across, why)}; };
  if (!x.isNumber() || !y.isNumber() || x.shape().size() != 1 || y.shape().empty() || y.shape().size() > 2)
    return wrong(fmt::format("a curve has an array with one or two axes over one with one axis; these are {} and {}", host::describe(y), host::describe(x)));
  const int64_t points = x.count(), lines = y.shape().size() == 2 ? y.shape()[1] : 1;
  if (y.shape()[0] != points)
    return wrong(fmt::format("there are {} values over {}", y.shape()[0], points));
  if (lines > mostLines || points > mostPoints)
    return wrong(fmt::format("{} lines of {} points; at most {} lines of {} points are drawn", lines, points, mostLines, mostPoints));
  figures->setCurve(number, {x.elements(), x.elements() + points}, {y.elements(), y.elements() + y.count()}, y.shape());
  return {};
}

/// Keeps the value of `plot image`. The page has each pixel of several pictures, so that they cannot be large.
Status Session::setImage(uint32_t number, const host::Value &value) {
  constexpr int64_t mostPixels = int64_t{1} << 20;
  const std::string &name = program().host.plots[number].name;
  if (!value.isNumber() || value.shape().size() < 2 || value.shape().size() > 3)
    return Error{ExitCode::model, fmt::format("plot image({}): this is {}, but an image has two or three axes", name, host::describe(value))};
  if (value.shape().size() == 3 && value.count() > mostPixels)
    return Error{ExitCode::model, fmt::format("plot image({}): several pictures have at most {} pixels together, these have {}; plot a slice of them, or one picture",
                                              name, mostPixels, value.count())};
  figures->setArray(number, value.shape(), {}, {value.elements(), value.elements() + value.count()});
  return {};
}

Status Session::attach(abi::HostRecordKind kind, uint32_t object, uint32_t variable, double intervalMs, Sink &sink) {
  Tap tap;
  tap.key = static_cast<uint32_t>(program().host.records.size() + program().host.plots.size()) + attached++;
  tap.object = object;
  tap.variable = variable;
  tap.everySteps = std::max<int64_t>(1, std::llround(intervalMs / settings.dt));
  tap.what.kind = kind;
  tap.sinks = {&sink};
  if (kind == abi::HostRecordKind::Spikes || kind == abi::HostRecordKind::State) {
    const abi::Population &p = program().network.populations[object];
    tap.what.object = p.name;
    if (kind == abi::HostRecordKind::State) {
      const abi::Variable &v = p.variables[variable];
      tap.what.name = v.name, tap.what.unit = v.unit, tap.what.unitScale = v.unitScale, tap.what.type = v.type;
      for (int64_t k = 0; k < net->cellCount(object); ++k)
        tap.what.ids.push_back(k);
      tap.what.shape = {net->cellCount(object)};
    }
  } else if (kind == abi::HostRecordKind::EdgeState) {
    const abi::Projection &p = program().network.projections[object];
    const abi::Variable &v = p.variables[variable];
    tap.what.object = p.name;
    tap.what.name = v.name, tap.what.unit = v.unit, tap.what.unitScale = v.unitScale, tap.what.type = v.type;
    tap.what.shape = {net->edgeCount(object)};
  } else {
    return Error{ExitCode::usage, "spikes, states and edge variables can be attached"};
  }
  return taps->start(std::move(tap));
}

} // namespace snn::rt
