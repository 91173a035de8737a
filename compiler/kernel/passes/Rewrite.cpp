// Kinds of operations, and removal with renumbering.
#include "compiler/kernel/passes/Rewrite.h"

#include <algorithm>

namespace snn::kernel {

bool hasEffect(const Instr &i) {
  const bool ofLoop = i.op == Op::Loop || i.op == Op::While || i.op == Op::Next || i.op == Op::EndLoop;
  return ofLoop || i.op == Op::Store || i.op == Op::Accumulate || i.op == Op::PairOut || i.op == Op::SetScalar || i.op == Op::Check ||
         i.op == Op::DrawBernoulli; // its check of p is seen from outside
}

bool isPure(const Instr &i) {
  if (i.op == Op::DrawBernoulli)
    return true; // counter-based: the same draw again, and the same check
  return !hasEffect(i) && i.op != Op::Carry && i.op != Op::Load && i.op != Op::ScalarValue;
}

bool keepOnly(Kernel &kernel, const std::vector<bool> &keep) {
  if (std::ranges::find(keep, false) == keep.end())
    return false;
  std::vector<ValueId> place(kernel.body.size(), noValue);
  std::vector<Instr> body;
  for (size_t k = 0; k < kernel.body.size(); ++k) {
    if (!keep[k])
      continue;
    Instr i = kernel.body[k];
    forEachUse(i, [&](ValueId &v) { v = place[v]; });
    place[k] = static_cast<ValueId>(body.size());
    body.push_back(i);
  }
  kernel.body = std::move(body);
  return true;
}

} // namespace snn::kernel
