// The model's objects and the shipped runtime to an executable, by LLD as a library: no linker, compiler or development
// package is needed on the machine. See docs/dev/aot-link.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace snn::driver::link {

/// Folder of the files that every finished binary needs (start files, runtime): ../lib/snn beside snnc's own folder.
std::string kitFolder();

/// Links the objects (contents of ELF files) to the executable `output`. Returns what went wrong, or nothing. `output` is
/// replaced as a whole or left as it was.
std::optional<std::string> linkExecutable(const std::vector<std::string> &objects, const std::string &output);

} // namespace snn::driver::link
