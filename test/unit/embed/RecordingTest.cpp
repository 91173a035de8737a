// Callbacks: spikes, samples, what the experiment records and prints.
#include "test/unit/embed/Support.h"

namespace snn::test {

namespace {

struct Spikes {
  std::vector<double> times;
  std::vector<int32_t> cells;
};
void take(void *user, double ms, const int32_t *cells, size_t count) {
  Spikes &s = *static_cast<Spikes *>(user);
  for (size_t k = 0; k < count; ++k) {
    s.times.push_back(ms);
    s.cells.push_back(cells[k]);
  }
}

struct Samples {
  std::vector<double> times;
  std::vector<std::vector<double>> values;
};
void sample(void *user, double ms, const double *values, size_t count) {
  Samples &s = *static_cast<Samples *>(user);
  s.times.push_back(ms);
  s.values.emplace_back(values, values + count);
}

void quiet(void *, const char *, size_t) {}

TEST(EmbedRecording, SpikesArriveInOrderAndAddUpToTheCounts) {
  const Program program = compile();
  const Session session = start(program, "steps");
  Spikes spikes;
  Failure failure;
  ASSERT_TRUE(snn_session_on_spikes(session.get(), "source", take, &spikes, failure.out()))
      << failure.message();
  write(session, "source.x", 1);
  run(session, 50);
  const std::vector<double> counts = read(session, "source.count");
  std::vector<double> seen(counts.size(), 0.0);
  for (int32_t cell : spikes.cells)
    ++seen[size_t(cell)];
  EXPECT_EQ(seen, counts);
  ASSERT_GT(spikes.times.size(), 10u);
  for (size_t k = 1; k < spikes.times.size(); ++k)
    EXPECT_TRUE(spikes.times[k - 1] < spikes.times[k] ||
                (spikes.times[k - 1] == spikes.times[k] && spikes.cells[k - 1] < spikes.cells[k]));
}

TEST(EmbedRecording, SamplesOfCellsAndEdgesLieOnTheirGrid) {
  const Program program = compile();
  const Session session = start(program, "steps");
  Samples cells, edges;
  Failure failure;
  ASSERT_TRUE(snn_session_on_sample(session.get(), "cells.V", 2, sample, &cells, failure.out()))
      << failure.message();
  ASSERT_TRUE(snn_session_on_sample(session.get(), "wires.w", 0, sample, &edges, failure.out()))
      << failure.message();
  write(session, "source.x", 1);
  run(session, 10);
  ASSERT_EQ(cells.times.size(), 5u);
  EXPECT_NEAR(cells.times[0], 2, 1e-9);
  EXPECT_EQ(cells.values.back(), read(session, "cells.V"));
  ASSERT_EQ(edges.times.size(), 100u);
  EXPECT_EQ(edges.values.back(), read(session, "wires.w"));
}

TEST(EmbedRecording, RecordsOfTheExperimentAreHandedOnByName) {
  const Program program = compile();
  const Session session = start(program, "train");
  snn_session_on_print(session.get(), quiet, nullptr);
  Samples total, mean, potential;
  Failure failure;
  ASSERT_TRUE(snn_session_on_record(session.get(), "total", sample, &total, failure.out()))
      << failure.message();
  ASSERT_TRUE(snn_session_on_record(session.get(), "mean", sample, &mean, failure.out()))
      << failure.message();
  ASSERT_TRUE(snn_session_on_record(session.get(), "cells.V", sample, &potential, failure.out()))
      << failure.message();
  ASSERT_TRUE(snn_session_run_experiment(session.get(), failure.out())) << failure.message();
  EXPECT_EQ(total.times.size(), 10u);
  ASSERT_EQ(mean.times.size(), 2u);
  EXPECT_EQ(mean.values[0].size(), 1u);
  ASSERT_EQ(potential.times.size(), 100u);
  EXPECT_EQ(potential.values.back(), read(session, "cells.V"));
  double sum = 0;
  for (double count : read(session, "cells.count"))
    sum += count;
  EXPECT_EQ(total.values.back()[0], sum);
}

TEST(EmbedRecording, WhatCannotBeRecordedIsRefused) {
  const Program program = compile();
  const Session session = start(program, "train");
  Failure failure;
  EXPECT_FALSE(snn_session_on_spikes(session.get(), "cell", take, nullptr, failure.out()));
  EXPECT_NE(failure.message().find("did you mean cells?"), std::string::npos) << failure.message();
  EXPECT_FALSE(snn_session_on_sample(session.get(), "cells.W", 0, sample, nullptr, failure.out()));
  EXPECT_FALSE(snn_session_on_sample(session.get(), "n", 0, sample, nullptr, failure.out()));
  EXPECT_FALSE(
      snn_session_on_sample(session.get(), "cells.V", 0.15, sample, nullptr, failure.out()));
  EXPECT_NE(failure.message().find("no multiple of dt"), std::string::npos) << failure.message();
  EXPECT_FALSE(snn_session_on_record(session.get(), "totl", sample, nullptr, failure.out()));
  EXPECT_NE(failure.message().find("did you mean total?"), std::string::npos) << failure.message();
  EXPECT_FALSE(
      snn_session_on_record(session.get(), "source.spikes", sample, nullptr, failure.out()));
  EXPECT_NE(failure.message().find("no samples"), std::string::npos) << failure.message();
  EXPECT_FALSE(snn_session_on_spikes(session.get(), "cells", nullptr, nullptr, failure.out()));
  EXPECT_EQ(failure.code(), SNN_USAGE);
}

TEST(EmbedRecording, AnExceptionOfACallbackBecomesAnError) {
  const Program program = compile();
  const Session session = start(program, "steps");
  Failure failure;
  const auto fails = [](void *, double, const double *, size_t) { throw 3; };
  ASSERT_TRUE(snn_session_on_sample(session.get(), "cells.V", 0, fails, nullptr, failure.out()));
  EXPECT_FALSE(snn_session_step(session.get(), 1, failure.out()));
  EXPECT_EQ(failure.code(), SNN_INTERNAL);
}

} // namespace

} // namespace snn::test
