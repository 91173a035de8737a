// Loading of shared libraries by dlopen.
#include "runtime/exec/cuda/Library.h"

#include <cstdlib>
#include <dlfcn.h>

namespace snn::rt::cuda {

Result<Library> Library::open(const char *variable, std::span<const std::string> names) {
  const char *chosen = std::getenv(variable);
  if (chosen && *chosen) {
    if (void *handle = dlopen(chosen, RTLD_NOW | RTLD_LOCAL))
      return Library(handle);
    return Error{ExitCode::usage, std::string(variable) + ": " + dlerror()};
  }
  for (const std::string &name : names)
    if (void *handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL))
      return Library(handle);
  return Error{ExitCode::usage, names.front() + " is not found"};
}

void *Library::find(const char *symbol) const { return dlsym(handle, symbol); }

} // namespace snn::rt::cuda
