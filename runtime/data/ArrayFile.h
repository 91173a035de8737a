// Arrays in files: what `load("w.npy")` reads.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::data {

class Input;

enum class Element : uint8_t { Real, Int, Bool };

struct Array {
  Element element = Element::Real;
  std::vector<int64_t> shape;
  std::vector<double> values; ///< row-major
};

/// Integers up to here are exact as float64: 2^53.
inline constexpr double largestExact = 9007199254740992.0;

/// Reads an array by the name's extension; other kinds are refused with the list of those that
/// exist. `array` names one of the arrays of a file that holds several; empty: the only one.
/// Integers beyond 2^53 are refused, because values are held as float64. ExitCode::badData for all
/// that is wrong with the content.
Result<Array> readArrayFile(const std::string &path, const std::string &array);

/// NumPy's format, versions 1 to 3: little- or big-endian f2 f4 f8, i1..i8, u1..u8, b1; C and
/// Fortran order.
Result<Array> readNpy(const std::string &path);
Result<Array> readNpy(Input &content);
/// NumPy's archives of .npy files.
Result<Array> readNpz(const std::string &path, const std::string &array);
/// HDF5; `array` is a path such as "spikes/cells/timestamps", in which `*` stands for the only member of a group.
Result<Array> readHdf5(const std::string &path, const std::string &array);
/// Numbers in lines: [rows, columns]; [rows] if there is one column, [columns] if there is one
/// line.
Result<Array> readCsv(const std::string &path);
/// Pictures as reals in 0..1: [rows, columns] if they are grey, [3, rows, columns] if not.
Result<Array> readPng(const std::string &path);
Result<Array> readPnm(const std::string &path);

/// Whether a name ends with an extension such as ".png", in small letters or capitals.
bool hasExtension(std::string_view path, std::string_view extension);

} // namespace snn::rt::data
