// Delays of a projection as whole steps: one for all edges, or drawn for each; then rows are sorted by them, a piece of the rows
// at a time, so that the delays themselves are never all in memory.
#include "runtime/core/NetworkImpl.h"

#include <cmath>
#include <fmt/format.h>
#include <new>

namespace snn::rt {

int32_t DelayCorrections::steps(double ms, double dt) {
  const double exact = ms / dt, nearest = std::round(exact);
  missing += std::isnan(exact);
  negative += exact < 0;
  rounded += exact > 0 && std::fabs(exact - nearest) > 1e-6 + nearest * 0x1p-22; // 2 ms in float is 20.0000003 steps of 0.1 ms
  vanished += exact > 0 && nearest == 0;
  const int32_t whole = nearest > 0 ? static_cast<int32_t>(std::min(nearest, 1e9)) : 0;
  longest = std::max(longest, whole);
  return whole;
}

void DelayCorrections::add(const DelayCorrections &other) {
  rounded += other.rounded;
  vanished += other.vanished;
  negative += other.negative;
  missing += other.missing;
  longest = std::max(longest, other.longest);
}

std::vector<snn_segment> rowSegments(const connect::EdgeTable &table, std::span<const int32_t> cells, int64_t from, int64_t to) {
  std::vector<snn_segment> out;
  const int64_t origin = table.rowBegin[static_cast<size_t>(from)];
  for (int64_t row = from; row < to; ++row)
    out.push_back({table.rowBegin[static_cast<size_t>(row)] - origin, table.rowBegin[static_cast<size_t>(row) + 1] - origin,
                   cells.empty() ? static_cast<int32_t>(row) : cells[static_cast<size_t>(row)], 0});
  out.push_back({});
  return out;
}

Status Network::Impl::delaysOf(uint32_t id, const connect::EdgeTable &table, std::span<const int32_t> cells, int64_t from, int64_t to,
                               int32_t *steps, DelayCorrections *corrections) {
  const abi::Projection &projection = tables.projections[id];
  const int64_t begin = table.rowBegin[static_cast<size_t>(from)], edges = table.rowBegin[static_cast<size_t>(to)] - begin;
  const BufferMemory ms{Block(static_cast<size_t>(edges + 64) * elemSize(abi::Elem::Real)), abi::Elem::Real, edges};
  if (!ms.block.data())
    throw std::bad_alloc();
  snn_kernel_args args = makerArguments(id, projection.delayKernel);
  std::vector<void *> given(args.buffers, args.buffers + tables.buffers.size());
  given[projection.delayBuffer] = ms.block.data();
  std::vector<int64_t> repeats; // edges of a pair lie side by side until their delays sort them
  lendRepeats(id, table, from, to, repeats, given);
  if (projection.listed != abi::none)
    given[projection.listed] = const_cast<int32_t *>(table.listed.data() + begin); // kernels only read it
  const std::vector<snn_segment> rows = rowSegments(table, cells, from, to);
  snn_edges piece = viewOf(table); // as if only these rows were stored: edges count from 0
  piece.target = piece.target ? piece.target + begin : nullptr;
  piece.target16 = piece.target16 ? piece.target16 + begin : nullptr;
  args.buffers = given.data();
  args.edges = &piece;
  args.segments = rows.data();
  args.end = to - from;
  if (Status s = call(projection.delayKernel, args); !s.ok())
    return s;
  DelayCorrections mine;
  for (int64_t k = 0; k < edges; ++k)
    steps[k] = mine.steps(load(ms, k), settings.dt);
  if (corrections) {
    const std::lock_guard hold(corrections->together);
    corrections->add(mine);
  }
  return {};
}

void Network::Impl::lendRepeats(uint32_t id, const connect::EdgeTable &table, int64_t from, int64_t to, std::vector<int64_t> &numbers,
                                std::vector<void *> &given) const {
  const abi::Projection &projection = tables.projections[id];
  if (projection.repeats == abi::none)
    return;
  numbers.resize(static_cast<size_t>(table.rowBegin[static_cast<size_t>(to)] - table.rowBegin[static_cast<size_t>(from)]) + 64);
  connect::countRepeats(table, from, to, populations[projection.source].count * populations[projection.target].count, numbers.data());
  given[projection.repeats] = numbers.data();
}

Status Network::Impl::drawDelays(uint32_t id, DelayCorrections &corrections) {
  ProjectionState &p = projections[id];
  connect::makeExplicit(p.table);
  Result<connect::DelaySegments> sorted = connect::sortByDelay(p.table, pool, [&](int64_t from, int64_t to, int32_t *steps) {
    return delaysOf(id, p.table, {}, from, to, steps, &corrections);
  });
  if (!sorted.ok())
    return sorted.error();
  p.segments = std::move(sorted.value());
  return {};
}

Status Network::Impl::buildDelays(uint32_t id) {
  const abi::Projection &projection = tables.projections[id];
  ProjectionState &p = projections[id];
  p.drawn = projection.delay == abi::DelayKind::Drawn;
  DelayCorrections all;
  double uniform = 0;
  if (p.procedural)
    if (Status s = surveyRows(id, all); !s.ok())
      return s;
  if (p.drawn && !p.procedural) {
    if (Status s = drawDelays(id, all); !s.ok())
      return s;
  } else if (projection.delayProgram != abi::none) {
    Result<double> ms = values.number(projection.delayProgram);
    if (!ms.ok())
      return ms.error();
    uniform = ms.value();
    p.delaySteps = all.steps(uniform, settings.dt);
  }
  p.longest = all.longest;
  if (projection.delaySteps != abi::none) {
    scalars[projection.delaySteps] = p.delaySteps;
    scalars[projection.ringCells] = static_cast<double>(ringCells(id));
  }
  if (Status s = reportDelays(projection, uniform, all); !s.ok())
    return s;
  const bool deferred = defersPost(projection, p.table.dense, p.table.targets);
  if ((projection.needsIncoming || (projection.columnsAtOnce && !deferred)) && !p.table.dense) // dense rows need none
    p.incoming = connect::indexIncoming(p.table);
  makeView(id);
  if (deferred)
    makeLog(id);
  return {};
}

Status Network::Impl::reportDelays(const abi::Projection &projection, double ms, const DelayCorrections &all) {
  const std::string place = tables.groups[projection.group].place, at = place.empty() ? "" : place + ": ";
  const auto counted = [&](int64_t n) { return fmt::format("{}{} delay{} of {} {}", at, n, n == 1 ? "" : "s", projection.name, n == 1 ? "is" : "are"); };
  if (all.missing)
    return Error{ExitCode::divergence, counted(all.missing) + " NaN"};
  if (all.longest > 100'000'000)
    return Error{ExitCode::resources, fmt::format("{}{}: a delay of more than 100 million steps", at, projection.name)};
  if (projection.delay == abi::DelayKind::Uniform) {
    if (const int64_t steps = all.longest; all.rounded || all.negative)
      warnings.push_back(fmt::format("{}the delay of {}, {:g} ms, {}", at, projection.name, ms,
                                     all.negative ? "is negative and became 0 ms: nothing arrives before it is sent"
                                                  : fmt::format("is rounded to {:g} ms: time goes in steps of dt = {:g} ms", static_cast<double>(steps) * settings.dt, settings.dt)));
    return {};
  }
  if (all.negative)
    warnings.push_back(counted(all.negative) + " negative and became 0; draw from a range above 0, or cut it off with clip(…, 0 ms, …)");
  if (all.vanished) // that drawn delays are rounded goes without saying, that there is none left does not
    warnings.push_back(fmt::format("{} below half a step of dt = {:g} ms and became 0", counted(all.vanished), settings.dt));
  return {};
}

} // namespace snn::rt
