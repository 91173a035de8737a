// The device library as LLVM bitcode, held in the program: what the code generator links into kernels.
#pragma once

#include <cstddef>

namespace snn::device {

struct Bitcode {
  const char *data;
  std::size_t size;
};

/// Functions named as in DeviceApi.h, external, without target-cpu or target-features: link only what is needed, then
/// make it internal and alwaysinline.
Bitcode bitcode();

} // namespace snn::device
