// Construction of and access to the values of experiments.
#include "runtime/host/Value.h"

#include <cmath>
#include <fmt/format.h>

namespace snn::rt::host {

void fail(ExitCode code, std::string message) { throw Failure{code, std::move(message)}; }
void failModel(std::string message) { fail(ExitCode::model, std::move(message)); }

int64_t countOf(const Shape &shape) {
  int64_t n = 1;
  for (int64_t extent : shape) {
    if (extent < 0)
      failModel(fmt::format("an array cannot have the extent {}", extent));
    if (__builtin_mul_overflow(n, extent, &n) || n > (int64_t{1} << 40))
      fail(ExitCode::resources, fmt::format("an array of shape {} does not fit into memory", shapeText(shape)));
  }
  return n;
}

std::string shapeText(const Shape &shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

int64_t Range::count() const {
  if (step > 0)
    return stop > start ? (stop - start + step - 1) / step : 0;
  return start > stop ? (start - stop - step - 1) / -step : 0;
}

Value Value::scalar(Kind kind, double x) {
  Value v;
  v.kind = kind;
  v.number = x;
  return v;
}

Value Value::ofText(std::string s) {
  Value v;
  v.kind = Kind::Text;
  v.texts = std::make_shared<const std::vector<std::string>>(1, std::move(s));
  return v;
}

Value Value::ofArray(Kind kind, Shape shape, std::vector<double> data) {
  Value v;
  v.kind = kind;
  v.array = std::make_shared<Array>(Array{std::move(shape), std::move(data)});
  return v;
}

Value Value::ofRange(Range r) {
  Value v;
  v.kind = Kind::Range;
  v.range = std::make_shared<const Range>(r);
  return v;
}

Array &Value::own() {
  if (array.use_count() > 1)
    array = std::make_shared<Array>(*array);
  return *array;
}

double Value::asNumber(std::string_view what) const {
  if (!isNumber())
    failModel(fmt::format("{} must be a number, but it is {}", what, describe(*this)));
  if (!array)
    return number;
  if (array->data.size() != 1)
    failModel(fmt::format("{} must be a single number, but it is {}", what, describe(*this)));
  return array->data[0];
}

int64_t Value::asInteger(std::string_view what) const {
  double x = asNumber(what);
  if (std::floor(x) != x || std::fabs(x) > largestInteger)
    failModel(fmt::format("{} must be an integer, but it is {:.6g}", what, x));
  return static_cast<int64_t>(x);
}

bool Value::asBool() const {
  return asNumber("the condition") != 0;
}

const std::string &Value::asText(std::string_view what) const {
  if (kind != Kind::Text || array)
    failModel(fmt::format("{} must be a text, but it is {}", what, describe(*this)));
  return textAt(number);
}

std::string describe(const Value &v) {
  switch (v.kind) {
  case Kind::None:
    return "nothing";
  case Kind::Real:
    return v.array ? "an array of reals " + shapeText(v.array->shape) : "a real number";
  case Kind::Int:
    return v.array ? "an array of integers " + shapeText(v.array->shape) : "an integer";
  case Kind::Bool:
    return v.array ? "an array of bools " + shapeText(v.array->shape) : "a bool";
  case Kind::Text:
    return v.array ? "an array of texts " + shapeText(v.array->shape) : "a text";
  case Kind::Range:
    return "a range";
  case Kind::Cells:
    return "a group of cells";
  case Kind::DataSet:
    return "a data set";
  case Kind::Samples:
    return "samples of a data set";
  case Kind::Iterator:
    return "an iterator";
  }
  return "";
}

Value shapeValue(const Shape &shape) {
  std::vector<double> extents(shape.begin(), shape.end());
  const int64_t n = static_cast<int64_t>(extents.size());
  return Value::ofArray(Kind::Int, {n}, std::move(extents));
}

} // namespace snn::rt::host
