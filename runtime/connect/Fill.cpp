// Tables of all patterns but fixed_in, and the entrance to all of them.
#include "runtime/connect/Fill.h"

#include <unistd.h>

#include <fmt/format.h>

namespace snn::rt::connect {

Status checkMemory(const Request &request, double edges, double bytesPerEdge) {
  const double physical = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (edges * bytesPerEdge <= physical)
    return {};
  return Error{ExitCode::resources,
               fmt::format("{}: {:.3g} edges need {:.1f} GiB for their targets alone; this machine has {:.1f} GiB",
                           request.name, edges, edges * bytesPerEdge / 0x1p30, physical / 0x1p30)};
}

Tables::Tables(const Candidates &c) : width(c.targets.size()), tables(c.sources.size() * c.targets.size()) {
  for (uint32_t s = 0; s < c.sources.size(); ++s)
    for (uint32_t t = 0; t < c.targets.size(); ++t) {
      at(s, t).sources = c.sources[s].populationCells;
      at(s, t).targets = c.targets[t].populationCells;
      at(s, t).rowBegin.assign(static_cast<size_t>(at(s, t).sources) + 1, 0);
    }
}

void Tables::allocate(EdgeTable &table, bool listed) {
  for (size_t row = 1; row < table.rowBegin.size(); ++row)
    table.rowBegin[row] += table.rowBegin[row - 1];
  table.target = TargetList(table.targets, table.edges());
  if (listed)
    table.listed.resize(static_cast<size_t>(table.edges()) + 64);
}

namespace {

/// Calls take(row, targets, scratch) for the rows at the positions [from, to).
template <class Take>
Status eachRow(const Candidates &c, const RowGenerator &generator, Scratch &scratch, int64_t from, int64_t to, const Take &take) {
  std::vector<int64_t> targets;
  for (uint32_t s = 0; s < c.sources.size(); ++s)
    for (int64_t k = std::max(from, c.sourceOffset[s]); k < std::min(to, c.sourceOffset[s + 1]); ++k) {
      const RowOf row{s, k, c.sources[s][k - c.sourceOffset[s]]};
      if (Status done = generator.row(row, scratch, targets); !done.ok())
        return done;
      take(row, targets, scratch);
    }
  return {};
}

} // namespace

Status fillRows(const Candidates &c, const RowGenerator &generator, exec::ThreadPool &pool, std::vector<EdgeTable> &out) {
  if (Status s = checkMemory(c.request, generator.expectedEdges(), c.request.listed ? 8 : 4); !s.ok())
    return s;
  Tables tables(c);
  const auto pass = [&](const auto &take) {
    return inParts(pool, partsOf(pool, c.allSources()), c.allSources(), [&](Scratch &scratch, int, int64_t from, int64_t to) {
      return eachRow(c, generator, scratch, from, to, take);
    });
  };
  Status counted = pass([&](const RowOf &row, const std::vector<int64_t> &targets, const Scratch &) {
    auto from = targets.begin();
    for (uint32_t t = 0; t < c.targets.size(); ++t) {
      const auto to = t + 1 == c.targets.size() ? targets.end() : std::lower_bound(from, targets.end(), c.targetOffset[t + 1]);
      tables.at(row.operand, t).rowBegin[static_cast<size_t>(row.cell) + 1] = to - from;
      from = to;
    }
  });
  if (!counted.ok())
    return counted;
  for (uint32_t s = 0; s < c.sources.size(); ++s)
    for (uint32_t t = 0; t < c.targets.size(); ++t)
      Tables::allocate(tables.at(s, t), c.request.listed);
  Status stored = pass([&](const RowOf &row, const std::vector<int64_t> &targets, const Scratch &scratch) {
    auto next = targets.begin();
    for (uint32_t t = 0; t < c.targets.size(); ++t) {
      EdgeTable &table = tables.at(row.operand, t);
      const Cells &cells = c.targets[t];
      const int64_t begin = table.rowBegin[static_cast<size_t>(row.cell)], end = table.rowBegin[static_cast<size_t>(row.cell) + 1];
      if (c.request.listed)
        std::copy_n(scratch.listed.begin() + (next - targets.begin()), end - begin, table.listed.begin() + begin);
      for (int64_t e = begin; e < end; ++e)
        table.target.set(static_cast<size_t>(e), cells[*next++ - c.targetOffset[t]]);
    }
  });
  out = tables.take();
  return stored;
}

namespace {

/// No indices: every source has the same consecutive targets.
EdgeTable denseTable(const Cells &sources, const Cells &targets) {
  EdgeTable table;
  table.sources = sources.populationCells;
  table.targets = targets.populationCells;
  table.dense = true;
  table.denseFirst = targets.count() ? targets[0] : 0;
  table.rowBegin.reserve(static_cast<size_t>(table.sources) + 1);
  table.rowBegin.push_back(0);
  for (int64_t k = 0; k < sources.count(); ++k) {
    const int64_t before = table.rowBegin.back();
    table.rowBegin.resize(static_cast<size_t>(sources[k]) + 1, before);
    table.rowBegin.push_back(before + targets.count());
  }
  table.rowBegin.resize(static_cast<size_t>(table.sources) + 1, table.rowBegin.back());
  return table;
}

Status checkSizes(const Request &request) {
  for (const auto *side : {&request.sources, &request.targets}) {
    int64_t cells = 0;
    for (const Operand &operand : *side) {
      cells += operand.count();
      if (operand.populationCells > INT32_MAX || cells > INT32_MAX)
        return Error{ExitCode::resources, fmt::format("{}: more than 2^31 cells can't be connected", request.name)};
    }
  }
  return {};
}

Status fill(const Candidates &c, exec::ThreadPool &pool, std::vector<EdgeTable> &out) {
  if (denseRows(c.request, static_cast<bool>(c.request.where))) {
    for (const Cells &sources : c.sources)
      for (const Cells &targets : c.targets)
        out.push_back(denseTable(sources, targets));
    return {};
  }
  if (c.request.pattern == abi::Pattern::FixedIn)
    return fillFixedIn(c, pool, out);
  Result<std::unique_ptr<RowGenerator>> generator = makeRowGenerator(c, pool);
  return generator.ok() ? fillRows(c, *generator.value(), pool, out) : generator.error();
}

} // namespace

bool consecutive(const Operand &operand) {
  if (operand.all || operand.cells.empty())
    return true;
  const auto [first, last] = std::ranges::minmax(operand.cells);
  return last - first + 1 == static_cast<int64_t>(operand.cells.size());
}

bool denseRows(const Request &request, bool filtered) {
  return request.pattern == abi::Pattern::AllToAll && !filtered && std::ranges::all_of(request.targets, consecutive);
}

Result<std::vector<EdgeTable>> build(const Request &request, exec::ThreadPool &pool) {
  if (Status s = checkSizes(request); !s.ok())
    return s.error();
  std::vector<EdgeTable> out;
  try {
    if (Status s = fill(Candidates(request), pool, out); !s.ok())
      return s.error();
  } catch (const std::bad_alloc &) {
    return Error{ExitCode::resources, fmt::format("{}: no memory is left for its edges", request.name)};
  }
  return out;
}

} // namespace snn::rt::connect
