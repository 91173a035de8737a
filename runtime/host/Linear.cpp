// Matrices of experiments: transpose, matmul, solve, softmax, cross_entropy. All sums run in a fixed
// order, so that results are the same bits everywhere.
#include "runtime/host/Arrays.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

namespace {

const Array &arrayOf(const Value &v, std::string_view what) {
  if (!v.isNumber() || !v.isArray())
    failModel(fmt::format("{} takes arrays, but a value is {}", what, describe(v)));
  return *v.array;
}

/// A vector as a matrix: `column` says which way it stands.
Shape matrixShape(const Array &a, bool column, std::string_view what) {
  if (a.shape.size() == 2)
    return a.shape;
  if (a.shape.size() != 1)
    failModel(fmt::format("{} takes matrices or vectors, but an array has the shape {}", what, shapeText(a.shape)));
  return column ? Shape{a.shape[0], 1} : Shape{1, a.shape[0]};
}

double scalarFn(abi::HostFn fn, double x) { return applyScalar(fn, &x); }

/// LU with partial pivoting, in place on m [n, n] and the right-hand sides r [n, k].
void eliminate(std::vector<double> &m, std::vector<double> &r, size_t n, size_t k) {
  for (size_t c = 0; c < n; ++c) {
    size_t pivot = c;
    for (size_t i = c + 1; i < n; ++i)
      if (std::fabs(m[i * n + c]) > std::fabs(m[pivot * n + c]))
        pivot = i;
    if (m[pivot * n + c] == 0)
      failModel("solve: the matrix is singular");
    if (pivot != c) {
      std::swap_ranges(&m[c * n], &m[c * n] + n, &m[pivot * n]);
      std::swap_ranges(&r[c * k], &r[c * k] + k, &r[pivot * k]);
    }
    for (size_t i = c + 1; i < n; ++i) {
      const double f = m[i * n + c] / m[c * n + c];
      if (f == 0)
        continue;
      for (size_t j = c; j < n; ++j)
        m[i * n + j] -= f * m[c * n + j];
      for (size_t j = 0; j < k; ++j)
        r[i * k + j] -= f * r[c * k + j];
    }
  }
  for (size_t i = n; i-- > 0;)
    for (size_t j = 0; j < k; ++j) {
      double sum = r[i * k + j];
      for (size_t c = i + 1; c < n; ++c)
        sum -= m[i * n + c] * r[c * k + j];
      r[i * k + j] = sum / m[i * n + i];
    }
}

} // namespace

Value transpose(const Value &v) {
  const Array &a = arrayOf(v, "transpose");
  const size_t rank = a.shape.size();
  Shape shape(a.shape.rbegin(), a.shape.rend());
  Shape stride(rank, 1), at(rank, 0);
  for (size_t k = rank; k-- > 1;)
    stride[k - 1] = stride[k] * a.shape[k];
  std::vector<double> out(a.data.size());
  for (double &x : out) {
    int64_t from = 0;
    for (size_t k = 0; k < rank; ++k)
      from += at[k] * stride[rank - 1 - k];
    x = a.data[static_cast<size_t>(from)];
    for (size_t k = rank; k-- > 0;) {
      if (++at[k] < shape[k])
        break;
      at[k] = 0;
    }
  }
  return Value::ofArray(v.kind, std::move(shape), std::move(out));
}

Value matmul(const Value &va, const Value &vb) {
  const Array &a = arrayOf(va, "matmul"), &b = arrayOf(vb, "matmul");
  const Shape sa = matrixShape(a, false, "matmul"), sb = matrixShape(b, true, "matmul");
  if (sa[1] != sb[0])
    failModel(fmt::format("matmul: shapes {} and {} do not fit", shapeText(a.shape), shapeText(b.shape)));
  const size_t n = static_cast<size_t>(sa[0]), inner = static_cast<size_t>(sa[1]), m = static_cast<size_t>(sb[1]);
  std::vector<double> out(n * m, 0.0);
  for (size_t i = 0; i < n; ++i)
    for (size_t k = 0; k < inner; ++k) {
      const double f = a.data[i * inner + k];
      for (size_t j = 0; j < m; ++j)
        out[i * m + j] += f * b.data[k * m + j];
    }
  Shape shape;
  if (a.shape.size() == 2)
    shape.push_back(sa[0]);
  if (b.shape.size() == 2)
    shape.push_back(sb[1]);
  if (shape.empty())
    return Value::real(out[0]);
  return Value::ofArray(Kind::Real, std::move(shape), std::move(out));
}

Value solve(const Value &va, const Value &vb) {
  const Array &a = arrayOf(va, "solve"), &b = arrayOf(vb, "solve");
  if (a.shape.size() != 2 || a.shape[0] != a.shape[1])
    failModel(fmt::format("solve takes a square matrix, not one of shape {}", shapeText(a.shape)));
  const Shape sb = matrixShape(b, true, "solve");
  if (sb[0] != a.shape[0])
    failModel(fmt::format("solve: shapes {} and {} do not fit", shapeText(a.shape), shapeText(b.shape)));
  std::vector<double> m = a.data, r = b.data;
  eliminate(m, r, static_cast<size_t>(sb[0]), static_cast<size_t>(sb[1]));
  return Value::ofArray(Kind::Real, b.shape, std::move(r));
}

Value softmax(const Value &v) {
  const Array &a = arrayOf(v, "softmax");
  std::vector<double> out = a.data;
  const size_t n = a.shape.empty() ? 1 : static_cast<size_t>(a.shape.back());
  for (size_t row = 0; n && row + n <= out.size(); row += n) {
    const double top = *std::max_element(&out[row], &out[row] + n);
    double sum = 0;
    for (size_t k = row; k < row + n; ++k)
      sum += out[k] = scalarFn(abi::HostFn::Exp, out[k] - top);
    for (size_t k = row; k < row + n; ++k)
      out[k] /= sum;
  }
  return Value::ofArray(Kind::Real, a.shape, std::move(out));
}

Value crossEntropy(const Value &scores, const Value &labels) {
  const Array &a = arrayOf(scores, "cross_entropy");
  const size_t n = a.shape.empty() ? 1 : static_cast<size_t>(a.shape.back());
  const size_t rows = n ? a.data.size() / n : 0;
  if (!labels.isNumber() || static_cast<size_t>(labels.count()) != rows || rows == 0)
    failModel(fmt::format("cross_entropy: scores of shape {} need {} labels, but the labels are {}", shapeText(a.shape),
                          rows, describe(labels)));
  double total = 0;
  for (size_t row = 0; row < rows; ++row) {
    const double *x = &a.data[row * n];
    const double label = labels.elements()[row];
    if (!(label >= 0 && label < static_cast<double>(n)) || std::floor(label) != label)
      failModel(fmt::format("cross_entropy: {:.6g} is no label for {} scores", label, n));
    const double top = *std::max_element(x, x + n);
    double sum = 0;
    for (size_t k = 0; k < n; ++k)
      sum += scalarFn(abi::HostFn::Exp, x[k] - top);
    total += scalarFn(abi::HostFn::Log, sum) - (x[static_cast<size_t>(label)] - top);
  }
  return Value::real(total / static_cast<double>(rows));
}

} // namespace snn::rt::host
