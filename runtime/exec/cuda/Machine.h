// A CUDA device that computes the steps of a network, with the bits of the CPU.
#pragma once

#include "runtime/abi/CudaProgram.h"
#include "runtime/core/Accelerator.h"
#include "runtime/core/NetworkImpl.h"

#include <memory>

namespace snn::rt::cuda {

/// Compiles the kernels (or finds them compiled), takes memory and copies the network. Errors: no driver, no NVRTC, not enough
/// memory, a program that a device cannot run.
Result<std::unique_ptr<Accelerator>> makeMachine(Network::Impl &network, const abi::CudaProgram &program);

} // namespace snn::rt::cuda
