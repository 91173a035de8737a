// What the statements of edges add to, of the cells at their two ends.
#pragma once

#include "compiler/model/ir/Network.h"

namespace snn::model {

/// Of the cells on one side.
void portsIn(const Body &body, expr::Side side, VarSet &out);
/// Of all bodies and couplings of the edges.
VarSet portsOf(const Projection &edges, expr::Side side);

} // namespace snn::model
