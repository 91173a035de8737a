// The registry of model passes; the driver runs them in order.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Verify.h"

#include <span>
#include <string_view>

namespace snn::passes {

/// A pass rewrites a network; false after an error in the model. All of them always run: what follows needs their results.
struct Pass {
  std::string_view name;
  std::string_view meaning;
  model::Stage after;
  bool (*run)(model::Network &network, expr::Builder &build, diag::Engine &diagnostics);
};

/// All passes, in the order of Passes.def.
std::span<const Pass> all();

} // namespace snn::passes
