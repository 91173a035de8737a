// Connectivity: exact numbers of edges, distributions, brute-force comparison under `where`, delays, incoming index.
#include "runtime/connect/Connectivity.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace snn::rt::connect {
namespace {

using abi::Pattern;

Operand whole(int64_t cells) {
  Operand operand;
  operand.populationCells = cells;
  return operand;
}
Operand part(int64_t cells, std::vector<int64_t> chosen) {
  Operand operand = whole(cells);
  operand.all = false;
  operand.cells = std::move(chosen);
  return operand;
}

Request request(Pattern pattern, Operand source, Operand target, double amount = 0) {
  Request r;
  r.name = "a->b";
  r.pattern = pattern;
  r.amount = amount;
  r.seed = 12345;
  r.stream = 678;
  r.sources = {std::move(source)};
  r.targets = {std::move(target)};
  return r;
}

using Edges = std::vector<std::pair<int64_t, int64_t>>;

Edges edgesOf(const EdgeTable &t) {
  Edges out;
  for (int64_t row = 0; row < t.sources; ++row)
    for (int64_t e = t.rowBegin[size_t(row)]; e < t.rowBegin[size_t(row) + 1]; ++e)
      out.emplace_back(row, t.dense ? t.denseFirst + e - t.rowBegin[size_t(row)] : t.target[size_t(e)]);
  return out;
}

Result<std::vector<EdgeTable>> build(const Request &r, int threads = 1) {
  exec::ThreadPool pool(threads);
  return connect::build(r, pool);
}

EdgeTable one(const Request &r, int threads = 1) {
  Result<std::vector<EdgeTable>> built = build(r, threads);
  EXPECT_TRUE(built.ok()) << (built.ok() ? "" : built.error().message);
  if (!built.ok() || built.value().size() != 1)
    return {};
  EXPECT_EQ(int64_t(built.value()[0].rowBegin.size()), built.value()[0].sources + 1);
  return std::move(built.value()[0]);
}

/// `where` by a predicate on (pre, post); counts its calls' pairs.
void filterBy(Request &r, bool (*keepPair)(int64_t, int64_t)) {
  r.where = [keepPair](uint32_t, uint32_t, int64_t pre, int64_t begin, int64_t end, uint8_t *keep) -> Status {
    EXPECT_EQ(begin % 64, 0);
    for (int64_t post = begin; post < end; ++post)
      keep[post - begin] = keepPair(pre, post);
    return {};
  };
}
bool notSelf(int64_t a, int64_t b) { return a != b; }
bool near(int64_t a, int64_t b) { return std::llabs(a - b) <= 5; }

TEST(Connect, allToAllStoresNoIndices) {
  const EdgeTable t = one(request(Pattern::AllToAll, whole(3), whole(4)));
  EXPECT_TRUE(t.dense);
  EXPECT_TRUE(t.target.empty());
  EXPECT_EQ(t.edges(), 12);
  const EdgeTable slice = one(request(Pattern::AllToAll, part(5, {1, 3}), part(6, {4, 2, 3})));
  EXPECT_EQ(edgesOf(slice), (Edges{{1, 2}, {1, 3}, {1, 4}, {3, 2}, {3, 3}, {3, 4}}));
  EXPECT_TRUE(slice.dense);
  EXPECT_EQ(edgesOf(one(request(Pattern::AllToAll, part(5, {4}), part(6, {5, 0})))), (Edges{{4, 0}, {4, 5}}));
}

TEST(Connect, allToAllWhere) {
  Request r = request(Pattern::AllToAll, whole(100), whole(100));
  filterBy(r, notSelf);
  const EdgeTable t = one(r);
  EXPECT_EQ(t.edges(), 9900);
  for (auto [a, b] : edgesOf(t))
    EXPECT_NE(a, b);
}

TEST(Connect, oneToOneFollowsTheOrderOfTheSlices) {
  EXPECT_EQ(edgesOf(one(request(Pattern::OneToOne, whole(3), part(3, {2, 1, 0})))), (Edges{{0, 2}, {1, 1}, {2, 0}}));
  EXPECT_EQ(edgesOf(one(request(Pattern::OneToOne, part(9, {8, 2}), whole(2)))), (Edges{{2, 1}, {8, 0}}));
  const Result<std::vector<EdgeTable>> bad = build(request(Pattern::OneToOne, whole(3), whole(4)));
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ExitCode::model);
  EXPECT_NE(bad.error().message.find("3 and 4"), std::string::npos);
}

