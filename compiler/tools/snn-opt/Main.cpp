// snn-opt: reads the text of a program in Kernel IR, runs kernel passes, prints the result. For tests of single passes.
#include "compiler/base/support/NameList.h"
#include "compiler/kernel/ir/Parse.h"
#include "compiler/kernel/ir/Print.h"
#include "compiler/kernel/ir/Verify.h"
#include "compiler/kernel/passes/Passes.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

namespace {

int fail(const std::string &file, const std::string &message) {
  fmt::print(stderr, "snn-opt: {}: {}\n", file, message);
  return 1;
}

/// Fills the lists of passes; a message for a name that is none.
std::optional<std::string> passLists(const std::string &names, const std::string &printAfter, snn::kernel::PipelineOptions &options) {
  std::vector<std::string> known;
  for (const snn::kernel::Pass &pass : snn::kernel::passes())
    known.emplace_back(pass.name);
  if (options.passes)
    if (auto unknown = snn::support::readNames("kernel pass", names, known, *options.passes))
      return unknown;
  known.emplace_back("all");
  return snn::support::readNames("kernel pass", printAfter, known, options.printAfter);
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app("Runs passes over Kernel IR.");
  std::string file = "-", names, printAfter; // lists as text: CLI11 would take the file as one more name
  snn::kernel::PipelineOptions options;
  options.print = [](const std::string &text) { std::cout << text; };
  bool list = false;
  app.add_option("file", file, "Kernel IR; - is standard input");
  CLI::Option *chosen = app.add_option("--passes", names, "run these, in this order (a,b; none if empty)");
  app.add_option("--print-after", printAfter, "print after these passes (a,b or all)");
  app.add_option("--stop-after-pass", options.stopAfter, "run only that many passes")->check(CLI::NonNegativeNumber);
  app.add_flag("--list", list, "list the passes");
  std::vector<std::string> arguments = snn::support::arguments(argc, argv);
  std::ranges::reverse(arguments); // as CLI11 wants them
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError &error) {
    return app.exit(error);
  }
  if (list) {
    for (const snn::kernel::Pass &pass : snn::kernel::passes())
      fmt::print("{:<24} {}\n", pass.name, pass.meaning);
    return 0;
  }
  if (chosen->count())
    options.passes.emplace();
  if (auto unknown = passLists(names, printAfter, options)) {
    fmt::print(stderr, "snn-opt: {}\n", *unknown);
    return 2;
  }
  std::ifstream stream(file);
  if (file != "-" && !stream)
    return fail(file, "cannot be read");
  std::istream &in = file == "-" ? std::cin : stream;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  snn::kernel::ParseError error;
  auto program = snn::kernel::parse(text, error);
  if (!program)
    return fail(fmt::format("{}:{}", file, error.line), error.message);
  const std::vector<std::string> broken = snn::kernel::verify(*program);
  for (const std::string &rule : broken)
    fail(file, rule);
  if (!broken.empty())
    return 1;
  if (const auto unknown = snn::kernel::optimise(*program, options))
    return fail(file, *unknown);
  std::cout << snn::kernel::print(*program);
  return 0;
}
