// Reductions over a population in a fixed order, the same for any vector width, number of threads and back end: blocks of
// 256 elements, in each 16 lanes (element mod 16) that fold their elements in order, a tree over the lanes, and then the
// blocks' results in order. A thread may compute the results of whole blocks (reduceOne).
#pragma once

#include "runtime/device/Device.h"

#ifndef __CUDACC_RTC__
#include <algorithm>
#include <vector>
#endif

namespace snn::device {

inline constexpr int64_t reduceBlock = 256, reduceLanes = 16;

template <class Real> struct AddUp {
  SNN_DEV static Real start() { return 0; }
  SNN_DEV static Real join(Real a, Real b) { return a + b; }
};
/// A NaN anywhere is the result.
template <class Real> struct Largest {
  SNN_DEV static Real start() { return -infinity<Real>(); }
  SNN_DEV static Real join(Real a, Real b) { return a > b || a != a ? a : b; }
};
template <class Real> struct Smallest {
  SNN_DEV static Real start() { return infinity<Real>(); }
  SNN_DEV static Real join(Real a, Real b) { return a < b || a != a ? a : b; }
};

/// One block: at most 256 elements that begin at a multiple of 256. Missing elements count as nothing.
template <template <class> class Op, class Real> SNN_DEV Real reduceOne(const Real *x, int64_t count) {
  Real lane[reduceLanes];
  for (int64_t l = 0; l < reduceLanes; ++l)
    lane[l] = l < count ? x[l] : Op<Real>::start();
  const int64_t whole = count / reduceLanes * reduceLanes;
  for (int64_t k = reduceLanes; k < whole; k += reduceLanes)
    for (int64_t l = 0; l < reduceLanes; ++l)
      lane[l] = Op<Real>::join(lane[l], x[k + l]);
  for (int64_t k = whole < reduceLanes ? reduceLanes : whole; k < count; ++k)
    lane[k % reduceLanes] = Op<Real>::join(lane[k % reduceLanes], x[k]);
  for (int64_t width = reduceLanes / 2; width > 0; width /= 2)
    for (int64_t l = 0; l < width; ++l)
      lane[l] = Op<Real>::join(lane[l], lane[l + width]);
  return lane[0];
}

template <template <class> class Op, class Real> SNN_DEV Real reduceAll(const Real *x, int64_t count) {
  Real result = Op<Real>::start();
  for (int64_t begin = 0; begin < count; begin += reduceBlock) {
    const int64_t rest = count - begin;
    const Real block = reduceOne<Op>(x + begin, rest < reduceBlock ? rest : reduceBlock);
    result = begin == 0 ? block : Op<Real>::join(result, block);
  }
  return result;
}

/// 0 for no elements.
template <class Real> SNN_DEV Real sum(const Real *x, int64_t count) { return reduceAll<AddUp>(x, count); }
/// -infinity for no elements.
template <class Real> SNN_DEV Real maximum(const Real *x, int64_t count) { return reduceAll<Largest>(x, count); }
/// +infinity for no elements.
template <class Real> SNN_DEV Real minimum(const Real *x, int64_t count) { return reduceAll<Smallest>(x, count); }

/// How many flags are set.
SNN_DEV int64_t countFlags(const uint8_t *flags, int64_t count) {
  int64_t n = 0;
  for (int64_t k = 0; k < count; ++k)
    n += flags[k] != 0;
  return n;
}

#ifndef __CUDACC_RTC__
/// The rank of each element: 0 = largest; ties by index; NaN after all numbers. `ranks` holds count entries.
template <class Real, class Index>
void rankAll(const Real *x, int64_t count, Index *ranks, std::vector<int64_t> &scratch) {
  scratch.resize(static_cast<size_t>(count));
  for (int64_t k = 0; k < count; ++k)
    scratch[static_cast<size_t>(k)] = k;
  std::sort(scratch.begin(), scratch.end(), [x](int64_t a, int64_t b) {
    const bool nanA = x[a] != x[a], nanB = x[b] != x[b];
    if (nanA != nanB)
      return nanB;
    return !nanA && x[a] != x[b] ? x[a] > x[b] : a < b;
  });
  for (int64_t k = 0; k < count; ++k)
    ranks[scratch[static_cast<size_t>(k)]] = static_cast<Index>(k);
}
#endif

} // namespace snn::device
