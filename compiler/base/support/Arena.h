// Memory for nodes that live as long as a compilation: no destructors run, so chains of any length are freed at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace snn::support {

class Arena {
public:
  /// A T of the arena. T must not need its destructor.
  template <class T, class... Args> T *make(Args &&...args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }
  /// A copy of `items` that lives in the arena.
  template <class T> std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty())
      return {};
    T *to = static_cast<T *>(allocate(items.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void *>(to), items.data(), items.size_bytes());
    return {to, items.size()};
  }
  template <class T> std::span<const T> copy(const std::vector<T> &items) {
    return copy(std::span<const T>(items));
  }
  std::string_view copy(std::string_view text) {
    const std::span<const char> bytes = copy(std::span<const char>(text.data(), text.size()));
    return {bytes.data(), bytes.size()};
  }
  void *allocate(size_t bytes, size_t align) {
    const size_t start = (used + align - 1) / align * align;
    if (blocks.empty() || start + bytes > blockSize) {
      blockSize = bytes > defaultBlock ? bytes + align : defaultBlock;
      blocks.push_back(std::make_unique<std::byte[]>(blockSize));
      used = 0;
      return allocate(bytes, align);
    }
    used = start + bytes;
    return blocks.back().get() + start;
  }

private:
  static constexpr size_t defaultBlock = size_t{64} << 10;
  std::vector<std::unique_ptr<std::byte[]>> blocks;
  size_t used = 0, blockSize = 0;
};

} // namespace snn::support
