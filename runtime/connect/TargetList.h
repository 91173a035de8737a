// The targets of edges, in 16 bits where the target population has at most 65536 cells: delivery is bound by the bytes that
// it reads. On huge pages where there are many.
#pragma once

#include "runtime/core/Memory.h"

#include <cstddef>
#include <cstdint>
#include <new>

namespace snn::rt::connect {

class TargetList {
public:
  TargetList() = default;
  /// Room for `edges` targets below `targets`; throws std::bad_alloc.
  TargetList(int64_t targets, int64_t edges)
      : narrow(bytesPerEdge(targets) == 2), count(static_cast<size_t>(edges)),
        block(count * static_cast<size_t>(bytesPerEdge(targets))) {
    if (!block.data())
      throw std::bad_alloc();
  }

  int32_t operator[](size_t k) const { return narrow ? shorts()[k] : longs()[k]; }
  void set(size_t k, int64_t target) {
    if (narrow)
      shorts()[k] = static_cast<uint16_t>(target);
    else
      longs()[k] = static_cast<int32_t>(target);
  }
  size_t size() const { return count; }
  bool empty() const { return count == 0; }
  static int64_t bytesPerEdge(int64_t targets) { return targets <= int64_t{1} << 16 ? 2 : 4; }

  /// What kernels read: one of the two is null.
  const uint16_t *shortData() const { return narrow ? shorts() : nullptr; }
  const int32_t *longData() const { return narrow ? nullptr : longs(); }

private:
  uint16_t *shorts() const { return static_cast<uint16_t *>(block.data()); }
  int32_t *longs() const { return static_cast<int32_t *>(block.data()); }

  bool narrow = false;
  size_t count = 0;
  Block block;
};

} // namespace snn::rt::connect
