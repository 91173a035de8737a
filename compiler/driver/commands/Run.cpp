// `snnc run model.snn -- flags`: compiles in memory and runs in this process.
#include "compiler/codegen/jit/Jit.h"
#include "compiler/driver/commands/Commands.h"
#include "runtime/core/Main.h"

#include <algorithm>

namespace snn::driver::commands {

namespace {

bool hasFlag(const std::vector<std::string> &arguments, const std::string &flag) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const std::string &a) { return a == flag || a.rfind(flag + "=", 0) == 0; });
}

/// The value of `--flag value` or `--flag=value`, or "".
std::string flagValue(const std::vector<std::string> &arguments, const std::string &flag) {
  for (size_t k = 0; k < arguments.size(); ++k) {
    if (arguments[k] == flag && k + 1 < arguments.size())
      return arguments[k + 1];
    if (arguments[k].rfind(flag + "=", 0) == 0)
      return arguments[k].substr(flag.size() + 1);
  }
  return {};
}

/// The precisions that this run can ask for: the flag's, else the experiment's, else float; a checkpoint may say either.
std::vector<bool> precisions(const std::vector<std::string> &arguments, const Compiled &program) {
  if (hasFlag(arguments, "--precision"))
    return {flagValue(arguments, "--precision") == "double"};
  if (hasFlag(arguments, "--resume"))
    return {false, true};
  return {program.doublePrecision.value_or(false)};
}

std::string loadAll(codegen::jit::Code &code, Chain &chain, const CommandLine &line, Timing &timing) {
  const std::vector<Compiled> &programs = chain.programs();
  // With several experiments the first argument names one; only that one is compiled.
  const std::string chosen = line.arguments.empty() ? "" : line.arguments.front();
  const bool named = std::any_of(programs.begin(), programs.end(),
                                 [&](const Compiled &p) { return p.host.name == chosen; });
  for (uint32_t k = 0; k < programs.size(); ++k) {
    if (named && programs[k].host.name != chosen)
      continue;
    for (bool doublePrecision : precisions(line.arguments, programs[k])) {
      codegen::Options options;
      options.cpu = line.cpu;
      options.doublePrecision = doublePrecision;
      options.optLevel = line.optLevel;
      codegen::Times times;
      const std::string object = codegen::generate(programs[k].kernels, k, options, codegen::Output::Object, &times);
      timing.add("kernels to LLVM IR", times.lower + times.link);
      timing.add("LLVM passes", times.optimise);
      timing.add("machine code", times.emit);
      const codegen::KernelSet set{k, static_cast<uint32_t>(programs[k].kernels.kernels.size()), options};
      if (auto error = timing.measure("load", [&] { return code.load(object, set); }))
        return llvm::toString(std::move(error));
    }
  }
  return {};
}

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
  auto code = codegen::jit::Code::create();
  if (!code)
    return fail(resources, llvm::toString(code.takeError()));
  const std::string error = loadAll(**code, chain, line, timing);
  if (!error.empty())
    return fail(internal, error);
  const snn_model &model = (*code)->model(chain.image());
  if (line.timeReport)
    std::fputs(timing.report().c_str(), stderr);
  return start(model, line);
}

} // namespace

int run(const CommandLine &line, Timing &timing) {
  Chain chain(chainOptions(line), timing);
  if (!compile(chain, line.model))
    return modelErrors;
  if (chain.programs().empty())
    return fail(modelErrors, line.model + " has no experiment to run");
  return runCompiled(chain, line, timing);
}

} // namespace snn::driver::commands
