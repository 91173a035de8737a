// The chain of stages: the one place that calls more than one of them.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/codegen/llvm/Codegen.h"
#include "compiler/driver/Timing.h"
#include "compiler/model/ir/Experiment.h"
#include "runtime/abi/CudaProgram.h"
#include "runtime/abi/HostProgram.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snn::driver {

/// Which of a file's experiments and `test` blocks are taken beyond the checks of the model.
enum class Take : uint8_t { Experiments, Tests, Both };

/// What stages print on the way: --print-after and the stages' own forms.
struct ChainOptions {
  std::vector<std::string> printAfter; ///< names of model and kernel passes
  std::vector<std::string> passes;     ///< kernel passes to run instead of all
  bool passesGiven = false;
  int stopAfterPass = -1;
  bool optimise = true;                ///< false: no kernel passes
  Take take = Take::Experiments;
  std::string experiment;              ///< only this one
  std::function<void(const std::string &)> print; ///< for printAfter
};

/// One experiment, compiled to kernels and bytecode.
struct Compiled {
  kernel::Program kernels;
  abi::HostProgram host;
  abi::CudaProgram cuda;
  std::optional<bool> doublePrecision; ///< the experiment's own `set precision`
};

/// One compilation. Each function returns nothing after errors, which are in diagnostics().
class Chain {
public:
  Chain(ChainOptions options, Timing &timing);
  ~Chain();

  bool loadFile(const std::string &path);
  bool loadText(const std::string &path, std::string text);
  bool check();                        ///< + names, types, elaboration
  bool solve();                        ///< + solvers, model passes
  bool schedule();                     ///< + kernels, as scheduled
  bool optimise();                     ///< + kernel passes
  /// + CUDA C++. What a device cannot do is an error if `needed`, else it is kept to be said when a run asks for a device.
  bool emitCuda(bool needed);
  bool lowerHost();                    ///< + bytecode
  /// All after loading.
  bool compile(bool cudaNeeded = false) { return check() && solve() && schedule() && optimise() && emitCuda(cudaNeeded) && lowerHost(); }

  std::string printAst() const;
  std::string printModel() const;
  std::string printPlacement() const;
  std::string printSolvers() const;
  std::string printKernels() const;

  std::vector<Compiled> &programs();
  /// The image of all experiments compiled: tables, bytecode, the model's text and checksum.
  std::string image() const;
  const diag::Engine &diagnostics() const;
  /// Whether the model's own file could not be read: a failure of input, not of the model.
  bool unread() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace snn::driver
