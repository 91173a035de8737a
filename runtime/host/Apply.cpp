// Element by element application of functions, with broadcasting.
#include "runtime/host/Arrays.h"

#include <fmt/format.h>

namespace snn::rt::host {

Shape broadcast(const Shape &a, const Shape &b) {
  Shape out(std::max(a.size(), b.size()));
  for (size_t k = 0; k < out.size(); ++k) {
    const int64_t x = k < a.size() ? a[a.size() - 1 - k] : 1;
    const int64_t y = k < b.size() ? b[b.size() - 1 - k] : 1;
    if (x != y && x != 1 && y != 1)
      failModel(fmt::format("arrays of shapes {} and {} do not fit together", shapeText(a), shapeText(b)));
    out[out.size() - 1 - k] = x == 1 ? y : x;
  }
  return out;
}

namespace {

/// Walks all elements of `shape` in order and gives the element number of an operand that broadcasts to it.
class Walk {
public:
  Walk(const Shape &operand, const Shape &shape) : extent(shape), at(shape.size()), stride(shape.size()) {
    int64_t step = 1;
    for (size_t k = 0; k < shape.size(); ++k) {
      const size_t axis = shape.size() - 1 - k;
      const int64_t have = k < operand.size() ? operand[operand.size() - 1 - k] : 1;
      stride[axis] = have == 1 ? 0 : step;
      step *= have;
    }
  }
  int64_t offset = 0;
  void next() { advance(extent.size()); }
  /// Past the last axis as a whole; `offset` must be at its begin.
  void nextRow() { advance(extent.size() - 1); }
  int64_t lastStride() const { return stride.back(); }

private:
  const Shape &extent;
  Shape at, stride;

  void advance(size_t axes) {
    for (size_t axis = axes; axis-- > 0;) {
      offset += stride[axis];
      if (++at[axis] < extent[axis])
        return;
      offset -= stride[axis] * extent[axis];
      at[axis] = 0;
    }
  }
};

/// One row of an operand: its first element and the distance of the next, 0 where one element serves for all.
struct Row {
  const double *begin = nullptr;
  int64_t stride = 0;
};

template <class Op> void forRow(const Row &a, const Row &b, double *out, int64_t n, Op op) {
  for (int64_t k = 0; k < n; ++k)
    out[k] = op(a.begin[k * a.stride], b.begin[k * b.stride]);
}

/// The commonest functions of two numbers without a call for each element; false for the others.
bool applyRow(abi::HostFn fn, const Row &a, const Row &b, double *out, int64_t n) {
  switch (fn) {
  case abi::HostFn::Add:
    forRow(a, b, out, n, [](double x, double y) { return x + y; });
    return true;
  case abi::HostFn::Sub:
    forRow(a, b, out, n, [](double x, double y) { return x - y; });
    return true;
  case abi::HostFn::Mul:
    forRow(a, b, out, n, [](double x, double y) { return x * y; });
    return true;
  case abi::HostFn::Div:
    forRow(a, b, out, n, [](double x, double y) { return x / y; });
    return true;
  default:
    return false;
  }
}

void checkInteger(double x) {
  if (x != x)
    failModel("a whole number cannot be NaN (of 0 / 0, or of the remainder of a division by 0)");
  if (!(x > -largestInteger && x < largestInteger)) // it may have been rounded to the limit
    failModel(fmt::format("an integer left the exact range of 2^53: {:.6g}", x));
}

} // namespace

std::vector<double> expand(const Value &v, const Shape &shape, bool byCount, std::string_view what) {
  const int64_t n = countOf(shape);
  if (!v.isNumber())
    failModel(fmt::format("{} takes numbers, but the value is {}", what, describe(v)));
  if (!v.array)
    return std::vector<double>(static_cast<size_t>(n), v.number);
  if (v.array->shape == shape || (byCount && v.count() == n))
    return v.array->data;
  const Shape have = v.array->shape;
  bool fits = true; // axes of extent 1 in front are dropped as NumPy does
  for (size_t k = 0; k < have.size(); ++k) {
    const int64_t mine = have[have.size() - 1 - k];
    fits &= mine == 1 || (k < shape.size() && mine == shape[shape.size() - 1 - k]);
  }
  if (!fits)
    failModel(fmt::format("{} has the shape {}, but the value has {}", what, shapeText(shape), shapeText(have)));
  Shape tail = have.size() > shape.size() ? Shape(have.end() - static_cast<long>(shape.size()), have.end()) : have;
  std::vector<double> out(static_cast<size_t>(n));
  Walk walk(tail, shape);
  for (double &x : out) {
    x = v.array->data[static_cast<size_t>(walk.offset)];
    walk.next();
  }
  return out;
}

Value apply(abi::HostFn fn, std::span<const Value> args, Kind kind) {
  bool anyArray = false;
  for (const Value &v : args) {
    if (!v.isNumber())
      failModel(fmt::format("arithmetic takes numbers, but a value is {}", describe(v)));
    anyArray |= v.isArray();
  }
  double x[3] = {};
  if (!anyArray) {
    for (size_t k = 0; k < args.size(); ++k)
      x[k] = args[k].number;
    const double y = applyScalar(fn, x);
    if (kind == Kind::Int)
      checkInteger(y);
    return Value::scalar(kind, y);
  }
  Shape shape;
  for (const Value &v : args)
    shape = broadcast(shape, v.shape());
  std::vector<double> out(static_cast<size_t>(countOf(shape)));
  std::vector<Shape> shapes;
  for (const Value &v : args)
    shapes.push_back(v.shape());
  std::vector<Walk> walks;
  bool plain = true;
  for (size_t k = 0; k < args.size(); ++k) {
    walks.emplace_back(shapes[k], shape);
    plain &= !args[k].isArray() || shapes[k] == shape;
  }
  const int64_t total = static_cast<int64_t>(out.size()), length = plain ? total : shape.back();
  for (int64_t begin = 0; begin < total; begin += length) {
    Row rows[3];
    for (size_t k = 0; k < args.size(); ++k)
      rows[k] = plain ? Row{args[k].elements(), args[k].isArray()}
                      : Row{args[k].elements() + walks[k].offset, walks[k].lastStride()};
    if (args.size() != 2 || !applyRow(fn, rows[0], rows[1], &out[static_cast<size_t>(begin)], length))
      for (int64_t n = 0; n < length; ++n) {
        for (size_t k = 0; k < args.size(); ++k)
          x[k] = rows[k].begin[n * rows[k].stride];
        out[static_cast<size_t>(begin + n)] = applyScalar(fn, x);
      }
    if (!plain)
      for (Walk &walk : walks)
        walk.nextRow();
  }
  if (kind == Kind::Int)
    for (double y : out)
      checkInteger(y);
  return Value::ofArray(kind, std::move(shape), std::move(out));
}

} // namespace snn::rt::host
