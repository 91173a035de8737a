// Units as people write them elsewhere: µs, MΩ, volt, msec.
#pragma once

#include <string>
#include <string_view>

namespace snn::units {

/// The unit of the table that is meant by `written` ("us" for "µs", "Mohm" for "MΩ", "V" for "Volts"), or "".
std::string meant(std::string_view written);

} // namespace snn::units
