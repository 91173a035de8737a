// Optimisation and emission of a module.
#pragma once

#include "compiler/codegen/llvm/Codegen.h"

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace snn::codegen {

void optimise(llvm::Module &module, llvm::TargetMachine &machine, const Options &options);
std::string printModule(llvm::Module &module);
/// Assembly or Object.
std::string emit(llvm::Module &module, llvm::TargetMachine &machine, Output output);

} // namespace snn::codegen
