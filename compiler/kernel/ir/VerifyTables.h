// The part of the verifier that looks at tables and commands.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <string>
#include <vector>

namespace snn::kernel {

void verifyTables(const Program &program, std::vector<std::string> &errors);

} // namespace snn::kernel
