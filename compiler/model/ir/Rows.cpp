// The one place that says which rows need no list of targets; kernels and --emit=placement follow it.
#include "compiler/model/ir/Rows.h"

#include <algorithm>

namespace snn::model {

Rows rowsOf(const Projection &p, const Group &group) {
  const bool drawn = p.delay && !p.delayUniform;
  if (p.procedural || p.pattern.kind != PatternKind::AllToAll || p.where || drawn)
    return Rows::Sparse; // rows that are made anew are made with a list of targets
  const bool consecutive = std::ranges::all_of(group.targets, [](const CellRange &range) {
    return range.slice.empty() || (range.slice.size() == 1 && !range.slice[0].step);
  });
  return consecutive ? Rows::Dense : Rows::Either;
}

} // namespace snn::model
