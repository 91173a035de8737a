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

/// Of the elements x[cells[0]], x[cells[1]], …; all n in their order where `cells` is null.
template <class T> const T *gathered(const T *x, const int64_t *cells, int64_t n, std::vector<T> &scratch) {
  if (!cells)
    return x;
  scratch.resize(static_cast<size_t>(n));
  for (int64_t k = 0; k < n; ++k)
    scratch[static_cast<size_t>(k)] = x[cells[k]];
  return scratch.data();
}

/// One of the groups of cells: n of them.
template <class Real> void reduceGroup(abi::ReduceKind kind, const void *from, void *to, const int64_t *cells, int64_t n, int64_t group) {
  std::vector<Real> values;
  if (kind == abi::ReduceKind::Count) {
    std::vector<uint8_t> flags;
    static_cast<int64_t *>(to)[group] = device::countFlags(gathered(static_cast<const uint8_t *>(from), cells, n, flags), n);
    return;
  }
  const Real *x = gathered(static_cast<const Real *>(from), cells, n, values);
  if (kind != abi::ReduceKind::Rank) {
    static_cast<Real *>(to)[group] = fold(kind, x, n);
    return;
  }
  int64_t *ranks = static_cast<int64_t *>(to);
  std::vector<int64_t> own(cells ? static_cast<size_t>(n) : 0);
  rankAll(x, n, cells ? own.data() : ranks);
  for (size_t k = 0; k < own.size(); ++k)
    ranks[cells[k]] = own[k];
}

/// One value for each target (by the incoming index), for each source (its row), or for all edges: what `use` makes of the elements
/// in the order of the language.
template <class T, class Use>
void eachGroupOfEdges(const abi::Command &c, const ProjectionState &p, const std::vector<int64_t> &order, const T *x, const Use &use) {
  std::vector<T> elements;
  if (c.over == abi::Extent::Targets) {
    for (int64_t t = 0; t < p.table.targets; ++t) {
      elements.clear();
      connect::eachIncoming(p.table, p.incoming, t, [&](int64_t edge) { elements.push_back(x[edge]); });
      use(t, elements);
    }
    return;
  }
  // Rows are put into the order of the language, whatever the delays have made of it.
  elements.reserve(static_cast<size_t>(p.table.edges()));
  for (int64_t s = 0; s < p.table.sources; ++s) {
    for (int64_t k = p.table.rowBegin[s]; k < p.table.rowBegin[s + 1]; ++k)
      elements.push_back(x[p.drawn ? order[static_cast<size_t>(k)] : k]);
    if (c.over == abi::Extent::Sources) {
      use(s, elements);
      elements.clear();
    }
  }
  if (c.over != abi::Extent::Sources)
    use(0, elements);
}

template <class Real> void reduceEdgesInto(const abi::Command &c, const ProjectionState &p, const std::vector<int64_t> &order, const void *from, void *to) {
  if (c.reduce == abi::ReduceKind::Count)
    eachGroupOfEdges(c, p, order, static_cast<const uint8_t *>(from), [&](int64_t at, const std::vector<uint8_t> &flags) {
      static_cast<int64_t *>(to)[at] = device::countFlags(flags.data(), static_cast<int64_t>(flags.size()));
    });
  else
    eachGroupOfEdges(c, p, order, static_cast<const Real *>(from), [&](int64_t at, const std::vector<Real> &x) {
      static_cast<Real *>(to)[at] = fold(c.reduce, x.data(), static_cast<int64_t>(x.size()));
    });
}

/// How many cells differ in their indices along these axes alone.
int64_t groupSize(const std::vector<int64_t> &shape, uint32_t axes) {
  int64_t cells = 1;
  for (size_t k = 0; k < shape.size(); ++k)
    cells *= axes >> k & 1 ? shape[k] : 1;
  return cells;
}

} // namespace

/// Where steps are computed by a device, reductions here are of what the experiment asks for between two steps.
Status Network::Impl::toReduce(const abi::Command &c) {
  Status read = toRead(c.from);
  return read.ok() ? toWrite(c.to) : read;
}

/// Lists the cells of each group; what `c.groups` of Population::groups says.
void Network::Impl::groupCells(uint32_t id) {
  const std::vector<int64_t> &shape = populations[id].shape;
  for (const abi::CellGroups &groups : tables.populations[id].groups) {
    const int64_t size = groupSize(shape, groups.axes);
    std::vector<int64_t> filled(size ? static_cast<size_t>(populations[id].count / size) : 0, 0);
    for (int64_t cell = 0; cell < populations[id].count; ++cell) {
      int64_t rest = cell, group = 0, stride = 1;
      for (size_t k = shape.size(); k-- > 0; rest /= shape[k])
        if (!(groups.axes >> k & 1)) {
          group += stride * (rest % shape[k]);
          stride *= shape[k];
        }
      static_cast<int64_t *>(pointers[groups.order])[group * size + filled[static_cast<size_t>(group)]++] = cell;
    }
  }
}

int64_t Network::Impl::cellsReducedTogether(const abi::Command &c) const {
  const PopulationState &state = populations[c.object];
  return c.groups == abi::none ? state.count : groupSize(state.shape, tables.populations[c.object].groups[c.groups].axes);
}

Status Network::Impl::reduce(const abi::Command &c) {
  if (Status s = toReduce(c); !s.ok())
    return s;
  const bool apart = c.groups != abi::none;
  const int64_t n = cellsReducedTogether(c), groups = apart && n > 0 ? populations[c.object].count / n : 1;
  const int64_t *order = apart ? static_cast<const int64_t *>(pointers[tables.populations[c.object].groups[c.groups].order]) : nullptr;
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t *cells = apart ? order + g * n : nullptr;
    if (settings.precision == Precision::Float)
      reduceGroup<float>(c.reduce, pointers[c.from], pointers[c.to], cells, n, g);
    else
      reduceGroup<double>(c.reduce, pointers[c.from], pointers[c.to], cells, n, g);
  }
  return {};
}

Status Network::Impl::reduceEdges(const abi::Command &c) {
  if (Status s = toReduce(c); !s.ok())
    return s;
  const ProjectionState &p = projections[c.object];
  static const std::vector<int64_t> asTheyAre;
  const std::vector<int64_t> &order = p.drawn && c.over != abi::Extent::Targets ? storageOrder(c.object) : asTheyAre;
  if (settings.precision == Precision::Float)
    reduceEdgesInto<float>(c, p, order, pointers[c.from], pointers[c.to]);
  else
    reduceEdgesInto<double>(c, p, order, pointers[c.from], pointers[c.to]);
  return {};
}

} // namespace snn::rt
