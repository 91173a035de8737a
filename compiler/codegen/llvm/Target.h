// CPU levels as LLVM targets.
#pragma once

#include "compiler/codegen/llvm/Codegen.h"

#include <llvm/IR/Function.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>

namespace snn::codegen {

struct TargetText {
  std::string cpu, features;
  bool wide = false; ///< 512-bit vectors
};

/// Registers x86-64 with LLVM, once for the process; from any thread.
void initialiseTarget();

TargetText targetText(Cpu cpu);

/// Strict floating point, position independent.
std::unique_ptr<llvm::TargetMachine> targetMachine(const Options &options);

/// target-cpu, target-features, vector width, strict numerics.
void addTargetAttributes(llvm::Function &function, const TargetText &target);

} // namespace snn::codegen
