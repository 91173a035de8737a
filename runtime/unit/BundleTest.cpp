// Bundles of connections: rows of the parts, one after the other by delay, and the parts' segments found again.
#include "runtime/connect/Bundle.h"

#include <gtest/gtest.h>

namespace snn::rt::connect {
namespace {

/// Rows of (delay, target), which come sorted by delay, largest first.
using Rows = std::vector<std::vector<std::pair<int32_t, int64_t>>>;

struct Connection {
  EdgeTable table;
  DelaySegments segments;

  Connection(const Rows &rows, int64_t targets) {
    table.sources = static_cast<int64_t>(rows.size());
    table.targets = targets;
    table.rowBegin = {0};
    segments.first = {0};
    std::vector<int64_t> list;
    for (const auto &row : rows) {
      for (size_t k = 0; k < row.size(); ++k) {
        if (k == 0 || row[k].first != row[k - 1].first)
          segments.list.push_back({static_cast<uint32_t>(k), row[k].first});
        segments.longest = std::max(segments.longest, row[k].first);
        list.push_back(row[k].second);
      }
      table.rowBegin.push_back(static_cast<int64_t>(list.size()));
      segments.first.push_back(static_cast<int64_t>(segments.list.size()));
    }
    table.target = TargetList(targets, static_cast<int64_t>(list.size()));
    for (size_t k = 0; k < list.size(); ++k)
      table.target.set(k, list[k]);
  }
};

Rows rowsOf(const EdgeTable &table, const DelaySegments &segments) {
  Rows out(static_cast<size_t>(table.sources));
  for (int64_t row = 0; row < table.sources; ++row)
    for (int64_t k = segments.first[static_cast<size_t>(row)]; k < segments.first[static_cast<size_t>(row) + 1]; ++k) {
      const snn_segment s = segments.edges(table, row, k);
      for (int64_t edge = s.begin; edge < s.end; ++edge)
        out[static_cast<size_t>(row)].emplace_back(segments.list[static_cast<size_t>(k)].steps, table.target[static_cast<size_t>(edge)]);
    }
  return out;
}

struct Bundles : testing::Test {
  const Rows low{{{7, 0}, {7, 2}, {3, 1}}, {}, {{0, 1}, {0, 1}}}, high{{{5, 4}, {3, 5}}, {{9, 3}}, {}};
  Connection a{low, 6}, b{high, 6};
  Bundle bundle{{{&a.table.rowBegin, &a.segments}, {&b.table.rowBegin, &b.segments}}};
  EdgeTable whole{3, 6, false, 0, {}, {}};
  DelaySegments segments;

  void SetUp() override {
    bundle.layOut(whole.rowBegin, segments);
    whole.target = TargetList(6, whole.edges());
    bundle.eachPiece(0, 3, 0, [&](const Bundle::Piece &piece, int64_t, int32_t) {
      for (int64_t k = 0; k < piece.count; ++k)
        whole.target.set(static_cast<size_t>(piece.whole + k), (piece.part ? b : a).table.target[static_cast<size_t>(piece.own + k)]);
    });
  }
};

TEST_F(Bundles, rowsAreByDelayThenTarget) {
  const Rows expected{{{7, 0}, {7, 2}, {5, 4}, {3, 1}, {3, 5}}, {{9, 3}}, {{0, 1}, {0, 1}}};
  EXPECT_EQ(rowsOf(whole, segments), expected);
  EXPECT_EQ(segments.longest, 9);
  EXPECT_EQ(segments.list.size(), 5u); // what two parts have of one delay is one segment
}

TEST_F(Bundles, partsAreFoundAgain) {
  const int64_t firstTargets[] = {0, 3};
  const std::vector<DelaySegments> found = segmentsOfParts(whole, segments, firstTargets);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(rowsOf(a.table, found[0]), low);
  EXPECT_EQ(rowsOf(b.table, found[1]), high);
  EXPECT_EQ(found[0].longest, 7);
  EXPECT_EQ(found[1].longest, 9);
}

TEST_F(Bundles, piecesStartAnywhere) {
  int64_t next = whole.rowBegin[1];
  bundle.eachPiece(1, 3, next, [&](const Bundle::Piece &piece, int64_t row, int32_t) {
    EXPECT_EQ(piece.whole, next);
    EXPECT_EQ(piece.part, row == 1 ? 1u : 0u);
    next += piece.count;
  });
  EXPECT_EQ(next, whole.edges());
}

} // namespace
} // namespace snn::rt::connect
