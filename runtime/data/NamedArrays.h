// Files that hold several arrays, each with a name, as a data set needs them: labels at once,
// samples one by one.
#pragma once

#include "runtime/data/ArrayFile.h"

#include <memory>
#include <string>
#include <vector>

namespace snn::rt::data {

/// An array whose first axis counts samples.
class Samples {
public:
  virtual ~Samples() = default;
  /// Of the whole: [samples, …].
  virtual const std::vector<int64_t> &shape() const = 0;
  /// Values of sample k, row-major: bytes as reals in 0..1, others as they are. k was compared with
  /// the shape.
  virtual Status read(int64_t k, std::vector<double> &out) = 0;
};

class NamedArrays {
public:
  virtual ~NamedArrays() = default;
  virtual const std::string &path() const = 0;
  virtual std::vector<std::string> names() const = 0;
  /// The whole array; `name` is one of names().
  virtual Result<Array> whole(const std::string &name) const = 0;
  /// Checks the array's head; elements are read when they are asked for. Others than bytes, bools
  /// and floats are refused.
  virtual Result<std::shared_ptr<Samples>> samples(const std::string &name) const = 0;
};

Result<std::unique_ptr<NamedArrays>> openNpz(const std::string &path);
Result<std::unique_ptr<NamedArrays>> openHdf5(const std::string &path);

/// "a, b, c": for messages, so only the first of many.
std::string listOf(const std::vector<std::string> &names);

} // namespace snn::rt::data
