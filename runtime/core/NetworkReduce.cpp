// Reductions over cells and edges as commands of the step.
#include "runtime/core/NetworkImpl.h"
#include "runtime/device/Reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace snn::rt {

namespace {

/// Sum, mean, max or min of n values; the mean of nothing is 0.
template <class Real> Real fold(abi::ReduceKind kind, const Real *x, int64_t n) {
  switch (kind) {
  case abi::ReduceKind::Sum:
    return device::sum(x, n);
  case abi::ReduceKind::Mean:
    return n ? device::sum(x, n) / static_cast<Real>(n) : Real(0);
  case abi::ReduceKind::Max:
    return device::maximum(x, n);
  case abi::ReduceKind::Min:
    return device::minimum(x, n);
  case abi::ReduceKind::Count:
  case abi::ReduceKind::Rank:
    break;
  }
  return Real(0);
}

/// rank[i]: 0 is the largest, ties by index; NaN counts as the least (it stops the run at the end of the step).
template <class Real> void rankAll(const Real *x, int64_t n, int64_t *ranks) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  const auto value = [x](int64_t i) { return std::isnan(x[i]) ? -std::numeric_limits<Real>::infinity() : x[i]; };
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return value(a) > value(b) || (value(a) == value(b) && a < b); });
  for (int64_t k = 0; k < n; ++k)
    ranks[order[k]] = k;
}

template <class Real> void reduceInto(const abi::Command &c, const BufferMemory &from, BufferMemory &to, int64_t n) {
  const void *data = from.block.data();
  void *result = to.block.data();
  if (c.reduce == abi::ReduceKind::Count) {
    const uint8_t *flags = static_cast<const uint8_t *>(data);
    *static_cast<int64_t *>(result) = std::count_if(flags, flags + n, [](uint8_t f) { return f != 0; });
  } else if (c.reduce == abi::ReduceKind::Rank) {
    rankAll(static_cast<const Real *>(data), n, static_cast<int64_t *>(result));
  } else {
    *static_cast<Real *>(result) = fold(c.reduce, static_cast<const Real *>(data), n);
  }
}

/// One value for each target (by the incoming index), for each source (its row), or for all edges.
template <class Real> void reduceEdgesInto(const abi::Command &c, const ProjectionState &p, const std::vector<int64_t> &order, const Real *x, Real *out) {
  std::vector<Real> gathered;
  const auto put = [&](int64_t at) { out[at] = fold(c.reduce, gathered.data(), static_cast<int64_t>(gathered.size())); };
  if (c.over == abi::Extent::Targets) {
    for (int64_t t = 0; t < p.table.targets; ++t) {
      gathered.clear();
      connect::eachIncoming(p.table, p.incoming, t, [&](int64_t edge) { gathered.push_back(x[edge]); });
      put(t);
    }
    return;
  }
  // Rows are put into the order of the language, whatever the delays have made of it.
  gathered.reserve(static_cast<size_t>(p.table.edges()));
  for (int64_t s = 0; s < p.table.sources; ++s) {
    for (int64_t k = p.table.rowBegin[s]; k < p.table.rowBegin[s + 1]; ++k)
      gathered.push_back(x[p.drawn ? order[static_cast<size_t>(k)] : k]);
    if (c.over == abi::Extent::Sources) {
      put(s);
      gathered.clear();
    }
  }
  if (c.over != abi::Extent::Sources)
    put(0);
}

} // namespace

Status Network::Impl::reduce(const abi::Command &c) {
  const int64_t n = populations[c.object].count;
  if (settings.precision == Precision::Float)
    reduceInto<float>(c, buffers[c.from], buffers[c.to], n);
  else
    reduceInto<double>(c, buffers[c.from], buffers[c.to], n);
  return {};
}

Status Network::Impl::reduceEdges(const abi::Command &c) {
  const ProjectionState &p = projections[c.object];
  static const std::vector<int64_t> asTheyAre;
  const std::vector<int64_t> &order = p.drawn && c.over != abi::Extent::Targets ? storageOrder(c.object) : asTheyAre;
  if (settings.precision == Precision::Float)
    reduceEdgesInto<float>(c, p, order, static_cast<const float *>(pointers[c.from]), static_cast<float *>(pointers[c.to]));
  else
    reduceEdgesInto<double>(c, p, order, static_cast<const double *>(pointers[c.from]), static_cast<double *>(pointers[c.to]));
  return {};
}

} // namespace snn::rt
