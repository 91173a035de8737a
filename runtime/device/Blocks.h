// Random numbers of 64 neighbouring elements at once: the same numbers that Draws.h gives one by one, for a quarter of the
// work, since four elements share a Philox block. `s.element` is the first of them, a multiple of 64. Kernels fill such a
// block before they go over its cells. The inner loops are left for the vectoriser of the kernels.
#pragma once

#include "runtime/device/Draws.h"

#if defined(__clang__)
#define SNN_DEV_LOOP _Pragma("clang loop unroll(disable)")
#else
#define SNN_DEV_LOOP
#endif

namespace snn::device {

constexpr int blockSize = 64;

/// philoxWord(…, 0) of each element.
SNN_DEV void blockBits(const Site &s, uint32_t *out) {
  SNN_DEV_LOOP for (int c = 0; c < 16; ++c) {
    Words b = wordsAt(s, (s.element >> 6) * 16 + uint64_t(c), 0);
    out[c] = b.w[0];
    out[16 + c] = b.w[1];
    out[32 + c] = b.w[2];
    out[48 + c] = b.w[3];
  }
}
/// philoxPair(…, 0) of each element.
SNN_DEV void blockBits(const Site &s, uint64_t *out) {
  SNN_DEV_LOOP for (int c = 0; c < 16; ++c) {
    Words a = wordsAt(s, (s.element >> 5) * 16 + uint64_t(c), 0), b = wordsAt(s, (s.element >> 5) * 16 + 16 + uint64_t(c), 0);
    out[c] = uint64_t(a.w[1]) << 32 | a.w[0];
    out[16 + c] = uint64_t(a.w[3]) << 32 | a.w[2];
    out[32 + c] = uint64_t(b.w[1]) << 32 | b.w[0];
    out[48 + c] = uint64_t(b.w[3]) << 32 | b.w[2];
  }
}

template <class Real> SNN_DEV void blockUniform(const Site &s, Real *out) {
  typename Format<Real>::Bits bits[blockSize];
  blockBits(s, bits);
  SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) out[k] = uniformFromBits(bits[k]);
}
template <class Real> SNN_DEV void blockOpen(const Site &s, Real *out) {
  typename Format<Real>::Bits bits[blockSize];
  blockBits(s, bits);
  SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) out[k] = openFromBits(bits[k]);
}

/// Standard normals: radius and angle are computed once for the two elements that share them.
template <class Real> SNN_DEV void blockNormal(const Site &s, Real *out) {
  typename Format<Real>::Bits bits[blockSize];
  blockBits(s, bits);
  for (int half = 0; half < blockSize; half += 32) {
    SNN_DEV_LOOP for (int c = 0; c < 16; ++c) {
      Real r = normalRadius(bits[half + c]);
      auto angle = bits[half + 16 + c];
      out[half + c] = r * normalDirection(angle, false);
      out[half + 16 + c] = r * normalDirection(angle, true);
    }
  }
}

} // namespace snn::device
