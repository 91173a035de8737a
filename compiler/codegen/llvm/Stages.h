// A kernel over cells, cut where it calls functions of the device library. Such a function is a long chain of operations that
// wait for each other; written out within the body it leaves the machine idle, and its constants take the registers of the rest.
// Cut, the body is a row of loops over 64 cells, and between two of them one tight loop makes all calls of the same function.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

namespace snn::codegen {

/// The kernel is stages 0 … last, each a loop over the cells; functions are called between them.
struct Stages {
  uint32_t last = 0;        ///< 0: the kernel is not cut
  std::vector<uint32_t> of; ///< by instruction: the stage that computes it, as late as its users allow; a call: the one before it
};

/// `known`: by instruction, what is computed before the loop.
Stages stagesOf(const kernel::Kernel &kernel, const std::vector<bool> &known);

} // namespace snn::codegen
