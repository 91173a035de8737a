// Scaling and squaring. The Taylor polynomial of degree 18 at a norm of at most 1/2 has a remainder below 2^-70.
#include "runtime/core/Propagator.h"

#include <algorithm>

namespace snn::rt {

namespace {

constexpr int degree = 18;
/// Stands for h in the upper right block, so that only A h decides how often the matrix is halved: equal ratios of times
/// give equal bits, whatever the unit of time.
constexpr double corner = 0.25;

std::vector<double> multiply(const std::vector<double> &a, const std::vector<double> &b, int n) {
  std::vector<double> c(a.size(), 0.0);
  for (int i = 0; i < n; ++i)
    for (int k = 0; k < n; ++k)
      for (int j = 0; j < n; ++j)
        c[i * n + j] += a[i * n + k] * b[k * n + j];
  return c;
}

double norm(const std::vector<double> &m, int n) { // largest row sum
  double largest = 0;
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int j = 0; j < n; ++j)
      sum += m[i * n + j] < 0 ? -m[i * n + j] : m[i * n + j];
    largest = std::max(largest, sum);
  }
  return largest;
}

} // namespace

std::vector<double> matrixExponential(const std::vector<double> &m, int n) {
  std::vector<double> scaled = m;
  int squarings = 0;
  for (double size = norm(m, n); size > 0.5 && squarings < 1000; size *= 0.5, ++squarings)
    for (double &x : scaled)
      x *= 0.5;
  // exp - 1 is squared as (1 + e)^2 - 1 = e (2 + e), which keeps small entries exact.
  std::vector<double> e(m.size(), 0.0);
  for (int k = degree; k >= 1; --k) { // Horner: e = s/k (1 + e)
    std::vector<double> next = multiply(scaled, e, n);
    for (size_t j = 0; j < next.size(); ++j)
      e[j] = (scaled[j] + next[j]) / k;
  }
  for (int s = 0; s < squarings; ++s) {
    std::vector<double> square = multiply(e, e, n);
    for (size_t j = 0; j < e.size(); ++j)
      e[j] = 2 * e[j] + square[j];
  }
  for (int i = 0; i < n; ++i)
    e[i * n + i] += 1;
  return e;
}

void computePropagator(const abi::Propagator &system, double dt, std::vector<double> &scalars) {
  const int n = static_cast<int>(system.size), wide = 2 * n;
  const double h = system.fraction * dt;
  std::vector<double> m(static_cast<size_t>(wide) * wide, 0.0);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j)
      if (system.a[i * n + j] != abi::none)
        m[i * wide + j] = scalars[system.a[i * n + j]] * h;
    m[i * wide + n + i] = corner;
  }
  const std::vector<double> exponential = matrixExponential(m, wide);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      if (system.p[i * n + j] != abi::none)
        scalars[system.p[i * n + j]] = exponential[i * wide + j];
      if (system.q[i * n + j] != abi::none)
        scalars[system.q[i * n + j]] = exponential[i * wide + n + j] * (h / corner);
    }
}

} // namespace snn::rt
