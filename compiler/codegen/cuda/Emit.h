// From Kernel IR to CUDA C++: the text that NVRTC compiles, the same for float and double. What each loop does is in
// runtime/device/cuda; the text holds the bodies of the kernels that a step runs.
#pragma once

#include "compiler/kernel/ir/Kernel.h"
#include "runtime/abi/CudaProgram.h"

#include <functional>
#include <string>
#include <vector>

namespace snn::codegen::cuda {

/// Something that a kernel on a device cannot do.
struct Refusal {
  source::Range range;
  std::string message;
};

struct Output {
  abi::CudaProgram program;      ///< source is empty if there are refusals
  std::vector<Refusal> refusals; ///< in the order of the kernels
};

/// "model.snn:12:3", or nothing for a range without a place.
using Where = std::function<std::string(source::Range)>;

Output emit(const kernel::Program &program, const Where &where);

} // namespace snn::codegen::cuda
