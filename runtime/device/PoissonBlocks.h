// Poisson numbers of 64 neighbouring elements at once, the same that Draws.h gives one by one: inversion of the cumulative
// sums, for all elements in step as long as any of them goes on. Cells of one mean compare with a table that a kernel makes
// once. Written with the vector types of clang and gcc: groups of elements stay in registers over the sums.
#pragma once

#include "runtime/device/Blocks.h"
#include "runtime/device/DeviceApi.h"

#pragma GCC diagnostic ignored "-Wpsabi" // how wide vectors are passed between functions: all of these are inlined

namespace snn::device {

/// `Lanes` numbers that are computed together.
template <class Number, int Lanes> struct Group {
  typedef Number Vector __attribute__((vector_size(sizeof(Number) * Lanes)));
};
template <class Vector> SNN_DEV Vector loadGroup(const void *from) {
  Vector v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
template <class Vector> SNN_DEV void storeGroup(void *to, Vector v) { __builtin_memcpy(to, &v, sizeof v); }

/// Whether any lane of a comparison holds.
template <class Mask> SNN_DEV bool anyOf(Mask mask) {
#if defined(__clang__)
  return __builtin_reduce_or(mask) != 0;
#else
  bool any = false;
  for (unsigned k = 0; k < sizeof mask / sizeof mask[0]; ++k)
    any |= mask[k] != 0;
  return any;
#endif
}

/// What the standard number of an element is compared with, as integers of its width that vectors compare in one operation.
/// float: the word w, with its sign bit turned, stands for (w + 1/2) 2^-32. double: 52 bits k stand for k 2^-52. A number
/// reaches a sum exactly if it is above the integer `below(sum)`.
template <class Real> struct PoissonBound;
template <> struct PoissonBound<float> {
  using Number = int32_t;
  static constexpr Number never = 0x7fffffff;
  SNN_DEV static bool within(double sum) { return boundOf(sum) < 0x1p32; }
  SNN_DEV static Number below(double sum) { return Number(uint32_t(int64_t(boundOf(sum)) - 1) ^ 0x80000000u); }
  SNN_DEV static void standard(const Site &s, Number *out) {
    uint32_t words[blockSize];
    blockBits(s, words);
    SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) out[k] = Number(words[k] ^ 0x80000000u);
  }
  template <class Counts> SNN_DEV static auto asReals(Counts counts) {
    return __builtin_convertvector(counts, typename Group<float, sizeof(Counts) / sizeof(Number)>::Vector);
  }

private:
  SNN_DEV static double boundOf(double sum) { return -floorOf(0.5 - sum * 0x1p32); }
};
template <> struct PoissonBound<double> {
  using Number = int64_t;
  static constexpr Number never = 0x7fffffffffffffff;
  SNN_DEV static bool within(double sum) { return sum < 1.0; }
  SNN_DEV static Number below(double sum) { return Number(-floorOf(-sum * 0x1p52)) - 1; }
  SNN_DEV static void standard(const Site &s, Number *out) {
    uint64_t pairs[blockSize];
    blockBits(s, pairs);
    SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) out[k] = Number(pairs[k] >> 12);
  }
  template <class Counts> SNN_DEV static auto asReals(Counts counts) { // small ones, without a conversion of 64 bits
    const Counts shifted = counts | 0x4330000000000000;
    return loadGroup<typename Group<double, sizeof(Counts) / sizeof(Number)>::Vector>(&shifted) - 0x1p52;
  }
};

constexpr int poissonTogether = 4; ///< bounds that are compared before the question whether any number is beyond them

/// The bounds of one mean below 10: a draw is the number of bounds that its standard number is above.
template <class Real> struct PoissonTable {
  double mean;    ///< NaN while there are none
  int64_t length; ///< a multiple of poissonTogether; -1: the mean is not below 10, and numbers are made one by one
  typename PoissonBound<Real>::Number bounds[poissonMost + poissonTogether - 1];
};
static_assert(sizeof(PoissonTable<double>) <= SNN_DEV_POISSON_TABLE && sizeof(PoissonTable<float>) <= SNN_DEV_POISSON_TABLE);

