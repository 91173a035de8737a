// Where the compile time goes (--time-report).
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace snn::driver {

/// Wall time by stage, in the order in which stages first ran. Stages of parallel workers add up.
class Timing {
public:
  void add(const std::string &stage, double ms) {
    const std::lock_guard lock(mutex);
    for (auto &[name, sum] : stages)
      if (name == stage) {
        sum += ms;
        return;
      }
    stages.emplace_back(stage, ms);
  }
  /// Runs `work` and adds its time.
  template <class W> auto measure(const std::string &stage, W &&work) {
    struct Lap {
      Timing &timing;
      const std::string &stage;
      std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
      ~Lap() {
        timing.add(stage, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
      }
    } lap{*this, stage};
    return work();
  }
  /// A table for people.
  std::string report() const;

private:
  std::mutex mutex;
  std::vector<std::pair<std::string, double>> stages;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

} // namespace snn::driver
