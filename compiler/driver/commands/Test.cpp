// `snnc test FILE… [-- flags]`: each `test` block runs as an experiment with a network of its own; a failed assertion, or
// whatever else ends the run early, is a failed test.
#include "compiler/driver/InMemory.h"
#include "compiler/driver/commands/Commands.h"
#include "runtime/core/Main.h"

#include <cstdio>
#include <fmt/format.h>

namespace snn::driver::commands {

namespace {

struct Tally {
  bool several = false; ///< files: then each line begins with its file
  size_t passed = 0, failed = 0;
  bool unread = false; ///< a file could not be read

  void line(const std::string &file, const std::string &name, const rt::Status &status) {
    ++(status.ok() ? passed : failed);
    print(fmt::format("{}{}{}{}{}\n", status.ok() ? "ok      " : "FAILED  ", several ? file + ": " : "", name, status.ok() ? "" : ": ",
                      status.ok() ? "" : status.error().message));
  }
  /// A file that cannot be tested is one failed test: an empty run must not look like a good one.
  void file(const std::string &name, std::string_view why) {
    ++failed;
    print(fmt::format("FAILED  {}: {}\n", name, why));
  }

private:
  static void print(const std::string &text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
};

/// Flags that make sense for a run without files.
rt::Result<rt::CommandLine> flagsOf(const abi::Image &image, size_t test, const CommandLine &line) {
  rt::Result<rt::CommandLine> flags = rt::parseFlags(image, test, line.arguments);
  if (!flags.ok())
    return flags.error();
  rt::SessionOptions &session = flags.value().session;
  if (flags.value().help || flags.value().version || !session.output.empty() || !session.checkpoint.empty() || !session.resume.empty())
    return rt::Error{rt::ExitCode::usage, "tests write no recordings and no checkpoints: --output, --checkpoint, --resume, --help and "
                                          "--version have no meaning after `snnc test … --`"};
  session.record = false;
  session.quiet = true;
  return flags;
}

rt::Status runTest(InMemory &compiled, size_t test, const rt::CommandLine &flags, Timing &timing) {
  const auto model = compiled.modelFor(flags, timing);
  if (!model.ok())
    return model.error();
  std::string stoppedAt;
  return rt::runProgram(model.value(), compiled.image(), test, flags.session, nullptr, stoppedAt);
}

/// Runs the tests of a file one after the other. Nothing but an exit code after a wrong flag, which is no failure of a test.
std::optional<ExitCode> testFile(const CommandLine &line, Timing &timing, Tally &tally) {
  ChainOptions options = chainOptions(line);
  options.take = Take::Tests;
  Chain chain(std::move(options), timing);
  if (!compile(chain, line)) {
    tally.unread |= codeOfErrors(chain) == inputOutput;
    tally.file(line.model, codeOfErrors(chain) == inputOutput ? "it cannot be read" : "it does not compile");
    return std::nullopt;
  }
  if (chain.programs().empty()) {
    tally.file(line.model, "it has no `test` block");
    return std::nullopt;
  }
  InMemory::How how;
  how.code.cpu = line.cpu;
  how.code.optLevel = line.optLevel;
  how.interpreter = line.interpreter;
  const auto made = InMemory::create(chain, how);
  if (!made.ok()) {
    fail(internal, made.error().message);
    return internal;
  }
  InMemory &compiled = *made.value();
  for (size_t k = 0; k < compiled.image()->programs.size(); ++k) {
    const auto flags = flagsOf(*compiled.image(), k, line);
    if (!flags.ok()) {
      fail(usage, flags.error().message);
      return usage;
    }
    tally.line(line.model, compiled.image()->programs[k].host.name, runTest(compiled, k, flags.value(), timing));
  }
  return std::nullopt;
}

} // namespace

int test(const CommandLine &line, Timing &timing) {
  Tally tally;
  tally.several = line.models.size() > 1;
  for (const std::string &model : line.models) {
    CommandLine one = line;
    one.model = model;
    if (const auto code = testFile(one, timing, tally))
      return *code;
  }
  const int written = writeOutput({}, fmt::format("{} passed, {} failed\n", tally.passed, tally.failed));
  return written != done ? written : tally.unread ? inputOutput : tally.failed ? modelErrors : done;
}

} // namespace snn::driver::commands
