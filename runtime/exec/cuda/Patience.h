// When steps are computed the patient way: from one in which a bucket of what arrives was full, for a while.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace snn::rt::cuda {

/// Networks that start in step have many such steps one after the other; each quick step that must be taken back costs a look of the
/// host. So patience doubles while it is not enough, and trust grows while it is.
class Patience {
public:
  explicit Patience(int64_t steps) : trust(steps), most(steps) {}

  /// A launch has met a full bucket, `quick` steps after the last patient one.
  void full(size_t launch, int64_t quick) {
    patience = quick < patience ? std::min(2 * patience, most) : first;
    left = patience;
    trust = first;
    resume = launch;
  }
  /// How many of the next `steps` steps are computed the same way.
  int64_t together(int64_t steps) const { return std::min(steps, patient() ? left : trust); }
  bool patient() const { return left > 0; }
  /// The launch from which the first patient step goes on, to be asked once.
  std::optional<size_t> goesOnFrom() { return std::exchange(resume, std::nullopt); }
  void done(int64_t steps) {
    if (patient())
      left -= steps;
    else
      trust = std::min(2 * trust, most);
  }

private:
  static constexpr int64_t first = 8;
  int64_t left = 0, patience = first, trust, most;
  std::optional<size_t> resume;
};

} // namespace snn::rt::cuda
