// The reference executor of the Kernel IR: one operation after the other, one element after the other, in the order of the
// index space. The oracle that compiled code is compared with.
#pragma once

#include "compiler/kernel/ir/Kernel.h"
#include "runtime/abi/snn_abi.h"

#include <memory>
#include <vector>

namespace snn::interp {

/// Kernels of a program as functions that the runtime can call. The program must outlive it. C functions carry no state,
/// so each kernel takes one of a fixed number of entry points of the process.
class Interpreter {
public:
  /// Null when the process has no entry points left (`maxKernels` in all).
  static std::unique_ptr<Interpreter> create(const kernel::Program &program, bool doublePrecision);
  ~Interpreter();
  const std::vector<snn_kernel_fn> &functions() const { return table; }

private:
  Interpreter() = default;
  std::vector<snn_kernel_fn> table;
  std::vector<size_t> slots;
};

inline constexpr size_t maxKernels = 1024;

/// Executes one kernel. Real is the run's precision.
template <class Real>
int32_t execute(const kernel::Program &program, const kernel::Kernel &kernel, const snn_kernel_args &args);

} // namespace snn::interp
