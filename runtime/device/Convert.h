// Conversions that the interpreter, the code generator and the runtime make alike.
#pragma once

#include <cstdint>

namespace snn::device {

/// Towards zero; beyond 64 bits the nearest integer that there is, NaN is 0 (as LLVM's fptosi.sat).
inline int64_t toInteger(double x) {
  return x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : x == x ? static_cast<int64_t>(x) : 0;
}

} // namespace snn::device
