// Reading of decimal numbers. The compiler is embedded in programs that set their language: in many of them strtod stops at
// a point.
#pragma once

#include <cstdlib>
#include <locale.h>
#include <string>

namespace snn::units {

/// The number that `text` spells with a point, rounded to nearest; infinity or 0 beyond the range.
inline double readDecimal(const std::string &text) {
  static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
  return strtod_l(text.c_str(), nullptr, plain);
}

} // namespace snn::units
