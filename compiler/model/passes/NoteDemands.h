// Notes what must hold of values that are known before the run, as long as equations are as written.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Network.h"

namespace snn::passes {

bool noteDemands(model::Network &network, expr::Builder &build, diag::Engine &diagnostics);

} // namespace snn::passes
