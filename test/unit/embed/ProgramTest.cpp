// Compiling from files and texts, errors as values, what a program says about itself.
#include "test/unit/embed/Support.h"

namespace snn::test {

namespace {

TEST(EmbedProgram, ErrorsAreValuesWithTheDiagnosticsOfTheCompiler) {
  Failure failure;
  EXPECT_FALSE(snn_compile_text(
      "bad.snn", "neuron Cell {\n  state V : mV = 3 ms\n  W' = 1 / ms\n}\n", failure.out()));
  EXPECT_EQ(failure.code(), SNN_MODEL);
  const std::string text = failure.message();
  EXPECT_NE(text.find("bad.snn:2:"), std::string::npos) << text;
  EXPECT_NE(text.find("state V : mV = 3 ms"), std::string::npos) << text;
  ASSERT_GE(snn_error_diagnostics(failure.get()), 2u);
  auto d = sized<snn_diagnostic>();
  ASSERT_TRUE(snn_error_diagnostic(failure.get(), 0, &d));
  EXPECT_STREQ(d.file, "bad.snn");
  EXPECT_EQ(d.line, 2u);
  EXPECT_GT(d.column, 1u);
  EXPECT_GE(d.end_column, d.column);
  EXPECT_EQ(d.warning, 0);
  EXPECT_EQ(d.code[0], 'E');
  EXPECT_NE(text.find(d.message), std::string::npos);
  EXPECT_FALSE(snn_error_diagnostic(failure.get(), 1000, &d));
}

TEST(EmbedProgram, ErrorsMayBeIgnored) {
  EXPECT_FALSE(snn_compile_text("bad.snn", "neuron {", nullptr));
  EXPECT_FALSE(snn_compile_file("/nowhere/model.snn", nullptr));
  snn_error_free(nullptr);
  snn_program_free(nullptr);
  snn_session_free(nullptr);
}

TEST(EmbedProgram, AMissingFileAndAModelWithoutExperimentAreErrors) {
  Failure failure;
  EXPECT_FALSE(snn_compile_file("/nowhere/model.snn", failure.out()));
  EXPECT_EQ(failure.code(), SNN_IO);
  EXPECT_NE(failure.message().find("/nowhere/model.snn"), std::string::npos);
  EXPECT_FALSE(snn_compile_text(
      "m.snn", "neuron A { state V = 0;  V' = -V / (1 ms) }\nnetwork N { population a = A[1] }\n",
      failure.out()));
  EXPECT_NE(failure.message().find("has no experiment"), std::string::npos) << failure.message();
  EXPECT_FALSE(snn_compile_file(nullptr, failure.out()));
  EXPECT_EQ(failure.code(), SNN_USAGE);
}

TEST(EmbedProgram, ImportsAreFoundBesideTheFile) {
  const Folder folder;
  folder.file("cell.snn", "neuron Cell { state V : mV = 5 mV;  V' = -V / (10 ms) }\n");
  const std::string text = "import \"cell.snn\"\nnetwork N { population cells = Cell[3] "
                           "}\nexperiment e on N { run 1 ms }\n";
  const std::string path = folder.file("model.snn", text);
  Failure failure;
  EXPECT_TRUE(Program(snn_compile_file(path.c_str(), failure.out()))) << failure.message();
  EXPECT_TRUE(Program(
      snn_compile_text((folder.path() + "/other.snn").c_str(), text.c_str(), failure.out())))
      << failure.message();
  EXPECT_FALSE(Program(snn_compile_text("/nowhere/other.snn", text.c_str(), failure.out())));
}

TEST(EmbedProgram, ListsExperimentsOptionsAndParams) {
  const Program program = compile();
  ASSERT_EQ(snn_program_experiments(program.get()), 2u);
  EXPECT_STREQ(snn_program_experiment(program.get(), 0), "train");
  EXPECT_STREQ(snn_program_experiment(program.get(), 1), "steps");
  EXPECT_EQ(snn_program_experiment(program.get(), 2), nullptr);
  EXPECT_STREQ(snn_program_warnings(program.get()), "");

  ASSERT_EQ(snn_program_options(program.get(), 0), 4u);
  EXPECT_EQ(snn_program_options(program.get(), 1), 0u);
  auto o = sized<snn_option>();
  ASSERT_TRUE(snn_program_option(program.get(), 0, 0, &o));
  EXPECT_STREQ(o.name, "T");
  EXPECT_STREQ(o.flag, "T");
  EXPECT_STREQ(o.help, "how long");
  EXPECT_STREQ(o.unit, "ms");
  EXPECT_EQ(o.type, SNN_FLOAT64);
  EXPECT_EQ(o.initial, 50);
  ASSERT_TRUE(snn_program_option(program.get(), 0, 1, &o));
  EXPECT_EQ(o.type, SNN_INT64);
  EXPECT_EQ(o.initial, 2);
  ASSERT_TRUE(snn_program_option(program.get(), 0, 2, &o));
  EXPECT_EQ(o.type, SNN_UINT8);
  ASSERT_TRUE(snn_program_option(program.get(), 0, 3, &o));
  EXPECT_EQ(o.type, SNN_TEXT);
  EXPECT_STREQ(o.initial_text, "none");
  EXPECT_FALSE(snn_program_option(program.get(), 0, 4, &o));

  std::vector<std::string> paths;
  auto p = sized<snn_param>();
  for (size_t k = 0; snn_program_param(program.get(), 0, k, &p); ++k) {
    paths.push_back(p.path);
    if (paths.back() == "cells.tau") {
      EXPECT_STREQ(p.unit, "ms");
      EXPECT_EQ(p.unit_scale, 1);
      EXPECT_EQ(p.type, SNN_FLOAT64);
    }
  }
  EXPECT_EQ(paths.size(), snn_program_params(program.get(), 0));
  for (const char *wanted : {"n", "cells.tau", "cells.I", "source.rate_max", "wires.w"})
    EXPECT_NE(std::find(paths.begin(), paths.end(), wanted), paths.end()) << wanted;
}

TEST(EmbedProgram, ListsTheNetworkBeforeItIsBuilt) {
  const Program program = compile();
  EXPECT_EQ(snn_program_network(program.get(), 2), nullptr);
  const snn_network *network = snn_program_network(program.get(), 0);
  ASSERT_EQ(snn_network_populations(network), 2u);
  ASSERT_EQ(snn_network_projections(network), 1u);
  auto g = sized<snn_group>();
  ASSERT_TRUE(snn_network_population(network, 1, &g));
  EXPECT_STREQ(g.name, "cells");
  EXPECT_STREQ(g.model, "Cell");
  EXPECT_EQ(g.elements, -1);
  EXPECT_EQ(g.source, -1);
  ASSERT_TRUE(snn_network_projection(network, 0, &g));
  EXPECT_STREQ(g.name, "wires");
  EXPECT_STREQ(g.model, "Pulse");
  EXPECT_STREQ(g.rule, "PairSTDP");
  EXPECT_EQ(g.source, 0);
  EXPECT_EQ(g.target, 1);
  EXPECT_FALSE(snn_network_population(network, 2, &g));
  EXPECT_FALSE(snn_network_projection(network, 1, &g));

  bool found = false;
  auto v = sized<snn_variable>();
  for (size_t k = 0; snn_network_population_variable(network, 1, k, &v); ++k)
    if (std::strcmp(v.name, "V") == 0) {
      found = true;
      EXPECT_STREQ(v.path, "cells.V");
      EXPECT_STREQ(v.unit, "mV");
      EXPECT_EQ(v.kind, SNN_STATE);
      EXPECT_EQ(v.uniform, 0);
    }
  EXPECT_TRUE(found);
  EXPECT_TRUE(snn_network_projection_variable(network, 0, 0, &v));
  EXPECT_FALSE(snn_network_projection_variable(network, 0, 100, &v));
  EXPECT_FALSE(snn_network_population_variable(network, 9, 0, &v));
  ASSERT_EQ(snn_network_variables(network), 1u);
  ASSERT_TRUE(snn_network_variable(network, 0, &v));
  EXPECT_STREQ(v.path, "n");
  EXPECT_EQ(v.uniform, 1);
}

TEST(EmbedProgram, OlderAndNewerStructuresAreFilledAsFarAsTheyGo) {
  const Program program = compile();
  const snn_network *network = snn_program_network(program.get(), 0);
  struct {
    snn_group group;
    int64_t later = 42;
  } newer = {};
  newer.group.size = sizeof newer;
  ASSERT_TRUE(snn_network_population(network, 1, &newer.group));
  EXPECT_EQ(newer.later, 42);
  EXPECT_EQ(newer.group.size, sizeof newer);
  snn_group older = {};
  older.size = offsetof(snn_group, model);
  ASSERT_TRUE(snn_network_population(network, 1, &older));
  EXPECT_STREQ(older.name, "cells");
  EXPECT_EQ(older.model, nullptr);
  snn_group unset = {};
  EXPECT_FALSE(snn_network_population(network, 1, &unset));
}

TEST(EmbedProgram, Version) { EXPECT_STREQ(snn_version(), "0.1.0"); }

} // namespace

} // namespace snn::test
