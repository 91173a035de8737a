// The patterns: all_to_all, one_to_one, random, fixed_in, fixed_out.
#include "runtime/connect/Patterns.h"
#include "runtime/connect/Rows.h"
#include "runtime/connect/Sample.h"

#include <algorithm>
#include <cmath>
#include <new>

#include <fmt/format.h>

namespace snn::rt::connect {

namespace {

/// Rows by ascending source: `fill(s, row, pre)` appends the edges of one row; `row` counts over all sources.
template <class Fill> Status eachRow(Candidates &c, Rows &rows, Fill fill) {
  for (uint32_t s = 0; s < c.sources.size(); ++s)
    for (int64_t k = 0; k < c.sources[s].count(); ++k) {
      const int64_t pre = c.sources[s][k];
      if (Status done = fill(s, c.sourceOffset[s] + k, pre); !done.ok())
        return done;
      rows.endRow(s, pre);
    }
  return {};
}

/// The positions among all targets that `where` keeps for one source cell.
Status keptTargets(Candidates &c, uint32_t s, int64_t pre, std::vector<int64_t> &one, std::vector<int64_t> &all) {
  all.clear();
  for (uint32_t t = 0; t < c.targets.size(); ++t) {
    if (Status done = c.filter(s, t, pre, 0, c.targets[t].count(), one); !done.ok())
      return done;
    for (int64_t k : one)
      all.push_back(c.targetOffset[t] + k);
  }
  return {};
}

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

Status allToAll(Candidates &c, std::vector<EdgeTable> &out) {
  bool dense = !c.request.where;
  for (const Cells &targets : c.targets)
    dense = dense && targets.contiguous();
  if (dense) {
    for (const Cells &sources : c.sources)
      for (const Cells &targets : c.targets)
        out.push_back(denseTable(sources, targets));
    return {};
  }
  const double edges = static_cast<double>(c.allSources()) * static_cast<double>(c.allTargets());
  if (!c.request.where)
    if (Status s = checkMemory(c.request, edges, 4); !s.ok())
      return s;
  Rows rows(c);
  std::vector<int64_t> one, kept;
  Status done = eachRow(c, rows, [&](uint32_t s, int64_t, int64_t pre) -> Status {
    if (Status failed = keptTargets(c, s, pre, one, kept); !failed.ok())
      return failed;
    for (int64_t k : kept)
      rows.add(s, k);
    return {};
  });
  out = rows.take();
  return done;
}

/// Pairs cells by their position in the slices, so before they are sorted.
Status oneToOne(Candidates &c, std::vector<EdgeTable> &out) {
  const Request &r = c.request;
  if (c.allSources() != c.allTargets())
    return Error{ExitCode::model, fmt::format("{}: one_to_one needs as many sources as targets, there are {} and {}; connect "
                                              "slices of the same size, as in `cells[0:{}]`",
                                              r.name, c.allSources(), c.allTargets(), std::min(c.allSources(), c.allTargets()))};
  const auto cellAt = [](const std::vector<Operand> &operands, const std::vector<int64_t> &offset, int64_t position,
                         uint32_t &operand) {
    while (position >= offset[operand + 1])
      ++operand;
    const int64_t k = position - offset[operand];
    return operands[operand].all ? k : operands[operand].cells[static_cast<size_t>(k)];
  };
  struct Link { int64_t pre, post; };
  std::vector<std::vector<Link>> links(r.sources.size() * r.targets.size());
  uint32_t s = 0, t = 0;
  for (int64_t k = 0; k < c.allSources(); ++k) {
    const int64_t pre = cellAt(r.sources, c.sourceOffset, k, s), post = cellAt(r.targets, c.targetOffset, k, t);
    uint8_t keep[64] = {1};
    if (r.where) {
      const int64_t begin = post / 64 * 64;
      if (Status done = r.where(s, t, pre, begin, post + 1, keep); !done.ok())
        return done;
      keep[0] = keep[post - begin];
    }
    if (keep[0])
      links[s * r.targets.size() + t].push_back({pre, post});
  }
  for (size_t k = 0; k < links.size(); ++k) {
    std::sort(links[k].begin(), links[k].end(), [](const Link &a, const Link &b) {
      return a.pre != b.pre ? a.pre < b.pre : a.post < b.post;
    });
    EdgeTable table;
    table.sources = c.sources[k / r.targets.size()].populationCells;
    table.targets = c.targets[k % r.targets.size()].populationCells;
    table.target = TargetList(table.targets);
    table.rowBegin.assign(static_cast<size_t>(table.sources) + 1, 0);
    for (const Link &link : links[k]) {
      ++table.rowBegin[static_cast<size_t>(link.pre) + 1];
      table.target.push_back(link.post);
    }
    for (size_t row = 1; row < table.rowBegin.size(); ++row)
      table.rowBegin[row] += table.rowBegin[row - 1];
    out.push_back(std::move(table));
  }
  return {};
}

/// One probability for all pairs: jumps over the candidates of a row.
Status randomConstant(Candidates &c, std::vector<EdgeTable> &out) {
  const Request &r = c.request;
  if (!(r.amount >= 0 && r.amount <= 1))
    return Error{ExitCode::model, fmt::format("{}: the probability of random is {:g}, not within 0..1; `clip(p, 0, 1)` "
                                              "keeps it there", r.name, r.amount)};
  Rows rows(c);
  for (uint32_t s = 0; s < c.sources.size() && !r.where; ++s) {
    const double mean =
        r.amount * static_cast<double>(c.sources[s].count()) * static_cast<double>(c.allTargets());
    if (Status done = checkMemory(r, mean, 4); !done.ok())
      return done;
    rows.expect(s, mean + 6 * std::sqrt(mean) + 16);
  }
  std::vector<int64_t> one, kept;
  Status done = eachRow(c, rows, [&](uint32_t s, int64_t row, int64_t pre) -> Status {
    RowRandom random(r.seed, r.stream, row);
    if (!r.where) {
      sampleEach(random, r.amount, c.allTargets(), [&](int64_t k) { rows.add(s, k); });
      return {};
    }
    if (Status failed = keptTargets(c, s, pre, one, kept); !failed.ok())
      return failed;
    sampleEach(random, r.amount, static_cast<int64_t>(kept.size()),
               [&](int64_t k) { rows.add(s, kept[static_cast<size_t>(k)]); });
    return {};
  });
  out = rows.take();
  return done;
}

/// A probability for each pair: one number for each candidate.
Status randomByPair(Candidates &c, std::vector<EdgeTable> &out) {
  Rows rows(c);
  std::vector<int64_t> kept;
  std::vector<double> p;
  Status done = eachRow(c, rows, [&](uint32_t s, int64_t row, int64_t pre) -> Status {
    RowRandom random(c.request.seed, c.request.stream, row);
    for (uint32_t t = 0; t < c.targets.size(); ++t) {
      if (Status failed = c.filter(s, t, pre, 0, c.targets[t].count(), kept); !failed.ok())
        return failed;
      if (Status failed = c.probabilities(s, t, pre, kept, p); !failed.ok())
        return failed;
      for (size_t k = 0; k < kept.size(); ++k)
        if (random.uniform() < p[k])
          rows.add(s, c.targetOffset[t] + kept[k]);
    }
    return {};
  });
  out = rows.take();
  return done;
}

Status fixedOut(Candidates &c, std::vector<EdgeTable> &out) {
  const Request &r = c.request;
  int64_t k = 0;
  if (Status s = wholePartners(r, k); !s.ok())
    return s;
  if (Status s = checkMemory(r, static_cast<double>(k) * static_cast<double>(c.allSources()), 4); !s.ok())
    return s;
  Rows rows(c);
  for (uint32_t s = 0; s < c.sources.size(); ++s)
    if (c.targets.size() == 1)
      rows.expect(s, static_cast<double>(k) * static_cast<double>(c.sources[s].count()));
  Choice choice;
  std::vector<int64_t> one, kept;
  Status done = eachRow(c, rows, [&](uint32_t s, int64_t row, int64_t pre) -> Status {
    int64_t candidates = c.allTargets();
    if (r.where) {
      if (Status failed = keptTargets(c, s, pre, one, kept); !failed.ok())
        return failed;
      candidates = static_cast<int64_t>(kept.size());
    }
    if (Status failed = enoughPartners(r, k, candidates, "source", pre, "targets"); !failed.ok())
      return failed;
    RowRandom random(r.seed, r.stream, row);
    const auto take = [&](int64_t x) { rows.add(s, r.where ? kept[static_cast<size_t>(x)] : x); };
    r.multapses ? choice.repeated(random, k, candidates, take) : choice.distinct(random, k, candidates, take);
    return {};
  });
  out = rows.take();
  return done;
}

} // namespace

Status wholePartners(const Request &r, int64_t &k) {
  if (!(r.amount >= 0 && r.amount < 0x1p31) || r.amount != std::floor(r.amount))
    return Error{ExitCode::model, fmt::format("{}: the number of partners is {:g}; it must be whole and not negative: write "
                                              "`round(…)` or `max(0, …)`", r.name, r.amount)};
  k = static_cast<int64_t>(r.amount);
  return {};
}

Status enoughPartners(const Request &r, int64_t k, int64_t have, const char *side, int64_t cell, const char *partners) {
  if (have >= k || (r.multapses && have > 0))
    return {};
  return Error{ExitCode::model,
               fmt::format("{}: {} cell {} should get {} {}{}, but has {} candidate{}; {}", r.name, side, cell, k,
                           r.multapses ? "" : "distinct ", partners, have, have == 1 ? "" : "s",
                           have == 0 ? "ask for 0 where there is nobody to connect to"
                                     : fmt::format("ask for at most {}, or allow repeats with `multapses = true`", have))};
}

static Status checkSizes(const Request &request) {
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

Result<std::vector<EdgeTable>> build(const Request &request) {
  if (Status s = checkSizes(request); !s.ok())
    return s.error();
  std::vector<EdgeTable> out;
  Status done;
  try {
    Candidates c(request);
    switch (request.pattern) {
    case abi::Pattern::AllToAll: done = allToAll(c, out); break;
    case abi::Pattern::OneToOne: done = oneToOne(c, out); break;
    case abi::Pattern::Random: done = request.probability ? randomByPair(c, out) : randomConstant(c, out); break;
    case abi::Pattern::FixedIn: done = fixedIn(c, out); break;
    case abi::Pattern::FixedOut: done = fixedOut(c, out); break;
    }
  } catch (const std::bad_alloc &) {
    return Error{ExitCode::resources, fmt::format("{}: no memory is left for its edges", request.name)};
  }
  if (!done.ok())
    return done.error();
  return out;
}

} // namespace snn::rt::connect
