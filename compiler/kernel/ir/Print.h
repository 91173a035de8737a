// The textual form of the Kernel IR. Parse.h reads it back; what is not printed is the place in the model's text.
//   network "Net"
//   scalar 0 "cells.tau"
//   buffer 0 "cells.V" object=0 extent=cells
//   step kind=cells kernel=0 object=0
//   kernel 0 "cells.update" cells object=0        # why it exists
//     %0 = i : i64
//     %1 = load @"cells.V"[%0] : real
//     store @"cells.V"[%0], %1 if %7
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <string>

namespace snn::kernel {

std::string print(const Program &program);
/// One kernel; `number` is its place in the program.
std::string print(const Program &program, const Kernel &kernel, uint32_t number);
/// "text" with escapes.
std::string quoted(std::string_view text);

} // namespace snn::kernel
