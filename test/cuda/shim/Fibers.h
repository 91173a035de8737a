// The threads of a block as fibers of this thread: one runs until it waits at a barrier or ends, then the next.
#pragma once

#include <cstdint>
#include <string>

namespace shim {

struct Dim {
  unsigned x = 1, y = 1, z = 1;
};

using KernelFunction = void (*)(uint64_t, uint64_t, uint64_t);

/// Runs all blocks of a grid, and the threads of each, in an order that is drawn from `seed`. Returns what went wrong: a barrier
/// that not all threads of a block, or lanes of a warp, reach.
std::string runGrid(KernelFunction function, const uint64_t (&parameters)[3], Dim grid, unsigned threads, uint64_t seed);

} // namespace shim
