// Sessions: flags, running, stepping, stopping, closing; sessions that outlive their program.
#include "test/unit/embed/Support.h"

#include <filesystem>

namespace snn::test {

namespace {

std::string refusal(const Program &program, const char *experiment, std::vector<const char *> flags,
                    snn_code code) {
  Failure failure;
  EXPECT_FALSE(Session(
      snn_session_create(program.get(), experiment, flags.data(), flags.size(), failure.out())));
  EXPECT_EQ(failure.code(), code);
  return failure.message();
}

TEST(EmbedSession, WrongFlagsAndNamesAreErrors) {
  const Program program = compile();
  EXPECT_NE(refusal(program, nullptr, {}, SNN_USAGE).find("train, steps"), std::string::npos);
  EXPECT_NE(refusal(program, "trian", {}, SNN_USAGE).find("'trian'"), std::string::npos);
  EXPECT_NE(refusal(program, "train", {"--round=3"}, SNN_USAGE).find("did you mean --rounds"),
            std::string::npos);
  EXPECT_NE(refusal(program, "train", {"--T=3mV"}, SNN_USAGE).find("ms"), std::string::npos);
  EXPECT_NE(
      refusal(program, "steps", {"--set=cells.taw=3ms"}, SNN_USAGE).find("did you mean cells.tau"),
      std::string::npos);
  EXPECT_NE(refusal(program, "steps", {"--help"}, SNN_USAGE).find("--help"), std::string::npos);
  EXPECT_NE(refusal(program, "steps", {"--dt=0ms"}, SNN_USAGE).find("dt"), std::string::npos);
}

TEST(EmbedSession, ASweepIsManySessionsAndNotOne) {
  const Program program = compile("experiment e { sweep k in [1, 2];  print \"{k}\" }");
  EXPECT_NE(refusal(program, "e", {}, SNN_USAGE).find("e is a sweep"), std::string::npos);
  EXPECT_NE(refusal(program, "e", {"--k=1"}, SNN_USAGE).find("--k: k is swept"), std::string::npos);
}

TEST(EmbedSession, RunsTheExperimentWithItsFlags) {
  const Program program = compile();
  const Session session = start(program, "train", {"--T=20ms", "--rounds=3", "--set=n=7"});
  std::string printed;
  snn_session_on_print(
      session.get(),
      [](void *to, const char *text, size_t n) { static_cast<std::string *>(to)->append(text, n); },
      &printed);
  EXPECT_EQ(snn_session_time(session.get()), 0);
  EXPECT_EQ(snn_session_dt(session.get()), 0.1);
  EXPECT_EQ(snn_session_count(session.get(), "cells.V"), 7);
  EXPECT_FALSE(snn_session_finished(session.get()));
  Failure failure;
  ASSERT_TRUE(snn_session_run_experiment(session.get(), failure.out())) << failure.message();
  EXPECT_TRUE(snn_session_finished(session.get()));
  EXPECT_NEAR(snn_session_time(session.get()), 60, 1e-9);
  EXPECT_NE(printed.find(" spikes\n"), std::string::npos) << printed;
}

TEST(EmbedSession, StepsAndRunsAddUp) {
  const Program program = compile();
  const Session a = start(program, "steps"), b = start(program, "steps");
  for (const Session *s : {&a, &b})
    write(*s, "source.x", 0.7);
  run(a, 30);
  Failure failure;
  for (int k = 0; k < 100; ++k)
    ASSERT_TRUE(snn_session_step(b.get(), 3, failure.out())) << failure.message();
  EXPECT_EQ(snn_session_time(a.get()), snn_session_time(b.get()));
  EXPECT_EQ(bitsOf(a), bitsOf(b));
}

TEST(EmbedSession, TimesThatAreNoneAreRefused) {
  const Program program = compile();
  const Session session = start(program, "steps");
  Failure failure;
  for (double ms : {0.05, -1.0, 1e300, 0.0 / 0.0}) {
    EXPECT_FALSE(snn_session_run(session.get(), ms, failure.out())) << ms;
    EXPECT_EQ(failure.code(), SNN_USAGE);
  }
  EXPECT_FALSE(snn_session_step(session.get(), -1, failure.out()));
  EXPECT_EQ(snn_session_time(session.get()), 0);
  EXPECT_TRUE(snn_session_run(session.get(), 0, failure.out()));
}

TEST(EmbedSession, LivesOnWhenItsProgramIsFreed) {
  Program program = compile();
  const Session reference = start(program, "steps"), session = start(program, "steps");
  write(reference, "source.x", 0.7);
  run(reference, 20);
  program.reset();
  write(session, "source.x", 0.7);
  run(session, 20);
  EXPECT_EQ(bitsOf(reference), bitsOf(session));
  auto g = sized<snn_group>();
  ASSERT_TRUE(snn_network_population(snn_session_network(session.get()), 0, &g));
  EXPECT_STREQ(g.name, "source");
  EXPECT_EQ(g.elements, 20);
}

TEST(EmbedSession, PrecisionsOfOneProgramDoNotMix) {
  const Program program = compile();
  const Session f = start(program, "steps"), d = start(program, "steps", {"--precision=double"});
  for (const Session *s : {&f, &d}) {
    write(*s, "source.x", 0.7);
    run(*s, 5);
  }
  auto v = sized<snn_view>();
  ASSERT_TRUE(snn_session_view(f.get(), "cells.V", &v, nullptr));
  EXPECT_EQ(v.type, SNN_FLOAT32);
  ASSERT_TRUE(snn_session_view(d.get(), "cells.V", &v, nullptr));
  EXPECT_EQ(v.type, SNN_FLOAT64);
  EXPECT_NE(bitsOf(f), bitsOf(d));
}

struct Stopper {
  snn_session *session;
  double at;
  Failure nested;
  int refused = 0;
};

TEST(EmbedSession, StopsAfterTheStepAndGoesOn) {
  const Program program = compile();
  const Session whole = start(program, "train"), session = start(program, "train");
  const auto quiet = [](void *, const char *, size_t) {};
  snn_session_on_print(whole.get(), quiet, nullptr);
  snn_session_on_print(session.get(), quiet, nullptr);
  Stopper stopper{session.get(), 12.3, {}, 0};
  Failure failure;
  ASSERT_TRUE(snn_session_on_sample(
      session.get(), "cells.V", 0,
      [](void *user, double ms, const double *, size_t) {
        Stopper &s = *static_cast<Stopper *>(user);
        if (ms < s.at - 0.01 || ms > s.at + 0.01)
          return;
        snn_session_stop(s.session);
        // Calls that would pull the floor away are refused, with an error.
        s.refused += !snn_session_step(s.session, 1, s.nested.out()) +
                     !snn_session_close(s.session, s.nested.out()) +
                     !snn_session_on_spikes(
                         s.session, "cells", [](void *, double, const int32_t *, size_t) {},
                         nullptr, s.nested.out());
      },
      &stopper, failure.out()));
  ASSERT_TRUE(snn_session_run_experiment(session.get(), failure.out())) << failure.message();
  EXPECT_NEAR(snn_session_time(session.get()), 12.3, 1e-9);
  EXPECT_FALSE(snn_session_finished(session.get()));
  EXPECT_EQ(stopper.refused, 3);
  EXPECT_EQ(stopper.nested.code(), SNN_USAGE);
  ASSERT_TRUE(snn_session_run_experiment(session.get(), failure.out())) << failure.message();
  EXPECT_TRUE(snn_session_finished(session.get()));
  ASSERT_TRUE(snn_session_run_experiment(whole.get(), failure.out())) << failure.message();
  EXPECT_EQ(bitsOf(whole), bitsOf(session));
}

TEST(EmbedSession, ErrorsOfARunCarryTheirCode) {
  const Program program = compile(
      "neuron A { state V = 1;  V' = V * V / (1 ms);  solver euler }\n"
      "network N { population a = A[2] }\n"
      "experiment e on N { option T = 50 ms \"t\";  assert T < 20 ms, \"too long\";  run T }\n");
  Failure failure;
  const Session tooLong = start(program, nullptr);
  EXPECT_FALSE(snn_session_run_experiment(tooLong.get(), failure.out()));
  EXPECT_EQ(failure.code(), SNN_ASSERTION);
  EXPECT_NE(failure.message().find("too long"), std::string::npos) << failure.message();
  const Session diverges = start(program, "e", {"--T=19ms"});
  EXPECT_FALSE(snn_session_run_experiment(diverges.get(), failure.out()));
  EXPECT_EQ(failure.code(), SNN_DIVERGENCE);
  EXPECT_NE(failure.message().find("a"), std::string::npos) << failure.message();
}

TEST(EmbedSession, WritesOnlyWhereAFlagSays) {
  const Program program = compile();
  const Folder folder;
  const std::string file = folder.path() + "/run.h5", flag = "--output=" + file;
  const auto quiet = [](void *, const char *, size_t) {};
  Failure failure;
  const Session silent = start(program, "train"), writing = start(program, "train", {flag.c_str()});
  for (const Session *s : {&silent, &writing}) {
    snn_session_on_print(s->get(), quiet, nullptr);
    ASSERT_TRUE(snn_session_run_experiment(s->get(), failure.out())) << failure.message();
    ASSERT_TRUE(snn_session_close(s->get(), failure.out())) << failure.message();
    EXPECT_FALSE(snn_session_step(s->get(), 1, failure.out()));
    EXPECT_EQ(failure.code(), SNN_USAGE);
    EXPECT_EQ(read(*s, "cells.V").size(), 5u);
  }
  EXPECT_GT(std::filesystem::file_size(file), 1000u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(EmbedSession, NotesSayWhatWasRounded) {
  const Program program = compile(
      "neuron A { state V = 1;  V' = -V / (1 ms);  spike when V > 2 }\n"
      "synapse P { weight w;  on pre { target += w } }\n"
      "network N { population a = A[2];  connect a -> a.V all_to_all by P(w = 0) delay 0.13 ms }\n"
      "experiment e on N { set dt = 0.1 ms }\n");
  const Session session = start(program, nullptr);
  EXPECT_NE(std::string(snn_session_notes(session.get())).find("rounded"), std::string::npos)
      << snn_session_notes(session.get());
}

} // namespace

} // namespace snn::test
