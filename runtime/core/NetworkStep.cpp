// One step of a network: the commands that the scheduler listed, in their order (LANGUAGE section 10).
#include "runtime/core/NetworkImpl.h"
#include "runtime/core/Propagator.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <immintrin.h>
#include <new>
#include <utility>

namespace snn::rt {

namespace {
int64_t padded(int64_t n) { return (n + 63) / 64 * 64; }

/// One bit for each of 32 flags that is not set. Kernels need AVX2 as well.
__attribute__((target("avx2"))) uint64_t silent(const uint8_t *flags) {
  const __m256i eq = _mm256_cmpeq_epi8(_mm256_load_si256(reinterpret_cast<const __m256i *>(flags)), _mm256_setzero_si256());
  return static_cast<uint32_t>(_mm256_movemask_epi8(eq));
}

/// Appends the cells of [begin, end), multiples of 64, whose flag is set, ascending.
__attribute__((target("avx2"))) void listFlagged(const uint8_t *flags, int64_t begin, int64_t end, std::vector<int32_t> &spikes) {
  for (int64_t at = begin; at < end; at += 64)
    for (uint64_t mask = ~(silent(flags + at) | silent(flags + at + 32) << 32); mask; mask &= mask - 1)
      spikes.push_back(static_cast<int32_t>(at + std::countr_zero(mask)));
}
} // namespace

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

/// Spikes emitted in step m with a delay of d steps arrive in step m + 1 + d: with delay 0 in the step that follows.
Status Network::Impl::gatherArrivals(uint32_t projection) {
  ProjectionState &p = projections[projection];
  if (p.arrivingStep == step)
    return {};
  p.arrivingStep = step;
  p.arriving.clear();
  p.arrivingCells.clear();
  if (p.procedural)
    return gatherProcedural(projection);
  if (p.drawn)
    scheduleArrivals(projection, step);
  listArrivals(projection, step, p.arriving);
  for (const snn_segment &segment : p.arriving)
    p.arrivingCells.push_back(segment.source);
  p.arriving.push_back({}); // fetched ahead, never walked
  return {};
}

/// The segments that arrive in step `at`, of spikes that are emitted already.
void Network::Impl::listArrivals(uint32_t projection, int64_t at, std::vector<snn_segment> &out) {
  ProjectionState &p = projections[projection];
  if (p.drawn) {
    out.swap(p.due(at));
    p.due(at).clear();
    return;
  }
  const int64_t emitted = at - 1 - p.delaySteps;
  if (emitted < p.clearedBefore || emitted < 0)
    return;
  const int64_t *row = p.table.rowBegin.data();
  for (int32_t cell : populations[tables.projections[projection].source].history.at(emitted))
    if (row[cell] < row[cell + 1])
      out.push_back({row[cell], row[cell + 1], cell, 0});
}

/// Drawn delays: the segments of a spike are put down for the steps in which they arrive. Spikes are gone through in the order
/// of their emission, so that in each list the largest delays come first, and the sources ascend. After a gap (`reset`,
/// `load`) the lists are made anew from the spikes that are under way.
void Network::Impl::scheduleArrivals(uint32_t projection, int64_t next) {
  ProjectionState &p = projections[projection];
  const SpikeHistory &history = populations[tables.projections[projection].source].history;
  int64_t emitted = p.scheduledFor - 1;
  if (p.scheduledFor < 0 || p.scheduledFor > next || p.scheduledAfter != p.clearedBefore) {
    p.calendar.assign(std::bit_ceil(static_cast<size_t>(p.segments.longest) + 1), {}); // of all edges that are here now
    emitted = std::max(p.clearedBefore, next - 1 - p.segments.longest);
  }
  for (emitted = std::max<int64_t>(emitted, 0); emitted < next && emitted >= p.clearedBefore; ++emitted)
    for (int32_t cell : history.at(emitted))
      p.schedule(cell, emitted + 1, next);
  p.scheduledFor = next + 1;
  p.scheduledAfter = p.clearedBefore;
}

/// A spike of `cell` that leaves in step `leaves` - 1; what would arrive before `next` is past.
void ProjectionState::schedule(int32_t cell, int64_t leaves, int64_t next) {
  const connect::DelaySegments::Segment *const first = segments.list.data() + segments.first[static_cast<size_t>(cell)];
  const connect::DelaySegments::Segment *const last = segments.list.data() + segments.first[static_cast<size_t>(cell) + 1];
  const int64_t row = table.rowBegin[static_cast<size_t>(cell)], end = table.rowBegin[static_cast<size_t>(cell) + 1];
  for (const connect::DelaySegments::Segment *s = first; s < last; ++s)
    if (const int64_t arrival = leaves + s->steps; arrival >= next)
      due(arrival).push_back({row + s->begin, s + 1 < last ? row + s[1].begin : end, cell, 0});
}

Status Network::Impl::arrivals(const abi::Command &command) {
  if (!takesPart(command))
    return {};
  if (Status s = gatherArrivals(command.object); !s.ok())
    return s;
  ProjectionState &p = projections[command.object];
  if (p.arrivingCells.empty())
    return {};
  switch (tables.kernels[command.kernel].space) {
  case abi::Space::RowEdges: {
    if (p.procedural)
      return deliverProcedural(command.object, command.kernel);
    snn_kernel_args args = arguments(command.kernel);
    args.edges = &p.view;
    return callRows(command.kernel, args, p.arriving);
  }
  case abi::Space::EventCells:
    return launchEvents(command.kernel, p.arrivingCells, command.object);
  case abi::Space::Once:
  case abi::Space::Cells:
  case abi::Space::Edges:
  case abi::Space::ColumnEdges:
  case abi::Space::Pairs:
  case abi::Space::Moments:
  case abi::Space::ReplayedEdges:
    return launch(command.kernel);
  }
  return {};
}

Status Network::Impl::departures(const abi::Command &command) {
  const PopulationState &target = populations[tables.projections[command.object].target];
  const std::vector<int32_t> &spikes = target.history.at(step);
  if (target.lastCollected != step || spikes.empty())
    return {};
  switch (tables.kernels[command.kernel].space) {
  case abi::Space::ColumnEdges:
  case abi::Space::EventCells:
    return launchEvents(command.kernel, spikes, command.object);
  case abi::Space::Once:
  case abi::Space::Cells:
  case abi::Space::Edges:
  case abi::Space::RowEdges:
  case abi::Space::Pairs:
  case abi::Space::Moments:
  case abi::Space::ReplayedEdges:
    return launch(command.kernel);
  }
  return {};
}

void Network::Impl::collectTrain(PopulationState &state, uint8_t *flags) {
  if (flags)
    std::memset(flags, 0, static_cast<size_t>(padded(state.count)));
  std::vector<int32_t> &spikes = state.history.at(step);
  while (state.trainNext < state.train.size() && state.train[state.trainNext].first < step)
    ++state.trainNext; // of a step that failed before it came here
  while (state.trainNext < state.train.size() && state.train[state.trainNext].first == step) {
    const int32_t cell = state.train[state.trainNext++].second;
    if (!spikes.empty() && spikes.back() == cell)
      continue; // listed twice: a cell spikes once a step
    spikes.push_back(cell);
    if (flags)
      flags[cell] = 1;
  }
}

/// The cells of [begin, end) whose flag says that they spiked in step `at`; notes it for each of them.
void Network::Impl::spikesOf(uint32_t id, int64_t begin, int64_t end, int64_t at, std::vector<int32_t> &spikes) {
  PopulationState &state = populations[id];
  spikes.clear();
  if (const uint32_t buffer = tables.populations[id].flags; buffer != abi::none) {
    uint8_t *flags = static_cast<uint8_t *>(pointers[buffer]);
    if (state.count < end)
      std::fill(flags + state.count, flags + end, uint8_t{0});
    listFlagged(flags, begin, end, spikes);
  }
  countSpikes(id, at, spikes);
}

void Network::Impl::countSpikes(uint32_t id, int64_t at, std::span<const int32_t> spikes) {
  PopulationState &state = populations[id];
  for (int32_t cell : spikes)
    ++state.counts[cell];
  if (const uint32_t last = tables.populations[id].spikeStep; last != abi::none)
    for (int32_t cell : spikes)
      static_cast<int64_t *>(pointers[last])[cell] = at + 1; // the step's end
}

void Network::Impl::collect(uint32_t id) {
  PopulationState &state = populations[id];
  std::vector<int32_t> &spikes = state.history.at(step);
  state.lastCollected = step;
  if (tables.populations[id].spikeTimes == abi::none)
    return spikesOf(id, 0, padded(state.count), step, spikes);
  spikes.clear();
  const uint32_t flags = tables.populations[id].flags;
  collectTrain(state, flags == abi::none ? nullptr : static_cast<uint8_t *>(pointers[flags]));
  countSpikes(id, step, spikes);
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
