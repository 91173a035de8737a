// Reset, and saving and loading of the network's whole state for `save`, `load` and checkpoints.
#include "runtime/core/NetworkImpl.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <set>

namespace snn::rt {

Status Network::resetCells(uint32_t population) {
  const int64_t now = impl->step;
  impl->step = 0; // the values drawn at the start are drawn again: the key holds the step
  Status done;
  for (uint32_t kernel : impl->tables.populations[population].resetKernels)
    if (done = impl->launch(kernel); !done.ok())
      break;
  impl->step = now;
  std::ranges::fill(impl->populations[population].counts, 0);
  impl->populations[population].lastCollected = -1; // nothing is `spiked` now
  for (uint32_t k = 0; k < impl->projections.size(); ++k)
    if (impl->tables.projections[k].target == population)
      impl->projections[k].clearedBefore = now;
  if (impl->device)
    impl->device->forgetSpikes();
  return done;
}

/// Everything but time and random streams: as `reset cells` of all populations, and params, weights, traces and data too. What
/// is stored with the step of its last event begins now.
Status Network::resetAll() {
  impl->failed = false;
  impl->settle();
  impl->unbundleEdges();
  for (uint32_t id = 0; id < impl->buffers.size(); ++id)
    if (Status s = impl->toWrite(id); !s.ok())
      return s;
  const int64_t now = impl->step;
  impl->step = 0;
  impl->scalars = impl->initialScalars;
  impl->scalarsBefore.clear(); // there is no past
  Status done = impl->prepare();
  for (uint32_t k = 0; done.ok() && k < impl->populations.size(); ++k)
    done = impl->runInitKernels(k);
  for (uint32_t k = 0; done.ok() && k < impl->projections.size(); ++k)
    done = impl->initProjection(k);
  impl->step = now;
  for (uint32_t k = 0; done.ok() && k < impl->populations.size(); ++k)
    done = resetCells(k);
  for (const abi::Population &p : impl->tables.populations) {
    for (const abi::Variable &v : p.variables)
      if (v.kind == abi::VariableKind::Data && v.buffer != abi::none)
        std::memset(impl->buffers[v.buffer].block.data(), 0, impl->buffers[v.buffer].block.size());
    if (p.dataSetStep != abi::none)
      *static_cast<int64_t *>(impl->pointers[p.dataSetStep]) = now;
  }
  for (const abi::Projection &p : impl->tables.projections)
    for (const abi::Variable &v : p.variables)
      if (v.lastBuffer != abi::none)
        std::fill_n(static_cast<int64_t *>(impl->pointers[v.lastBuffer]), impl->buffers[v.lastBuffer].count, now);
  return done;
}

namespace {

/// Params belong to the model, not to the state that `save` writes; and what is kept for a delay belongs to the run.
std::set<uint32_t> buffersOfNoState(const abi::NetworkTables &tables) {
  std::set<uint32_t> found;
  for (uint32_t id = 0; id < tables.buffers.size(); ++id)
    if (tables.buffers[id].extent == abi::Extent::Ring)
      found.insert(id);
  const auto look = [&](const std::vector<abi::Variable> &variables) {
    for (const abi::Variable &v : variables)
      if (v.kind == abi::VariableKind::Param && v.buffer != abi::none)
        found.insert(v.buffer);
  };
  for (const abi::Population &p : tables.populations)
    look(p.variables);
  for (const abi::Projection &p : tables.projections)
    look(p.variables);
  return found;
}

/// Steps of a run of `from` steps of `fromDt` as steps of one of `to` steps of `toDt`, of the same age or with the same time
/// to come. A spike from before this run's start counts as none.
class Ages {
public:
  Ages(int64_t fromStep, double fromLength, int64_t toStep, double toLength) : from(fromStep), to(toStep), fromDt(fromLength), toDt(toLength) {}

  void move(abi::Holds holds, const BufferMemory &buffer) const {
    int64_t *const steps = static_cast<int64_t *>(buffer.block.data());
    int32_t *const left = static_cast<int32_t *>(buffer.block.data());
    for (int64_t k = 0; k < buffer.count; ++k)
      switch (holds) {
      case abi::Holds::Values:
        return;
      case abi::Holds::EventStep:
        steps[k] = to - scaled(from - steps[k]);
        break;
      case abi::Holds::SpikeStep:
        if (steps[k] >= 0)
          steps[k] = std::max<int64_t>(to - scaled(from - steps[k]), -1);
        break;
      case abi::Holds::StepsLeft:
        if (left[k] > 0) // else none, or for ever
          left[k] = static_cast<int32_t>(scaled(left[k]) < INT32_MAX ? scaled(left[k]) : -1);
        break;
      case abi::Holds::Begun:
        steps[k] = -1;
        break;
      }
  }

private:
  int64_t from, to;
  double fromDt, toDt;

