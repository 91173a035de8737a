// `snnc check`, `snnc explain`, `snnc explain-solver`.
#include "compiler/driver/commands/Commands.h"

#include <cctype>

namespace snn::driver::commands {

int check(const CommandLine &line, Timing &timing) {
  ChainOptions options = chainOptions(line);
  options.take = Take::Both;
  Chain chain(std::move(options), timing);
  return compile(chain, line) ? done : codeOfErrors(chain);
}

int explainSolver(const CommandLine &line, Timing &timing) {
  Chain chain(chainOptions(line), timing);
  if (!compile(chain, [&] { return chain.loadFile(line.model) && chain.check() && chain.solve(); }))
    return codeOfErrors(chain);
  const std::string solvers = chain.printSolvers();
  if (solvers.empty()) // what a model's equations are is known where its params are, in a population or projection
    return fail(usage, "no population or connection of a network in `" + line.model + "` has equations; models are explained where they are used");
  return writeOutput(line.output, solvers);
}

int explain(const CommandLine &line) {
  std::string code = line.model;
  for (char &c : code)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const std::string_view page = diag::explain(code);
  if (!page.empty())
    return writeOutput({}, std::string(page) + (page.back() == '\n' ? "" : "\n"));
  return fail(usage, "there is no page about `" + line.model + "`; codes look like E0301");
}

} // namespace snn::driver::commands
