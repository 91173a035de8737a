// Rows in order of delay, and the index of incoming edges.
#include "runtime/connect/Connectivity.h"

#include <algorithm>
#include <cassert>

namespace snn::rt::connect {

namespace {

void makeExplicit(EdgeTable &table) {
  if (!table.dense)
    return;
  table.target = TargetList(table.targets);
  table.target.resize(static_cast<size_t>(table.edges()));
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t e = table.rowBegin[row]; e < table.rowBegin[row + 1]; ++e)
      table.target.set(static_cast<size_t>(e), static_cast<int32_t>(table.denseFirst + (e - table.rowBegin[row])));
  table.dense = false;
  table.denseFirst = 0;
}

/// Order of one row's edges: largest delay first, then as they were. Counting where the delays are few, else sorting.
class RowOrder {
public:
  const std::vector<int32_t> &of(const int32_t *delay, int64_t count, int32_t longest) {
    order.resize(static_cast<size_t>(count));
    if (longest < 8 * count + 64)
      byCounting(delay, count, longest);
    else
      bySorting(delay, count);
    return order;
  }

private:
  void byCounting(const int32_t *delay, int64_t count, int32_t longest) {
    start.assign(static_cast<size_t>(longest) + 2, 0);
    for (int64_t k = 0; k < count; ++k)
      ++start[static_cast<size_t>(longest - delay[k]) + 1];
    for (size_t d = 1; d < start.size(); ++d)
      start[d] += start[d - 1];
    for (int64_t k = 0; k < count; ++k)
      order[static_cast<size_t>(start[static_cast<size_t>(longest - delay[k])]++)] = static_cast<int32_t>(k);
  }
  void bySorting(const int32_t *delay, int64_t count) {
    for (int64_t k = 0; k < count; ++k)
      order[static_cast<size_t>(k)] = static_cast<int32_t>(k);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return delay[a] > delay[b]; });
  }
  std::vector<int32_t> order;
  std::vector<int64_t> start;
};

} // namespace

DelaySegments sortByDelay(EdgeTable &table, const std::vector<int32_t> &delaySteps) {
  assert(static_cast<int64_t>(delaySteps.size()) == table.edges() && "sortByDelay: one delay per edge");
  makeExplicit(table);
  DelaySegments out;
  for (int32_t d : delaySteps)
    out.longest = std::max(out.longest, d);
  out.storage.resize(delaySteps.size());
  out.first.reserve(static_cast<size_t>(table.sources) + 1);
  RowOrder sorter;
  std::vector<int32_t> targets;
  for (int64_t row = 0; row < table.sources; ++row) {
    out.first.push_back(static_cast<int64_t>(out.begin.size()));
    const int64_t begin = table.rowBegin[row], count = table.rowBegin[row + 1] - begin;
    const int32_t *delay = delaySteps.data() + begin;
    const std::vector<int32_t> &order = sorter.of(delay, count, out.longest);
    targets.resize(static_cast<size_t>(count));
    for (int64_t k = 0; k < count; ++k)
      targets[static_cast<size_t>(k)] = table.target[static_cast<size_t>(begin + k)];
    for (int64_t k = 0; k < count; ++k) {
      const int32_t edge = order[static_cast<size_t>(k)];
      table.target.set(static_cast<size_t>(begin + k), targets[static_cast<size_t>(edge)]);
      out.storage[begin + edge] = begin + k;
      if (k == 0 || delay[edge] != out.steps.back()) {
        out.begin.push_back(begin + k);
        out.steps.push_back(delay[edge]);
      }
    }
  }
  out.first.push_back(static_cast<int64_t>(out.begin.size()));
  out.begin.push_back(table.edges());
  return out;
}

Incoming indexIncoming(const EdgeTable &table) {
  Incoming out;
  const size_t edges = static_cast<size_t>(table.edges());
  out.columnBegin.assign(static_cast<size_t>(table.targets) + 1, 0);
  out.edge.resize(edges);
  out.source.resize(edges);
  const auto targetOf = [&](int64_t row, int64_t e) {
    return table.dense ? table.denseFirst + (e - table.rowBegin[row]) : table.target[static_cast<size_t>(e)];
  };
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t e = table.rowBegin[row]; e < table.rowBegin[row + 1]; ++e)
      ++out.columnBegin[targetOf(row, e) + 1];
  for (int64_t t = 0; t < table.targets; ++t)
    out.columnBegin[t + 1] += out.columnBegin[t];
  std::vector<int64_t> next(out.columnBegin.begin(), out.columnBegin.end() - 1);
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t e = table.rowBegin[row]; e < table.rowBegin[row + 1]; ++e) {
      const int64_t position = next[targetOf(row, e)]++;
      out.edge[position] = e;
      out.source[position] = static_cast<int32_t>(row);
    }
  return out;
}

} // namespace snn::rt::connect
