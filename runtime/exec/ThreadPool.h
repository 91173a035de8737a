// Threads that work together on one thing at a time: a step of a network has a few short parts, so that starting and waiting
// must cost about a microsecond. Whoever is free takes the next part: a worker that sleeps, or whose core is busy with
// another program, is not waited for.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace snn::rt::exec {

class ThreadPool {
public:
  /// `threads` in all, with the one that calls run(); workers start at the first use.
  explicit ThreadPool(int threads) : threads(threads) {}
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  int size() const { return threads; }
  /// Calls work(0) … work(parts - 1), parts < 65536, each once, in any order and at the same time; returns when all are done.
  /// What the caller wrote before is seen by the parts, and what they wrote by the caller. When a part throws, the others still
  /// run, and one of the exceptions comes out of here.
  void run(int parts, const std::function<void(int part)> &work);

private:
  void worker();
  void start();
  void takeParts();

  const int threads;
  std::vector<std::thread> workers;
  const std::function<void(int)> *job = nullptr; ///< of the running round
  std::exception_ptr thrown;                     ///< in it, by whoever set `throwing`
  std::atomic<bool> throwing{false};
  std::atomic<bool> ending{false};
  alignas(64) std::atomic<uint32_t> round{0};    ///< what sleeping workers wait on
  alignas(64) std::atomic<uint64_t> ticket{0};   ///< round (32 bits), parts of it (16), the next part to be taken (16)
  alignas(64) std::atomic<int> finished{0};      ///< parts of the running round
};

/// The cores that this process may use.
int availableCores();

} // namespace snn::rt::exec
