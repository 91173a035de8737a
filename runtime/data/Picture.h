// Pictures on their way to arrays.
#pragma once

#include "runtime/data/ArrayFile.h"

#include <fmt/format.h>

namespace snn::rt::data {

struct Picture {
  uint64_t width = 0, height = 0, colours = 1; ///< sides below 2^31, 1 or 3 colours
  std::vector<uint16_t> values;                ///< row, column, colour

  uint64_t count() const { return width * height * colours; }

  /// As reals in 0..1: [rows, columns] if grey, else [3, rows, columns], which is how CIFAR's
  /// images come.
  Array array(uint32_t largest) const {
    Array out;
    if (colours > 1)
      out.shape.push_back(static_cast<int64_t>(colours));
    out.shape.insert(out.shape.end(), {static_cast<int64_t>(height), static_cast<int64_t>(width)});
    out.values.reserve(values.size());
    for (uint64_t c = 0; c < colours; ++c)
      for (uint64_t k = c; k < values.size(); k += colours)
        out.values.push_back(static_cast<double>(values[k]) / largest);
    return out;
  }

  Error tooLarge(const std::string &path, uint64_t bytes) const {
    return {ExitCode::badData,
            fmt::format("'{}': {} x {} pixels are claimed, which its {} bytes of data cannot hold",
                        path, width, height, bytes)};
  }
};

} // namespace snn::rt::data
