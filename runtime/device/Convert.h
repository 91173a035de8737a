// Conversions that the interpreter, the code generator and the runtime make alike.
#pragma once

#include "runtime/device/Device.h"

namespace snn::device {

/// Towards zero; beyond 64 bits the nearest integer that there is, NaN is 0 (as LLVM's fptosi.sat).
SNN_DEV int64_t toInteger(double x) {
  constexpr int64_t most = 0x7fffffffffffffff;
  return x >= 0x1p63 ? most : x < -0x1p63 ? -most - 1 : x == x ? static_cast<int64_t>(x) : 0;
}

} // namespace snn::device
