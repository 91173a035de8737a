// The elaborate stage: declarations → networks of concrete populations and projections, and typed experiments.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/frontend/sema/Check.h"
#include "compiler/model/ir/Experiment.h"

#include <optional>

namespace snn::elaborate {

/// One program per experiment of the main file. Models and networks that no experiment uses are checked as well. Nothing
/// if there is an error.
std::optional<model::Module> run(const sema::TypedProgram &program, diag::Engine &diagnostics);

} // namespace snn::elaborate
