// The registry of kernel passes and the pipeline that runs them.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snn::kernel {

/// A pass rewrites one kernel and says whether it changed it.
struct Pass {
  std::string_view name;
  std::string_view meaning;
  bool (*run)(const Program &program, Kernel &kernel);
};

/// All passes, in the order of Passes.def.
std::span<const Pass> passes();
const Pass *findPass(std::string_view name);

struct PipelineOptions {
  /// Names of passes to run in this order; nothing: all of them.
  std::optional<std::vector<std::string>> passes;
  int stopAfter = -1;                  ///< run only that many
  std::vector<std::string> printAfter; ///< names; "all"
  std::function<void(const std::string &)> print;
};

/// Runs passes over every kernel. Between passes the program is verified, and a pass's claim to have changed nothing is
/// compared with the print (in builds with assertions). Returns a message for an unknown pass; a broken rule is our bug and
/// ends the process naming the pass.
std::optional<std::string> optimise(Program &program, const PipelineOptions &options);

#define KERNEL_PASS(CLASS, NAME, MEANING) bool run##CLASS(const Program &program, Kernel &kernel);
#include "compiler/kernel/passes/Passes.def"
#undef KERNEL_PASS

} // namespace snn::kernel
