// Runs: steps are graphs of launches; the host looks when somebody looks, and otherwise fetches the spikes of many steps at once.
#include "runtime/exec/cuda/Machine.h"

#include "runtime/exec/cuda/Compile.h"
#include "runtime/exec/cuda/Launches.h"
#include "runtime/exec/cuda/Patience.h"
#include "runtime/exec/cuda/Samples.h"
#include "runtime/exec/cuda/Timing.h"

#include <algorithm>
#include <utility>

namespace snn::rt::cuda {

using snn::cuda::Control;
using snn::cuda::noFailure;

namespace {

constexpr int64_t mostSteps = 256;    ///< between two looks of the host
constexpr int mostDoublings = 6; ///< graphs are of 1, 2, 4, … 64 steps
constexpr double spikeBytes = 256e6;  ///< for the spikes of these steps

class Machine final : public Accelerator {
public:
  Machine(Network::Impl &n, const abi::CudaProgram &p, std::shared_ptr<const Driver> driver)
      : net(n), device(std::move(driver)), rings(n, device), connections(n, device, rings, p), mirror(n, device, connections),
        launches(n, device, rings, connections, mirror, p), samples(n, device, mirror), timing(n, device, launches) {}

  Status build(const std::vector<std::string> &cubins);
  Status advance(int64_t steps, const StepObserver &observer) override;
  Status checkEdges() override;
  Status read(uint32_t buffer) override { return onDevice([&] { return mirror.read(buffer); }); }
  Status write(uint32_t buffer) override { return onDevice([&] { return mirror.write(buffer); }); }
  Status lend(uint32_t buffer) override { return onDevice([&] { return mirror.lend(buffer); }); }
  void forgetSpikes() override { ringsOld = true; }
  Profile profile() override { return timing.profile(); }

private:
  Network::Impl &net;
  Device device;
  SpikeRings rings;
  Connections connections;
  Mirror mirror;
  Launches launches;
  Samples samples;
  Timing timing;
  uint64_t controlAt = 0;
  Control control{};
  std::vector<Handle> graphs; ///< of 2^k steps
  int64_t batch = 1;     ///< steps whose spikes fit
  Patience patience{mostSteps};
  int64_t quickSteps = 0; ///< since the last patient one
  bool ringsOld = true;
  std::vector<std::vector<std::vector<int32_t>>> lists; ///< spikes, by step since the last look and by population

