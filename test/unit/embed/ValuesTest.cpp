// Values: views of the simulation's memory, copies, what follows from writing.
#include "test/unit/embed/Support.h"

#include <cmath>

namespace snn::test {

namespace {

snn_view view(const Session &session, const char *path) {
  auto v = sized<snn_view>();
  Failure failure;
  EXPECT_TRUE(snn_session_view(session.get(), path, &v, failure.out())) << failure.message();
  return v;
}

TEST(EmbedValues, AViewIsTheMemoryOfTheSimulation) {
  const Program program = compile();
  const Session session = start(program, "steps");
  const snn_view v = view(session, "cells.V");
  ASSERT_EQ(v.count, 5);
  ASSERT_EQ(v.type, SNN_FLOAT32);
  float *cells = static_cast<float *>(v.data);
  EXPECT_EQ(cells[0], -65);
  run(session, 1);
  EXPECT_GT(cells[0], -65); // the same pointer, new values
  EXPECT_EQ(view(session, "cells.V").data, v.data);
  EXPECT_EQ(read(session, "cells.V")[0], cells[0]);
  cells[2] = -49; // above the threshold: spikes in the next step
  run(session, 0.1);
  EXPECT_EQ(cells[2], -65);
  EXPECT_EQ(read(session, "cells.count")[2], 1);
}

TEST(EmbedValues, WeightsAreWrittenThroughAView) {
  const Program program = compile();
  const Session strong = start(program, "steps"), copies = start(program, "steps"),
                weak = start(program, "steps");
  const snn_view w = view(strong, "wires.w");
  ASSERT_EQ(w.count, 100);
  for (int64_t k = 0; k < w.count; ++k)
    static_cast<float *>(w.data)[k] = 2;
  write(copies, "wires.w", 2);
  write(weak, "wires.w", 0);
  for (const Session *s : {&strong, &copies, &weak}) {
    write(*s, "source.x", 1);
    run(*s, 50);
  }
  EXPECT_EQ(bitsOf(strong), bitsOf(copies));
  EXPECT_GT(read(strong, "cells.count")[0], read(weak, "cells.count")[0]);
}

TEST(EmbedValues, EdgesKnowTheirEndsInTheLanguagesOrder) {
  const Program program = compile();
  const Session session = start(program, "steps");
  const std::vector<double> pre = read(session, "wires.pre"), post = read(session, "wires.post");
  ASSERT_EQ(pre.size(), 100u);
  for (size_t k = 0; k < pre.size(); ++k) {
    EXPECT_EQ(pre[k], double(k / 5));
    EXPECT_EQ(post[k], double(k % 5));
  }
}

TEST(EmbedValues, CountsAreAViewToo) {
  const Program program = compile();
  const Session session = start(program, "steps");
  write(session, "source.x", 1);
  run(session, 50);
  const snn_view v = view(session, "source.count");
  ASSERT_EQ(v.type, SNN_INT64);
  ASSERT_EQ(v.count, 20);
  int64_t *counts = static_cast<int64_t *>(v.data);
  EXPECT_GT(counts[0] + counts[1] + counts[2], 0);
  write(session, "source.count", 0);
  EXPECT_EQ(counts[0] + counts[1] + counts[2], 0);
}

/// x decays by the factor exp(-0.1/tau), which is computed from tau before the steps.
constexpr const char *decay =
    "neuron A { param tau = 10 ms;  state x = 1;  x' = -x / tau;  let y = 2 * x;  spike when x > 2 "
    "}\n"
    "network N { param k = 3;  population a = A[k] }\n"
    "experiment e on N { set dt = 0.1 ms, precision = double;  record a.y }\n";

TEST(EmbedValues, WhatFollowsFromAUniformParamIsComputedAgain) {
  const Program program = compile(decay);
  const Session session = start(program, nullptr);
  EXPECT_EQ(snn_session_count(session.get(), "a.tau"), 1);
  EXPECT_EQ(read(session, "a.tau")[0], 10);
  EXPECT_EQ(read(session, "k")[0], 3);
  run(session, 10);
  EXPECT_NEAR(read(session, "a.x")[1], std::exp(-1), 1e-12);
  write(session, "a.tau", 5);
  EXPECT_EQ(read(session, "a.tau")[0], 5);
  run(session, 10);
  EXPECT_NEAR(read(session, "a.x")[1], std::exp(-3), 1e-12);
  EXPECT_NEAR(read(session, "a.y")[1], 2 * std::exp(-3), 1e-12); // a `let` that is recorded
  Failure failure;
  const double y = 1;
  EXPECT_FALSE(snn_session_write(session.get(), "a.y", &y, 1, failure.out()));
  EXPECT_NE(failure.message().find("computed"), std::string::npos) << failure.message();
  snn_view v = sized<snn_view>();
  EXPECT_FALSE(snn_session_view(session.get(), "a.y", &v, failure.out()));
  EXPECT_NE(failure.message().find("computed"), std::string::npos) << failure.message();
}

TEST(EmbedValues, LatenciesFollowNewDataHoweverTheyAreWritten) {
  const Program program = compile("import std.encoders\n"
                                  "network N { population image = Latency[3](t_max = 10 ms) }\n"
                                  "experiment e on N { set dt = 0.5 ms }\n");
  const Session copied = start(program, nullptr), viewed = start(program, nullptr);
  const double x[] = {0.2, 0.5, 0.9};
  const snn_view v = view(viewed, "image.x");
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(snn_session_write(copied.get(), "image.x", x, 3, nullptr));
    for (int k = 0; k < 3; ++k)
      static_cast<float *>(v.data)[k] = float(x[k]);
    ASSERT_TRUE(snn_session_changed(viewed.get(), "image.x", nullptr));
    for (const Session *s : {&copied, &viewed}) {
      run(*s, 15);
      for (double count : read(*s, "image.count"))
        EXPECT_EQ(count, round);
    }
  }
}

TEST(EmbedValues, WhatHasNoViewSaysWhy) {
  const Program program = compile();
  const Session session = start(program, "steps");
  auto v = sized<snn_view>();
  Failure failure;
  const auto refused = [&](const char *path, const char *why) {
    EXPECT_FALSE(snn_session_view(session.get(), path, &v, failure.out())) << path;
    EXPECT_EQ(failure.code(), SNN_USAGE);
    EXPECT_NE(failure.message().find(why), std::string::npos) << failure.message();
  };
  refused("cells.tau", "one value for all");
  refused("wires.pre", "computed when it is read");
  refused("a.y", "no variable");
  refused("cells.U", "did you mean cells.");
  refused("", "no variable");
}

TEST(EmbedValues, WrongCountsAndPathsAreRefused) {
  const Program program = compile();
  const Session session = start(program, "steps");
  std::vector<double> values(7, 1.0);
  Failure failure;
  EXPECT_FALSE(snn_session_read(session.get(), "cells.V", values.data(), 7, failure.out()));
  EXPECT_EQ(failure.message(), "cells.V: 7 values are given, there are 5");
  EXPECT_FALSE(snn_session_write(session.get(), "cells.V", values.data(), 7, failure.out()));
  EXPECT_EQ(failure.code(), SNN_USAGE);
  EXPECT_FALSE(snn_session_write(session.get(), "cells.tau", values.data(), 5, failure.out()));
  EXPECT_FALSE(snn_session_write(session.get(), "wires.pre", values.data(), 1, failure.out()));
  EXPECT_FALSE(snn_session_write(session.get(), "nothing", values.data(), 1, failure.out()));
  EXPECT_FALSE(snn_session_read(session.get(), nullptr, values.data(), 1, failure.out()));
  EXPECT_EQ(snn_session_count(session.get(), "nothing"), -1);
  EXPECT_EQ(read(session, "cells.V")[0], -65);
}

} // namespace

} // namespace snn::test
