// The patterns whose edges are made by source: all_to_all, one_to_one, random, fixed_out, fixed_total, pairs.
#include "runtime/connect/RowGenerator.h"

#include "runtime/connect/RowCounts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace snn::rt::connect {

namespace {

class AllToAll final : public RowGenerator {
public:
  explicit AllToAll(const Candidates &candidates) : c(candidates) {}
  Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const override {
    return c.keptTargets(row.operand, row.cell, scratch, targets);
  }
  double expectedEdges() const override {
    return c.request.where ? -1 : static_cast<double>(c.allSources()) * static_cast<double>(c.allTargets());
  }

private:
  const Candidates &c;
};

/// By position in the slices: the position among all cells in ascending order.
std::vector<int64_t> ascending(const std::vector<Operand> &operands, const std::vector<int64_t> &offset) {
  std::vector<int64_t> out(static_cast<size_t>(offset.back()));
  for (size_t o = 0; o < operands.size(); ++o) {
    const auto begin = out.begin() + offset[o], end = out.begin() + offset[o + 1];
    std::iota(begin, end, offset[o]);
    if (operands[o].all)
      continue;
    std::vector<int64_t> order(static_cast<size_t>(end - begin));
    std::iota(order.begin(), order.end(), int64_t{0});
    const std::vector<int64_t> &list = operands[o].cells;
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return list[static_cast<size_t>(a)] < list[static_cast<size_t>(b)]; });
    for (size_t k = 0; k < order.size(); ++k)
      begin[order[k]] = offset[o] + static_cast<int64_t>(k);
  }
  return out;
}

/// Pairs cells by their position in the slices, which need not ascend.
class OneToOne final : public RowGenerator {
public:
  explicit OneToOne(const Candidates &candidates) : c(candidates) {
    const std::vector<int64_t> from = ascending(c.request.sources, c.sourceOffset),
                               to = ascending(c.request.targets, c.targetOffset);
    partner.resize(from.size());
    for (size_t k = 0; k < from.size(); ++k)
      partner[static_cast<size_t>(from[k])] = to[k];
  }
  Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const override {
    const int64_t position = partner[static_cast<size_t>(row.position)];
    targets.assign(1, position);
    if (!c.request.where)
      return {};
    uint32_t t = 0;
    while (position >= c.targetOffset[t + 1])
      ++t;
    const int64_t k = position - c.targetOffset[t];
    Status done = c.filter(row.operand, t, row.cell, k, k + 1, scratch, scratch.one);
    if (scratch.one.empty())
      targets.clear();
    return done;
  }
  double expectedEdges() const override { return c.request.where ? -1 : static_cast<double>(partner.size()); }

private:
  const Candidates &c;
  std::vector<int64_t> partner; ///< by position among all sources: the position among all targets
};

/// One probability for all pairs: jumps over the candidates of a row.
class Random final : public RowGenerator {
public:
  explicit Random(const Candidates &candidates) : c(candidates) {}
  Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const override {
    RowRandom random(c.request.seed, c.request.stream, row.position);
    targets.clear();
    if (!c.request.where) {
      sampleEach(random, c.request.amount, c.allTargets(), [&](int64_t k) { targets.push_back(k); });
      return {};
    }
    if (Status failed = c.keptTargets(row.operand, row.cell, scratch, scratch.kept); !failed.ok())
      return failed;
    sampleEach(random, c.request.amount, static_cast<int64_t>(scratch.kept.size()),
               [&](int64_t k) { targets.push_back(scratch.kept[static_cast<size_t>(k)]); });
    return {};
  }
  double expectedEdges() const override {
    return c.request.where ? -1 : c.request.amount * static_cast<double>(c.allSources()) * static_cast<double>(c.allTargets());
  }

private:
  const Candidates &c;
};

/// A probability for each pair: one number for each candidate.
class RandomByPair final : public RowGenerator {
public:
  explicit RandomByPair(const Candidates &candidates) : c(candidates) {}
  Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const override {
    RowRandom random(c.request.seed, c.request.stream, row.position);
    targets.clear();
    for (uint32_t t = 0; t < c.targets.size(); ++t) {
      if (Status failed = c.filter(row.operand, t, row.cell, 0, c.targets[t].count(), scratch, scratch.kept); !failed.ok())
        return failed;
      if (Status failed = c.probabilities(row.operand, t, row.cell, scratch.kept, scratch, scratch.p); !failed.ok())
        return failed;
      for (size_t k = 0; k < scratch.kept.size(); ++k)
        if (random.uniform() < scratch.p[k])
          targets.push_back(c.targetOffset[t] + scratch.kept[k]);
    }
    return {};
  }

private:
  const Candidates &c;
};

/// A number of targets for each row, `partners(position)`.
template <class Partners> class CountedRows final : public RowGenerator {
public:
  CountedRows(const Candidates &candidates, int64_t allEdges, Partners partnersOf)
      : c(candidates), edges(allEdges), partners(std::move(partnersOf)) {}
  Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const override {
    const Request &r = c.request;
    const int64_t k = partners(row.position);
    int64_t candidates = c.allTargets();
    if (r.where) {
      if (Status failed = c.keptTargets(row.operand, row.cell, scratch, scratch.kept); !failed.ok())
        return failed;
      candidates = static_cast<int64_t>(scratch.kept.size());
    }
    if (Status failed = enoughPartners(r, k, candidates, "source", row.cell, "targets"); !failed.ok())
      return failed;
    targets.clear();
    RowRandom random(r.seed, r.stream, row.position);
    const auto take = [&](int64_t x) { targets.push_back(r.where ? scratch.kept[static_cast<size_t>(x)] : x); };
    scratch.choice.ascending(random, k, candidates, r.multapses, take);
    return {};
  }
  double expectedEdges() const override { return static_cast<double>(edges); }

private:
  const Candidates &c;
  int64_t edges;
  Partners partners;
};

