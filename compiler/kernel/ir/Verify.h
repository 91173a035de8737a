// The rules of the Kernel IR. A program that breaks one is a bug of the compiler (or of a hand-written test).
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <string>
#include <vector>

namespace snn::kernel {

/// One line for each broken rule; empty: the program is well formed. Checked are:
/// - operands come before their uses, in the number and of the types that Ops.def says;
/// - index values belong to the kernel's space, and buffers are indexed by values that fit their extent and object;
/// - pair_out only over pairs, set_scalar only once; accumulate only on numbers; bodies of `double` have no Real buffers;
/// - numbers in tables name things that exist, commands have kernels of a space that they can run.
std::vector<std::string> verify(const Program &program);

} // namespace snn::kernel
