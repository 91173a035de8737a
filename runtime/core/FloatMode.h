// The floating-point mode of a run. A host program, or any library that it loads, may have changed rounding or set
// flush-to-zero; results must not depend on that, and the host must not notice us.
#pragma once

#include <immintrin.h>

namespace snn::rt {

/// The default mode (round to nearest, denormals kept, no traps) of this thread while it lives.
class FloatMode {
public:
  FloatMode() : saved(_mm_getcsr()) { _mm_setcsr(0x1f80); }
  ~FloatMode() { _mm_setcsr(saved); }
  FloatMode(const FloatMode &) = delete;
  FloatMode &operator=(const FloatMode &) = delete;

private:
  unsigned saved;
};

} // namespace snn::rt
