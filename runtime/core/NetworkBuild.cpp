// Builds a network from its tables: sizes, buffers, spike trains, initial values; memory is checked before it is taken.
#include "runtime/core/MemoryPlan.h"
#include "runtime/core/NetworkImpl.h"
#include "runtime/exec/cuda/Machine.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <new>

namespace snn::rt {

size_t Network::Impl::elemSize(abi::Elem elem) const {
  switch (elem) {
  case abi::Elem::Real:
    return static_cast<size_t>(settings.precision);
  case abi::Elem::F64:
  case abi::Elem::I64:
    return 8;
  case abi::Elem::I32:
    return 4;
  case abi::Elem::U8:
    return 1;
  }
  return 0;
}

int64_t Network::Impl::extentOf(const abi::Buffer &buffer) const {
  switch (buffer.extent) {
  case abi::Extent::One:
    return 1;
  case abi::Extent::Cells:
  case abi::Extent::Groups:
    return populations[buffer.object].count;
  case abi::Extent::Sources:
    return populations[tables.projections[buffer.object].source].count;
  case abi::Extent::Targets:
    return populations[tables.projections[buffer.object].target].count;
  case abi::Extent::Array:
    return static_cast<int64_t>(arrays[buffer.object].values.size());
  case abi::Extent::Ring:
    return ringCells(buffer.object) * (projections[buffer.object].delaySteps + 1);
  case abi::Extent::Edges:
    return projections[buffer.object].table.edges();
  case abi::Extent::Lent:
  case abi::Extent::Moments:
  case abi::Extent::Logged:
    return 0;
  }
  return 0;
}

Status Network::Impl::allocate(uint32_t id) {
  const abi::Buffer &buffer = tables.buffers[id];
  const int64_t count = extentOf(buffer);
  const size_t bytes = static_cast<size_t>(padded(count)) * elemSize(buffer.elem);
  buffers[id] = {Block(bytes), buffer.elem, count};
  if (!buffers[id].block.data())
    return Error{ExitCode::resources, fmt::format("{} of memory for {} could not be had", bytesText(static_cast<double>(bytes)),
                                                  buffer.name)};
  pointers[id] = buffers[id].block.data();
  return {};
}

Status Network::Impl::allocateWhere(bool edges) {
  for (uint32_t id = 0; id < tables.buffers.size(); ++id)
    if ((tables.buffers[id].extent == abi::Extent::Edges || tables.buffers[id].extent == abi::Extent::Ring) == edges && !pointers[id])
      if (Status s = allocate(id); !s.ok())
        return s;
  return {};
}

void Network::Impl::applySets(const std::string &owner, const std::vector<abi::Variable> &variables) {
  for (const abi::Variable &v : variables) {
    double value = 0;
    const bool settable = v.kind == abi::VariableKind::Param || v.kind == abi::VariableKind::Weight;
    if (!settable || v.buffer == abi::none || !values.overridden(owner + "." + v.name, value))
      continue;
    for (int64_t k = 0; k < buffers[v.buffer].count; ++k)
      store(buffers[v.buffer], k, value);
  }
}

Status Network::Impl::fillTable(const abi::Table &table, int64_t cells) {
  const Result<std::vector<double>> made = values.array(table.function);
  if (!made.ok())
    return made.error();
  const std::vector<double> &list = made.value();
  if (list.size() != 1 && static_cast<int64_t>(list.size()) != cells)
    return Error{ExitCode::model, fmt::format("{}: {} has {} value{} for {} cell{}", table.place, table.name, list.size(),
                                              list.size() == 1 ? "" : "s", cells, cells == 1 ? "" : "s")};
  for (int64_t k = 0; k < cells; ++k)
    store(buffers[table.buffer], k, list[list.size() == 1 ? 0 : static_cast<size_t>(k)]);
  return {};
}

/// A kernel that computes from a param of the same cells comes after the one that writes it: what is derived follows --set.
Status Network::Impl::runInitKernels(uint32_t id) {
  const abi::Population &population = tables.populations[id];
  for (const abi::Table &table : population.tables)
    if (Status s = fillTable(table, populations[id].count); !s.ok())
      return s;
  applySets(population.name, population.variables);
  for (uint32_t kernel : population.initKernels) {
    if (Status s = launch(kernel); !s.ok())
      return s;
    applySets(population.name, population.variables);
  }
  return {};
}

/// Values of edges, a piece of the rows at a time: what tells the draws of a repeated pair apart is not kept.
Status Network::Impl::makeEdgeValues(uint32_t id, uint32_t kernel) {
  const ProjectionState &p = projections[id];
  const auto pieces = connect::piecesOfRows(p.table);
  std::vector<Status> done(pieces.size());
  pool.run(static_cast<int>(pieces.size()), [&](int k) {
    const auto [from, to] = pieces[static_cast<size_t>(k)];
    const int64_t begin = p.table.rowBegin[static_cast<size_t>(from)];
    std::vector<void *> given = pointers; // as if only these rows were stored: edges count from 0
    for (uint32_t buffer = 0; buffer < given.size(); ++buffer)
      if (tables.buffers[buffer].extent == abi::Extent::Edges && tables.buffers[buffer].object == id)
        given[buffer] = static_cast<char *>(given[buffer]) + static_cast<size_t>(begin) * elemSize(tables.buffers[buffer].elem);
    std::vector<int64_t> repeats;
    lendRepeats(id, p.table, from, to, repeats, given);
    const std::vector<snn_segment> rows = rowSegments(p.table, {}, from, to);
    snn_edges piece = p.view;
    piece.target = piece.target ? piece.target + begin : nullptr;
    piece.target16 = piece.target16 ? piece.target16 + begin : nullptr;
    snn_kernel_args args = arguments(kernel);
    args.buffers = given.data();
    args.edges = &piece;
    args.segments = rows.data();
    args.end = to - from;
    done[static_cast<size_t>(k)] = call(kernel, args);
  });
  for (Status &status : done)
    if (!status.ok())
      return std::move(status);
  return {};
}

/// For draws in steps.
void Network::Impl::keepRepeats(uint32_t id) {
  const connect::EdgeTable &table = projections[id].table;
  const int64_t pairs = populations[tables.projections[id].source].count * populations[tables.projections[id].target].count;
  const auto pieces = connect::piecesOfRows(table);
  pool.run(static_cast<int>(pieces.size()), [&](int k) {
    const auto [from, to] = pieces[static_cast<size_t>(k)];
    connect::countRepeats(table, from, to, pairs, static_cast<int64_t *>(pointers[tables.projections[id].repeats]) + table.rowBegin[static_cast<size_t>(from)]);
  });
}

Status Network::Impl::initProjection(uint32_t id) {
  const abi::Projection &projection = tables.projections[id];
  const bool lends = projection.repeats != abi::none && tables.buffers[projection.repeats].extent == abi::Extent::Lent;
  if (projection.repeats != abi::none && !lends)
    keepRepeats(id);
  if (std::vector<int32_t> &places = projections[id].table.listed; !places.empty() && projection.listed != abi::none) {
    std::copy_n(places.begin(), projections[id].table.edges(), static_cast<int32_t *>(pointers[projection.listed]));
    places = {};
  }
  for (uint32_t kernel : projection.initKernels) {
    const bool edges = tables.kernels[kernel].space == abi::Space::Edges;
    if (projection.procedural && edges)
      continue; // made with the rows
    if (Status s = edges && lends ? makeEdgeValues(id, kernel) : launch(kernel); !s.ok())
      return s;
    applySets(projection.name, projection.variables);
  }
  return {};
}

/// A ring holds the spikes of the current step and of those that are still under way.
Status Network::Impl::sizeHistories() {
  MemoryPlan plan;
  planHistories(plan, 0);
  if (Status s = plan.check(static_cast<double>(availableMemory())); !s.ok())
    return s;
  for (size_t k = 0; k < populations.size(); ++k)
    populations[k].history.ring.resize(static_cast<size_t>(longestDelay(k) + 2));
  return {};
}

Status Network::Impl::layOut(MemoryPlan &plan, std::vector<connect::Request> &requests) {
  populations.resize(tables.populations.size());
  projections.resize(tables.projections.size());
  for (uint32_t id = 0; id < populations.size(); ++id)
    if (Status s = buildPopulation(id); !s.ok())
      return s;
  planPopulations(plan);
  const double available = static_cast<double>(availableMemory());
  if (Status s = plan.check(available); !s.ok()) // before the lists of slices
    return s;
  for (const abi::Group &group : tables.groups) {
    Result<connect::Request> request = requestOf(group);
    if (!request.ok())
      return request.error();
    requests.push_back(std::move(request.value()));
  }
  planProjections(plan, requests);
  arrays.resize(tables.arrays.size());
  for (uint32_t id = 0; id < arrays.size(); ++id)
    if (Status s = readArray(id); !s.ok())
      return s;
  planArrays(plan);
  return plan.check(available);
}

Status Network::Impl::build() {
  buffers.resize(tables.buffers.size());
  pointers.assign(tables.buffers.size(), nullptr);
  for (const abi::Command &command : tables.step)
    intervalSteps.push_back(command.signal == abi::none ? 0 : never);
  if (settings.profile)
    times.resize(tables.step.size());
  listStatesToCheck();
  dataGiven.assign(tables.populations.size(), 0);
  const double available = static_cast<double>(availableMemory());
  MemoryPlan plan;
  std::vector<connect::Request> requests;
  if (Status s = layOut(plan, requests); !s.ok())
    return s;
  for (PopulationState &state : populations)
    state.counts.assign(static_cast<size_t>(state.count), 0);
  if (Status s = allocateWhere(false); !s.ok())
    return s;
  fillArrays();
  for (uint32_t id = 0; id < populations.size(); ++id)
    groupCells(id);
  if (Status s = prepare(); !s.ok()) // derived scalars may enter initial values
    return s;
  for (uint32_t id = 0; id < populations.size(); ++id) {
    if (Status s = runInitKernels(id); !s.ok())
      return s;
    if (Status s = buildSpikeTrain(id); !s.ok())
      return s;
    if (Status s = checkHolds(tables.populations[id]); !s.ok())
      return s;
  }
  if (Status s = checkDemands(); !s.ok())
    return s;
  if (Status s = planDelays(*this, plan, requests); !s.ok())
    return s;
  if (Status s = plan.check(available); !s.ok())
    return s;
  for (size_t k = 0; k < tables.groups.size(); ++k)
    if (Status s = buildGroup(tables.groups[k], std::move(requests[k])); !s.ok())
      return s;
  MemoryPlan edges;
  planEdges(edges);
  if (Status s = edges.check(static_cast<double>(availableMemory())); !s.ok())
    return s;
  if (Status s = allocateWhere(true); !s.ok())
    return s;
  if (Status s = sizeHistories(); !s.ok())
    return s;
  for (uint32_t id = 0; id < projections.size(); ++id)
    if (Status s = initProjection(id); !s.ok())
      return s;
  return findBundles();
}

Network::Network(std::unique_ptr<Impl> i) : impl(std::move(i)) {}
Network::~Network() = default;

Result<std::unique_ptr<Network>> Network::create(const abi::NetworkTables &tables, const snn_kernel_fn *kernels,
                                                 const Settings &settings, SetupValues &values,
                                                 std::vector<double> scalars) {
  auto impl = std::make_unique<Impl>(tables, kernels, settings, values);
  impl->initialScalars = scalars;
  impl->scalars = std::move(scalars);
  impl->scalars.resize(tables.scalars.size());
  for (const abi::Projection &p : tables.projections) // everything learns until it is frozen
    if (p.learningScalar != abi::none)
      impl->scalars[p.learningScalar] = 1;
  try {
    if (Status s = impl->build(); !s.ok())
      return s.error();
    impl->initialScalars = impl->scalars;
    if (settings.device == DeviceKind::Cuda) {
      Result<std::unique_ptr<Accelerator>> machine = cuda::makeMachine(*impl, *settings.cuda);
      if (!machine.ok())
        return machine.error();
      impl->device = std::move(machine.value());
    }
  } catch (const std::bad_alloc &) { // of a list that no plan knows
    return Error{ExitCode::resources, "no memory is left while the network is built"};
  }
  return std::unique_ptr<Network>(new Network(std::move(impl)));
}

} // namespace snn::rt
