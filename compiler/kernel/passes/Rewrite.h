// What several passes need: kinds of operations, and replacing values.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <utility>
#include <vector>

namespace snn::kernel {

/// Writes memory, a scalar or the result of a pair; or stops the run when its argument is out of range.
bool hasEffect(const Instr &i);
/// Depends on nothing but its operands and what is fixed for the element.
bool isPure(const Instr &i);

template <class F> void forEachUse(Instr &i, F &&see) {
  for (ValueId *v : {&i.a, &i.b, &i.c, &i.index, &i.predicate})
    if (*v != noValue)
      see(*v);
}

/// New names of values while a body is walked from the top: what is replaced stays in place until dead-code removes it.
class Replacements {
public:
  explicit Replacements(size_t n) : to(n) {
    for (size_t k = 0; k < n; ++k)
      to[k] = static_cast<ValueId>(k);
  }
  /// `from` means `value` from now on; value is above it.
  void replace(ValueId from, ValueId value) { to[from] = to[value]; }
  ValueId operator()(ValueId v) const { return to[v]; }
  /// Renames the operands; whether any changed.
  bool apply(Instr &i) const {
    bool changed = false;
    forEachUse(i, [&](ValueId &v) {
      changed |= to[v] != v;
      v = to[v];
    });
    return changed;
  }

private:
  std::vector<ValueId> to;
};

/// Keeps the operations whose flag is set and renumbers; whether any went.
bool keepOnly(Kernel &kernel, const std::vector<bool> &keep);

} // namespace snn::kernel
