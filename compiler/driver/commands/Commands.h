// The commands of snnc. Each returns the exit code (LANGUAGE section 9).
#pragma once

#include "compiler/driver/Chain.h"
#include "compiler/driver/CommandLine.h"

namespace snn::driver::commands {

enum ExitCode { done = 0, modelErrors = 1, usage = 2, resources = 5, inputOutput = 6, internal = 70 };

int build(const CommandLine &line, Timing &timing);
int run(const CommandLine &line, Timing &timing);
int test(const CommandLine &line, Timing &timing);
int plan(const CommandLine &line, Timing &timing);
int check(const CommandLine &line, Timing &timing);
int emit(const CommandLine &line, Timing &timing);
int explain(const CommandLine &line);
int explainSolver(const CommandLine &line, Timing &timing);

// ---- shared by the commands

/// Chain options of a command line.
ChainOptions chainOptions(const CommandLine &line);
/// Runs the stages up to bytecode on a thread with a large stack; prints diagnostics. False after errors.
/// What a CUDA device cannot do is an error if the command line asks for one.
bool compile(Chain &chain, const CommandLine &line);
/// The same up to the stage that `stages` runs.
bool compile(Chain &chain, const std::function<bool()> &stages);
/// The exit code after a failed compile: of a model file that cannot be read, or of errors in the model.
ExitCode codeOfErrors(const Chain &chain);
/// Prints warnings and errors to standard error.
void printDiagnostics(const Chain &chain);
/// Prints to standard output or writes the file. Returns an exit code.
int writeOutput(const std::string &path, const std::string &bytes);
int fail(ExitCode code, const std::string &message);
/// "digits" for "examples/digits.snn"; for "examples/digits/model.snn" it is "model".
std::string stem(const std::string &path);

} // namespace snn::driver::commands
