// Computes equal operations once; loads too, as long as nothing was written to their buffer in between.
//   before:  %2 = mul %0, %1 : real   %3 = mul %0, %1 : real   %4 = add %2, %3 : real
//   after:   %2 = mul %0, %1 : real   %3 = mul %0, %1 : real   %4 = add %2, %2 : real     (dead-code removes %3)
// Operands are compared as they stand: `a * b` and `b * a` stay two operations.
#include "compiler/kernel/passes/Passes.h"
#include "compiler/kernel/passes/Rewrite.h"

#include <cstring>
#include <map>
#include <tuple>

namespace snn::kernel {

namespace {

using Key = std::tuple<Op, Type, ValueId, ValueId, ValueId, ValueId, uint32_t, uint32_t, uint64_t, int64_t, uint64_t>;

/// `epoch` counts the writes to what the operation reads.
Key keyOf(const Instr &i, uint64_t epoch) {
  uint64_t bits;
  static_assert(sizeof bits == sizeof i.imm);
  std::memcpy(&bits, &i.imm, sizeof bits);
  return {i.op, i.type, i.a, i.b, i.c, i.index, i.object, i.site, bits, i.imm64, epoch};
}

} // namespace

bool runCommonSubexpressions(const Program &, Kernel &kernel) {
  Replacements names(kernel.body.size());
  std::map<Key, ValueId> known, beforeLoop;
  std::map<uint32_t, uint64_t> bufferWrites, scalarWrites;
  bool changed = false;
  for (size_t k = 0; k < kernel.body.size(); ++k) {
    Instr &i = kernel.body[k];
    changed |= names.apply(i);
    if (i.op == Op::Loop)
      beforeLoop = known;
    else if (i.op == Op::EndLoop) // what a round computes is not seen behind the loop
      known = beforeLoop;
    else if (i.op == Op::Store || i.op == Op::Accumulate)
      ++bufferWrites[i.object];
    else if (i.op == Op::SetScalar)
      ++scalarWrites[i.object];
    else if (isPure(i) || i.op == Op::Load || i.op == Op::ScalarValue) {
      const uint64_t epoch = i.op == Op::Load ? bufferWrites[i.object] : i.op == Op::ScalarValue ? scalarWrites[i.object] : 0;
      const auto [at, isNew] = known.try_emplace(keyOf(i, epoch), static_cast<ValueId>(k));
      if (!isNew)
        names.replace(static_cast<ValueId>(k), at->second);
    }
  }
  return changed;
}

} // namespace snn::kernel
