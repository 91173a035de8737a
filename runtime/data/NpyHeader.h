// The header of .npy files: a Python dictionary with the keys descr, fortran_order and shape.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::data {

struct NpyHeader {
  char kind = 'f';  ///< f, i, u or b
  int bytes = 8;    ///< of an element
  bool bigEndian = false, fortran = false;
  std::vector<int64_t> shape;
};

/// Nothing, and the reason in `wrong`, if the text is not such a header.
std::optional<NpyHeader> parseNpyHeader(std::string_view text, std::string &wrong);

} // namespace snn::rt::data