template <class Partners> std::unique_ptr<RowGenerator> countedRows(const Candidates &c, int64_t edges, Partners partners) {
  return std::make_unique<CountedRows<Partners>>(c, edges, std::move(partners));
}

/// The pairs of a list; places in the slices count.
class Listed final : public RowGenerator {
public:
  explicit Listed(const Candidates &candidates) : c(candidates) {
    const std::vector<int64_t> from = ascending(c.request.sources, c.sourceOffset), to = ascending(c.request.targets, c.targetOffset);
    first.assign(static_cast<size_t>(c.allSources()) + 1, 0);
    for (const auto &[source, target] : c.request.pairs)
      edges.push_back({from[static_cast<size_t>(source)], to[static_cast<size_t>(target)], static_cast<int32_t>(edges.size())});
    std::ranges::sort(edges);
    for (const Edge &edge : edges)
      ++first[static_cast<size_t>(edge.source) + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
  }
  Status row(const RowOf &row, Scratch &scratch, std::vector<int64_t> &targets) const override {
    const auto begin = edges.begin() + first[static_cast<size_t>(row.position)], end = edges.begin() + first[static_cast<size_t>(row.position) + 1];
    targets.clear();
    scratch.listed.clear();
    uint32_t t = 0;
    for (auto edge = begin; edge != end; ++edge) {
      while (edge->target >= c.targetOffset[t + 1])
        ++t;
      const int64_t k = edge->target - c.targetOffset[t];
      if (Status done = c.filter(row.operand, t, row.cell, k, k + 1, scratch, scratch.one); !done.ok())
        return done;
      if (scratch.one.empty())
        continue;
      targets.push_back(edge->target);
      scratch.listed.push_back(edge->place);
    }
    return {};
  }
  double expectedEdges() const override { return static_cast<double>(edges.size()); }

private:
  struct Edge {
    int64_t source, target; ///< positions among all
    int32_t place;          ///< in the list
    auto operator<=>(const Edge &) const = default;
  };
  const Candidates &c;
  std::vector<Edge> edges;                        ///< ascending
  std::vector<int64_t> first;                     ///< by position among all sources
};

Status pairsFit(const Candidates &c) {
  for (size_t k = 0; k < c.request.pairs.size(); ++k) {
    const auto [source, target] = c.request.pairs[k];
    if (source < 0 || source >= c.allSources() || target < 0 || target >= c.allTargets())
      return Error{ExitCode::model, fmt::format("{}: pair {} of the list is ({}, {}), but there are {} source cells and {} target cells, counted from 0",
                                                c.request.name, k, source, target, c.allSources(), c.allTargets())};
  }
  return {};
}

Status oneToOneFits(const Candidates &c) {
  if (c.allSources() == c.allTargets())
    return {};
  return Error{ExitCode::model, fmt::format("{}: one_to_one needs as many sources as targets, there are {} and {}; connect "
                                            "slices of the same size, as in `cells[0:{}]`",
                                            c.request.name, c.allSources(), c.allTargets(), std::min(c.allSources(), c.allTargets()))};
}

} // namespace

Status wholePartners(const Request &r, int64_t &k) {
  const bool total = r.pattern == abi::Pattern::FixedTotal;
  if (!(r.amount >= 0 && r.amount < (total ? 0x1p53 : 0x1p31)) || r.amount != std::floor(r.amount))
    return Error{ExitCode::model, fmt::format("{}: the number of {} is {:g}; it must be whole and not negative: write "
                                              "`round(…)` or `max(0, …)`", r.name, total ? "edges" : "partners", r.amount)};
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

Result<std::unique_ptr<RowGenerator>> makeRowGenerator(const Candidates &c, exec::ThreadPool &pool) {
  const Request &r = c.request;
  std::unique_ptr<RowGenerator> out;
  switch (r.pattern) {
  case abi::Pattern::AllToAll:
    out = std::make_unique<AllToAll>(c);
    break;
  case abi::Pattern::OneToOne:
    if (Status s = oneToOneFits(c); !s.ok())
      return s.error();
    out = std::make_unique<OneToOne>(c);
    break;
  case abi::Pattern::Random:
    if (r.probability)
      out = std::make_unique<RandomByPair>(c);
    else if (r.amount >= 0 && r.amount <= 1)
      out = std::make_unique<Random>(c);
    else
      return Error{ExitCode::model, fmt::format("{}: the probability of random is {:g}, not within 0..1; `clip(p, 0, 1)` "
                                                "keeps it there", r.name, r.amount)};
    break;
  case abi::Pattern::Pairs:
    if (Status s = pairsFit(c); !s.ok())
      return s.error();
    out = std::make_unique<Listed>(c);
    break;
  case abi::Pattern::FixedOut: {
    int64_t k = 0;
    if (Status s = wholePartners(r, k); !s.ok())
      return s.error();
    out = countedRows(c, k * c.allSources(), [k](int64_t) { return k; });
    break;
  }
  case abi::Pattern::FixedTotal: {
    int64_t n = 0;
    if (Status s = wholePartners(r, n); !s.ok())
      return s.error();
    Result<std::vector<int64_t>> counts = rowCounts(c, n, pool);
    if (!counts.ok())
      return counts.error();
    out = countedRows(c, n, [of = std::move(counts.value())](int64_t position) { return of[static_cast<size_t>(position)]; });
    break;
  }
  case abi::Pattern::FixedIn:
    return Error{ExitCode::internal, r.name + ": fixed_in is drawn by target"};
  }
  return out;
}

} // namespace snn::rt::connect
