// Reading and writing of edges from outside, in the language's order: by source, then target.
#include "runtime/core/Elements.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt {

/// Of a procedural connection: all rows, made now.
const connect::EdgeTable &Network::Impl::tableToRead(uint32_t id) {
  unbundleEdges(id);
  if (!projections[id].procedural)
    return projections[id].table;
  const Result<const RowBatch *> whole = wholeRows(id);
  return whole.ok() ? whole.value()->table : projections[id].table; // readEdges tells of the error
}

int64_t Network::edgeCount(uint32_t projection) const { return impl->tableToRead(projection).edges(); }

bool Network::dense(uint32_t projection) const {
  const abi::Projection &p = impl->tables.projections[projection];
  const auto [pre, post] = denseShape(projection);
  return impl->tables.groups[p.group].pattern == abi::Pattern::AllToAll && p.whereKernel == abi::none &&
         pre * post == edgeCount(projection);
}

/// Cells that have edges at all: the sizes of the slices that were connected.
std::pair<int64_t, int64_t> Network::denseShape(uint32_t projection) const {
  const connect::EdgeTable &table = impl->tableToRead(projection);
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
  impl->settle(projection);
  impl->unbundleEdges(projection);
  if (p.procedural)
    if (const Result<const RowBatch *> made = impl->wholeRows(projection); !made.ok())
      return made.error();
  const int64_t edges = edgeCount(projection);
  if (v.buffer == abi::none) {
    out.assign(static_cast<size_t>(edges), v.scalar == abi::none ? 0 : impl->scalars[v.scalar]);
    return {};
  }
  if (Status s = impl->evaluate(v); !s.ok())
    return s;
  const uint32_t read = v.evalBuffer != abi::none ? v.evalBuffer : v.buffer;
  if (Status s = impl->toRead(read); !s.ok())
    return s;
  const BufferMemory &buffer = impl->buffers[read];
  const void *data = p.procedural && v.extent == abi::Extent::Edges ? p.procedural->whole->buffers[v.buffer] : buffer.block.data();
  out.resize(static_cast<size_t>(edges));
  if (v.extent == abi::Extent::Edges && !p.drawn) {
    readAll(data, buffer.elem, impl->settings.precision, out, same);
    return {};
  }
  std::vector<int64_t> pre, post;
  if (v.extent != abi::Extent::Edges)
    edgeEnds(projection, pre, post);
  const std::vector<int64_t> &place = v.extent == abi::Extent::Sources   ? pre
                                      : v.extent == abi::Extent::Targets ? post
                                                                         : impl->storageOrder(projection);
  readAll(data, buffer.elem, impl->settings.precision, out, [&](int64_t k) { return place[static_cast<size_t>(k)]; });
  return {};
}

Status Network::writeEdges(uint32_t projection, uint32_t variable, std::span<const double> values) {
  const abi::Projection &projectionTable = impl->tables.projections[projection];
  const abi::Variable &v = projectionTable.variables[variable];
  const ProjectionState &p = impl->projections[projection];
  if (v.buffer == abi::none && v.scalar != abi::none && values.size() == 1) {
    return setScalar(v.scalar, values[0]);
  }
  impl->settle(projection);
  impl->unbundleEdges(projection);
  const int64_t edges = edgeCount(projection);
  if (p.procedural && v.extent == abi::Extent::Edges && v.buffer != abi::none)
    return Error{ExitCode::model, fmt::format("{}.{} cannot be set: the connection is procedural, its edges are not stored", projectionTable.name, v.name)};
  if (values.size() != 1 && static_cast<int64_t>(values.size()) != edges)
    return Error{ExitCode::model, fmt::format("{}.{}: {} values for {} edges", projectionTable.name, v.name,
                                              values.size(), edges)};
  if (v.buffer == abi::none || v.extent != abi::Extent::Edges || v.lastBuffer != abi::none) {
    if (v.scalar == abi::none || values.size() != 1)
      return Error{ExitCode::model, fmt::format("{}.{} cannot be assigned: it is kept from event to event, or once for each source or target; weights, params "
                                                "and states without an equation can", projectionTable.name, v.name)};
    return setScalar(v.scalar, values[0]);
  }
  if (Status s = impl->decayByOldValues(v.buffer); !s.ok())
    return s;
  if (Status s = impl->toWrite(v.buffer); !s.ok())
    return s;
  const BufferMemory &buffer = impl->buffers[v.buffer];
  impl->checkLater(v.buffer);
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
    p.order = connect::orderByTarget(tableToRead(projection));
  return p.order;
}

View Network::edgeView(uint32_t projection, uint32_t variable) {
  const abi::Variable &v = impl->tables.projections[projection].variables[variable];
  if (v.buffer == abi::none || v.extent != abi::Extent::Edges || v.lastBuffer != abi::none ||
      impl->projections[projection].drawn || impl->projections[projection].procedural)
    return {};
  impl->checkLater(v.buffer); // whoever has the view may write
  return buffer(v.buffer);
}

Status Network::readDelays(uint32_t projection, std::vector<double> &out) {
  const ProjectionState &p = impl->projections[projection];
  const connect::EdgeTable &table = impl->tableToRead(projection);
  const double dt = impl->settings.dt;
  out.assign(static_cast<size_t>(table.edges()), p.delaySteps * dt);
  if (!p.drawn)
    return {};
  const Result<const RowBatch *> whole = p.procedural ? impl->wholeRows(projection) : Result<const RowBatch *>(nullptr);
  if (!whole.ok())
    return whole.error();
  const connect::DelaySegments &segments = p.procedural ? whole.value()->segments : p.segments;
  std::vector<double> stored(out.size());
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t k = segments.first[static_cast<size_t>(row)]; k < segments.first[static_cast<size_t>(row) + 1]; ++k) {
      const snn_segment edges = segments.edges(table, row, k);
      std::fill(stored.begin() + edges.begin, stored.begin() + edges.end, segments.list[static_cast<size_t>(k)].steps * dt);
    }
  const std::vector<int64_t> &order = impl->storageOrder(projection);
  for (size_t k = 0; k < out.size(); ++k)
    out[k] = stored[static_cast<size_t>(order[k])];
  return {};
}

void Network::edgeEnds(uint32_t projection, std::vector<int64_t> &pre, std::vector<int64_t> &post) {
  const ProjectionState &p = impl->projections[projection];
  const connect::EdgeTable &table = impl->tableToRead(projection);
  const size_t edges = static_cast<size_t>(table.edges());
  pre.resize(edges);
  post.resize(edges);
  std::vector<int64_t> &storedPost = post;
  for (int64_t s = 0; s < table.sources; ++s)
    for (int64_t e = table.rowBegin[s]; e < table.rowBegin[s + 1]; ++e) {
      pre[e] = s;
      storedPost[e] = table.dense ? table.denseFirst + (e - table.rowBegin[s]) : table.target[static_cast<size_t>(e)];
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
