// snn.hpp: the wrappers over the C API.
#include "compiler/embed/snn.hpp"
#include "test/unit/embed/Support.h"

namespace {

TEST(EmbedCpp, ErrorsAreValues) {
  auto program = snn::Program::fromText("bad.snn", "neuron A {\n  state V : mV = 3 ms\n}\n");
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code(), SNN_MODEL);
  ASSERT_FALSE(program.error().diagnostics().empty());
  EXPECT_EQ(program.error().diagnostics()[0].line, 2u);
  const auto missing = snn::Program::fromFile("/nowhere.snn");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), SNN_IO);
}

TEST(EmbedCpp, ListsWhatThereIs) {
  auto program = snn::Program::fromText("net.snn", snn::test::netModel);
  ASSERT_TRUE(program) << program.error().message();
  EXPECT_EQ(program->experiments(), (std::vector<std::string>{"train", "steps"}));
  EXPECT_EQ(program->options().size(), 4u);
  EXPECT_EQ(program->options()[3].initialText, "none");
  EXPECT_FALSE(program->params(1).empty());
  EXPECT_EQ(program->warnings(), "");
  const snn::Network network = program->network();
  ASSERT_EQ(network.populations.size(), 2u);
  EXPECT_EQ(network.populations[1].name, "cells");
  EXPECT_EQ(network.populations[1].elements, -1);
  EXPECT_EQ(network.projections[0].rule, "PairSTDP");
  EXPECT_EQ(network.variables[0].path, "n");
  EXPECT_TRUE(program->network(7).populations.empty());
}

TEST(EmbedCpp, RunsWithViewsAndCallbacks) {
  auto program = snn::Program::fromText("net.snn", snn::test::netModel);
  ASSERT_TRUE(program) << program.error().message();
  auto made = program->session("train", {"--T=20ms"});
  ASSERT_TRUE(made) << made.error().message();
  size_t spikes = 0, samples = 0, records = 0;
  std::string printed;
  ASSERT_TRUE(made->onSpikes(
      "source", [&](double, std::span<const int32_t> cells) { spikes += cells.size(); }));
  ASSERT_TRUE(made->onSample(
      "cells.V", 1, [&](double, std::span<const double> values) { samples += values.size(); }));
  ASSERT_TRUE(made->onRecord("mean", [&](double, std::span<const double>) { ++records; }));
  made->onPrint([&](std::string_view text) { printed += text; });
  snn::Session session = std::move(made.value()); // callbacks stay where they are
  auto v = session.view<float>("cells.V");
  ASSERT_TRUE(v) << v.error().message();
  ASSERT_TRUE(session.runExperiment());
  EXPECT_TRUE(session.finished());
  EXPECT_NEAR(session.time(), 40, 1e-9);
  EXPECT_EQ(session.dt(), 0.1);
  EXPECT_EQ(samples, 200u);
  EXPECT_EQ(records, 2u);
  EXPECT_FALSE(printed.empty());
  double sum = 0;
  for (double count : session.read("source.count").value())
    sum += count;
  EXPECT_EQ(sum, double(spikes));
  auto copy = session.read("cells.V");
  ASSERT_TRUE(copy);
  EXPECT_TRUE(std::equal(copy->begin(), copy->end(), v->begin()));
  EXPECT_EQ(session.network().populations[0].elements, 20);
  EXPECT_EQ(session.notes(), "");
}

TEST(EmbedCpp, WrongTypesNamesAndTimesAreErrors) {
  auto program = snn::Program::fromText("net.snn", snn::test::netModel);
  ASSERT_TRUE(program);
  EXPECT_FALSE(program->session());
  auto session = program->session("steps", {"--precision=double"});
  ASSERT_TRUE(session) << session.error().message();
  EXPECT_FALSE(session->view<float>("cells.V"));
  EXPECT_TRUE(session->view<const double>("cells.V"));
  EXPECT_FALSE(session->view<double>("cells.count"));
  EXPECT_TRUE(session->view<int64_t>("cells.count"));
  EXPECT_FALSE(session->read("cells.nothing"));
  EXPECT_FALSE(session->write("cells.V", std::vector<double>(3, 0.0)));
  EXPECT_TRUE(session->write("cells.V", -60));
  EXPECT_TRUE(session->write("source.x", 0.5));
  EXPECT_TRUE(session->changed("source.x"));
  const snn::Status status = session->run(0.05);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), SNN_USAGE);
  EXPECT_TRUE(session->step());
  EXPECT_TRUE(session->close());
}

} // namespace
