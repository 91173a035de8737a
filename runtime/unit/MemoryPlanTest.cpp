// Predicted memory: sums that no integer holds, and who is blamed.
#include "runtime/core/MemoryPlan.h"

#include <gtest/gtest.h>

namespace snn::rt {
namespace {

TEST(MemoryPlan, WhatFitsIsNoError) {
  MemoryPlan plan;
  EXPECT_TRUE(plan.check(0).ok());
  plan.add({"population a", "10 cells", 400});
  plan.add({"population b", "10 cells", 600});
  EXPECT_EQ(plan.total(), 1000);
  EXPECT_TRUE(plan.check(1000).ok());
}

TEST(MemoryPlan, NamesWhatIsTooLargeByItself) {
  MemoryPlan plan;
  plan.add({"population a", "10 cells", 400});
  plan.add({"projection p", "4611686018427387904 edges", 0x1p62 * 16}); // beyond 64 bits
  const Status s = plan.check(8e9);
  ASSERT_FALSE(s.ok());
  EXPECT_EQ(s.error().code, ExitCode::resources);
  EXPECT_EQ(s.error().message, "projection p needs 73786976295 GB of memory for 4611686018427387904 edges; 8.00 GB are available");
}

TEST(MemoryPlan, NamesTheLargestWhereOnlyTheSumIsTooLarge) {
  MemoryPlan plan;
  plan.add({"population a", "10 cells", 3e9});
  plan.add({"population b", "20 cells", 4e9});
  plan.add({"projection p", "30 edges", 2.5e9});
  const Status s = plan.check(8e9);
  ASSERT_FALSE(s.ok());
  EXPECT_EQ(s.error().message,
            "the network needs 9.50 GB of memory, 8.00 GB are available; population b needs most of it: 4.00 GB for 20 cells");
}

TEST(MemoryPlan, SaysWhereWhatNeedsMostIsWritten) {
  MemoryPlan plan;
  plan.add({"projection p", "30 edges", 9e9, "model.snn:3:5"});
  EXPECT_EQ(plan.check(8e9).error().message, "model.snn:3:5: projection p needs 9.00 GB of memory for 30 edges; 8.00 GB are available");
}

TEST(MemoryPlan, BytesAreReadable) {
  EXPECT_EQ(bytesText(3.2e8), "320 MB");
  EXPECT_EQ(bytesText(1.234e9), "1.23 GB");
  EXPECT_EQ(bytesText(5e12), "5000 GB");
  EXPECT_EQ(bytesText(12'345), "12 kB");
  EXPECT_EQ(bytesText(1234), "1234 B");
}

} // namespace
} // namespace snn::rt
