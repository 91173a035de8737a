// Where the scheduler has put the model's things: what the host lowering needs to refer to them.
#pragma once

#include "compiler/model/ir/Network.h"

#include <unordered_map>

namespace snn::schedule {

/// Populations and projections keep their ids as numbers.
struct ScheduleMap {
  std::unordered_map<const model::Var *, uint32_t> scalarOf;   ///< uniform values
  std::unordered_map<const model::Var *, uint32_t> variableOf; ///< index into its owner's `variables`
  static uint32_t find(const std::unordered_map<const model::Var *, uint32_t> &map, const model::Var &var) {
    const auto it = map.find(&var);
    return it == map.end() ? 0xffffffffu : it->second;
  }
  uint32_t scalar(const model::Var &var) const { return find(scalarOf, var); }
  uint32_t variable(const model::Var &var) const { return find(variableOf, var); }
};

} // namespace snn::schedule
