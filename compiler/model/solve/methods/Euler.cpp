// Forward Euler: x(t + dt) = x + dt x'. Order 1.
#include "compiler/model/solve/Solve.h"

namespace snn::solve {

void solveEuler(Context &c, const Equations &equations) {
  expr::Builder &b = c.build;
  for (model::Equation *eq : equations) {
    const expr::ExprPtr next = b.add(b.ref(eq->state), b.mul(b.dt(), eq->rhs));
    c.assign(eq->state, b.ref(&c.local(eq->state->name + ".next", next)), eq->range);
  }
}

} // namespace snn::solve
