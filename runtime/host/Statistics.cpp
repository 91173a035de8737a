// Statistics of arrays in experiments: order, shapes of distributions, likeness. All sums run in a fixed order.
#include "runtime/host/Arrays.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

void mustHaveElements(const Value &v, std::string_view function) {
  if (!v.isNumber() || v.count() == 0)
    failModel(fmt::format("{} takes an array with elements", function));
}

/// NaN is larger than every number, so that the order is one.
bool before(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; }

/// Two arrays as vectors of one length.
int64_t paired(const Value &a, const Value &b, std::string_view function) {
  mustHaveElements(a, function);
  if (!b.isNumber() || b.count() != a.count())
    failModel(fmt::format("{} takes two arrays of one size, but they are {} and {}", function, describe(a), describe(b)));
  return a.count();
}

/// The cosine of the angle between x - a and y - b; NaN if one of them is zero.
double cosineOf(const double *x, double a, const double *y, double b, int64_t n) {
  double xy = 0, xx = 0, yy = 0;
  for (int64_t k = 0; k < n; ++k) {
    const double u = x[k] - a, v = y[k] - b;
    xy += u * v;
    xx += u * u;
    yy += v * v;
  }
  return xy / (std::sqrt(xx) * std::sqrt(yy));
}

} // namespace

Value quantile(const Value &v, const Value &q) {
  mustHaveElements(v, "quantile");
  std::vector<double> sorted(v.elements(), v.elements() + v.count());
  std::sort(sorted.begin(), sorted.end(), before);
  std::vector<double> out;
  for (int64_t k = 0; k < q.count(); ++k) {
    const double p = q.elements()[k];
    if (!(p >= 0 && p <= 1))
      failModel(fmt::format("quantile: {:.6g} is not between 0 and 1", p));
    const double at = p * static_cast<double>(sorted.size() - 1);
    const size_t low = static_cast<size_t>(std::floor(at)), high = std::min(low + 1, sorted.size() - 1);
    out.push_back(sorted[low] + (at - std::floor(at)) * (sorted[high] - sorted[low]));
  }
  return q.isArray() ? Value::ofArray(Kind::Real, q.shape(), std::move(out)) : Value::real(out[0]);
}

/// Sums up to each element, along the last axis.
Value cumulated(const Value &v) {
  if (!v.isArray())
    failModel(fmt::format("cumsum takes an array, but the value is {}", describe(v)));
  std::vector<double> sums(v.elements(), v.elements() + v.count());
  const int64_t each = v.shape().empty() ? 0 : v.shape().back();
  for (int64_t k = 0; k < v.count(); ++k)
    if (k % each != 0)
      sums[static_cast<size_t>(k)] += sums[static_cast<size_t>(k) - 1];
  return Value::ofArray(v.kind == Kind::Bool ? Kind::Int : v.kind, v.shape(), std::move(sums));
}

Value sorted(const Value &v) {
  if (!v.isArray())
    failModel(fmt::format("sort takes an array, but the value is {}", describe(v)));
  std::vector<double> out(v.elements(), v.elements() + v.count());
  const Shape shape = v.shape();
  const int64_t n = shape.empty() ? 0 : shape.back();
  for (int64_t row = 0; n && row < v.count(); row += n)
    std::stable_sort(out.begin() + row, out.begin() + row + n, before);
  return Value::ofArray(v.kind, shape, std::move(out));
}

Value cosine(const Value &a, const Value &b) {
  const int64_t n = paired(a, b, "cosine");
  return Value::real(cosineOf(a.elements(), 0, b.elements(), 0, n));
}

Value correlation(const Value &a, const Value &b) {
  const int64_t n = paired(a, b, "corr");
  const auto mean = [](const Value &v) { return reduce(abi::HostCallee::Mean, v, nullptr).number; };
  return Value::real(cosineOf(a.elements(), mean(a), b.elements(), mean(b), n));
}

Value histogram(const Value &v, const Value &edges) {
  if (!v.isNumber())
    failModel(fmt::format("histogram takes an array, but the value is {}", describe(v)));
  const double *edge = edges.elements();
  const int64_t bins = edges.isNumber() ? edges.count() - 1 : 0;
  if (bins < 1 || !std::is_sorted(edge, edge + bins + 1, std::less_equal<>()))
    failModel("histogram takes the edges of its bins: two numbers or more, each larger than the one before");
  std::vector<double> counts(static_cast<size_t>(bins), 0);
  for (int64_t k = 0; k < v.count(); ++k) {
    const double x = v.elements()[k];
    if (!(x >= edge[0] && x <= edge[bins]))
      continue;
    const int64_t bin = std::upper_bound(edge, edge + bins + 1, x) - edge - 1;
    ++counts[static_cast<size_t>(std::min(bin, bins - 1))];
  }
  return Value::ofArray(Kind::Int, {bins}, std::move(counts));
}

} // namespace snn::rt::host