template <class Real> SNN_DEV void fillPoissonTable(PoissonTable<Real> &table, double mean) {
  table.mean = mean;
  table.length = -1;
  if (!(mean >= 0.0 && mean < 10.0))
    return;
  double term = exp(-mean), sum = term;
  table.length = 0;
  for (int n = 1; n <= poissonMost && PoissonBound<Real>::within(sum); ++n) {
    table.bounds[table.length++] = PoissonBound<Real>::below(sum);
    term = term * (mean * (1.0 / double(n)));
    sum = sum + term;
  }
  while (table.length % poissonTogether != 0)
    table.bounds[table.length++] = PoissonBound<Real>::never;
}

template <class Real> SNN_DEV void blockPoissonOneByOne(auto mean, const Site &s, Real *out) {
  for (int k = 0; k < blockSize; ++k)
    out[k] = Real(poissonNumber<Real>(mean(k), Site{s.seed, s.stream, s.step, s.element + uint64_t(k)}));
}

/// Poisson numbers of one mean. The table is of the mean that was last asked for.
template <class Real> SNN_DEV void blockPoisson(double mean, PoissonTable<Real> &table, const Site &s, Real *out) {
  if (!(table.mean == mean))
    fillPoissonTable(table, mean);
  if (table.length < 0) {
    blockPoissonOneByOne([&](int) { return mean; }, s, out);
    return;
  }
  using Number = typename PoissonBound<Real>::Number;
  constexpr int lanes = 128 / sizeof(Number); // four registers of 32 bytes, and as many for the counts
  using Numbers = typename Group<Number, lanes>::Vector;
  Number standard[blockSize];
  PoissonBound<Real>::standard(s, standard);
  for (int k = 0; k < blockSize; k += lanes) {
    const Numbers x = loadGroup<Numbers>(standard + k);
    Numbers reached = {}, beyond = {};
    for (int n = 0; n < table.length; n += poissonTogether) {
      for (int m = n; m < n + poissonTogether; ++m) {
        beyond = x > table.bounds[m];
        reached -= beyond; // true is -1
      }
      if (!anyOf(beyond))
        break;
    }
    storeGroup(out + k, PoissonBound<Real>::asReals(reached));
  }
}

SNN_DEV void poissonUniforms(const Site &s, double *out, float) {
  uint32_t words[blockSize];
  blockBits(s, words);
  SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) out[k] = poissonFromWord(words[k]);
}
SNN_DEV void poissonUniforms(const Site &s, double *out, double) { blockUniform(s, out); }

/// Means below 10, a sum of its own for each element.
template <class Real> SNN_DEV void blockPoissonSums(const Real *mean, const Site &s, Real *out) {
  constexpr int lanes = 16;
  using Doubles = typename Group<double, lanes>::Vector;
  double standard[blockSize], means[blockSize], first[blockSize], count[blockSize];
  poissonUniforms(s, standard, Real());
  SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) {
    means[k] = double(mean[k]);
    first[k] = exp(-means[k]);
  }
  for (int k = 0; k < blockSize; k += lanes) {
    const Doubles u = loadGroup<Doubles>(standard + k), m = loadGroup<Doubles>(means + k);
    Doubles term = loadGroup<Doubles>(first + k), sum = term, reached = {};
    for (int n = 1; n <= poissonMost; ++n) {
      const auto beyond = u >= sum;
      if (!anyOf(beyond))
        break;
      reached = beyond ? Doubles{} + double(n) : reached;
      term = term * (m * (1.0 / double(n)));
      sum = sum + term;
    }
    storeGroup(count + k, reached);
  }
  SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) out[k] = Real(count[k]);
}

/// Poisson numbers with a mean for each element. Neighbours often have the same: they are cells of one kind.
template <class Real> SNN_DEV void blockPoissonEach(const Real *mean, PoissonTable<Real> &table, const Site &s, Real *out) {
  uint64_t other = 0, large = 0;
  SNN_DEV_LOOP for (int k = 0; k < blockSize; ++k) {
    other |= mean[k] == mean[0] ? 0u : 1u;
    large |= mean[k] >= Real(0) && mean[k] < Real(10) ? 0u : 1u;
  }
  if (other == 0)
    blockPoisson(double(mean[0]), table, s, out);
  else if (large == 0)
    blockPoissonSums(mean, s, out);
  else
    blockPoissonOneByOne([&](int k) { return double(mean[k]); }, s, out);
}

} // namespace snn::device
