// A stretch of a source file.
#pragma once

#include <cstdint>

namespace snn::source {

/// Bytes [begin, end) of file number `file`; file 0 means: no place (made by the compiler).
struct Range {
  uint32_t file = 0, begin = 0, end = 0;
  bool valid() const { return file != 0; }
  friend bool operator==(const Range &, const Range &) = default;
};

/// From the beginning of `a` to the end of `b`.
inline Range join(Range a, Range b) { return a.valid() ? Range{a.file, a.begin, b.end} : b; }

} // namespace snn::source
