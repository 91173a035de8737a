// A model compiled into this process: what `snnc run` and the embedding API start simulations from.
#pragma once

#include "compiler/driver/Chain.h"
#include "runtime/abi/ProgramImage.h"
#include "runtime/abi/snn_abi.h"
#include "runtime/core/Options.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace snn::codegen::jit {
class Code;
}
namespace snn::interp {
class Interpreter;
}

namespace snn::driver {

/// Kernels are compiled when a run first asks for them: of its experiment, in its precision.
class InMemory {
public:
  struct How {
    codegen::Options code;    ///< but for the precision
    bool interpreter = false; ///< the Kernel IR is interpreted instead
  };
  /// Takes the programs of `chain`, which has compiled at least one up to bytecode.
  static rt::Result<std::unique_ptr<InMemory>> create(Chain &chain, How how);
  ~InMemory();

  const std::shared_ptr<const abi::Image> &image() const { return tables; }
  /// The model with the kernels loaded so far; valid as long as this.
  snn_model model() const;
  /// The same with all kernels that the run can ask for. Errors: a machine below x86-64-v3;
  /// mistakes of code generation are thrown. May be called from several threads.
  rt::Result<snn_model> modelFor(const rt::CommandLine &run, Timing &timing);

private:
  How how;
  std::string bytes; ///< the image, serialised
  std::shared_ptr<const abi::Image> tables;
  std::vector<Compiled> programs;
  mutable std::mutex lock;
  std::unique_ptr<codegen::jit::Code> code;
  std::vector<std::unique_ptr<interp::Interpreter>> interpreters;
  std::vector<snn_kernel_set> sets; ///< room for all from the start: models given out point here

  explicit InMemory(How h);
  bool loaded(uint32_t experiment, bool doublePrecision) const;
  rt::Status load(uint32_t experiment, bool doublePrecision, Timing &timing);
  rt::Status interpret(uint32_t experiment, bool doublePrecision);
};

} // namespace snn::driver
