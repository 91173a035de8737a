// Progress bars of experiments: loops over data, and runs of more than a second. An adapter over core/Progress.
#pragma once

#include <cstdint>
#include <memory>

namespace snn::rt {

class ProgressView {
public:
  /// Nothing is shown unless standard error is a terminal.
  explicit ProgressView(bool quiet);
  ~ProgressView();
  /// The run is at `step` on its way to `target`.
  void time(int64_t step, int64_t target, double dtMs);
  /// Turn `at` of `count` of a loop begins; only loops over data are shown.
  void turn(const void *loop, int64_t at, int64_t count, bool data);
  /// Makes room for a line of output.
  void clear();
  void finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace snn::rt
