// Machine code of this process: kernels are compiled for the host and loaded by ORC; nothing but the symbols of
// runtime/abi/RuntimeSymbols.def can be reached from them.
#pragma once

#include "compiler/codegen/llvm/Codegen.h"
#include "runtime/abi/snn_abi.h"

#include <llvm/Support/Error.h>

#include <memory>
#include <string>
#include <vector>

namespace snn::codegen::jit {

/// Code of one model: freed with this object, after no thread runs in it.
class Code {
public:
  /// Errors: a machine below x86-64-v3.
  static llvm::Expected<std::unique_ptr<Code>> create();
  ~Code();

  /// Loads an object made by codegen::generate; the functions live as long as this.
  llvm::Error load(const std::string &object, const KernelSet &set);
  /// The sets loaded, in this order.
  const std::vector<snn_kernel_set> &sets() const;
  /// The image and all sets loaded, as a finished binary's descriptor. Call again after further loads.
  const snn_model &model(std::string image);

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  explicit Code(std::unique_ptr<Impl> i);
};

} // namespace snn::codegen::jit
