// From a program's text to code for a device.
#pragma once

#include "runtime/abi/CudaProgram.h"
#include "runtime/core/Simulation.h"
#include "runtime/exec/cuda/Nvrtc.h"

#include <vector>

namespace snn::rt::cuda {

/// The text as NVRTC reads it: with the type of reals, and the device library, in front.
std::string wholeText(const std::string &source, Precision precision);

/// The kernels for "sm_90", in one or several modules: from the program, if it carries them, else from the cache on disk, else compiled
/// now. Those that all models share are a module of their own, which is compiled once.
Result<std::vector<std::string>> compiled(const abi::CudaProgram &program, Precision precision, const std::string &architecture);

} // namespace snn::rt::cuda
