// Text of the user as part of the page: whatever a model names a thing, it stays text.
#pragma once

#include <string>
#include <string_view>

namespace snn::rt::report {

/// As content of an HTML element. Control characters and bytes that are not UTF-8 become U+FFFD.
std::string htmlText(std::string_view text);

/// As a JSON string with its quotes, in ASCII, without '<', '>' and '&', so that nothing in it ends
/// or opens an element.
std::string jsonText(std::string_view text);

/// Appends a number of `digits` significant digits, or null if it is not finite.
void appendNumber(std::string &out, double value, int digits);

} // namespace snn::rt::report
