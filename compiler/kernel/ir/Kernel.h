// The Kernel IR: the network as buffers, kernels over index spaces and the commands of a step. Textual form: Print.h,
// Parse.h; rules: Verify.h; operations: Ops.def.
#pragma once

#include "compiler/base/source/Range.h"
#include "runtime/abi/Image.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snn::kernel {

enum class Op : uint8_t {
#define KERNEL_OP(NAME, SPELLING, OPERANDS, RESULT) NAME,
#include "compiler/kernel/ir/Ops.def"
#undef KERNEL_OP
};

/// A function of the device library, exp to lgamma.
constexpr bool isFunction(Op op) { return op >= Op::Exp && op <= Op::Lgamma; }
constexpr bool isDraw(Op op) { return op >= Op::DrawUniform; }

/// Real is float or double, chosen when code is generated; F64 is always double (prepare kernels use it throughout). I32 is
/// what is counted per cell (arrivals, held steps): as narrow as a float, so that loops keep the width of their reals.
enum class Type : uint8_t { None, Real, F64, I32, I64, Bool };

using ValueId = uint32_t;
inline constexpr ValueId noValue = 0xffffffffu;

/// One operation. Its number in the body is its value. Operands come before their uses; conditions are Select and the
/// predicate of Store and Accumulate, and there is no control flow but the loops of Ops.def.
struct Instr {
  Op op{};
  Type type = Type::None;     ///< of the result
  ValueId a = noValue, b = noValue, c = noValue;
  ValueId index = noValue;    ///< Load, Store, Accumulate: which element (an I64 value); draws: what is added to the element
  ValueId predicate = noValue; ///< Store, Accumulate: a Bool; none: always
  uint32_t object = 0;        ///< buffer (Load, Store, Accumulate) or scalar (Scalar, SetScalar) number; stream of a draw
  uint32_t site = 0;          ///< draws: number of the draw within its owner
  double imm = 0;             ///< Const
  int64_t imm64 = 0;          ///< ConstInt; Loop: the most rounds
  source::Range range;        ///< the model's text it comes from
};

/// A fused loop over an index space with a flat body in SSA form.
struct Kernel {
  std::string name;           ///< "cells.update", "image->cells#0.pre"
  abi::Space space = abi::Space::Cells;
  uint32_t object = abi::none; ///< population (cells, event_cells) or projection (…edges, pairs)
  bool doublePrecision = false; ///< all Real are computed as F64 (prepare kernels)
  std::vector<Instr> body;
  std::string comment;        ///< why it exists, printed above it
};

/// kernels[k] belongs to tables.kernels[k]; the scheduler fills both, `finish` in Program.h derives the latter.
struct Program {
  abi::NetworkTables tables;
  std::vector<Kernel> kernels;
};

std::string_view spelling(Op op);
std::string_view spelling(Type type);
std::string_view spelling(abi::Space space);

/// By instruction: whether its value is the same for all elements of a call, so that it is computed once, before the loop.
std::vector<bool> uniformValues(const Kernel &kernel);

/// Fills tables.kernels from kernels (names, spaces, flags).
void finish(Program &program);

} // namespace snn::kernel
