// What a host program may do without changing results: other sessions, threads, floating-point
// modes; and what we may not do to the host.
#include "test/unit/embed/Support.h"

#include "compiler/codegen/llvm/FatalErrors.h"

#include <immintrin.h>
#include <llvm/Support/ErrorHandling.h>

#include <pthread.h>

#include <clocale>
#include <cstdlib>
#include <future>
#include <thread>

namespace snn::test {

namespace {

/// The bits of `steps` alone, with a seed of its own.
std::vector<uint64_t> alone(const Program &program, const char *seed) {
  const Session session = start(program, "steps", {seed});
  write(session, "source.x", 0.7);
  run(session, 40);
  return bitsOf(session);
}

TEST(EmbedIsolation, InterleavedSessionsGiveTheSameBitsAsAlone) {
  const Program program = compile();
  const std::vector<uint64_t> three = alone(program, "--seed=3"), four = alone(program, "--seed=4");
  ASSERT_NE(three, four);
  const Session a = start(program, "steps", {"--seed=3"}),
                b = start(program, "steps", {"--seed=4"});
  write(a, "source.x", 0.7);
  write(b, "source.x", 0.7);
  for (int k = 0; k < 80; ++k) {
    run(a, 0.5);
    run(b, 0.5);
  }
  EXPECT_EQ(bitsOf(a), three);
  EXPECT_EQ(bitsOf(b), four);
}

TEST(EmbedIsolation, ThreadsCompileAndRunSideBySide) {
  const Program program = compile();
  const std::vector<uint64_t> three = alone(program, "--seed=3"), four = alone(program, "--seed=4");
  auto a = std::async(std::launch::async, [&] { return alone(program, "--seed=3"); });
  auto b = std::async(std::launch::async, [&] { return alone(program, "--seed=4"); });
  auto c = std::async(std::launch::async, [&] { return alone(compile(), "--seed=4"); });
  EXPECT_EQ(a.get(), three);
  EXPECT_EQ(b.get(), four);
  EXPECT_EQ(c.get(), four);
}

TEST(EmbedIsolation, AnotherThreadStopsARun) {
  const Program program = compile();
  const Session session = start(program, "steps");
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    snn_session_stop(session.get());
  });
  Failure failure;
  EXPECT_TRUE(snn_session_step(session.get(), int64_t{1} << 50, failure.out()))
      << failure.message();
  other.join();
  const double stopped = snn_session_time(session.get());
  run(session, 1);
  EXPECT_NEAR(snn_session_time(session.get()), stopped + 1, 1e-6 * stopped);
}

/// Values that decay through the denormal range of float, and a constant that is one.
constexpr const char *tiny = "neuron A { state x = 1e-37;  x' = -x / (1 ms);  spike when x > 1 }\n"
                             "network N { population a = A[3] }\n"
                             "experiment e on N { set dt = 0.1 ms;  record a.x }\n";

double tinyValue(unsigned mode) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(mode);
  double value = -1;
  {
    const Program program = compile(tiny);
    const Session session = start(program, nullptr);
    run(session, 5);
    value = read(session, "a.x")[0];
    EXPECT_EQ(_mm_getcsr() & ~0x3fu, mode & ~0x3fu); // but for flags that our own comparisons raise
  }
  _mm_setcsr(before);
  return value;
}

TEST(EmbedIsolation, TheHostsFloatModeChangesNothingAndIsRestored) {
  const double value = tinyValue(0x1f80);
  EXPECT_GT(value, 0);
  EXPECT_LT(value, 1.1754943508222875e-38); // a denormal
  constexpr unsigned flushToZero = 0x8000, denormalsAreZero = 0x0040, towardZero = 0x6000;
  EXPECT_EQ(tinyValue(0x1f80 | flushToZero | denormalsAreZero), value);
  EXPECT_EQ(tinyValue(0x1f80 | towardZero), value);
}

TEST(EmbedIsolation, TheHostsLanguageChangesNoNumber) {
  const Folder folder; // for a language that the machine need not have
  const std::string make =
      "localedef -i de_DE -f UTF-8 " + folder.path() + "/de_DE.UTF-8 > /dev/null 2>&1";
  setenv("LOCPATH", folder.path().c_str(), 1);
  if (std::system(make.c_str()) != 0 || !std::setlocale(LC_NUMERIC, "de_DE.UTF-8"))
    GTEST_SKIP() << "no language with a decimal comma can be made here";
  EXPECT_STREQ(std::localeconv()->decimal_point, ",");
  const Program program = compile();
  const Session session = start(program, "steps", {"--dt=0.25ms"});
  const double dt = snn_session_dt(session.get()), rate = read(session, "source.rate_max")[0];
  std::setlocale(LC_NUMERIC, "C");
  unsetenv("LOCPATH");
  EXPECT_EQ(dt, 0.25);
  EXPECT_EQ(rate, 0.1); // 100 Hz in 1/ms
}

TEST(EmbedIsolation, FatalErrorsOfLlvmAreExceptionsWhileCodeIsGenerated) {
  const auto fail = [] {
    const codegen::FatalErrors outer, inner;
    llvm::report_fatal_error("no such register");
  };
  try {
    fail();
    ADD_FAILURE();
  } catch (const codegen::InternalError &error) {
    EXPECT_STREQ(error.what(), "LLVM: no such register");
  }
}

TEST(EmbedIsolation, SmallStacksOfTheHostAreEnough) {
  std::string text = "neuron A { state V = 0;  V' = -V / (1 ms);  let y = ";
  for (int k = 0; k < 250; ++k)
    text += "(1 + ";
  text += "V" + std::string(250, ')') +
          "\n spike when y > 1000 }\n"
          "network N { population a = A[1] }\nexperiment e on N { set dt = 0.1 ms }\n";
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 512 << 10);
  pthread_t thread;
  const auto work = [](void *data) -> void * {
    Failure failure;
    const Program program(
        snn_compile_text("deep.snn", static_cast<std::string *>(data)->c_str(), failure.out()));
    EXPECT_TRUE(program) << failure.message();
    if (program)
      run(start(program, nullptr), 1);
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, work, &text), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

} // namespace

} // namespace snn::test