TEST(Connect, unionsGiveOneTablePerPair) {
  Request r = request(Pattern::OneToOne, whole(2), whole(3));
  r.sources.push_back(whole(2));
  r.targets.push_back(whole(1));
  const Result<std::vector<EdgeTable>> built = build(r);
  ASSERT_TRUE(built.ok());
  ASSERT_EQ(built.value().size(), 4u);
  EXPECT_EQ(edgesOf(built.value()[0]), (Edges{{0, 0}, {1, 1}}));
  EXPECT_EQ(built.value()[1].edges(), 0);
  EXPECT_EQ(edgesOf(built.value()[2]), (Edges{{0, 2}}));
  EXPECT_EQ(edgesOf(built.value()[3]), (Edges{{1, 0}}));
}

TEST(Connect, randomHasItsNumbers) {
  for (double p : {0.0, 0.001, 0.1, 0.7, 1.0}) {
    const EdgeTable t = one(request(Pattern::Random, whole(500), whole(800), p));
    const double mean = p * 400'000, sd = std::sqrt(mean * (1 - p));
    EXPECT_NEAR(double(t.edges()), mean, 5 * sd) << p;
    std::vector<double> perTarget(800);
    for (auto [a, b] : edgesOf(t))
      ++perTarget[size_t(b)];
    double chi = 0;
    for (double n : perTarget)
      chi += p > 0 && p < 1 ? (n - 500 * p) * (n - 500 * p) / (500 * p * (1 - p)) : 0;
    EXPECT_LT(chi, 800 + 5 * std::sqrt(1600.0)) << p;
    for (int64_t row = 0; row < 500; ++row)
      for (int64_t e = t.rowBegin[size_t(row)] + 1; e < t.rowBegin[size_t(row) + 1]; ++e)
        ASSERT_LT(t.target[size_t(e) - 1], t.target[size_t(e)]);
  }
  EXPECT_FALSE(build(request(Pattern::Random, whole(2), whole(2), 1.5)).ok());
  EXPECT_FALSE(build(request(Pattern::Random, whole(2), whole(2), NAN)).ok());
}

TEST(Connect, randomIsAFunctionOfSeedAndStream) {
  Request r = request(Pattern::Random, whole(100), whole(100), 0.1);
  const Edges first = edgesOf(one(r));
  EXPECT_EQ(first, edgesOf(one(r)));
  r.seed = 1;
  EXPECT_NE(first, edgesOf(one(r)));
  r.seed = 12345;
  r.stream = 1;
  EXPECT_NE(first, edgesOf(one(r)));
}

TEST(Connect, threadsMakeTheSameEdges) {
  for (Pattern pattern : {Pattern::AllToAll, Pattern::OneToOne, Pattern::Random, Pattern::FixedIn, Pattern::FixedOut,
                          Pattern::FixedTotal})
    for (bool filtered : {false, true})
      for (bool multapses : {false, true}) {
        Request r = request(pattern, whole(300), part(400, {}), pattern == Pattern::Random ? 0.1 : pattern == Pattern::FixedTotal ? 2000 : 6);
        for (int64_t k = 0; k < 300; ++k)
          r.targets[0].cells.push_back(399 - k);
        r.multapses = multapses;
        if (filtered)
          filterBy(r, [](int64_t a, int64_t b) { return (a + b) % 5 != 0; });
        const Edges first = edgesOf(one(r));
        EXPECT_FALSE(first.empty());
        for (int threads : {2, 3, 8})
          EXPECT_EQ(edgesOf(one(r, threads)), first);
      }
}

TEST(Connect, randomByPair) {
  Request r = request(Pattern::Random, whole(300), whole(300));
  r.probability = [](uint32_t, uint32_t, int64_t pre, int64_t begin, int64_t end, double *p) -> Status {
    for (int64_t post = begin; post < end; ++post)
      p[post - begin] = pre < 150 ? (post % 2 ? 1.0 : 0.0) : 0.25;
    return {};
  };
  const EdgeTable t = one(r);
  EXPECT_EQ(t.rowBegin[150], 150 * 150);
  EXPECT_NEAR(double(t.edges() - t.rowBegin[150]), 0.25 * 45'000, 5 * std::sqrt(45'000 * 0.1875));
  r.probability = [](uint32_t, uint32_t, int64_t, int64_t begin, int64_t end, double *p) -> Status {
    std::fill(p, p + (end - begin), 2.0);
    return {};
  };
  EXPECT_FALSE(build(r).ok());
}

void checkFixed(Pattern pattern, bool (*where)(int64_t, int64_t)) {
  Request r = request(pattern, whole(200), whole(300), 7);
  if (where)
    filterBy(r, where);
  const EdgeTable t = one(r);
  std::vector<int64_t> count(pattern == Pattern::FixedIn ? 300 : 200);
  const Edges edges = edgesOf(t);
  EXPECT_EQ(std::set(edges.begin(), edges.end()).size(), edges.size()) << "distinct";
  EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
  for (auto [a, b] : edges) {
    ++count[size_t(pattern == Pattern::FixedIn ? b : a)];
    EXPECT_TRUE(!where || where(a, b));
  }
  for (int64_t n : count)
    EXPECT_EQ(n, 7);
}

