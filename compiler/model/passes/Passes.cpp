// The table of model passes.
#include "compiler/model/passes/Passes.h"

#include "compiler/model/passes/InferPlacement.h"
#include "compiler/model/passes/NoteDemands.h"
#include "compiler/model/solve/Solve.h"

namespace snn::passes {

std::span<const Pass> all() {
  static constexpr Pass list[] = {
#define MODEL_PASS(FUNCTION, NAME, STAGE, MEANING) {NAME, MEANING, model::Stage::STAGE, FUNCTION},
#include "compiler/model/passes/Passes.def"
#undef MODEL_PASS
  };
  return list;
}

} // namespace snn::passes
