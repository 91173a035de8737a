// Values of experiments: numbers and n-dimensional arrays of them, texts, ranges, cells, data sets and iterators.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::host {

/// How the VM's parts report an error; the VM catches it, adds the model's line and turns it into a Status.
struct Failure {
  ExitCode code;
  std::string message;
};
[[noreturn]] void fail(ExitCode code, std::string message);
/// An error of the model found while it runs (exit 1).
[[noreturn]] void failModel(std::string message);

/// Numbers are held as float64 whatever their type: integers are exact up to 2^53 and an operation that leaves that range
/// is an error, so nothing is ever rounded in silence.
enum class Kind : uint8_t { None, Real, Int, Bool, Text, Range, Cells, DataSet, Samples, Iterator };
inline constexpr double largestInteger = 9007199254740992.0;

using Shape = std::vector<int64_t>;
int64_t countOf(const Shape &shape);
std::string shapeText(const Shape &shape); ///< "[28, 28]"

struct Array {
  Shape shape;
  std::vector<double> data; ///< row-major
};

struct Range {
  int64_t start = 0, stop = 0, step = 1;
  int64_t count() const;
};

/// A population or a slice of it.
struct Cells {
  uint32_t population = 0;
  bool all = true;
  std::vector<int64_t> indices; ///< flat, if not all
  Shape shape;                  ///< of the slice
};

struct DataSetRef;  ///< HostData.h
struct SamplesRef;
struct Iterator;

/// A cheap handle: arrays and objects are shared and copied when one of several owners writes.
class Value {
public:
  Kind kind = Kind::None;
  double number = 0;
  std::shared_ptr<Array> array; ///< of numbers; null: a scalar
  std::shared_ptr<const std::vector<std::string>> texts; ///< of a text or an array of texts, whose numbers are places in it
  std::shared_ptr<const Range> range;
  std::shared_ptr<const Cells> cells;
  std::shared_ptr<const DataSetRef> dataSet;
  std::shared_ptr<const SamplesRef> samples;
  std::shared_ptr<Iterator> iterator;

  static Value real(double x) { return scalar(Kind::Real, x); }
  static Value integer(int64_t x) { return scalar(Kind::Int, static_cast<double>(x)); }
  static Value boolean(bool x) { return scalar(Kind::Bool, x ? 1 : 0); }
  static Value scalar(Kind kind, double x);
  static Value ofText(std::string s);
  static Value ofArray(Kind kind, Shape shape, std::vector<double> data);
  static Value ofRange(Range r);

  bool isNumber() const { return kind == Kind::Real || kind == Kind::Int || kind == Kind::Bool; }
  bool isArray() const { return array != nullptr; }
  Shape shape() const { return array ? array->shape : Shape{}; }
  int64_t count() const { return array ? static_cast<int64_t>(array->data.size()) : 1; }
  /// Elements of an array, or the scalar as one element.
  const double *elements() const { return array ? array->data.data() : &number; }
  /// The array for writing: no other value sees the change.
  Array &own();
  /// The one number of a scalar (or of an array of one element); otherwise an error that names `what`.
  double asNumber(std::string_view what) const;
  int64_t asInteger(std::string_view what) const;
  bool asBool() const;
  const std::string &asText(std::string_view what) const;
  const std::string &textAt(double place) const { return (*texts)[static_cast<size_t>(place)]; }
};

/// "an array of reals [10, 5]", for messages.
std::string describe(const Value &v);

/// The extents as an array of whole numbers.
Value shapeValue(const Shape &shape);

} // namespace snn::rt::host
