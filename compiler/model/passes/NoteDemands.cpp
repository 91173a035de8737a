// The scheduler looks at numbers (kernel/schedule/Demands.cpp), the network at the rest when it is built (runtime/core/NetworkPopulations.cpp).
#include "compiler/model/passes/NoteDemands.h"

namespace snn::passes {

bool noteDemands(model::Network &network, expr::Builder &, diag::Engine &) {
  for (model::Population &p : network.populations)
    p.demands = model::demandsOf(p);
  for (model::Projection &p : network.projections)
    p.demands = model::demandsOf(p);
  return true;
}

} // namespace snn::passes
