// Escapes text and numbers for HTML and JSON.
#include "runtime/report/Escape.h"

#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>

namespace snn::rt::report {

namespace {

constexpr uint32_t replacement = 0xfffd;

bool follows(std::string_view text, size_t k) {
  return k < text.size() && (static_cast<unsigned char>(text[k]) & 0xc0) == 0x80;
}

/// Takes one character off the front; what is no well-formed UTF-8 gives U+FFFD, one for each byte.
uint32_t takeCharacter(std::string_view &text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = first < 0x80   ? 1
                        : first < 0xc2 ? 0
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf5 ? 4
                                       : 0;
  bool good = length > 0;
  for (size_t k = 1; k < length; ++k)
    good = good && follows(text, k);
  if (!good) {
    text.remove_prefix(1);
    return replacement;
  }
  uint32_t code = length == 1 ? first : first & (0xffu >> (length + 1));
  for (size_t k = 1; k < length; ++k)
    code = code << 6 | (static_cast<unsigned char>(text[k]) & 0x3fu);
  const uint32_t least = length == 3 ? 0x800 : length == 4 ? 0x10000 : 0; // longer than it need be
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    text.remove_prefix(1);
    return replacement;
  }
  text.remove_prefix(length);
  return code;
}

} // namespace

std::string htmlText(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const uint32_t c = takeCharacter(text);
    const bool control = (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
    const bool plain = c < 0x80 && c != '<' && c != '>' && c != '&' && c != '"' && c != '\'';
    if (plain && !control)
      out += static_cast<char>(c);
    else
      fmt::format_to(std::back_inserter(out), "&#{};", control ? replacement : c);
  }
  return out;
}

std::string jsonText(std::string_view text) {
  std::string out = "\"";
  const auto unit = [&](uint32_t c) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", c); };
  while (!text.empty()) {
    const uint32_t c = takeCharacter(text);
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') {
      out += static_cast<char>(c);
    } else if (c < 0x10000) {
      unit(c);
    } else { // a surrogate pair
      unit(0xd800 + ((c - 0x10000) >> 10));
      unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  return out + '"';
}

void appendNumber(std::string &out, double value, int digits) {
  if (std::isfinite(value))
    fmt::format_to(std::back_inserter(out), "{:.{}g}", value, digits);
  else
    out += "null";
}

} // namespace snn::rt::report
