// The midpoint method, of order 2: the slope in the middle of the step, reached with the slope at t.
#include "compiler/model/solve/methods/Stages.h"

namespace snn::solve {

void solveRk2(Context &c, const Equations &equations, const Equations &exact) {
  if (equations.empty())
    return;
  expr::Builder &b = c.build;
  Stages stages(c, equations, exact);
  const std::vector<ExprPtr> first = stages.slopes(0, {});
  stages.assign(stages.along(b.dt(), stages.slopes(0.5, stages.along(b.mul(b.number(0.5), b.dt()), first))));
}

} // namespace snn::solve
