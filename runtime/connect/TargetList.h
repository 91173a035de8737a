// The targets of edges, in 16 bits where the target population has at most 65536 cells: delivery is bound by the bytes that
// it reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snn::rt::connect {

class TargetList {
public:
  /// A list for targets below `targets`; empty.
  explicit TargetList(int64_t targets = INT64_MAX) : narrow(targets <= int64_t{1} << 16) {}

  void push_back(int64_t target) {
    if (narrow)
      short_.push_back(static_cast<uint16_t>(target));
    else
      long_.push_back(static_cast<int32_t>(target));
  }
  int32_t operator[](size_t k) const { return narrow ? short_[k] : long_[k]; }
  void set(size_t k, int32_t target) {
    if (narrow)
      short_[k] = static_cast<uint16_t>(target);
    else
      long_[k] = target;
  }
  void reserve(size_t n) { narrow ? short_.reserve(n) : long_.reserve(n); }
  void resize(size_t n) { narrow ? short_.resize(n) : long_.resize(n); }
  size_t size() const { return narrow ? short_.size() : long_.size(); }
  bool empty() const { return size() == 0; }
  size_t capacityBytes() const { return narrow ? short_.capacity() * sizeof(uint16_t) : long_.capacity() * sizeof(int32_t); }
  static int64_t bytesPerEdge(int64_t targets) { return targets <= int64_t{1} << 16 ? 2 : 4; }

  /// What kernels read: one of the two is null.
  const uint16_t *shortData() const { return narrow ? short_.data() : nullptr; }
  const int32_t *longData() const { return narrow ? nullptr : long_.data(); }
  const void *data() const { return narrow ? static_cast<const void *>(short_.data()) : long_.data(); }

private:
  bool narrow;
  std::vector<uint16_t> short_;
  std::vector<int32_t> long_;
};

} // namespace snn::rt::connect
