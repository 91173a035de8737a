// The log of deferred events and the lists made from it, against events given to each edge at once: dense and sparse rows,
// repeated edges, rows that are walked often or never, logs that fill up.
#include "runtime/core/ReplayLists.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace snn::rt {
namespace {

using Given = std::vector<std::vector<std::pair<int64_t, int32_t>>>; ///< by edge: step and logged value

struct Rows {
  connect::EdgeTable table;
  std::vector<int32_t> target;
  std::vector<uint16_t> narrow;
  snn_edges edges{};

  Rows(std::mt19937 &random, bool dense, bool wide) {
    table.sources = 1 + static_cast<int64_t>(random() % 40);
    table.targets = 1 + static_cast<int64_t>(random() % 70);
    table.dense = dense;
    table.denseFirst = dense ? static_cast<int64_t>(random() % static_cast<uint64_t>(table.targets)) : 0;
    table.rowBegin = {0};
    for (int64_t s = 0; s < table.sources; ++s) {
      const bool empty = random() % 4 == 0;
      for (int32_t t = static_cast<int32_t>(table.denseFirst); t < table.targets && !empty; ++t)
        for (uint64_t k = 0; k < (dense ? 1 : random() % 4 == 0 ? 1 + random() % 2 : 0); ++k)
          target.push_back(t);
      table.rowBegin.push_back(static_cast<int64_t>(target.size()));
    }
    narrow.assign(target.begin(), target.end());
    if (!dense)
      edges.target = wide ? target.data() : nullptr;
    if (!dense && !wide)
      edges.target16 = narrow.data();
  }
};

class Replayed {
public:
  Replayed(Rows &r) : rows(r), log(r.table.sources, r.table.targets, {sizeof(int32_t)}), now(r.target.size()), later(r.target.size()) {}

  void walk(const std::vector<int32_t> &sources) {
    lists.begin(rows.table, rows.edges, log, [&] { take(); });
    for (int32_t s : sources)
      lists.row(s);
    lists.finish();
  }
  void spikes(int64_t step, const std::vector<int32_t> &cells, const std::vector<int32_t> &values) {
    for (size_t edge = 0; edge < rows.target.size(); ++edge)
      if (std::ranges::binary_search(cells, rows.target[edge]))
        now[edge].emplace_back(step, values[static_cast<size_t>(rows.target[edge])]);
    const void *from[] = {values.data()};
    log.put(step, cells, from);
    if (log.full()) {
      ++full;
      forget(log.olderHalf());
    }
  }
  void forget(int32_t steps) {
    std::vector<int32_t> behind;
    for (size_t s = 0; s < log.seen.size(); ++s)
      if (log.seen[s] < steps)
        behind.push_back(static_cast<int32_t>(s));
    walk(behind);
    log.drop(steps);
  }

  Rows &rows;
  SpikeLog log;
  ReplayLists lists;
  Given now, later;
  int full = 0;

private:
  void take() {
    for (size_t k = 0; k < lists.entryCount(); ++k) {
      const snn_replayed &entry = lists.entries()[k];
      ASSERT_LT(static_cast<size_t>(entry.moment), lists.momentCount());
      const snn_moment &moment = lists.moments()[entry.moment];
      const size_t row = static_cast<size_t>(moment.source);
      ASSERT_GE(entry.edge, rows.table.rowBegin[row]);
      ASSERT_LT(entry.edge, rows.table.rowBegin[row + 1]);
      ASSERT_EQ(log.target[static_cast<size_t>(entry.event)], rows.target[static_cast<size_t>(entry.edge)]);
      later[static_cast<size_t>(entry.edge)].emplace_back(moment.step, static_cast<const int32_t *>(log.values[0].data())[entry.event]);
    }
  }
};

/// `percent`: how many of the targets spike in a step.
void compare(uint32_t seed, bool dense, bool wide, uint64_t percent, bool expectFull) {
  std::mt19937 random(seed);
  int full = 0;
  for (int trial = 0; trial < 20; ++trial) {
    Rows rows(random, dense, wide);
    Replayed replayed(rows);
    const size_t targets = static_cast<size_t>(rows.table.targets);
    for (int64_t step = 0; step < 400; ++step) {
      std::vector<int32_t> walked, cells, values(targets);
      for (int32_t s = 1; s < rows.table.sources; ++s) // the first one is silent
        if (random() % 50 == 0)
          walked.push_back(s);
      replayed.walk(walked);
      for (size_t t = 0; t < targets; ++t) {
        values[t] = static_cast<int32_t>(random());
        if (random() % 100 < percent)
          cells.push_back(static_cast<int32_t>(t));
      }
      if (!cells.empty())
        replayed.spikes(step, cells, values);
    }
    replayed.forget(replayed.log.stepCount());
    ASSERT_EQ(replayed.now, replayed.later);
    EXPECT_EQ(replayed.log.stepCount(), 0);
    full += replayed.full;
  }
  EXPECT_EQ(full > 0, expectFull);
}

TEST(Replay, denseRows) { compare(1, true, false, 2, false); }
TEST(Replay, denseRowsAndFullLogs) { compare(2, true, false, 50, true); }
TEST(Replay, sparseRows) { compare(3, false, false, 2, false); }
TEST(Replay, sparseRowsAndFullLogs) { compare(4, false, true, 50, true); }
TEST(Replay, rareSpikes) { compare(5, false, true, 1, false); }

} // namespace
} // namespace snn::rt
