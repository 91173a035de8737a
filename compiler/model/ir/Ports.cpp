// Read by the scheduler, which makes an accumulator for each, and by the warning of targets that nothing reads.
#include "compiler/model/ir/Ports.h"

namespace snn::model {

void portsIn(const Body &body, expr::Side side, VarSet &out) {
  for (const Stmt &s : body) {
    if (s.kind == StmtKind::Assign && s.side == side)
      out.insert(s.var);
    portsIn(s.then, side, out);
    portsIn(s.otherwise, side, out);
  }
}

VarSet portsOf(const Projection &edges, expr::Side side) {
  VarSet out;
  for (const Body *body : {&edges.onPre, &edges.onPost, &edges.couplings})
    portsIn(*body, side, out);
  for (const Update &u : edges.updates)
    portsIn(u.body, side, out);
  return out;
}

} // namespace snn::model
