// What the code of a kernel depends on. Kernels that differ only in the buffers, scalars and random streams that they name
// need one piece of code: it is told the numbers in each call (snn_kernel_args::objects).
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <cstdint>
#include <vector>

namespace snn::kernel {

enum class ObjectKind : uint8_t { None, Buffer, Scalar, Stream };

/// What `Instr::object` is the number of.
ObjectKind objectKind(Op op);

struct Object {
  ObjectKind kind = ObjectKind::None;
  uint32_t number = 0;
  bool operator==(const Object &) const = default;
};

/// What a kernel names, each once, in the order of its operations: KernelInfo::objects has their numbers.
std::vector<Object> objectsOf(const Kernel &kernel);

/// What code is made for, beside a kernel's body.
struct Role {
  bool constructs = false; ///< only builds the network: runs once an element
  bool inStep = false;     ///< is among the commands of a step
  abi::Rows rows = abi::Rows::Either; ///< of its projection
  bool operator==(const Role &) const = default;
};

Role roleOf(const Program &program, uint32_t kernel);

/// By kernel: the first one with the same code.
std::vector<uint32_t> sharedCode(const Program &program);

/// By projection: abi::Projection::alike.
std::vector<uint32_t> alikeProjections(const Program &program);

} // namespace snn::kernel