TEST(Connect, fixedInAndOut) {
  checkFixed(Pattern::FixedIn, nullptr);
  checkFixed(Pattern::FixedOut, nullptr);
  checkFixed(Pattern::FixedIn, [](int64_t a, int64_t b) { return (a + b) % 3 == 0; });
  checkFixed(Pattern::FixedOut, notSelf);
}

TEST(Connect, fixedPartnersAreUniform) {
  for (Pattern pattern : {Pattern::FixedIn, Pattern::FixedOut})
    for (bool multapses : {false, true}) {
      Request r = request(pattern, whole(2000), whole(2000), 20);
      r.multapses = multapses;
      std::vector<double> hits(2000);
      const EdgeTable t = one(r);
      EXPECT_EQ(t.edges(), 40'000);
      for (auto [a, b] : edgesOf(t))
        ++hits[size_t(pattern == Pattern::FixedIn ? a : b)];
      double chi = 0;
      for (double h : hits)
        chi += (h - 20) * (h - 20) / 20;
      EXPECT_NEAR(chi, 2000, 5 * std::sqrt(4000.0));
    }
}

TEST(Connect, fixedTotalIsExact) {
  for (double n : {0.0, 1.0, 5'000.0, 59'999.0, 60'000.0})
    for (bool multapses : {false, true}) {
      Request r = request(Pattern::FixedTotal, whole(200), whole(300), n);
      r.multapses = multapses;
      const Edges edges = edgesOf(one(r));
      EXPECT_EQ(edges.size(), size_t(n));
      EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
      if (!multapses)
        EXPECT_EQ(std::set(edges.begin(), edges.end()).size(), edges.size()) << "distinct";
    }
  Request r = request(Pattern::FixedTotal, whole(200), whole(300), 500);
  filterBy(r, [](int64_t a, int64_t b) { return a < 5 && b % 3 == 0; });
  for (auto [a, b] : edgesOf(one(r)))
    EXPECT_TRUE(a < 5 && b % 3 == 0);
  EXPECT_EQ(one(r).edges(), 500); // all there are
}

/// Mean and variance over seeds of the edges of one row: n C / N and those of the binomial (repeats) or hypergeometric
/// distribution, for rows with different numbers of candidates.
TEST(Connect, fixedTotalHasTheDistributionOfItsRows) {
  constexpr int seeds = 4000;
  constexpr double n = 60, pairs = 10 * 20 / 2; // the first half of the rows has 15 candidates, the second 5
  for (bool multapses : {false, true}) {
    double sum[2] = {}, squares[2] = {}, product = 0;
    for (int seed = 0; seed < seeds; ++seed) {
      Request r = request(Pattern::FixedTotal, whole(10), whole(20), n);
      r.seed = static_cast<uint64_t>(seed);
      r.multapses = multapses;
      filterBy(r, [](int64_t a, int64_t b) { return b < (a < 5 ? 15 : 5); });
      const EdgeTable t = one(r);
      const double rows[2] = {double(t.rowBegin[1]), double(t.rowBegin[10] - t.rowBegin[9])};
      for (int k : {0, 1}) {
        sum[k] += rows[k];
        squares[k] += rows[k] * rows[k];
      }
      product += rows[0] * rows[1];
    }
    const double finite = multapses ? 1 : (pairs - n) / (pairs - 1), share[2] = {15 / pairs, 5 / pairs};
    for (int k : {0, 1}) {
      const double mean = sum[k] / seeds, variance = n * share[k] * (1 - share[k]) * finite;
      EXPECT_NEAR(mean, n * share[k], 5 * std::sqrt(variance / seeds));
      EXPECT_NEAR(squares[k] / seeds - mean * mean, variance, 5 * variance * std::sqrt(2.0 / seeds));
    }
    const double covariance = product / seeds - sum[0] / seeds * sum[1] / seeds;
    EXPECT_NEAR(covariance, -n * share[0] * share[1] * finite, 0.25);
  }
}

TEST(Connect, fixedTotalNamesThePairs) {
  Request r = request(Pattern::FixedTotal, whole(4), whole(5), 21);
  const Result<std::vector<EdgeTable>> built = build(r);
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().message,
            "a->b: 21 distinct edges are asked for, of 20 pairs; ask for at most 20, or allow repeats with `multapses = true`");
  r.multapses = true;
  EXPECT_EQ(one(r).edges(), 21);
  EXPECT_FALSE(build(request(Pattern::FixedTotal, whole(2), whole(2), 2.5)).ok());
  EXPECT_FALSE(build(request(Pattern::FixedTotal, whole(2), whole(0), 1)).ok());
}

TEST(Connect, tooFewCandidatesNameTheNumbers) {
  Request r = request(Pattern::FixedIn, whole(20), whole(20), 12);
  filterBy(r, near);
  const Result<std::vector<EdgeTable>> built = build(r);
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().message, "a->b: target cell 0 should get 12 distinct sources, but has 6 candidates; "
                                   "ask for at most 6, or allow repeats with `multapses = true`");
  r.multapses = true;
  EXPECT_EQ(one(r).edges(), 240);
  EXPECT_FALSE(build(request(Pattern::FixedOut, whole(2), whole(2), 2.5)).ok());
  EXPECT_FALSE(build(request(Pattern::FixedOut, whole(2), whole(0), 1)).ok());
}

TEST(Connect, whereErrorsPass) {
  Request r = request(Pattern::AllToAll, whole(3), whole(3));
  r.where = [](uint32_t, uint32_t, int64_t, int64_t, int64_t, uint8_t *) -> Status {
    return Error{ExitCode::divergence, "no"};
  };
  const Result<std::vector<EdgeTable>> built = build(r);
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().code, ExitCode::divergence);
}

