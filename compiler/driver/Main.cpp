// Dispatches the commands; what escapes them is an internal error with exit code 70.
#include "compiler/driver/Main.h"

#include "compiler/driver/commands/Commands.h"
#include "runtime/core/Main.h"

#include <csignal>
#include <cstdio>
#include <exception>

namespace snn::driver {

namespace {

int dispatch(const CommandLine &line, Timing &timing) {
  switch (line.command) {
  case Command::Build:
    return commands::build(line, timing);
  case Command::Run:
    return commands::run(line, timing);
  case Command::Test:
    return commands::test(line, timing);
  case Command::Plan:
    return commands::plan(line, timing);
  case Command::Check:
    return commands::check(line, timing);
  case Command::Explain:
    return commands::explain(line);
  case Command::ExplainSolver:
    return commands::explainSolver(line, timing);
  case Command::Emit:
    return commands::emit(line, timing);
  case Command::Help:
  case Command::Version:
    return commands::writeOutput({}, line.text);
  }
  return commands::internal;
}

} // namespace

int main(int argc, char **argv) {
  std::signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of writing
  std::signal(SIGXFSZ, SIG_IGN); // so is a limit of file sizes
  rt::holdStandardStreams();
  Timing timing;
  UsageError error;
  const std::optional<CommandLine> line = parseCommandLine(argc, argv, error);
  if (!line)
    return commands::fail(commands::usage, error.message);
  try {
    const int code = dispatch(*line, timing);
    if (line->timeReport && line->command != Command::Run) // `run` reports before the simulation starts
      std::fputs(timing.report().c_str(), stderr);
    return code;
  } catch (const std::exception &e) {
    return commands::fail(commands::internal, std::string(e.what()) + " (snnc " + version() + ", " + line->model + ")");
  }
}

} // namespace snn::driver
