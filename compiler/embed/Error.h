// How errors leave the library: as values. Nothing is thrown over the border of the C API.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/embed/snn.h"
#include "runtime/core/Status.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

struct snn_error {
  /// A diagnostic with its place worked out: the compilation that it came from is gone.
  struct Diagnostic {
    std::string code, message, help, file;
    bool warning = false;
    uint32_t line = 0, column = 0, endLine = 0, endColumn = 0;
  };
  snn_code code = SNN_INTERNAL;
  std::string message;
  std::vector<Diagnostic> diagnostics;
};

namespace snn::embed {

/// Does `work` in the default floating-point mode. False after an error, or an exception of any
/// kind, which is then put into `error` unless that is null.
bool guarded(snn_error **error, const std::function<rt::Status()> &work);

rt::Error usage(std::string message);
std::vector<snn_error::Diagnostic> diagnosticsOf(const diag::Engine &engine);

/// Copies as much of `value` as the caller's structure has room for. The result is what functions
/// that fill return.
template <class T> int fill(T *out, T value) {
  if (!out || out->size < sizeof out->size)
    return 0;
  const size_t known = std::min(out->size, sizeof value);
  value.size = out->size;
  std::memcpy(out, &value, known);
  return 1;
}

} // namespace snn::embed
