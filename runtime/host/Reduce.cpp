// Reductions of arrays, over everything or along one axis.
#include "runtime/host/Arrays.h"

#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

using abi::HostCallee;

/// The root of the mean squared distance from the mean.
double deviation(const double *x, int64_t n, int64_t stride, double mean) {
  double squares = 0;
  for (int64_t k = 0; k < n; ++k)
    squares += (x[k * stride] - mean) * (x[k * stride] - mean);
  return std::sqrt(squares / static_cast<double>(n));
}

/// One reduction over n elements that lie `stride` apart.
double reduceLine(HostCallee which, const double *x, int64_t n, int64_t stride) {
  double sum = 0, best = n ? x[0] : 0;
  int64_t bestAt = 0;
  for (int64_t k = 0; k < n; ++k) {
    const double v = x[k * stride];
    switch (which) {
    case HostCallee::Max:
    case HostCallee::Argmax:
      if (v > best || (v != v && best == best))
        best = v, bestAt = k;
      break;
    case HostCallee::Min:
    case HostCallee::Argmin:
      if (v < best || (v != v && best == best))
        best = v, bestAt = k;
      break;
    case HostCallee::Any:
    case HostCallee::All:
      sum += v != 0 ? 1 : 0;
      break;
    default: // sum, mean and std; the other callees are no reductions
      sum += v;
    }
  }
  switch (which) {
  case HostCallee::Max:
  case HostCallee::Min:
    return best;
  case HostCallee::Argmax:
  case HostCallee::Argmin:
    return static_cast<double>(bestAt);
  case HostCallee::Any:
    return sum > 0 ? 1 : 0;
  case HostCallee::All:
    return sum == static_cast<double>(n) ? 1 : 0;
  case HostCallee::Mean:
    return sum / static_cast<double>(n);
  case HostCallee::Std:
    return deviation(x, n, stride, sum / static_cast<double>(n));
  default:
    return sum;
  }
}

Kind resultKind(HostCallee which, Kind of) {
  switch (which) {
  case HostCallee::Mean:
  case HostCallee::Std:
    return Kind::Real;
  case HostCallee::Argmax:
  case HostCallee::Argmin:
    return Kind::Int;
  case HostCallee::Any:
  case HostCallee::All:
    return Kind::Bool;
  case HostCallee::Sum:
    return of == Kind::Bool ? Kind::Int : of;
  default:
    return of;
  }
}

bool needsElements(HostCallee which) {
  return which != HostCallee::Sum && which != HostCallee::Any && which != HostCallee::All;
}

} // namespace

Value reduce(HostCallee which, const Value &v, const Value *axisValue) {
  if (!v.isNumber())
    failModel(fmt::format("a reduction takes an array, but the value is {}", describe(v)));
  const Kind kind = resultKind(which, v.kind);
  const Shape shape = v.shape();
  if (!axisValue) {
    if (v.count() == 0 && needsElements(which))
      failModel("the mean, deviation or an extreme value of an empty array");
    return Value::scalar(kind, reduceLine(which, v.elements(), v.count(), 1));
  }
  const int64_t rank = static_cast<int64_t>(shape.size());
  int64_t axis = axisValue->asInteger("an axis");
  if (axis < -rank || axis >= rank)
    failModel(fmt::format("axis {} of an array with {} axes", axis, rank));
  axis += axis < 0 ? rank : 0;
  int64_t outer = 1, inner = 1;
  for (int64_t k = 0; k < rank; ++k)
    (k < axis ? outer : inner) *= k == axis ? 1 : shape[static_cast<size_t>(k)];
  const int64_t n = shape[static_cast<size_t>(axis)];
  if (n == 0 && needsElements(which))
    failModel(fmt::format("the mean, deviation or an extreme value along axis {}, which is empty", axis));
  Shape outShape = shape;
  outShape.erase(outShape.begin() + axis);
  std::vector<double> out(static_cast<size_t>(outer * inner));
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i)
      out[static_cast<size_t>(o * inner + i)] = reduceLine(which, v.elements() + o * n * inner + i, n, inner);
  if (outShape.empty())
    return Value::scalar(kind, out[0]);
  return Value::ofArray(kind, std::move(outShape), std::move(out));
}

} // namespace snn::rt::host
