// Arrays in files: what `load("w.npy")` reads.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snn::rt::data {

enum class Element : uint8_t { Real, Int, Bool };

struct Array {
  Element element = Element::Real;
  std::vector<int64_t> shape;
  std::vector<double> values; ///< row-major
};

/// Reads an array by the name's extension (.npy); other kinds are refused with the list of those that exist. Integers
/// beyond 2^53 are refused, because values are held as float64. ExitCode::badData for all that is wrong with the content.
Result<Array> readArrayFile(const std::string &path);
/// NumPy's format, versions 1 to 3: little- or big-endian f2 f4 f8, i1..i8, u1..u8, b1; C and Fortran order.
Result<Array> readNpy(const std::string &path);

} // namespace snn::rt::data
