// LLVM's fatal errors as exceptions: a mistake in the compiler must not end the program that it is
// embedded in.
#pragma once

#include <stdexcept>

namespace snn::codegen {

/// Our bug, found while code is generated. It travels through frames of LLVM, which clean up
/// nothing: some memory is lost.
struct InternalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// While one lives, report_fatal_error throws InternalError and LLVM's failed allocations throw
/// std::bad_alloc. LLVM knows one handler for the process: the first of several, in whatever
/// thread, installs ours and the last removes it.
class FatalErrors {
public:
  FatalErrors();
  ~FatalErrors();
  FatalErrors(const FatalErrors &) = delete;
  FatalErrors &operator=(const FatalErrors &) = delete;
};

} // namespace snn::codegen
