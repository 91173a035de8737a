// Reading and writing of cells and uniform values from outside: experiments, recordings, the embedding API. Values are in
// canonical units.
#include "runtime/core/Elements.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt {

std::string pathOf(const abi::Population &population, const abi::Variable &variable) {
  return population.name + "." + variable.name;
}

double Network::Impl::load(const BufferMemory &buffer, int64_t index) const {
  double value = 0;
  byType(buffer, settings.precision, [&](const auto *data) { value = static_cast<double>(data[index]); });
  return value;
}

void Network::Impl::store(BufferMemory &buffer, int64_t index, double value) const {
  byType(buffer, settings.precision, [&](auto *data) { data[index] = stored<std::remove_pointer_t<decltype(data)>>(value); });
}

void Network::Impl::fill(void *data, abi::Elem elem, int64_t count, double value) const {
  withElements(data, elem, settings.precision, [&](auto *x) { std::fill_n(x, count, stored<std::remove_pointer_t<decltype(x)>>(value)); });
}

const abi::NetworkTables &Network::tables() const { return impl->tables; }
const Settings &Network::settings() const { return impl->settings; }
std::span<const std::string> Network::warnings() const { return impl->warnings; }
int64_t Network::step() const { return impl->step; }
double Network::timeMs() const { return static_cast<double>(impl->step) * impl->settings.dt; }
int64_t Network::cellCount(uint32_t population) const { return impl->populations[population].count; }
std::span<const int64_t> Network::shape(uint32_t population) const { return impl->populations[population].shape; }
std::span<int64_t> Network::counts(uint32_t population) { return impl->populations[population].counts; }
uint64_t Network::writes() const { return impl->writes; }
bool Network::dataMissing(uint32_t population) const {
  return impl->tables.populations[population].needsData && !impl->dataGiven[population];
}
double Network::scalar(uint32_t id) const { return impl->scalars[id]; }

View Network::buffer(uint32_t id) {
  if (impl->device && !impl->device->lend(id).ok())
    return {};
  BufferMemory &buffer = impl->buffers[id];
  impl->noteView(id);
  return {buffer.block.data(), buffer.elem, buffer.count};
}

std::span<const int32_t> Network::spikesOfStep(uint32_t population) const {
  const PopulationState &state = impl->populations[population];
  if (impl->step == 0 || state.lastCollected != impl->step - 1)
    return {};
  return state.history.at(impl->step - 1);
}

Status Network::readSpiked(uint32_t population, std::vector<double> &out) {
  const uint32_t flags = impl->tables.populations[population].flags;
  out.assign(static_cast<size_t>(cellCount(population)), 0);
  if (flags == abi::none)
    return {};
  if (Status s = impl->toRead(flags); !s.ok())
    return s;
  const uint8_t *flag = static_cast<const uint8_t *>(impl->pointers[flags]);
  for (size_t k = 0; k < out.size(); ++k)
    out[k] = flag[k] ? 1 : 0;
  return {};
}

Status Network::readSpikeSteps(uint32_t population, std::vector<int64_t> &out) {
  const uint32_t buffer = impl->tables.populations[population].spikeStep;
  if (Status s = impl->toRead(buffer); !s.ok())
    return s;
  const int64_t *steps = static_cast<const int64_t *>(impl->pointers[buffer]);
  out.assign(steps, steps + cellCount(population));
  return {};
}

Status Network::setScalar(uint32_t id, double value) {
  impl->settle();
  if (!impl->scalarsChanged)
    impl->scalarsBefore = impl->scalars;
  impl->scalars[id] = value;
  impl->scalarsChanged = true;
  return impl->signal(id);
}

/// `on NAME { … }` of all connections, in the order of the commands.
Status Network::Impl::signal(uint32_t scalar) {
  for (const abi::Command &command : tables.step) {
    if (command.signal != scalar)
      continue;
    if (scalarsChanged)
      if (Status s = prepare(); !s.ok())
        return s;
    unbundleEdges();
    if (Status s = execute(command); !s.ok())
      return s;
    ++writes;
  }
  return {};
}

