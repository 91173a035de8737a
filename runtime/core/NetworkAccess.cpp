// Reading and writing of variables from outside: experiments, recordings, the embedding API. Values are in canonical
// units; edges are in the language's order, by source, then target.
#include "runtime/core/NetworkImpl.h"

#include <cmath>
#include <fmt/format.h>
#include <type_traits>

namespace snn::rt {

std::string pathOf(const abi::Population &population, const abi::Variable &variable) {
  return population.name + "." + variable.name;
}

namespace {

/// Calls `use` with the first element of a buffer by its type, once for all elements.
template <class Use> void byType(const BufferMemory &buffer, Precision precision, Use use) {
  void *data = buffer.block.data();
  switch (buffer.elem) {
  case abi::Elem::Real:
    return precision == Precision::Float ? use(static_cast<float *>(data)) : use(static_cast<double *>(data));
  case abi::Elem::F64:
    return use(static_cast<double *>(data));
  case abi::Elem::I32:
    return use(static_cast<int32_t *>(data));
  case abi::Elem::I64:
    return use(static_cast<int64_t *>(data));
  case abi::Elem::U8:
    return use(static_cast<uint8_t *>(data));
  }
}

template <class T> T stored(double value) {
  if constexpr (std::is_same_v<T, uint8_t>)
    return value != 0;
  else if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::llround(value));
  else
    return static_cast<T>(value);
}

/// out[k] = the element number place(k).
template <class Place> void readAll(const BufferMemory &buffer, Precision precision, std::vector<double> &out, Place place) {
  byType(buffer, precision, [&](const auto *data) {
    for (size_t k = 0; k < out.size(); ++k)
      out[k] = static_cast<double>(data[place(static_cast<int64_t>(k))]);
  });
}

/// The element number place(k) = values[k], or the one value for all n.
template <class Place>
void writeAll(const BufferMemory &buffer, Precision precision, std::span<const double> values, int64_t n, Place place) {
  byType(buffer, precision, [&](auto *data) {
    using T = std::remove_pointer_t<decltype(data)>;
    if (values.size() == 1)
      for (int64_t k = 0; k < n; ++k)
        data[place(k)] = stored<T>(values[0]);
    else
      for (int64_t k = 0; k < n; ++k)
        data[place(k)] = stored<T>(values[static_cast<size_t>(k)]);
  });
}

constexpr auto same = [](int64_t k) { return k; };

} // namespace

double Network::Impl::load(const BufferMemory &buffer, int64_t index) const {
  double value = 0;
  byType(buffer, settings.precision, [&](const auto *data) { value = static_cast<double>(data[index]); });
  return value;
}

void Network::Impl::store(BufferMemory &buffer, int64_t index, double value) const {
  byType(buffer, settings.precision, [&](auto *data) { data[index] = stored<std::remove_pointer_t<decltype(data)>>(value); });
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
  BufferMemory &buffer = impl->buffers[id];
  return {buffer.block.data(), buffer.elem, buffer.count};
}

std::span<const int32_t> Network::spikesOfStep(uint32_t population) const {
  const PopulationState &state = impl->populations[population];
  if (impl->step == 0 || state.lastCollected != impl->step - 1)
    return {};
  return state.history.at(impl->step - 1);
}

void Network::setScalar(uint32_t id, double value) {
  impl->scalars[id] = value;
  impl->scalarsChanged = true;
}

void Network::setLearning(uint32_t projection, bool on) {
  const uint32_t scalar = impl->tables.projections[projection].learningScalar;
  if (scalar != abi::none)
    setScalar(scalar, on ? 1 : 0);
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
  if (impl->scalarsChanged)
    if (Status s = impl->prepare(); !s.ok())
      return s;
  if (v.evalKernel != abi::none)
    if (Status s = impl->launch(v.evalKernel); !s.ok())
      return s;
  out.resize(static_cast<size_t>(n));
  const BufferMemory &buffer = impl->buffers[v.buffer];
  if (cells.empty())
    readAll(buffer, impl->settings.precision, out, same);
  else
    readAll(buffer, impl->settings.precision, out, [&](int64_t k) { return cells[static_cast<size_t>(k)]; });
  return {};
}

Status Network::writeCells(uint32_t population, uint32_t variable, std::span<const int64_t> cells,
                           std::span<const double> values) {
  const abi::Population &p = impl->tables.populations[population];
  const abi::Variable &v = p.variables[variable];
  const int64_t n = cells.empty() ? cellCount(population) : static_cast<int64_t>(cells.size());
  if (values.size() != 1 && static_cast<int64_t>(values.size()) != n)
    return Error{ExitCode::model, fmt::format("{}: {} values for {} cells", pathOf(p, v), values.size(), n)};
  if (v.buffer == abi::none) {
    if (v.scalar == abi::none || values.size() != 1 || !cells.empty())
      return Error{ExitCode::model, fmt::format("{} has one value for all cells", pathOf(p, v))};
    setScalar(v.scalar, values[0]);
  } else {
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
    if (p.dataSetStep != abi::none)
      *static_cast<int64_t *>(impl->pointers[p.dataSetStep]) = impl->step;
    for (uint32_t kernel : p.onDataKernels)
      if (Status s = impl->launch(kernel); !s.ok())
        return s;
  }
  for (uint32_t kernel : p.refreshKernels)
    if (Status s = impl->launch(kernel); !s.ok())
      return s;
  return {};
}

