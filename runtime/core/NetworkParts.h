// Calls of kernels in parts, see NetworkParts.cpp.
#pragma once

#include "runtime/core/NetworkImpl.h"

#include <atomic>

namespace snn::rt {

/// What a part should have to do at least, in operations of kernels: some microseconds.
inline constexpr int64_t leastWork = 200'000;

/// Edges are scattered in memory: one costs as much as so many cells in a row.
inline constexpr int64_t costOfEdge = 16;

/// Where part `k` of `parts` begins among `n` things, by whole groups of `group`.
int64_t partBegin(int64_t n, int64_t group, int parts, int k);

/// The pieces of `segments`, whose last is only fetched, that lead to the targets [from, to), and one more that is only fetched.
void cutRows(const snn_edges &edges, std::span<const snn_segment> segments, int64_t from, int64_t to, std::vector<snn_segment> &pieces);

/// Calls the kernel for each part, for which `range(k, args)` sets the range, and puts the codes together.
template <class Range> Status Network::Impl::callParts(uint32_t kernel, const snn_kernel_args &args, int parts, Range range) {
  if (parts == 1) {
    snn_kernel_args all = args;
    range(0, all);
    return meaning(kernel, kernels[kernel](&all));
  }
  std::atomic<int32_t> code{0};
  pool.run(parts, [&](int k) {
    snn_kernel_args mine = args;
    range(k, mine);
    code.fetch_or(kernels[kernel](&mine), std::memory_order_relaxed);
  });
  return meaning(kernel, code.load(std::memory_order_relaxed));
}

} // namespace snn::rt
