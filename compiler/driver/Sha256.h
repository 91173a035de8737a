// SHA-256 (FIPS 180-4), for the model's checksum in binaries and recordings.
#pragma once

#include <string>
#include <string_view>

namespace snn::driver {

/// 64 hexadecimal digits.
std::string sha256(std::string_view text);

} // namespace snn::driver
