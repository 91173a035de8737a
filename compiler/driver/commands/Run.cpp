// `snnc run model.snn -- flags`: compiles in memory and runs in this process.
#include "compiler/driver/InMemory.h"
#include "compiler/driver/commands/Commands.h"
#include "runtime/core/Main.h"

namespace snn::driver::commands {

namespace {

int start(const snn_model &model, const CommandLine &line) {
  std::vector<std::string> arguments{stem(line.model)};
  arguments.insert(arguments.end(), line.arguments.begin(), line.arguments.end());
  std::vector<char *> raw;
  for (std::string &argument : arguments)
    raw.push_back(argument.data());
  raw.push_back(nullptr);
  return rt::mainEntry(model, static_cast<int>(arguments.size()), raw.data());
}

int runCompiled(Chain &chain, const CommandLine &line, Timing &timing) {
  InMemory::How how;
  how.code.cpu = line.cpu;
  how.code.optLevel = line.optLevel;
  how.interpreter = line.interpreter;
  const auto made = InMemory::create(chain, how);
  if (!made.ok())
    return fail(internal, made.error().message);
  InMemory &compiled = *made.value();
  snn_model model = compiled.model();
  // Wrong flags and --help need no kernels: the runtime's main program answers them.
  const auto flags = rt::parseCommandLine(*compiled.image(), line.arguments);
  if (flags.ok() && !flags.value().help && !flags.value().version) {
    const auto loaded = compiled.modelFor(flags.value(), timing);
    if (!loaded.ok())
      return fail(static_cast<ExitCode>(loaded.error().code), loaded.error().message);
    model = loaded.value();
  }
  if (line.timeReport)
    std::fputs(timing.report().c_str(), stderr);
  return start(model, line);
}

} // namespace

int run(const CommandLine &line, Timing &timing) {
  Chain chain(chainOptions(line), timing);
  if (!compile(chain, line))
    return codeOfErrors(chain);
  if (chain.programs().empty())
    return fail(modelErrors, line.model + " has no experiment to run");
  return runCompiled(chain, line, timing);
}

} // namespace snn::driver::commands
