// The headers of runtime/device as text, for NVRTC.
#pragma once

#include <span>

namespace snn::rt::cuda {

struct Header {
  const char *path, *text; ///< as it is included: "runtime/device/Device.h"
};

std::span<const Header> deviceHeaders();

} // namespace snn::rt::cuda
