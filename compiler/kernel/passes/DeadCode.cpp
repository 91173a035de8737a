// Removes operations whose value nobody uses and that have no effect.
//   before:  %3 = exp %2 : real   (no use)      after:  gone; what follows is renumbered
// Step: from the end, an operation stays if it has an effect or something that stays uses it.
#include "compiler/kernel/passes/Passes.h"
#include "compiler/kernel/passes/Rewrite.h"

namespace snn::kernel {

bool runDeadCode(const Program &, Kernel &kernel) {
  std::vector<bool> keep(kernel.body.size(), false);
  for (size_t k = kernel.body.size(); k-- > 0;) {
    if (!keep[k] && !hasEffect(kernel.body[k]))
      continue;
    keep[k] = true;
    forEachUse(kernel.body[k], [&](ValueId &v) { keep[v] = true; });
  }
  return keepOnly(kernel, keep);
}

} // namespace snn::kernel
