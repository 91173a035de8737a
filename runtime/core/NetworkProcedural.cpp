// Procedural connections: the rows of a spike are made again when the spike travels over them, from the same random numbers
// that stored rows are made of. What their values were computed from is kept as it was when the network was built, so that
// the bits are those of stored edges whatever the experiment changes later.
#include "runtime/connect/Fill.h"
#include "runtime/core/MemoryPlan.h"
#include "runtime/core/NetworkParts.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <numeric>

namespace snn::rt {

namespace {

/// The kernels that make the edges of a projection.
std::vector<uint32_t> makers(const abi::Projection &p) {
  std::vector<uint32_t> out;
  for (uint32_t k : {p.whereKernel, p.amountKernel, p.delayKernel})
    if (k != abi::none)
      out.push_back(k);
  out.insert(out.end(), p.initKernels.begin(), p.initKernels.end());
  return out;
}

} // namespace

void Network::Impl::freezeInputs(uint32_t id) {
  Procedural &rows = *projections[id].procedural;
  rows.scalars = scalars;
  rows.buffers = pointers;
  for (const abi::Variable &v : tables.projections[id].variables) // what --set says
    if (double value = 0; v.buffer != abi::none && v.extent == abi::Extent::Edges && values.overridden(tables.projections[id].name + "." + v.name, value))
      rows.given.emplace_back(v.buffer, value);
  for (uint32_t kernel : makers(tables.projections[id]))
    for (uint32_t buffer : tables.kernels[kernel].loads) {
      if (tables.buffers[buffer].extent != abi::Extent::Cells || rows.buffers[buffer] != pointers[buffer])
        continue;
      const Block &copy = rows.copies.emplace_back(buffers[buffer].block.size());
      if (!copy.data())
        throw std::bad_alloc();
      std::memcpy(copy.data(), pointers[buffer], copy.size());
      rows.buffers[buffer] = copy.data();
    }
}

snn_kernel_args Network::Impl::makerArguments(uint32_t projection, uint32_t kernel) const {
  snn_kernel_args args = arguments(kernel);
  const Procedural *rows = projections[projection].procedural.get();
  if (!rows)
    return args;
  args.scalars = const_cast<double *>(rows->scalars.data());
  args.buffers = rows->buffers.data();
  args.step = args.time_step = 0;
  return args;
}

Status Network::Impl::buildProcedural(const abi::Group &group, connect::Request request) {
  const auto shared = std::make_shared<GroupRows>(std::move(request));
  for (uint32_t id : group.projections) {
    ProjectionState &p = projections[id];
    p.procedural = std::make_unique<Procedural>();
    p.procedural->group = shared;
    p.table.sources = populations[tables.projections[id].source].count;
    p.table.targets = populations[tables.projections[id].target].count;
    p.table.rowBegin.assign(static_cast<size_t>(p.table.sources) + 1, 0);
    freezeInputs(id);
  }
  Result<std::unique_ptr<connect::RowGenerator>> generator = connect::makeRowGenerator(shared->candidates, pool);
  if (!generator.ok())
    return generator.error();
  shared->generator = std::move(generator.value());
  for (uint32_t id : group.projections)
    if (Status s = buildDelays(id); !s.ok())
      return s;
  return {};
}

/// The targets of a batch's cells.
Status Network::Impl::makeTargets(uint32_t id, RowBatch &batch) {
  const abi::Projection &projection = tables.projections[id];
  const GroupRows &group = *projections[id].procedural->group;
  const connect::Candidates &c = group.candidates;
  const uint32_t s = projection.sourcePart, t = projection.targetPart;
  const int64_t rows = static_cast<int64_t>(batch.cells.size());
  const int parts = static_cast<int>(std::clamp<int64_t>(rows / 4, 1, pool.size()));
  std::vector<std::vector<int32_t>> targets(static_cast<size_t>(parts));
  batch.table.sources = rows;
  batch.table.targets = projections[id].table.targets;
  batch.table.rowBegin.assign(static_cast<size_t>(rows) + 1, 0);
  Status done = connect::inParts(pool, parts, rows, [&](connect::Scratch &scratch, int part, int64_t from, int64_t to) -> Status {
    std::vector<int64_t> found;
    for (int64_t row = from; row < to; ++row) {
      const int64_t cell = batch.cells[static_cast<size_t>(row)], k = c.sources[s].find(cell);
      if (k < 0)
        continue;
      if (Status failed = group.generator->row({s, c.sourceOffset[s] + k, cell}, scratch, found); !failed.ok())
        return failed;
      const auto begin = std::ranges::lower_bound(found, c.targetOffset[t]), end = std::ranges::lower_bound(found, c.targetOffset[t + 1]);
      batch.table.rowBegin[static_cast<size_t>(row) + 1] = end - begin;
      for (auto it = begin; it != end; ++it)
        targets[static_cast<size_t>(part)].push_back(static_cast<int32_t>(c.targets[t][*it - c.targetOffset[t]]));
    }
    return {};
  });
  if (!done.ok())
    return done;
  connect::Tables::allocate(batch.table);
  size_t edge = 0;
  for (const std::vector<int32_t> &part : targets)
    for (int32_t target : part)
      batch.table.target.set(edge++, target);
  batch.edges = viewOf(batch.table);
  return {};
}

Status Network::Impl::surveyRows(uint32_t id, DelayCorrections &corrections) {
  const connect::Request &request = projections[id].procedural->group->request;
  const bool mayFail = request.where || request.probability || request.pattern == abi::Pattern::FixedOut;
  if (!projections[id].drawn && !mayFail)
    return {};
  constexpr int64_t rowsAtOnce = 512;
  for (int64_t from = 0; from < projections[id].table.sources; from += rowsAtOnce) {
    RowBatch batch;
    for (int64_t cell = from; cell < std::min(from + rowsAtOnce, projections[id].table.sources); ++cell)
      batch.cells.push_back(static_cast<int32_t>(cell));
    if (Status s = makeTargets(id, batch); !s.ok())
      return s;
    if (!projections[id].drawn)
      continue;
    std::vector<int32_t> steps(static_cast<size_t>(batch.table.edges()));
    if (Status s = delaysOf(id, batch.table, batch.cells, 0, batch.table.sources, steps.data(), &corrections); !s.ok())
      return s;
  }
  return {};
}

Status Network::Impl::checkRoom(uint32_t id, int64_t edges) const {
  constexpr int64_t manyEdges = 10'000'000; // fewer are not worth asking the system
  if (edges < manyEdges)
    return {};
  MemoryPlan plan;
  plan.add({"the edges of " + tables.projections[id].name, fmt::format("{} edges, which something reads", edges),
           bufferBytes(abi::Extent::Edges, id, static_cast<double>(edges))});
  return plan.check(static_cast<double>(availableMemory()));
}

/// The rows of the cells that spiked, with the values of their edges; drawn delays: sorted by them.
Status Network::Impl::makeRows(uint32_t id, RowBatch &batch) {
  if (Status s = makeTargets(id, batch); !s.ok())
    return s;
  if (projections[id].drawn) {
    Result<connect::DelaySegments> sorted = connect::sortByDelay(batch.table, pool, [&](int64_t from, int64_t to, int32_t *steps) {
      return delaysOf(id, batch.table, batch.cells, from, to, steps, nullptr);
    });
    if (!sorted.ok())
      return sorted.error();
    batch.segments = std::move(sorted.value());
  }
  if (Status s = checkRoom(id, batch.table.edges()); !s.ok())
    return s;
  const auto mine = [&](uint32_t buffer) { return tables.buffers[buffer].extent == abi::Extent::Edges && tables.buffers[buffer].object == id; };
  batch.buffers = projections[id].procedural->buffers;
  for (uint32_t buffer = 0; buffer < tables.buffers.size(); ++buffer)
    if (mine(buffer) && buffer != tables.projections[id].repeats) {
      batch.values.emplace_back(static_cast<size_t>(padded(batch.table.edges())) * elemSize(tables.buffers[buffer].elem));
      if (!batch.values.back().data())
        throw std::bad_alloc();
      batch.buffers[buffer] = batch.values.back().data();
    }
  lendRepeats(id, batch.table, 0, batch.table.sources, batch.repeats, batch.buffers);
  for (uint32_t kernel : tables.projections[id].initKernels) {
    if (tables.kernels[kernel].space != abi::Space::Edges)
      continue;
    if (Status s = makeValues(id, kernel, batch); !s.ok())
      return s;
    for (const auto &[buffer, value] : projections[id].procedural->given)
      fill(batch.buffers[buffer], tables.buffers[buffer].elem, batch.table.edges(), value);
  }
  for (uint32_t buffer = 0; buffer < tables.buffers.size(); ++buffer) // to deliver, all else is as it is now
    if (!mine(buffer))
      batch.buffers[buffer] = pointers[buffer];
  return {};
}

Status Network::Impl::makeValues(uint32_t id, uint32_t kernel, RowBatch &batch) {
  snn_kernel_args args = makerArguments(id, kernel);
  args.buffers = batch.buffers.data();
  args.edges = &batch.edges;
  const std::vector<snn_segment> rows = rowSegments(batch.table, batch.cells, 0, batch.table.sources);
  const int64_t n = batch.table.sources;
  const int parts = static_cast<int>(std::clamp<int64_t>(partsFor(kernel, batch.table.edges()), 1, std::max<int64_t>(1, n)));
  return callParts(kernel, args, parts, [&](int k, snn_kernel_args &mine) {
    mine.segments = rows.data() + n * k / parts;
    mine.end = n * (k + 1) / parts - n * k / parts;
  });
}

/// Makes the rows of the spikes that have set out, and lists what arrives now, by step of emission.
Status Network::Impl::gatherProcedural(uint32_t id) {
  ProjectionState &p = projections[id];
  std::deque<RowBatch> &batches = p.procedural->underWay;
  const SpikeHistory &history = populations[tables.projections[id].source].history;
  const int64_t longest = p.longest, shortest = p.drawn ? 0 : p.longest; // rows with one delay are made when they arrive
  int64_t from = step - 1 - shortest;
  if (p.scheduledFor != step || p.scheduledAfter != p.clearedBefore) { // after a gap: all that is under way
    batches.clear();
    from = step - 1 - longest;
  }
  while (!batches.empty() && batches.front().emitted < step - 1 - longest)
    batches.pop_front();
  for (int64_t emitted = std::max({from, p.clearedBefore, int64_t{0}}); emitted <= step - 1 - shortest; ++emitted) {
    if (history.at(emitted).empty())
      continue;
    RowBatch &batch = batches.emplace_back();
    batch.emitted = emitted;
    batch.cells = history.at(emitted);
    if (Status s = makeRows(id, batch); !s.ok())
      return s;
  }
  p.scheduledFor = step + 1;
  p.scheduledAfter = p.clearedBefore;
  for (RowBatch &batch : batches) {
    batch.arriving.clear();
    listArriving(p, batch);
    for (const snn_segment &segment : batch.arriving)
      p.arrivingCells.push_back(segment.source);
    batch.arriving.push_back({});
  }
  return {};
}

void Network::Impl::listArriving(const ProjectionState &p, RowBatch &batch) const {
  const int64_t due = step - 1 - batch.emitted;
  for (int64_t row = 0; row < batch.table.sources; ++row) {
    const int32_t cell = batch.cells[static_cast<size_t>(row)];
    if (!p.drawn) {
      const int64_t begin = batch.table.rowBegin[static_cast<size_t>(row)], end = batch.table.rowBegin[static_cast<size_t>(row) + 1];
      if (due == p.delaySteps && begin < end)
        batch.arriving.push_back({begin, end, cell, 0});
      continue;
    }
    const auto first = batch.segments.list.begin() + batch.segments.first[static_cast<size_t>(row)],
               last = batch.segments.list.begin() + batch.segments.first[static_cast<size_t>(row) + 1];
    const auto found = std::lower_bound(first, last, due, [](const connect::DelaySegments::Segment &s, int64_t d) { return s.steps > d; });
    if (found == last || found->steps != due)
      continue;
    snn_segment segment = batch.segments.edges(batch.table, row, found - batch.segments.list.begin());
    segment.source = cell;
    batch.arriving.push_back(segment);
  }
}

Status Network::Impl::deliverProcedural(uint32_t id, uint32_t kernel) {
  for (RowBatch &batch : projections[id].procedural->underWay) {
    if (batch.arriving.size() < 2)
      continue;
    snn_kernel_args args = arguments(kernel);
    args.buffers = batch.buffers.data();
    args.edges = &batch.edges;
    if (Status s = callRows(kernel, args, batch.arriving); !s.ok())
      return s;
  }
  return {};
}

/// All rows at once, for whoever reads edges: made when they are first asked for, and kept.
Result<const RowBatch *> Network::Impl::wholeRows(uint32_t id) {
  std::unique_ptr<RowBatch> &whole = projections[id].procedural->whole;
  if (whole)
    return whole.get();
  auto made = std::make_unique<RowBatch>();
  made->cells.resize(static_cast<size_t>(projections[id].table.sources));
  std::iota(made->cells.begin(), made->cells.end(), 0);
  if (Status s = makeRows(id, *made); !s.ok())
    return s.error();
  whole = std::move(made);
  return whole.get();
}

} // namespace snn::rt
