// The command line of snnc.
#pragma once

#include "compiler/codegen/llvm/Codegen.h"

#include <optional>
#include <string>
#include <vector>

namespace snn::driver {

enum class Command : uint8_t { Build, Run, Test, Plan, Check, Explain, ExplainSolver, Emit, Help, Version };

/// What `--emit=` prints.
enum class Emit : uint8_t {
#define EMIT(NAME, SPELLING, MEANING) NAME,
#include "compiler/driver/Emit.def"
#undef EMIT
};

struct CommandLine {
  Command command = Command::Build;
  std::string model;                ///< path; Explain: the code
  std::vector<std::string> models;  ///< Test: paths
  std::string output;               ///< empty: from the model's name; Emit: standard output
  Emit emit = Emit::Ast;
  codegen::Cpu cpu = codegen::Cpu::Host; ///< Emit, Run
  bool cpuGiven = false;
  bool doublePrecision = false;     ///< Emit
  bool interpreter = false;         ///< Run
  int optLevel = 2;
  std::string experiment;           ///< empty: all of the file, or the only one
  std::vector<std::string> printAfter, passes;
  bool passesGiven = false;
  int stopAfterPass = -1;
  bool timeReport = false;
  std::vector<std::string> arguments; ///< Run, Test, Plan: what follows `--`
  std::vector<std::string> cudaArchitectures; ///< Build: compiled ahead; Emit: of the PTX, the first. "sm_90"
  std::string text;                 ///< Help, Version: to be printed
};

/// What is wrong with a command line: one message; exit code 2.
struct UsageError {
  std::string message;
};

/// Parses argv[1 …]; an unknown flag is reported with the nearest known one.
std::optional<CommandLine> parseCommandLine(int argc, char **argv, UsageError &error);

/// "0.1.0"
std::string version();

} // namespace snn::driver