  template <class Do> Status onDevice(Do something) {
    const InUse here = device.use();
    return here.status().ok() ? something() : here.status();
  }
  int64_t stepsThatFit() const;
  Handle graph(int64_t steps);
  void oneStep(const std::function<void()> &after = {});
  void makeGraphs();
  Status choose(const StepObserver &observer);
  Status refresh();
  int64_t compute(int64_t most);
  void computeQuickly(int64_t steps);
  void computePatiently(int64_t steps);
  int64_t goOnPatiently(int64_t started, int64_t look);
  bool failed() const { return control.stopped != 0 && control.full == 0; }
  Status finish(int64_t from);
  void take(std::vector<std::vector<int32_t>> &lists);
  Status deliver(int64_t done, const StepObserver &observer);
  Status failure();
};

int64_t Machine::stepsThatFit() const {
  double bytes = 1;
  for (const PopulationState &p : net.populations)
    bytes += static_cast<double>(p.count) * 4;
  return std::clamp<int64_t>(static_cast<int64_t>(spikeBytes / bytes / 2), 1, mostSteps);
}

void Machine::oneStep(const std::function<void()> &after) {
  launches.start(controlAt, after);
  samples.start(controlAt);
}

Handle Machine::graph(int64_t steps) {
  device.beginGraph();
  for (int64_t k = 0; k < steps; ++k)
    oneStep();
  return device.endGraph();
}

Status Machine::build(const std::vector<std::string> &cubins) {
  const InUse here = device.use();
  if (!here.status().ok())
    return here.status();
  if (Status s = device.load(cubins); !s.ok())
    return s;
  batch = stepsThatFit();
  net.putAllTogether();
  device.want(&controlAt, sizeof(Control), "the network", "its state");
  if (Status s = connections.want(); !s.ok())
    return s;
  rings.want(2 * batch);
  if (Status s = mirror.want(); !s.ok())
    return s;
  launches.want();
  if (Status s = device.take(); !s.ok())
    return s;
  connections.upload();
  rings.uploadTrains();
  if (Status s = launches.build(); !s.ok())
    return s;
  makeGraphs();
  return device.wait();
}

void Machine::makeGraphs() {
  device.dropGraphs();
  graphs.clear();
  for (int k = 0; k <= mostDoublings; ++k)
    graphs.push_back(graph(int64_t{1} << k));
}

/// What is recorded from the next step on.
Status Machine::choose(const StepObserver &observer) {
  if (Status s = samples.choose(observer.samples, batch); !s.ok())
    return s;
  if (samples.changed())
    makeGraphs();
  return {};
}

/// Brings the device up to date with what the host has changed.
Status Machine::refresh() {
  if (net.scalarsChanged)
    if (Status s = net.prepare(); !s.ok())
      return s;
  if (Status s = mirror.upload(); !s.ok())
    return s;
  mirror.uploadScalars();
  launches.upload();
  if (std::exchange(ringsOld, false))
    rings.uploadRecent();
  control = {net.step, net.settings.dt, net.settings.seed, 0, 0, noFailure, 0, 0, 0};
  device.upload(controlAt, &control, sizeof control);
  return {};
}

/// Starts at most `most` steps; says how many.
int64_t Machine::compute(int64_t most) {
  const int64_t steps = patience.together(std::min({most, batch, samples.steps()}));
  if (patience.patient())
    computePatiently(steps);
  else
    computeQuickly(steps);
  patience.done(steps);
  mirror.stepped();
  return steps;
}

void Machine::computeQuickly(int64_t steps) {
  quickSteps += steps;
  if (net.settings.profile)
    timing.measure(steps--, [&](const auto &after) { oneStep(after); });
  for (int k = mostDoublings; k >= 0; --k)
    for (; steps >= int64_t{1} << k; steps -= int64_t{1} << k)
      device.run(graphs[static_cast<size_t>(k)]);
}

void Machine::computePatiently(int64_t steps) {
  quickSteps = 0;
  if (net.settings.profile)
    timing.beginPatient();
  for (int64_t k = 0; k < steps; ++k) {
    if (const std::optional<size_t> launch = patience.goesOnFrom())
      launches.resume(controlAt, *launch);
    else
      launches.startPatiently(controlAt);
    samples.start(controlAt);
  }
  if (net.settings.profile)
    timing.endPatient();
}

/// The steps from the one in which a bucket was full were not computed. Starts them again; says up to which.
int64_t Machine::goOnPatiently(int64_t started, int64_t look) {
  patience.full(control.full - 1, quickSteps - (started - control.step));
  control.stopped = 0;
  control.full = 0;
  device.upload(controlAt, &control, sizeof control);
  return control.step + compute(look - control.step);
}

/// Waits for what was started, and fetches the spikes of the steps from `from` on.
Status Machine::finish(int64_t from) {
  device.download(&control, controlAt, sizeof control);
  rings.fetchEmissions();
  if (Status s = device.wait(); !s.ok())
    return s;
  timing.ended(control.step - from);
  samples.fetch(from, control.step);
  return rings.fetch(from, control.step + failed(), lists);
}

/// The spikes of step `net.step`, into the network's history.
void Machine::take(std::vector<std::vector<int32_t>> &lists) {
  for (uint32_t id = 0; id < lists.size(); ++id) {
    if (!rings.spikes[id].collected)
      continue;
    PopulationState &state = net.populations[id];
    if (net.settings.profile)
      timing.spiked(id, lists[id]);
    state.history.at(net.step) = std::move(lists[id]);
    state.lastCollected = net.step;
    for (int32_t cell : state.history.at(net.step))
      ++state.counts[static_cast<size_t>(cell)];
    while (state.trainNext < state.train.size() && state.train[state.trainNext].first <= net.step)
      ++state.trainNext;
  }
}

/// Tells the observer of the steps that are done. Who asks to stop is told of all of them: all cells are at their end.
Status Machine::deliver(int64_t done, const StepObserver &observer) {
  Status stopped;
  for (int64_t k = 0; k < done; ++k) {
    take(lists[static_cast<size_t>(k)]);
    ++net.step;
    timing.stepDone();
    if (!observer.afterStep)
      continue;
    samples.show(net.step);
    const auto told = [&] {
      const Aside aside(device.api());
      return observer.afterStep(net.step);
    };
    const Status s = told();
    samples.hide(net.step);
    if (!s.ok()) {
      if (s.error().code != ExitCode::ok)
        return s;
      stopped = s;
    }
  }
  return stopped;
}

/// What the check that failed in step `net.step` says.
Status Machine::failure() {
  take(lists.back());
  Status says;
  if (control.failed != noFailure) {
    says = net.meaning(net.tables.step[control.failed / 2].kernel, control.failed % 2 ? SNN_BAD_INDEX : SNN_BAD_PROBABILITY);
  } else {
    for (const std::vector<uint32_t> *list : {&net.checkedByKernels, &net.checkedEachStep})
      for (uint32_t buffer : *list)
        if (Status s = mirror.read(buffer); !s.ok())
          return s;
    net.suspect = true;
    says = net.checkStep();
  }
  ++net.step;
  return says.ok() ? Error{ExitCode::internal, "a check failed on the CUDA device and not on the host"} : says;
}

/// Edges, which are looked at when a run ends, and what the experiment has assigned.
Status Machine::checkEdges() {
  const InUse here = device.use();
  if (!here.status().ok())
    return here.status();
  const std::vector<uint32_t> assigned = std::exchange(net.checkedNext, {});
  for (uint32_t buffer : assigned)
    if (Status s = mirror.read(buffer); !s.ok())
      return s;
  if (Status s = net.checkEdges(assigned); !s.ok())
    return s;
  if (net.checkedAtEnd.empty())
    return {};
  launches.startCheck(controlAt, net.checkedAtEnd);
  device.download(&control, controlAt, sizeof control);
  if (Status s = device.wait(); !s.ok() || !control.notFinite)
    return s;
  for (uint32_t buffer : net.checkedAtEnd)
    if (Status s = mirror.read(buffer); !s.ok())
      return s;
  return net.checkEdges(net.checkedAtEnd);
}

/// While the host deals with the spikes of a batch, the device computes the next, if nobody looks at states between.
Status Machine::advance(int64_t steps, const StepObserver &observer) {
  const InUse here = device.use();
  if (!here.status().ok())
    return here.status();
  if (Status s = choose(observer); !s.ok())
    return s;
  Status told;
  int64_t started = net.step;
  for (const int64_t end = net.step + steps; net.step < end && (told.ok() || started > net.step);) {
    const int64_t from = net.step, look = std::min({end, samples.nextLook(from), observer.nextLook ? observer.nextLook(from) : end});
    if (started == from) {
      if (Status s = refresh(); !s.ok())
        return s;
      started += compute(look - from);
    }
    if (Status s = finish(from); !s.ok())
      return s;
    const int64_t done = control.step - from;
    if (control.full != 0) {
      started = goOnPatiently(started, told.ok() ? look : control.step + 1);
    } else if (control.stopped == 0 && told.ok() && started < look && !mirror.anyLent()) {
      started += compute(look - started);
    }
    if (Status s = deliver(done, observer); !s.ok() && s.error().code != ExitCode::ok)
      return s;
    else if (!s.ok())
      told = s;
    if (failed())
      return failure();
    if (Status s = mirror.readLent(); !s.ok())
      return s;
  }
  return told;
}

} // namespace

Result<std::unique_ptr<Accelerator>> makeMachine(Network::Impl &network, const abi::CudaProgram &program) {
  if (!program.refusal.empty())
    return Error{ExitCode::model, "--device cuda: " + program.refusal};
  const Result<std::shared_ptr<const Driver>> driver = Driver::open();
  if (!driver.ok())
    return driver.error();
  const Result<std::vector<std::string>> cubins = compiled(program, network.settings.precision, driver.value()->architecture);
  if (!cubins.ok())
    return cubins.error();
  auto machine = std::make_unique<Machine>(network, program, driver.value());
  if (Status s = machine->build(cubins.value()); !s.ok())
    return s.error();
  return std::unique_ptr<Accelerator>(std::move(machine));
}

} // namespace snn::rt::cuda
