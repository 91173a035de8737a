// The standard library (stdlib/*/*.snn), built into the compiler as text.
#pragma once

#include <optional>
#include <string>

namespace snn::sema {

/// Text of the library module `name` ("std.neurons"): its models, one file after the other. Nothing if there is none.
std::optional<std::string> libraryModule(const std::string &name);

} // namespace snn::sema