  int64_t scaled(int64_t steps) const {
    return fromDt == toDt ? steps : std::llround(std::clamp(static_cast<double>(steps) * fromDt / toDt, -9e15, 9e15));
  }
};

/// Spike lists under way as one array of int64: for each step of the ring its length, then its cells.
std::vector<int64_t> packHistory(const PopulationState &population) {
  std::vector<int64_t> packed{population.lastCollected, static_cast<int64_t>(population.trainNext)};
  for (const std::vector<int32_t> &spikes : population.history.ring) {
    packed.push_back(static_cast<int64_t>(spikes.size()));
    packed.insert(packed.end(), spikes.begin(), spikes.end());
  }
  return packed;
}

bool unpackHistory(const std::vector<int64_t> &packed, PopulationState &population) {
  if (packed.size() < 2 || packed[1] < 0 || packed[1] > static_cast<int64_t>(population.train.size()))
    return false;
  size_t at = 2;
  for (std::vector<int32_t> &spikes : population.history.ring) {
    if (at >= packed.size() || packed[at] < 0 || packed[at] > static_cast<int64_t>(packed.size() - at - 1))
      return false;
    const size_t n = static_cast<size_t>(packed[at++]);
    spikes.clear();
    for (size_t k = 0; k < n; ++k, ++at) {
      if (packed[at] < 0 || packed[at] >= population.count)
        return false;
      spikes.push_back(static_cast<int32_t>(packed[at]));
    }
  }
  population.lastCollected = packed[0];
  population.trainNext = static_cast<size_t>(packed[1]);
  return at == packed.size();
}

Error doesNotFit(std::string_view name) {
  return {ExitCode::badData, fmt::format("the section {} has another size or content", name)};
}

using Get = std::function<Result<std::vector<uint8_t>>(std::string_view)>;

Result<std::vector<int64_t>> getIntegers(const Get &get, const std::string &name) {
  Result<std::vector<uint8_t>> bytes = get(name);
  if (!bytes.ok())
    return bytes.error();
  std::vector<int64_t> integers(bytes.value().size() / 8);
  if (!integers.empty())
    std::memcpy(integers.data(), bytes.value().data(), integers.size() * 8);
  return integers;
}

} // namespace

Status Network::saveState(const Put &put, bool forResume) {
  impl->settle();
  impl->unbundleEdges();
  const std::set<uint32_t> parameters = forResume ? std::set<uint32_t>{} : buffersOfNoState(impl->tables);
  for (uint32_t id = 0; id < impl->buffers.size(); ++id) {
    const BufferMemory &buffer = impl->buffers[id];
    if (!impl->tables.buffers[id].checkpoint || parameters.contains(id))
      continue;
    if (Status s = impl->toRead(id); !s.ok())
      return s;
    if (Status s = put("buffer/" + impl->tables.buffers[id].name, buffer.elem, buffer.block.data(), buffer.count); !s.ok())
      return s;
  }
  if (!forResume) {
    const double now[] = {static_cast<double>(impl->step), impl->settings.dt};
    return put("network/now", abi::Elem::F64, now, 2);
  }
  std::vector<int64_t> general{impl->step, static_cast<int64_t>(impl->settings.seed),
                               static_cast<int64_t>(impl->settings.precision)};
  for (const ProjectionState &p : impl->projections)
    general.push_back(p.clearedBefore);
  if (Status s = put("network/general", abi::Elem::I64, general.data(), static_cast<int64_t>(general.size())); !s.ok())
    return s;
  std::vector<double> scalars = impl->scalars;
  scalars.push_back(impl->settings.dt);
  if (Status s = put("network/scalars", abi::Elem::F64, scalars.data(), static_cast<int64_t>(scalars.size())); !s.ok())
    return s;
  for (uint32_t k = 0; k < impl->populations.size(); ++k) {
    const PopulationState &p = impl->populations[k];
    const std::string &name = impl->tables.populations[k].name;
    const std::vector<int64_t> history = packHistory(p);
    if (Status s = put("counts/" + name, abi::Elem::I64, p.counts.data(), p.count); !s.ok())
      return s;
    if (Status s = put("spikes/" + name, abi::Elem::I64, history.data(), static_cast<int64_t>(history.size())); !s.ok())
      return s;
  }
  return {};
}

Status Network::loadState(const Get &get, bool forResume) {
  impl->failed = false;
  impl->scalarsBefore.clear(); // the past is that of the state
  impl->settle();
  impl->unbundleEdges();
  const std::set<uint32_t> parameters = forResume ? std::set<uint32_t>{} : buffersOfNoState(impl->tables);
  for (uint32_t id = 0; id < impl->buffers.size(); ++id) {
    BufferMemory &buffer = impl->buffers[id];
    if (!impl->tables.buffers[id].checkpoint || parameters.contains(id))
      continue;
    const std::string name = "buffer/" + impl->tables.buffers[id].name;
    Result<std::vector<uint8_t>> bytes = get(name);
    if (!bytes.ok())
      return bytes.error();
    const size_t size = impl->elemSize(buffer.elem);
    if (bytes.value().size() != static_cast<size_t>(buffer.count) * size)
      return Error{ExitCode::badData, fmt::format("{} has {} values there and {} here", impl->tables.buffers[id].name,
                                                  bytes.value().size() / size, buffer.count)};
    if (Status s = impl->toWrite(id); !s.ok())
      return s;
    if (!bytes.value().empty())
      std::memcpy(buffer.block.data(), bytes.value().data(), bytes.value().size());
  }
  impl->dataGiven.assign(impl->dataGiven.size(), 1);
  impl->listStatesToCheck(); // also what no step changes
  if (impl->device)
    impl->device->forgetSpikes();
  return forResume ? loadRunState(get) : loadAges(get);
}

Status Network::loadAges(const Get &get) {
  const Result<std::vector<uint8_t>> bytes = get("network/now");
  if (!bytes.ok())
    return bytes.error();
  double now[2];
  if (bytes.value().size() != sizeof now)
    return doesNotFit("network/now");
  std::memcpy(now, bytes.value().data(), sizeof now);
  if (!(now[0] >= 0) || !(now[0] < 9e15) || !(now[1] > 0))
    return doesNotFit("network/now");
  const Ages ages(static_cast<int64_t>(now[0]), now[1], impl->step, impl->settings.dt);
  for (uint32_t id = 0; id < impl->buffers.size(); ++id) {
    const abi::Holds holds = impl->tables.buffers[id].holds;
    if (holds == abi::Holds::Values)
      continue;
    if (Status s = impl->toWrite(id); !s.ok())
      return s;
    ages.move(holds, impl->buffers[id]);
  }
  return {};
}

Status Network::loadRunState(const Get &get) {
  Result<std::vector<int64_t>> general = getIntegers(get, "network/general");
  if (!general.ok())
    return general.error();
  if (general.value().size() != 3 + impl->projections.size())
    return doesNotFit("network/general");
  if (static_cast<uint64_t>(general.value()[1]) != impl->settings.seed ||
      general.value()[2] != static_cast<int64_t>(impl->settings.precision))
    return Error{ExitCode::badData, "the checkpoint was written with another seed or precision"};
  Result<std::vector<uint8_t>> scalars = get("network/scalars");
  if (!scalars.ok())
    return scalars.error();
  std::vector<double> numbers(scalars.value().size() / 8);
  if (numbers.size() != impl->scalars.size() + 1)
    return doesNotFit("network/scalars");
  std::memcpy(numbers.data(), scalars.value().data(), numbers.size() * 8);
  if (numbers.back() != impl->settings.dt)
    return Error{ExitCode::badData, fmt::format("the checkpoint was written with dt = {:g} ms, this run has {:g} ms",
                                                numbers.back(), impl->settings.dt)};
  numbers.pop_back();
  for (const abi::ArrayTable &array : impl->tables.arrays)
    for (uint32_t extent : array.extents)
      if (numbers[extent] != impl->scalars[extent])
        return Error{ExitCode::badData, fmt::format("{}: `{}` has {:g} elements along an axis where it had {:g} in the checkpoint", array.place, array.name,
                                                    impl->scalars[extent], numbers[extent])};
  impl->scalars = std::move(numbers);
  impl->step = general.value()[0];
  for (size_t k = 0; k < impl->projections.size(); ++k) {
    impl->projections[k].clearedBefore = general.value()[3 + k];
    impl->projections[k].arrivingStep = -1;
    impl->projections[k].scheduledFor = -1;
  }
  for (uint32_t k = 0; k < impl->populations.size(); ++k) {
    const std::string &name = impl->tables.populations[k].name;
    Result<std::vector<int64_t>> counts = getIntegers(get, "counts/" + name), spikes = getIntegers(get, "spikes/" + name);
    if (!counts.ok() || !spikes.ok())
      return counts.ok() ? spikes.error() : counts.error();
    if (counts.value().size() != impl->populations[k].counts.size() ||
        !unpackHistory(spikes.value(), impl->populations[k]))
      return doesNotFit("spikes/" + name);
    impl->populations[k].counts = counts.value();
  }
  return impl->prepare();
}

} // namespace snn::rt