int64_t Network::edgeCount(uint32_t projection) const { return impl->projections[projection].table.edges(); }

bool Network::dense(uint32_t projection) const {
  const abi::Projection &p = impl->tables.projections[projection];
  const auto [pre, post] = denseShape(projection);
  return impl->tables.groups[p.group].pattern == abi::Pattern::AllToAll && p.whereKernel == abi::none &&
         pre * post == edgeCount(projection);
}

/// Cells that have edges at all: the sizes of the slices that were connected.
std::pair<int64_t, int64_t> Network::denseShape(uint32_t projection) const {
  const connect::EdgeTable &table = impl->projections[projection].table;
  int64_t rows = 0, longest = 0;
  for (int64_t s = 0; s < table.sources; ++s) {
    const int64_t length = table.rowBegin[s + 1] - table.rowBegin[s];
    rows += length > 0;
    longest = std::max(longest, length);
  }
  return {rows, longest};
}

Status Network::readEdges(uint32_t projection, uint32_t variable, std::vector<double> &out) {
  const abi::Variable &v = impl->tables.projections[projection].variables[variable];
  const ProjectionState &p = impl->projections[projection];
  const int64_t edges = p.table.edges();
  if (v.buffer == abi::none) {
    out.assign(static_cast<size_t>(edges), v.scalar == abi::none ? 0 : impl->scalars[v.scalar]);
    return {};
  }
  if (impl->scalarsChanged)
    if (Status s = impl->prepare(); !s.ok())
      return s;
  if (v.evalKernel != abi::none)
    if (Status s = impl->launch(v.evalKernel); !s.ok())
      return s;
  const BufferMemory &buffer = impl->buffers[v.evalBuffer != abi::none ? v.evalBuffer : v.buffer];
  out.resize(static_cast<size_t>(edges));
  if (v.extent == abi::Extent::Edges && !p.drawn) {
    readAll(buffer, impl->settings.precision, out, same);
    return {};
  }
  std::vector<int64_t> pre, post;
  if (v.extent != abi::Extent::Edges)
    edgeEnds(projection, pre, post);
  const std::vector<int64_t> &place = v.extent == abi::Extent::Sources   ? pre
                                      : v.extent == abi::Extent::Targets ? post
                                                                         : impl->storageOrder(projection);
  readAll(buffer, impl->settings.precision, out, [&](int64_t k) { return place[static_cast<size_t>(k)]; });
  return {};
}

Status Network::writeEdges(uint32_t projection, uint32_t variable, std::span<const double> values) {
  const abi::Projection &projectionTable = impl->tables.projections[projection];
  const abi::Variable &v = projectionTable.variables[variable];
  const ProjectionState &p = impl->projections[projection];
  const int64_t edges = p.table.edges();
  if (values.size() != 1 && static_cast<int64_t>(values.size()) != edges)
    return Error{ExitCode::model, fmt::format("{}.{}: {} values for {} edges", projectionTable.name, v.name,
                                              values.size(), edges)};
  if (v.buffer == abi::none || v.extent != abi::Extent::Edges || v.lastBuffer != abi::none) {
    if (v.scalar == abi::none || values.size() != 1)
      return Error{ExitCode::model, fmt::format("{}.{} does not live per edge and cannot be set edge by edge",
                                                projectionTable.name, v.name)};
    setScalar(v.scalar, values[0]);
    return {};
  }
  const BufferMemory &buffer = impl->buffers[v.buffer];
  if (p.drawn)
    writeAll(buffer, impl->settings.precision, values, edges,
             [&order = impl->storageOrder(projection)](int64_t k) { return order[static_cast<size_t>(k)]; });
  else
    writeAll(buffer, impl->settings.precision, values, edges, same);
  return {};
}

/// Made when it is first asked for: networks that nobody reads edge by edge do without its memory.
const std::vector<int64_t> &Network::Impl::storageOrder(uint32_t projection) {
  ProjectionState &p = projections[projection];
  if (p.order.empty())
    p.order = connect::orderByTarget(p.table);
  return p.order;
}

View Network::edgeView(uint32_t projection, uint32_t variable) {
  const abi::Variable &v = impl->tables.projections[projection].variables[variable];
  if (v.buffer == abi::none || v.extent != abi::Extent::Edges || v.lastBuffer != abi::none ||
      impl->projections[projection].drawn)
    return {};
  return buffer(v.buffer);
}

void Network::edgeEnds(uint32_t projection, std::vector<int64_t> &pre, std::vector<int64_t> &post) {
  const ProjectionState &p = impl->projections[projection];
  const size_t edges = static_cast<size_t>(p.table.edges());
  pre.resize(edges);
  post.resize(edges);
  std::vector<int64_t> &storedPost = post;
  for (int64_t s = 0; s < p.table.sources; ++s)
    for (int64_t e = p.table.rowBegin[s]; e < p.table.rowBegin[s + 1]; ++e) {
      pre[e] = s;
      storedPost[e] = p.table.dense ? p.table.denseFirst + (e - p.table.rowBegin[s]) : p.table.target[static_cast<size_t>(e)];
    }
  if (!p.drawn)
    return;
  const std::vector<int64_t> &order = impl->storageOrder(projection);
  std::vector<int64_t> ordered(edges);
  for (size_t k = 0; k < edges; ++k)
    ordered[k] = post[order[k]];
  post = std::move(ordered);
}

} // namespace snn::rt
