// Which states `hold` may stop, and for how long.
#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Network.h"

#include <functional>

namespace snn::model {

namespace {

void eachHold(const Body &body, const std::function<void(const Stmt &)> &use) {
  for (const Stmt &s : body) {
    if (s.kind == StmtKind::Hold)
      use(s);
    eachHold(s.then, use);
    eachHold(s.otherwise, use);
  }
}

void eachHold(const Population &p, const std::function<void(const Stmt &)> &use) {
  if (p.spike)
    eachHold(p.spike->body, use);
  for (const Update &u : p.updates)
    eachHold(u.body, use);
  for (const Body &b : p.onData)
    eachHold(b, use);
}

} // namespace

VarSet heldStates(const Population &p) {
  VarSet held;
  eachHold(p, [&](const Stmt &s) { held.insert(s.held.begin(), s.held.end()); });
  return held;
}

std::vector<expr::ExprPtr> uniformHolds(const Population &p) {
  std::vector<expr::ExprPtr> out;
  eachHold(p, [&](const Stmt &s) {
    if (isUniform(s.value))
      out.push_back(s.value);
  });
  return out;
}

} // namespace snn::model
