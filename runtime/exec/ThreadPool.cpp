// Parts are taken by counting up a ticket that also names the round, so that who comes late takes nothing of the next one.
#include "runtime/exec/ThreadPool.h"

#include "runtime/core/FloatMode.h"

#include <csignal>
#include <immintrin.h>
#include <sched.h>
#include <system_error>
#include <utility>

namespace snn::rt::exec {

namespace {

/// About 20 us, longer than the gaps between the parts of a step; then sleep.
constexpr int spins = 2000;

/// Waits until `value` is no longer `old`.
template <class T> void waitWhile(const std::atomic<T> &value, T old) {
  for (int k = 0; k < spins; ++k) {
    if (value.load(std::memory_order_acquire) != old)
      return;
    _mm_pause();
  }
  value.wait(old, std::memory_order_acquire);
}

} // namespace

int availableCores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

void ThreadPool::start() {
  sigset_t all, before; // signals are the caller's
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    for (int k = 1; k < threads; ++k)
      workers.emplace_back([this] { worker(); });
  } catch (const std::system_error &) { // as many as the system gives: parts are taken by whoever is free
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void ThreadPool::takeParts() {
  uint64_t now = ticket.load(std::memory_order_acquire);
  while ((now & 0xffff) < (now >> 16 & 0xffff)) {
    if (!ticket.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel, std::memory_order_acquire))
      continue;
    try {
      (*job)(static_cast<int>(now & 0xffff)); // the round goes on until this part is done, so the job is its own
    } catch (...) {
      if (!throwing.exchange(true, std::memory_order_relaxed))
        thrown = std::current_exception();
    }
    finished.fetch_add(1, std::memory_order_release);
    finished.notify_one();
    now = ticket.load(std::memory_order_acquire);
  }
}

void ThreadPool::run(int parts, const std::function<void(int)> &work) {
  if (workers.empty() && parts > 1)
    start();
  job = &work;
  finished.store(0, std::memory_order_relaxed);
  const uint64_t number = round.load(std::memory_order_relaxed) + 1u;
  ticket.store(number << 32 | static_cast<uint64_t>(parts) << 16, std::memory_order_release);
  round.store(static_cast<uint32_t>(number), std::memory_order_release);
  round.notify_all();
  takeParts();
  for (int done = finished.load(std::memory_order_acquire); done != parts; done = finished.load(std::memory_order_acquire))
    waitWhile(finished, done);
  if (throwing.exchange(false, std::memory_order_relaxed))
    std::rethrow_exception(std::exchange(thrown, nullptr));
}

void ThreadPool::worker() {
  const FloatMode mode;
  for (uint32_t seen = 0; !ending.load(std::memory_order_acquire);) {
    waitWhile(round, seen);
    seen = round.load(std::memory_order_acquire);
    takeParts();
  }
}

ThreadPool::~ThreadPool() {
  ending.store(true, std::memory_order_release);
  round.fetch_add(1, std::memory_order_release);
  round.notify_all();
  for (std::thread &thread : workers)
    thread.join();
}

} // namespace snn::rt::exec
