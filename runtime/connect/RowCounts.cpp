// Each row draws its number independently, with the mean that its pairs give it: a Poisson number where edges may repeat, else
// a binomial one. Under the condition that they sum up to n these have the joint distribution that is asked for. The sum is
// off by about sqrt(n); as many edges are then taken away, each of those there are with the same probability, or added, each
// of those that may come with the same probability, which keeps the distribution exact.
#include "runtime/connect/RowCounts.h"

#include "runtime/connect/Fill.h"
#include "runtime/device/Draws.h"

#include <numeric>

#include <fmt/format.h>

namespace snn::rt::connect {

namespace {

/// Rows with whole weights, drawn in proportion to them: a Fenwick tree, O(log rows) for each draw and change.
class Urn {
public:
  explicit Urn(const std::vector<int64_t> &weights) : tree(std::bit_ceil(weights.size() + 1), 0) {
    for (size_t row = 0; row < weights.size(); ++row)
      change(row, weights[row]);
  }
  void change(size_t row, int64_t by) {
    all += by;
    for (size_t node = row + 1; node < tree.size(); node += node & -node)
      tree[node] += by;
  }
  size_t draw(RowRandom &random) const {
    int64_t rest = random.below(all);
    size_t row = 0;
    for (size_t half = tree.size() / 2; half > 0; half /= 2)
      if (tree[row + half] <= rest) {
        row += half;
        rest -= tree[row];
      }
    return row;
  }

private:
  std::vector<int64_t> tree;
  int64_t all = 0;
};

/// The candidates of each row.
Status rowCandidates(const Candidates &c, exec::ThreadPool &pool, std::vector<int64_t> &out) {
  out.assign(static_cast<size_t>(c.allSources()), c.allTargets());
  if (!c.request.where)
    return {};
  return inParts(pool, partsOf(pool, c.allSources()), c.allSources(), [&](Scratch &scratch, int, int64_t from, int64_t to) -> Status {
    for (uint32_t s = 0; s < c.sources.size(); ++s)
      for (int64_t k = std::max(from, c.sourceOffset[s]); k < std::min(to, c.sourceOffset[s + 1]); ++k) {
        if (Status failed = c.keptTargets(s, c.sources[s][k - c.sourceOffset[s]], scratch, scratch.kept); !failed.ok())
          return failed;
        out[static_cast<size_t>(k)] = static_cast<int64_t>(scratch.kept.size());
      }
    return {};
  });
}

/// Of the numbers of a row that are not those of its edges (RowGenerator.cpp): keys that no row has.
uint64_t countKey(int64_t position) { return ~static_cast<uint64_t>(position); }

int64_t independentCount(const Request &r, int64_t position, int64_t candidates, double share) {
  if (r.multapses)
    return static_cast<int64_t>(
        device::drawPoisson(static_cast<double>(candidates) * share, device::Site{r.seed, r.stream, countKey(position), 0}));
  int64_t count = 0;
  RowRandom random(r.seed, r.stream, static_cast<int64_t>(countKey(position)));
  sampleEach(random, share, candidates, [&count](int64_t) { ++count; });
  return count;
}

/// Takes edges away or adds them until there are n.
void correctSum(const Request &r, int64_t n, const std::vector<int64_t> &candidates, std::vector<int64_t> &counts) {
  int64_t sum = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (sum == n)
    return;
  const int64_t step = sum < n ? 1 : -1;
  std::vector<int64_t> weights = step < 0 ? counts : candidates;
  if (step > 0 && !r.multapses)
    for (size_t row = 0; row < weights.size(); ++row)
      weights[row] -= counts[row];
  const int64_t spent = step > 0 && r.multapses ? 0 : -1; // a pair that may repeat stays among those that may come
  Urn urn(weights);
  RowRandom random(r.seed, r.stream, static_cast<int64_t>(countKey(static_cast<int64_t>(counts.size()))));
  for (; sum != n; sum += step) {
    const size_t row = urn.draw(random);
    counts[row] += step;
    urn.change(row, spent);
  }
}

} // namespace

Result<std::vector<int64_t>> rowCounts(const Candidates &c, int64_t n, exec::ThreadPool &pool) {
  const Request &r = c.request;
  std::vector<int64_t> candidates;
  if (Status failed = rowCandidates(c, pool, candidates); !failed.ok())
    return failed.error();
  const int64_t pairs = std::accumulate(candidates.begin(), candidates.end(), int64_t{0});
  if (n > 0 && (pairs == 0 || (n > pairs && !r.multapses)))
    return Error{ExitCode::model,
                 fmt::format("{}: {} {}edges are asked for, of {} pair{}; {}", r.name, n, r.multapses ? "" : "distinct ", pairs,
                             pairs == 1 ? "" : "s",
                             pairs == 0 ? "ask for 0 where there is nobody to connect to"
                                        : fmt::format("ask for at most {}, or allow repeats with `multapses = true`", pairs))};
  std::vector<int64_t> counts(candidates.size(), 0);
  if (n == 0)
    return counts;
  const double share = static_cast<double>(n) / static_cast<double>(pairs);
  (void)inParts(pool, partsOf(pool, c.allSources()), c.allSources(), [&](Scratch &, int, int64_t from, int64_t to) -> Status {
    for (int64_t k = from; k < to; ++k)
      counts[static_cast<size_t>(k)] = independentCount(r, k, candidates[static_cast<size_t>(k)], share);
    return {};
  });
  correctSum(r, n, candidates, counts);
  return counts;
}

} // namespace snn::rt::connect
