// snn-opt: reads the text of a program in Kernel IR, runs kernel passes, prints the result. For tests of single passes.
#include "compiler/kernel/ir/Parse.h"
#include "compiler/kernel/ir/Print.h"
#include "compiler/kernel/ir/Verify.h"
#include "compiler/kernel/passes/Passes.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

int fail(const std::string &file, const std::string &message) {
  fmt::print(stderr, "snn-opt: {}: {}\n", file, message);
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app("Runs passes over Kernel IR.");
  std::string file = "-";
  std::vector<std::string> names;
  snn::kernel::PipelineOptions options;
  options.print = [](const std::string &text) { std::cout << text; };
  bool list = false;
  app.add_option("file", file, "Kernel IR; - is standard input");
  CLI::Option *chosen = app.add_option("--passes", names, "run these, in this order")->delimiter(',')->expected(0, -1);
  app.add_option("--print-after", options.printAfter, "print after these passes (or all)")->delimiter(',');
  app.add_option("--stop-after-pass", options.stopAfter, "run only that many passes");
  app.add_flag("--list", list, "list the passes");
  CLI11_PARSE(app, argc, argv);
  if (list) {
    for (const snn::kernel::Pass &pass : snn::kernel::passes())
      fmt::print("{:<24} {}\n", pass.name, pass.meaning);
    return 0;
  }
  if (chosen->count())
    options.passes = names;
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
