// From Kernel IR to machine code of x86-64: what the driver, the JIT and the tests see. No LLVM type appears here.
//
// The namespace is snn::codegen, not snn::codegen::llvm, which would hide LLVM's own `llvm` in all of its users.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snn::codegen {

/// x86-64-v3 and -v4 as the psABI defines them; Host is the machine we run on with all of its features.
enum class Cpu : uint8_t { V3 = 3, V4 = 4, Host = 0 };

struct Options {
  Cpu cpu = Cpu::Host;
  bool doublePrecision = false; ///< what Type::Real is
  int optLevel = 2;             ///< 0: none, 1: no vectors, 2: the pipeline of kernels, 3: LLVM's own -O3
  bool verify = true;           ///< check the module before code generation
};

enum class Output : uint8_t { LlvmUnoptimised, Llvm, Assembly, Object };

/// Time spent, in milliseconds.
struct Times {
  double lower = 0, link = 0, optimise = 0, emit = 0;
};

/// Name of the table of functions (snn_kernel_fn[count]) that a module defines.
std::string tableName(uint32_t experiment, const Options &options);

/// Compiles all kernels of one program for one CPU level and precision. Thread-safe: each call has its own LLVMContext.
/// A failure is a mistake of the compiler: it throws an InternalError (FatalErrors.h) that names the kernel.
std::string generate(const kernel::Program &program, uint32_t experiment, const Options &options, Output output,
                     Times *times = nullptr);

/// One set of kernels as the descriptor names it.
struct KernelSet {
  uint32_t experiment = 0, count = 0;
  Options options;
};

/// An object file that defines `snn_model_descriptor`: the image's bytes and the sets, which are undefined symbols of it.
std::string generateDescriptor(const std::string &image, const std::vector<KernelSet> &sets);

/// The highest level that this machine has: 3 or 4, or 0 for a machine below x86-64-v3, which kernels cannot run on.
uint32_t hostCpuLevel();
/// Name and features, for messages and cache keys: "znver4 +avx512f …".
std::string hostCpuText();

} // namespace snn::codegen
