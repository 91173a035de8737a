// Which states `hold` may stop.
#include "compiler/model/ir/Network.h"

namespace snn::model {

namespace {
void heldIn(const Body &body, VarSet &out) {
  for (const Stmt &s : body) {
    out.insert(s.held.begin(), s.held.end());
    heldIn(s.then, out);
    heldIn(s.otherwise, out);
  }
}
} // namespace

VarSet heldStates(const Population &p) {
  VarSet held;
  if (p.spike)
    heldIn(p.spike->body, held);
  for (const Update &u : p.updates)
    heldIn(u.body, held);
  for (const Body &b : p.onData)
    heldIn(b, held);
  return held;
}

} // namespace snn::model
