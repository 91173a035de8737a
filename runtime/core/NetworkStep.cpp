// One step of a network: the commands that the scheduler listed, in their order (LANGUAGE section 10).
#include "runtime/core/NetworkImpl.h"
#include "runtime/core/Propagator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <new>
#include <utility>

namespace snn::rt {

snn_kernel_args Network::Impl::arguments(uint32_t kernel) const {
  snn_kernel_args args{};
  args.buffers = pointers.data();
  args.scalars = const_cast<double *>(scalars.data());
  args.dt = settings.dt;
  args.step = step;
  args.time_step = step;
  args.seed = settings.seed;
  args.objects = tables.kernels[kernel].objects.data();
  return args;
}

/// "`stim` (5 elements, read at m.snn:3:20)", the arrays that a kernel reads.
std::string Network::Impl::arraysOf(uint32_t kernel) const {
  std::string names;
  for (uint32_t buffer : tables.kernels[kernel].loads)
    if (tables.buffers[buffer].extent == abi::Extent::Array) {
      const ArrayState &array = arrays[tables.buffers[buffer].object];
      const abi::ArrayTable &table = tables.arrays[tables.buffers[buffer].object];
      const std::string size = array.shape.size() == 1 ? fmt::format("{} elements", array.shape[0]) : fmt::format("{}", fmt::join(array.shape, " x "));
      names += fmt::format("{}`{}` ({}{})", names.empty() ? "" : " or ", table.name, size, table.place.empty() ? "" : ", read at " + table.place);
    }
  return names;
}

Status Network::Impl::meaning(uint32_t kernel, int32_t code) {
  if (code & SNN_NOT_FINITE)
    suspect = true;
  if (!stops(code))
    return {};
  const std::string &name = tables.kernels[kernel].name; // "cells.update"
  const bool probability = code & SNN_BAD_PROBABILITY;
  const std::string met = probability ? "bernoulli(p) with p outside 0..1" : fmt::format("an index outside of {}, or no whole number,", arraysOf(kernel));
  const std::string hint = probability ? fmt::format(": is a value negative, or a rate above 1 / dt = {:g} kHz?", 1 / settings.dt) : "";
  const std::string owner = name.substr(0, name.rfind('.'));
  const bool makesEdges = std::ranges::any_of(tables.projections, [&](const abi::Projection &p) { return std::ranges::find(p.initKernels, kernel) != p.initKernels.end(); });
  const std::string when = makesEdges ? fmt::format("while the edges of {} are made", owner)
                                      : fmt::format("in the step of {} from t = {:g} ms", owner, static_cast<double>(step) * settings.dt);
  return Error{ExitCode::divergence, fmt::format("{} {}{}", met, when, hint)};
}

/// What the kernel uses must be here, and what it changes must go back to the device.
Status Network::Impl::toLaunch(uint32_t kernel) {
  if (!device)
    return {};
  for (uint32_t buffer : tables.kernels[kernel].loads)
    if (Status s = device->read(buffer); !s.ok())
      return s;
  for (uint32_t buffer : tables.kernels[kernel].stores)
    if (Status s = device->write(buffer); !s.ok())
      return s;
  return {};
}

Status Network::Impl::launch(uint32_t kernel) {
  if (Status s = toLaunch(kernel); !s.ok())
    return s;
  const abi::KernelInfo &info = tables.kernels[kernel];
  snn_kernel_args args = arguments(kernel);
  switch (info.space) {
  case abi::Space::Once:
    args.end = 1;
    break;
  case abi::Space::Cells:
    args.end = padded(populations[info.object].count);
    args.target_end = populations[info.object].count; // padding beyond it is computed, but never fails a check
    return callCells(kernel, args);
  case abi::Space::Edges:
    args.edges = &projections[info.object].view;
    return callEdges(kernel, args, info.object);
  case abi::Space::EventCells:
  case abi::Space::RowEdges:
  case abi::Space::ColumnEdges:
  case abi::Space::Pairs:
  case abi::Space::Moments:
  case abi::Space::ReplayedEdges:
    return Error{ExitCode::internal, fmt::format("kernel {} cannot run without events", info.name)};
  }
  return call(kernel, args);
}

Status Network::Impl::prepare() {
  const auto derive = [&]() -> Status {
    for (uint32_t kernel : tables.prepareKernels)
      if (Status s = launch(kernel); !s.ok())
        return s;
    return {};
  };
  if (Status s = derive(); !s.ok())
    return s;
  for (const abi::Propagator &propagator : tables.propagators)
    computePropagator(propagator, settings.dt, scalars);
  if (!tables.propagators.empty()) // what is derived from propagators: factors of covariances
    if (Status s = derive(); !s.ok())
      return s;
  for (size_t k = 0; k < tables.step.size(); ++k) {
    const uint32_t scalar = tables.step[k].everyScalar;
    if (scalar == abi::none)
      continue;
    const double steps = std::round(scalars[scalar] / settings.dt), used = steps * settings.dt;
    const std::string &name = tables.scalars[scalar].name;
    const auto interval = [&] { return fmt::format("the interval of `every` in {}, {:g} ms,", name.substr(0, name.rfind(".every")), scalars[scalar]); };
    if (!(steps >= 1) || steps > 9e15)
      return Error{ExitCode::model, fmt::format("{} must be at least one step of dt = {:g} ms", interval(), settings.dt)};
    if (std::fabs(used - scalars[scalar]) > 1e-9 * used && intervalSteps[k] != static_cast<int64_t>(steps))
      warnings.push_back(fmt::format("{} is rounded to {:g} ms: time goes in steps of dt = {:g} ms", interval(), used, settings.dt));
    intervalSteps[k] = static_cast<int64_t>(steps);
  }
  scalarsChanged = false;
  return decayByOldScalars();
}

Status Network::Impl::launchEvents(uint32_t kernel, std::span<const int32_t> events, uint32_t projection) {
  snn_kernel_args args = arguments(kernel);
  args.events = events.data();
  args.end = static_cast<int64_t>(events.size());
  args.edges = &projections[projection].view;
  return callEvents(kernel, args);
}

Status Network::Impl::execute(const abi::Command &command) {
  if (!goes(command))
    return {};
  switch (command.kind) {
  case abi::CommandKind::Cells:
  case abi::CommandKind::Once:
  case abi::CommandKind::Edges:
    return launch(command.kernel);
  case abi::CommandKind::Arrivals:
    return arrivals(command);
  case abi::CommandKind::Departures:
    return departures(command);
  case abi::CommandKind::Replay:
    if (Status s = gatherArrivals(command.object); !s.ok())
      return s;
    replayRows(command.object, projections[command.object].arrivingCells);
    return {};
  case abi::CommandKind::Log:
    putInLog(command.object);
    return {};
  case abi::CommandKind::Collect:
    collect(command.object);
    return {};
  case abi::CommandKind::Reduce:
    return reduce(command);
  case abi::CommandKind::ReduceEdges:
    return reduceEdges(command);
  case abi::CommandKind::Fill:
    std::memset(buffers[command.to].block.data(), 0, buffers[command.to].block.size());
    return {};
  case abi::CommandKind::Record:
    return {};
  }
  return {};
}

Status Network::Impl::oneStep() {
  for (size_t k = 0; k < tables.step.size(); ++k) {
    if (!isDue(k, step))
      continue;
    if (Status s = times.empty() ? execute(tables.step[k]) : timed(k); !s.ok())
      return s;
  }
  return checkStep();
}

Status Network::run(int64_t steps, const StepObserver &observer) {
  if (impl->failed)
    return Error{ExitCode::divergence, "a run of this network has failed, and its cells may be in different steps: `reset all` or load a state first"};
  try {
    Status done = impl->device ? impl->device->advance(steps, observer) : impl->advanceBy(steps, observer);
    impl->failed = !done.ok() && done.error().code != ExitCode::ok; // not: a sink asks to stop
    return done;
  } catch (const std::bad_alloc &) { // spikes, and rows that are made when they are needed
    impl->failed = true;
    return Error{ExitCode::resources, fmt::format("no memory is left in the step from t = {:g} ms", timeMs())};
  }
}

Status Network::Impl::advanceBy(int64_t steps, const StepObserver &observer) {
  bundleBefore(steps);
  for (const int64_t end = step + steps; step < end;) {
    if (scalarsChanged)
      if (Status s = prepare(); !s.ok())
        return s;
    lookAt = observer.nextSight(step, end);
    if (const int64_t window = windowSteps(lookAt - step); window > 1) {
      if (Status s = runWindow(window, observer); !s.ok())
        return s;
      continue;
    }
    Status done = oneStep();
    ++step;
    if (!done.ok())
      return done;
    if (Status s = tell(observer); !s.ok())
      return s;
  }
  return {};
}

/// Says that a step is done. Who looks at edges without a call finds them up to date.
Status Network::Impl::tell(const StepObserver &observer) {
  if (lookedThrough && step == lookAt)
    settle();
  return observer.afterStep ? observer.afterStep(step) : Status();
}

Status Network::checkEdges() {
  Status done = impl->device ? impl->device->checkEdges() : impl->checkEdges();
  impl->failed |= !done.ok();
  return done;
}

Status Network::Impl::checkEdges() {
  const std::vector<uint32_t> next = std::exchange(checkedNext, {});
  Status s = checkEdges(next);
  return s.ok() ? checkEdges(checkedAtEnd) : std::move(s);
}

Status Network::Impl::checkEdges(const std::vector<uint32_t> &of) {
  if (Status s = checkFinite(of, step); s.ok() || std::ranges::none_of(bundles, &EdgeBundle::together))
    return s;
  unbundleEdges(); // whose edge it is
  return checkFinite(of, step);
}

} // namespace snn::rt
