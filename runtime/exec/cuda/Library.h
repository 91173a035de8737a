// A shared library that is loaded when it is first asked for, so that programs start without it.
#pragma once

#include "runtime/core/Status.h"

#include <span>
#include <string>

namespace snn::rt::cuda {

class Library {
public:
  /// Loads the file that the environment variable names, else the first of `names` that is found.
  static Result<Library> open(const char *variable, std::span<const std::string> names);
  /// Null if the library does not have it.
  void *find(const char *symbol) const;

private:
  explicit Library(void *h) : handle(h) {}
  void *handle; ///< stays loaded: a driver's threads outlive its users
};

} // namespace snn::rt::cuda
