// The header of .npy files: a Python dictionary with the keys descr, fortran_order and shape.
#pragma once

#include "runtime/data/Input.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::data {

struct NpyHeader {
  char kind = 'f'; ///< f, i, u or b
  int bytes = 8;   ///< of an element
  bool bigEndian = false, fortran = false;
  std::vector<int64_t> shape;
  uint64_t count = 0, size = 0; ///< elements, and their bytes; set by readNpyHeader
};

/// Nothing, and the reason in `wrong`, if the text is not such a header.
std::optional<NpyHeader> parseNpyHeader(std::string_view text, std::string &wrong);
/// Reads up to the elements. What the shape claims was compared with what can be there.
Result<NpyHeader> readNpyHeader(Input &content);
/// The element at p.
double npyElement(const uint8_t *p, const NpyHeader &header);

} // namespace snn::rt::data