TEST(Connect, tooManyEdgesAreRefused) {
  const Result<std::vector<EdgeTable>> built = build(request(Pattern::Random, whole(100'000'000), whole(100'000'000), 1));
  ASSERT_FALSE(built.ok());
  EXPECT_EQ(built.error().code, ExitCode::resources);
}

TEST(Connect, delaysSortRowsLargestFirst) {
  for (bool dense : {false, true})
    for (int32_t longest : {3, 100'000}) { // counting and comparing
      EdgeTable t = one(request(dense ? Pattern::AllToAll : Pattern::Random, whole(40), whole(60), 0.4));
      const Edges before = edgesOf(t);
      std::vector<int32_t> delays(before.size());
      for (size_t k = 0; k < delays.size(); ++k)
        delays[k] = int32_t((k * 7919) % size_t(longest + 1));
      const std::vector<int64_t> rowBegin = t.rowBegin;
      makeExplicit(t);
      EXPECT_FALSE(t.dense);
      exec::ThreadPool pool(2);
      const Result<DelaySegments> sorted = sortByDelay(t, pool, [&](int64_t from, int64_t to, int32_t *steps) -> Status {
        std::copy(delays.begin() + rowBegin[size_t(from)], delays.begin() + rowBegin[size_t(to)], steps);
        return {};
      });
      ASSERT_TRUE(sorted.ok());
      const DelaySegments &s = sorted.value();
      const Edges after = edgesOf(t);
      const std::vector<int64_t> order = orderByTarget(t);
      EXPECT_EQ(std::set(order.begin(), order.end()).size(), before.size());
      std::vector<int32_t> stored(before.size());
      for (size_t k = 0; k < before.size(); ++k) {
        EXPECT_EQ(after[size_t(order[k])], before[k]);
        stored[size_t(order[k])] = delays[k];
      }
      ASSERT_EQ(s.first.size(), 41u);
      for (int64_t row = 0; row < 40; ++row)
        for (int64_t k = s.first[size_t(row)]; k < s.first[size_t(row) + 1]; ++k) {
          const snn_segment edges = s.edges(t, row, k);
          EXPECT_EQ(edges.source, row);
          EXPECT_LT(edges.begin, edges.end);
          for (int64_t e = edges.begin; e < edges.end; ++e) {
            EXPECT_EQ(stored[size_t(e)], s.list[size_t(k)].steps);
            EXPECT_TRUE(e == edges.begin || t.target[size_t(e) - 1] < t.target[size_t(e)]);
          }
          EXPECT_TRUE(k == s.first[size_t(row)] || s.list[size_t(k) - 1].steps > s.list[size_t(k)].steps);
        }
      EXPECT_EQ(s.longest, *std::max_element(delays.begin(), delays.end()));
    }
}

TEST(Connect, incomingIndex) {
  for (Pattern pattern : {Pattern::Random, Pattern::AllToAll}) {
    const EdgeTable t = one(request(pattern, whole(50), whole(30), 0.3));
    const Edges edges = edgesOf(t);
    const Incoming in = indexIncoming(t);
    ASSERT_EQ(in.columnBegin.size(), 31u);
    EXPECT_EQ(in.columnBegin.back(), t.edges());
    for (size_t target = 0; target < 30; ++target)
      for (int64_t k = in.columnBegin[target]; k < in.columnBegin[target + 1]; ++k) {
        EXPECT_EQ(edges[size_t(in.edge[size_t(k)])], (std::pair<int64_t, int64_t>(in.source[size_t(k)], target)));
        EXPECT_TRUE(k == in.columnBegin[target] || in.source[size_t(k) - 1] < in.source[size_t(k)]);
      }
  }
}

} // namespace
} // namespace snn::rt::connect
