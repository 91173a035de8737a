// The kinds of files that hold arrays, by their extension.
#include "runtime/data/ArrayFile.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace snn::rt::data {

namespace {

struct Kind {
  std::string_view extension;
  Result<Array> (*readOnly)(const std::string &path); ///< of files with one array, or
  Result<Array> (*readNamed)(const std::string &path,
                             const std::string &array); ///< of files with several
};

constexpr Kind kinds[] = {
    {".npy", readNpy, nullptr}, {".npz", nullptr, readNpz}, {".csv", readCsv, nullptr},
    {".png", readPng, nullptr}, {".pgm", readPnm, nullptr}, {".ppm", readPnm, nullptr},
    {".h5", nullptr, readHdf5}, {".hdf5", nullptr, readHdf5},
};

} // namespace

bool hasExtension(std::string_view path, std::string_view extension) {
  const auto small = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return path.size() >= extension.size() &&
         std::ranges::equal(path.substr(path.size() - extension.size()), extension, {}, small);
}

Result<Array> readArrayFile(const std::string &path, const std::string &array) {
  const auto *kind =
      std::ranges::find_if(kinds, [&](const Kind &k) { return hasExtension(path, k.extension); });
  if (kind == std::end(kinds)) {
    std::string known;
    for (const Kind &k : kinds)
      known += fmt::format("{}{}", known.empty() ? "" : ", ", k.extension);
    return Error{ExitCode::badData,
                 fmt::format("'{}': arrays are read from files that end with {}", path, known)};
  }
  if (kind->readNamed)
    return kind->readNamed(path, array);
  if (!array.empty())
    return Error{
        ExitCode::badData,
        fmt::format("'{}' holds a single array; '{}' can be the name of an array in an .npz "
                    "or HDF5 file only",
                    path, array)};
  return kind->readOnly(path);
}

} // namespace snn::rt::data
