// x(t + dt) = x + dt x'. With white noise, constant over the step, this is the Euler-Maruyama method (Ito).
#include "compiler/model/solve/Solve.h"

namespace snn::solve {

void solveEuler(Context &c, const Equations &equations) {
  expr::Builder &b = c.build;
  for (model::Equation *eq : equations) {
    const expr::ExprPtr next = b.add(b.ref(eq->state), b.mul(b.dt(), c.withNoise(eq->rhs)));
    c.assign(eq->state, c.named(eq->state->name + ".next", next), eq->range);
  }
}

} // namespace snn::solve
