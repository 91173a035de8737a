// Lists that the blocks of a launch write together, in order. Blocks draw tickets, so that each waits only for such as run already
// or have ended; it says how many elements it has, and learns how many come before.
#pragma once

#include "runtime/device/cuda/Block.h"

namespace snn::cuda {

/// A block's turn at a list. All threads of all blocks of blockIdx.y take part, each in one turn of a launch; a launch has always
/// as many. `tickets` has 1 + gridDim.x elements, zero at first: how many were drawn in all launches, and the number of the launch in
/// the upper half with what each block says. Without tickets a block's turn is its number.
class Turn {
public:
  SNN_DEV explicit Turn(uint64_t *t) : tickets(t), launch(0), mine(blockIdx.x) {
    if (!tickets)
      return;
    __shared__ uint32_t drawn[2];
    if (threadIdx.x == 0) { // before begin(): the launches before have drawn, as all their blocks have got there
      const unsigned long long ticket = atomicAdd(reinterpret_cast<unsigned long long *>(tickets), 1ull);
      drawn[0] = uint32_t(ticket % gridDim.x);
      drawn[1] = uint32_t(ticket / gridDim.x) + 1;
    }
    __syncthreads();
    mine = drawn[0];
    launch = drawn[1];
  }

  /// Among the blocks, from 0.
  SNN_DEV int64_t number() const { return mine; }
  SNN_DEV bool last() const { return mine == gridDim.x - 1; }

  /// Says `count`, and returns the sum of what the blocks of earlier turns have said. What those wrote is seen after a fence.
  SNN_DEV int64_t before(int32_t count) {
    __syncthreads(); // what the block has read until now was there before the last block changes it
    volatile uint64_t *said = tickets + 1;
    if (threadIdx.x == 0) {
      fence();
      said[mine] = uint64_t(launch) << 32 | uint32_t(count);
    }
    int32_t sum = 0;
    for (uint32_t k = threadIdx.x; k < mine; k += blockDim.x) {
      uint64_t word = said[k];
      while (uint32_t(word >> 32) != launch)
        word = said[k];
      sum += int32_t(uint32_t(word));
    }
    return scanBlock(sum).all;
  }

private:
  uint64_t *tickets;
  uint32_t launch, mine;
};

/// Equal shares of `count` things for all threads of the blocks, in the order of turns and threads.
struct Share {
  int64_t begin, end, each;

  SNN_DEV Share(const Turn &turn, int64_t count) {
    const int64_t threads = int64_t(gridDim.x) * blockDim.x, thread = turn.number() * blockDim.x + threadIdx.x;
    each = count <= threads ? 1 : (count + threads - 1) / threads; // a division of 64 bits is slow
    begin = thread * each < count ? thread * each : count;
    end = begin + each < count ? begin + each : count;
  }
};

} // namespace snn::cuda
