// Random numbers as functions: Philox4x32-10 (Salmon, Moraes, Dror & Shaw, SC 2011) keyed by the seed, with element, step,
// stream and draw in the counter. A number depends on nothing else, so neither on the order of evaluation nor on threads.
//
// Mapping (so that one Philox block serves four elements where a kernel is written in blocks of 64): 32-bit words come in
// blocks of 64 elements, 16 counters x 4 words: element = 64 B + 16 w + c has word w of counter 16 B + c. Pairs of words
// (64 bits, for double) come in blocks of 32 elements: element = 32 B + 16 p + c has words 2p and 2p + 1 of counter
// 16 B + c. Counter words: [counter's low 32 bits, step's low 32 bits, stream, draw | counter's bits 32-43 << 8 |
// step's bits 32-43 << 20]; so elements below 2^46, steps below 2^44, draws below 256.
#pragma once

#include "runtime/device/Math.h"

namespace snn::device {

struct Words { uint32_t w[4]; };

/// Ten rounds of Philox4x32.
SNN_DEV Words philox(Words c, uint64_t seed) {
  uint32_t k0 = uint32_t(seed), k1 = uint32_t(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t(0xD2511F53u) * c.w[0], b = uint64_t(0xCD9E8D57u) * c.w[2];
    c = {{uint32_t(b >> 32) ^ c.w[1] ^ k0, uint32_t(b), uint32_t(a >> 32) ^ c.w[3] ^ k1, uint32_t(a)}};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

/// Where a number is drawn: by whom (stream: hash of the owner's name and the site), when, for which element.
struct Site {
  uint64_t seed;
  uint32_t stream;
  uint64_t step, element;
};

SNN_DEV Words wordsAt(const Site &s, uint64_t counter, uint32_t draw) {
  uint32_t high = draw | (uint32_t(counter >> 32) & 0xfffu) << 8 | (uint32_t(s.step >> 32) & 0xfffu) << 20;
  return philox({{uint32_t(counter), uint32_t(s.step), s.stream, high}}, s.seed);
}

/// The four words that element shares with its three neighbours at distance 16.
SNN_DEV Words wordBlock(const Site &s, uint32_t draw) {
  return wordsAt(s, (s.element >> 6) * 16 + (s.element & 15), draw);
}
SNN_DEV Words pairBlock(const Site &s, uint32_t draw) {
  return wordsAt(s, (s.element >> 5) * 16 + (s.element & 15), draw);
}

/// 32 random bits: the definition of the stream of an element.
SNN_DEV uint32_t philoxWord(const Site &s, uint32_t draw) {
  Words b = wordBlock(s, draw);
  uint32_t low = (s.element & 16) != 0 ? b.w[1] : b.w[0], high = (s.element & 16) != 0 ? b.w[3] : b.w[2];
  return (s.element & 32) != 0 ? high : low;
}
SNN_DEV uint32_t philoxWord(uint64_t seed, uint32_t stream, uint64_t step, uint64_t element, uint32_t draw) {
  return philoxWord(Site{seed, stream, step, element}, draw);
}
/// 64 random bits of the element's pair.
SNN_DEV uint64_t philoxPair(const Site &s, uint32_t draw) {
  Words b = pairBlock(s, draw);
  bool second = (s.element & 16) != 0;
  return uint64_t(second ? b.w[3] : b.w[1]) << 32 | (second ? b.w[2] : b.w[0]);
}

/// [0, 1) in steps of 2^-24 (float), 2^-52 (double).
template <class Real> SNN_DEV Real uniform01(const Site &s, uint32_t draw);
SNN_DEV float uniformFromBits(uint32_t word) { return float(int32_t(word >> 8)) * 0x1p-24f; }
SNN_DEV double uniformFromBits(uint64_t pair) { return realOf(uint64_t(pair >> 12 | 0x3ff0000000000000ull)) - 1.0; }
template <> SNN_DEV float uniform01<float>(const Site &s, uint32_t draw) { return uniformFromBits(philoxWord(s, draw)); }
template <> SNN_DEV double uniform01<double>(const Site &s, uint32_t draw) { return uniformFromBits(philoxPair(s, draw)); }

/// (0, 1]: never 0, so that its logarithm is finite. Float keeps 31 bits near 0, for the tails.
SNN_DEV float openFromBits(uint32_t word) { return (float(int32_t(word >> 1)) + 0.5f) * 0x1p-31f; }
SNN_DEV double openFromBits(uint64_t bits) { return 2.0 - realOf(uint64_t(bits >> 12 | 0x3ff0000000000000ull)); }
template <class Real> SNN_DEV Real openUniform(const Site &s, uint32_t draw);
template <> SNN_DEV float openUniform<float>(const Site &s, uint32_t draw) { return openFromBits(philoxWord(s, draw)); }
template <> SNN_DEV double openUniform<double>(const Site &s, uint32_t draw) {
  return openFromBits(philoxPair(s, draw));
}

/// The angle of a Box-Muller pair: turns = (quarter + rest) / 4 with rest in [-1/2, 1/2); returns cos or sin of it.
template <class Real> SNN_DEV Real circle(uint32_t quarter, Real rest, bool wantSin) {
  Real r = rest * (Constants<Real>::pi * Real(0.5));
  Pair<Real> s = sinPair(r, Real(0)), c = cosPair(r, Real(0));
  uint32_t k = quarter + (wantSin ? 0u : 1u);
  Real y = (k & 1) != 0 ? c.high + c.low : s.high + s.low;
  return (k & 2) != 0 ? -y : y;
}

/// Standard normal (Box & Muller 1958). Two elements at distance 16 share radius and angle: one takes the cosine, the
/// other the sine. Float: words 0, 1 serve the first two of four elements, words 2, 3 the others.
template <class Real> SNN_DEV Real standardNormal(const Site &s, uint32_t draw);
SNN_DEV float normalRadius(uint32_t word) { return sqrt(-2.0f * log(openFromBits(word))); }
SNN_DEV double normalRadius(uint64_t pair) { return sqrt(-2.0 * log(openFromBits(pair))); }
SNN_DEV float normalDirection(uint32_t angle, bool wantSin) {
  return circle(angle >> 30, float(int32_t(angle << 2)) * 0x1p-32f, wantSin);
}
SNN_DEV double normalDirection(uint64_t angle, bool wantSin) {
  double rest = realOf(uint64_t((angle << 2) >> 12 | 0x3ff0000000000000ull)) - 1.5;
  return circle(uint32_t(angle >> 62), rest, wantSin);
}
template <> SNN_DEV float standardNormal<float>(const Site &s, uint32_t draw) {
  Words b = wordBlock(s, draw);
  bool second = (s.element & 32) != 0;
  uint32_t radius = second ? b.w[2] : b.w[0], angle = second ? b.w[3] : b.w[1];
  return normalRadius(radius) * normalDirection(angle, (s.element & 16) != 0);
}
template <> SNN_DEV double standardNormal<double>(const Site &s, uint32_t draw) {
  Words b = pairBlock(s, draw);
  uint64_t radius = uint64_t(b.w[1]) << 32 | b.w[0], angle = uint64_t(b.w[3]) << 32 | b.w[2];
  return normalRadius(radius) * normalDirection(angle, (s.element & 16) != 0);
}

} // namespace snn::device
