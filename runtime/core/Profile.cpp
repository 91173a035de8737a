// The machine is measured with loops like those of kernels: a kernel is compared with what the same core really does, not
// with a data sheet.
#include "runtime/core/Profile.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <immintrin.h>
#include <memory>

namespace snn::rt {

namespace {

using Clock = std::chrono::steady_clock;

/// Best of some runs of `work`, in seconds.
template <class Work> double best(int runs, const Work &work) {
  double least = 1e9;
  for (int k = 0; k < runs; ++k) {
    const Clock::time_point begin = Clock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return least;
}

__attribute__((target("avx2,fma"))) void update(float *x, size_t n) {
  const __m256 a = _mm256_set1_ps(0.999f);
  for (size_t k = 0; k < n; k += 8)
    _mm256_store_ps(x + k, _mm256_mul_ps(_mm256_load_ps(x + k), a));
}

constexpr int chains = 8, integerChains = 4;
constexpr int operationsARound = 2 * chains;

/// Multiplications with addition and, on the units beside them, as many operations with integers. Chains enough to hide how
/// long each takes.
__attribute__((target("avx2,fma"))) float calculate(int64_t times) {
  __m256 x[chains];
  __m256i n[integerChains];
  for (int k = 0; k < chains; ++k)
    x[k] = _mm256_set1_ps(static_cast<float>(k));
  for (int k = 0; k < integerChains; ++k)
    n[k] = _mm256_set1_epi32(k);
  const __m256 a = _mm256_set1_ps(0.5f), b = _mm256_set1_ps(1.0f);
  for (int64_t t = 0; t < times; ++t) {
#pragma GCC unroll 8
    for (int k = 0; k < chains; ++k)
      x[k] = _mm256_fmadd_ps(x[k], a, b);
#pragma GCC unroll 4
    for (int k = 0; k < integerChains; ++k)
      n[k] = _mm256_xor_si256(_mm256_add_epi32(n[k], _mm256_castps_si256(a)), _mm256_castps_si256(b));
  }
  for (int k = 0; k < chains; ++k)
    x[0] = _mm256_add_ps(x[0], _mm256_add_ps(x[k], _mm256_castsi256_ps(n[k % integerChains])));
  return _mm256_cvtss_f32(x[0]);
}

double bytesPerSecond(size_t bytes, int repeats) {
  struct Free {
    void operator()(float *p) const { std::free(p); }
  };
  const std::unique_ptr<float, Free> data(static_cast<float *>(std::aligned_alloc(64, bytes)));
  if (!data)
    return 0;
  const size_t n = bytes / sizeof(float);
  std::fill_n(data.get(), n, 1.0f);
  const double seconds = best(3, [&] {
    for (int k = 0; k < repeats; ++k)
      update(data.get(), n);
  });
  return 2.0 * static_cast<double>(bytes) * repeats / seconds;
}

std::string duration(double seconds) {
  return seconds >= 1 ? fmt::format("{:.3f} s", seconds) : seconds >= 1e-3 ? fmt::format("{:.1f} ms", seconds * 1e3) : fmt::format("{:.1f} us", seconds * 1e6);
}

std::string rate(double perSecond, const char *unit) {
  return perSecond >= 1e9 ? fmt::format("{:.1f} G{}", perSecond / 1e9, unit) : perSecond >= 1e6 ? fmt::format("{:.1f} M{}", perSecond / 1e6, unit)
                                                                                              : fmt::format("{:.1f} k{}", perSecond / 1e3, unit);
}

/// "61 % cache": the time that the machine needs at least, and what limits it.
std::string ofLimit(const ProfileRow &row, int threads, Precision precision, const MachineLimits &limits) {
  const bool cached = row.footprint < 768e3 && limits.cacheBytes > 0;
  const double perSecond = (cached ? limits.cacheBytes : limits.memoryBytes) * threads,
               operations = limits.operations * threads * (precision == Precision::Double ? 0.5 : 1);
  const double memory = perSecond > 0 ? row.bytes / perSecond : 0, arithmetic = operations > 0 ? row.operations / operations : 0;
  if (row.seconds <= 0 || std::max(memory, arithmetic) <= 0)
    return "";
  return fmt::format("{:.0f} % {}", 100 * std::max(memory, arithmetic) / row.seconds,
                     arithmetic > memory ? "arithmetic" : cached ? "cache" : "memory");
}

std::string summary(const Profile &profile, const ProfileTotals &totals, const MachineLimits &limits, double events) {
  const std::string by = profile.device.empty() ? fmt::format("{} thread{}", profile.threads, profile.threads == 1 ? "" : "s") : profile.device;
  std::string out = fmt::format("profile of {} steps ({:g} ms) in {}, {}: {} a step\n", totals.steps, totals.simulatedMs, duration(totals.seconds), by,
                                duration(totals.seconds / static_cast<double>(totals.steps)));
  out += fmt::format("{} spikes, {} and {}; ", profile.spikes, rate(static_cast<double>(profile.spikes) / totals.seconds, " spikes/s"),
                     rate(events / totals.seconds, " synaptic events/s"));
  if (profile.device.empty())
    return out + fmt::format("one core here: {} in cache, {} in memory, {}\n", rate(limits.cacheBytes, "B/s"), rate(limits.memoryBytes, "B/s"),
                             rate(limits.operations, " operations/s"));
  return out + fmt::format("its memory: {}, {:.1f} of {:.1f} MB taken\n", rate(limits.memoryBytes, "B/s"), profile.deviceUsed / 1e6, profile.deviceHas / 1e6);
}

} // namespace

MachineLimits measureMachine() {
  MachineLimits limits;
  limits.cacheBytes = bytesPerSecond(size_t{1} << 18, 200);
  limits.memoryBytes = bytesPerSecond(size_t{1} << 26, 1);
  constexpr int64_t times = 2'000'000;
  volatile float used = 0;
  const double seconds = best(3, [&] { used = calculate(times); });
  limits.operations = operationsARound * 8.0 * static_cast<double>(times) / seconds;
  return limits;
}

std::string profileText(Profile profile, const ProfileTotals &totals, const MachineLimits &limits) {
  std::vector<ProfileRow> &rows = profile.rows;
  std::ranges::stable_sort(rows, std::ranges::greater(), &ProfileRow::seconds);
  double listed = 0, events = 0;
  for (const ProfileRow &row : rows) {
    listed += row.seconds;
    events += row.edges ? static_cast<double>(row.elements) : 0;
  }
  std::string out = summary(profile, totals, limits, events);
  out += fmt::format("{:>10} {:>7} {:>9} {:>16} {:>12} {:>17}  {}\n", "time", "share", "calls", "each", "bytes", "of what it could", "what");
  const double whole = profile.device.empty() ? totals.seconds : listed; // a device's kernels were measured one by one
  for (const ProfileRow &row : rows)
    out += fmt::format("{:>10} {:>5.1f} % {:>9} {:>16} {:>12} {:>17}  {}\n", duration(row.seconds), 100 * row.seconds / whole, row.calls,
                       row.elements ? fmt::format("{:.2f} ns a {}", row.seconds * 1e9 / static_cast<double>(row.elements), row.edges ? "synapse" : "cell") : "",
                       row.bytes > 0 ? rate(row.bytes / row.seconds, "B/s") : "", ofLimit(row, profile.threads, totals.precision, limits), row.name);
  if (!profile.device.empty())
    return out + "a device's kernels are measured one by one, in one step of some hundred: together they take less\n";
  const double rest = totals.seconds - listed;
  out += fmt::format("{:>10} {:>5.1f} % {:>57}  {}\n", duration(std::max(rest, 0.0)), 100 * std::max(rest, 0.0) / totals.seconds, "",
                     "recording, progress and the measurement itself");
  return out;
}

} // namespace snn::rt
