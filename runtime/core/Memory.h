// Zeroed blocks of memory for buffers and connectivity: aligned for vectors, on huge pages where large.
#pragma once

#include <cstddef>
#include <cstdint>

namespace snn::rt {

/// Owns a zeroed block; movable. `data` is null when the memory could not be had.
class Block {
public:
  Block() = default;
  explicit Block(size_t bytes);
  ~Block();
  Block(Block &&other) noexcept;
  Block &operator=(Block &&other) noexcept;
  Block(const Block &) = delete;
  Block &operator=(const Block &) = delete;
  void *data() const { return memory; }
  size_t size() const { return bytes; }

private:
  void *memory = nullptr;
  size_t bytes = 0, mapped = 0;
};

/// How many elements a buffer of n has room for: kernels take 64 at a time.
inline constexpr int64_t padded(int64_t n) { return (n + 63) / 64 * 64; }

/// What stands in [begin, end) is not needed any more: its whole pages go back to the system, and read as zeros.
void giveBack(char *begin, char *end);

/// Bytes that can still be had without swapping (MemAvailable), bounded by what RLIMIT_AS leaves.
int64_t availableMemory();

} // namespace snn::rt
