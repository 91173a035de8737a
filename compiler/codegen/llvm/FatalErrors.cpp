// LLVM's handlers of fatal errors, installed while code is generated.
#include "compiler/codegen/llvm/FatalErrors.h"

#include <llvm/Support/ErrorHandling.h>

#include <mutex>
#include <new>
#include <string>

namespace snn::codegen {

namespace {

std::mutex lock;
int users = 0;

void onFatalError(void *, const char *reason, bool) {
  throw InternalError(std::string("LLVM: ") + reason);
}
void onBadAlloc(void *, const char *, bool) { throw std::bad_alloc(); }

} // namespace

FatalErrors::FatalErrors() {
  const std::lock_guard hold(lock);
  if (users++ == 0) {
    llvm::install_fatal_error_handler(onFatalError);
    llvm::install_bad_alloc_error_handler(onBadAlloc);
  }
}

FatalErrors::~FatalErrors() {
  const std::lock_guard hold(lock);
  if (--users == 0) {
    llvm::remove_fatal_error_handler();
    llvm::remove_bad_alloc_error_handler();
  }
}

} // namespace snn::codegen
