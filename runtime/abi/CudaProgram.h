// What a program carries for CUDA devices: the text of its kernels, and how each is started.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace snn::abi {

/// The loop around a kernel (runtime/device/cuda/Spaces.h, Delivery.h), which decides how it is started.
enum class CudaLoop : uint8_t {
  None,    ///< no command of the step: runs on the host
  Once,
  Cells,   ///< a thread a cell
  Events,  ///< a thread for each cell of a list
  Arriving, ///< a thread for each edge that something arrives over: nothing depends on their order
  Rows,    ///< a thread for each of all edges, likewise
  Targets, ///< sums at targets in the order of the language: blocks own targets
  Columns, ///< a thread for each edge that ends at a cell of a list
  ColumnsInOrder, ///< a thread for each cell of a list, over the edges that end there: they add to it
};

/// What a kernel names: snn_kernel_args::objects has its number.
enum class CudaObject : uint8_t { Buffer, Scalar, Stream };

struct CudaKernel {
  std::string symbol; ///< of the function in the text; kernels with the same code share one; empty: there is nothing to do
  CudaLoop loop = CudaLoop::None;
  bool pushes = false;  ///< loop Targets: there is also SYMBOL_push, see Buckets.h
  std::vector<CudaObject> objects; ///< by place in KernelInfo::objects
  std::vector<uint32_t> added; ///< places in KernelInfo::objects of buffers that it only adds to
};

/// The kernels compiled ahead for one architecture and precision.
struct CudaBinary {
  std::string architecture; ///< "sm_90"
  uint32_t realBytes = 4;
  std::string code;
};

struct CudaProgram {
  std::string source;
  std::string refusal; ///< why the program cannot run on such a device, with the line; then there is no source
  std::vector<CudaKernel> kernels; ///< by number
  std::vector<CudaBinary> binaries;
};

template <class V> void fields(V &v, CudaKernel &x) { v(x.symbol, x.loop, x.pushes, x.objects, x.added); }
template <class V> void fields(V &v, CudaBinary &x) { v(x.architecture, x.realBytes, x.code); }
template <class V> void fields(V &v, CudaProgram &x) { v(x.source, x.refusal, x.kernels, x.binaries); }

} // namespace snn::abi
