// Reads the textual form of the Kernel IR (Print.h). Used by snn-opt and tests.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <optional>
#include <string>

namespace snn::kernel {

struct ParseError {
  int line = 0;
  std::string message;
};

/// Nothing and `error` when the text is not in the form; the result still wants Verify.h.
std::optional<Program> parse(std::string_view text, ParseError &error);

} // namespace snn::kernel
