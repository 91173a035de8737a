// Progress on a terminal: one line that shows how far a loop and the simulated time are, at which rate, and the time left.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace snn::rt {

class Progress {
public:
  struct Settings {
    bool enabled = false;
    int columns = 80;
    std::function<double()> now;                        ///< seconds
    std::function<void(const std::string &text)> write; ///< raw bytes to the terminal
  };
  /// Enabled if standard error is a terminal that understands control characters, and not `quiet`.
  static Settings forStandardError(bool quiet);

  explicit Progress(Settings settings);
  /// Simulated time has reached `ms` of a run that ends at `endMs`.
  void time(double ms, double endMs);
  /// Turn `at` (from 0) of `count` of the loop `id` begins. Inner loops appear behind outer ones on the same line.
  void turn(const void *id, int64_t at, int64_t count);
  /// Removes the line, so that other output can be written; it comes back by itself.
  void clear();
  /// Removes the line for good and, for runs that showed one, leaves a summary of simulated and wall time.
  void finish();

private:
  struct Loop {
    const void *id;
    int64_t at, count;
    double begin;
  };
  Settings settings;
  double started, lastShown, runBegin = 0;
  double simulated = 0, simulatedBegin = -1, runStart = 0, runEnd = 0;
  std::vector<Loop> loops;
  bool visible = false, everShown = false;

  void show(double now);
  std::string line(double now) const;
};

/// "1.2 s", "3:05 min", "2:10 h".
std::string durationText(double seconds);

} // namespace snn::rt
