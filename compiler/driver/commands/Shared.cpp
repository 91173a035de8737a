// What the commands share: running the chain, printing, writing.
#include "compiler/driver/Worker.h"
#include "compiler/driver/commands/Commands.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

namespace snn::driver::commands {

ChainOptions chainOptions(const CommandLine &line) {
  ChainOptions options;
  options.printAfter = line.printAfter;
  options.passes = line.passes;
  options.passesGiven = line.passesGiven;
  options.stopAfterPass = line.stopAfterPass;
  options.optimise = line.optLevel > 0;
  options.experiment = line.experiment;
  options.print = [](const std::string &text) { std::fwrite(text.data(), 1, text.size(), stdout); };
  return options;
}

void printDiagnostics(const Chain &chain) {
  const std::string text = chain.diagnostics().print(isatty(STDERR_FILENO));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

bool compile(Chain &chain, const std::function<bool()> &stages) {
  bool ok = false;
  onLargeStack([&] { ok = stages(); });
  printDiagnostics(chain);
  return ok;
}

ExitCode codeOfErrors(const Chain &chain) { return chain.unread() ? inputOutput : modelErrors; }

bool compile(Chain &chain, const CommandLine &line) {
  const auto &given = line.arguments;
  const bool device = std::ranges::find(given, "--device=cuda") != given.end() ||
                      std::ranges::search(given, std::array<std::string, 2>{"--device", "cuda"}).begin() != given.end();
  return compile(chain, [&] { return chain.loadFile(line.model) && chain.compile(device || !line.cudaArchitectures.empty()); });
}

int fail(ExitCode code, const std::string &message) {
  std::fprintf(stderr, "snnc: %s%s\n", code == internal ? "internal error: " : "error: ", message.c_str());
  return code;
}

int writeOutput(const std::string &path, const std::string &bytes) {
  FILE *file = path.empty() ? stdout : std::fopen(path.c_str(), "wb");
  bool ok = file != nullptr;
  if (ok)
    ok = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (file)
    ok = (file == stdout ? std::fflush(file) : std::fclose(file)) == 0 && ok;
  if (ok)
    return done;
  return fail(inputOutput, fmt::format("{} cannot be written: {}", path.empty() ? "standard output" : path,
                                       std::strerror(errno)));
}

std::string stem(const std::string &path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

} // namespace snn::driver::commands
