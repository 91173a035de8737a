// The schedule stage: the solved network as buffers, kernels and the commands of a step (LANGUAGE section 10).
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/kernel/ir/Kernel.h"
#include "compiler/kernel/schedule/ScheduleMap.h"
#include "compiler/model/ir/Experiment.h"

#include <functional>
#include <optional>

namespace snn::schedule {

/// Gives the number of the host function that computes a set-up value (codegen/host).
using HostFunction = std::function<uint32_t(expr::ExprPtr)>;

/// Needs solved equations and decided placement. `arena` takes the expressions that are made on the way.
std::optional<kernel::Program> run(model::Program &program, const HostFunction &host, support::Arena &arena,
                                   diag::Engine &diagnostics, ScheduleMap &map);

} // namespace snn::schedule