void Network::setLearning(uint32_t projection, bool on) {
  const uint32_t scalar = impl->tables.projections[projection].learningScalar;
  if (scalar != abi::none)
    (void)setScalar(scalar, on ? 1 : 0); // no event
}

/// Brings a variable that is computed when it is read up to date.
Status Network::Impl::evaluate(const abi::Variable &v) {
  if (scalarsChanged)
    if (Status s = prepare(); !s.ok())
      return s;
  for (const abi::Command &command : v.evalFirst)
    if (Status s = execute(command); !s.ok())
      return s;
  return v.evalKernel == abi::none ? Status() : launch(v.evalKernel);
}

Status Network::readCells(uint32_t population, uint32_t variable, std::span<const int64_t> cells,
                          std::vector<double> &out) {
  const abi::Variable &v = impl->tables.populations[population].variables[variable];
  const int64_t n = cells.empty() ? cellCount(population) : static_cast<int64_t>(cells.size());
  if (v.buffer == abi::none && v.scalar == abi::none)
    return Error{ExitCode::internal, fmt::format("{} has no value to read",
                                                 pathOf(impl->tables.populations[population], v))};
  if (v.buffer == abi::none) {
    out.assign(static_cast<size_t>(n), impl->scalars[v.scalar]);
    return {};
  }
  if (Status s = impl->evaluate(v); !s.ok())
    return s;
  if (Status s = impl->toRead(v.buffer); !s.ok())
    return s;
  out.resize(static_cast<size_t>(n));
  const BufferMemory &buffer = impl->buffers[v.buffer];
  if (cells.empty())
    readAll(buffer.block.data(), buffer.elem, impl->settings.precision, out, same);
  else
    readAll(buffer.block.data(), buffer.elem, impl->settings.precision, out, [&](int64_t k) { return cells[static_cast<size_t>(k)]; });
  return {};
}

Status Network::writeCells(uint32_t population, uint32_t variable, std::span<const int64_t> cells,
                           std::span<const double> values) {
  const abi::Population &p = impl->tables.populations[population];
  const abi::Variable &v = p.variables[variable];
  const int64_t n = cells.empty() ? cellCount(population) : static_cast<int64_t>(cells.size());
  impl->settle();
  if (values.size() != 1 && static_cast<int64_t>(values.size()) != n)
    return Error{ExitCode::model, fmt::format("{}: {} values for {} cells", pathOf(p, v), values.size(), n)};
  if (v.buffer == abi::none) {
    if (v.scalar == abi::none || values.size() != 1 || !cells.empty())
      return Error{ExitCode::model, fmt::format("{} has one value for all cells", pathOf(p, v))};
    if (Status s = setScalar(v.scalar, values[0]); !s.ok())
      return s;
  } else {
    if (Status s = impl->decayByOldValues(v.buffer); !s.ok())
      return s;
    if (Status s = impl->toWrite(v.buffer); !s.ok())
      return s;
    const BufferMemory &buffer = impl->buffers[v.buffer];
    if (cells.empty())
      writeAll(buffer, impl->settings.precision, values, n, same);
    else
      writeAll(buffer, impl->settings.precision, values, n, [&](int64_t k) { return cells[static_cast<size_t>(k)]; });
  }
  return cellsChanged(population, variable);
}

Status Network::cellsChanged(uint32_t population, uint32_t variable) {
  const abi::Population &p = impl->tables.populations[population];
  const abi::Variable &v = p.variables[variable];
  if (impl->scalarsChanged)
    if (Status s = impl->prepare(); !s.ok())
      return s;
  ++impl->writes;
  if (v.kind == abi::VariableKind::Data) {
    impl->dataGiven[population] = 1;
    if (p.dataSetStep != abi::none) {
      if (Status s = impl->toWrite(p.dataSetStep); !s.ok())
        return s;
      *static_cast<int64_t *>(impl->pointers[p.dataSetStep]) = impl->step;
    }
    for (uint32_t kernel : p.onDataKernels)
      if (Status s = impl->launch(kernel); !s.ok())
        return s;
  }
  for (uint32_t kernel : p.refreshKernels)
    if (Status s = impl->launch(kernel); !s.ok())
      return s;
  return {};
}

} // namespace snn::rt
