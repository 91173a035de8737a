// Decides where the variables of edges live (LANGUAGE section 7).
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Network.h"

#include <string>

namespace snn::passes {

/// Fills Var::{storage, storageReason, summed}. Equations must be solved. Always succeeds.
bool inferPlacement(model::Network &network, expr::Builder &build, diag::Engine &diagnostics);

/// The verdict for each variable, with its reason.
std::string printPlacement(const model::Network &network);

} // namespace snn::passes
