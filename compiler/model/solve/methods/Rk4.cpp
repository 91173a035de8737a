// The classical Runge-Kutta method of order 4, jointly for all equations given.
#include "compiler/model/solve/methods/Stages.h"

namespace snn::solve {

void solveRk4(Context &c, const Equations &equations, const Equations &exact) {
  if (equations.empty())
    return;
  expr::Builder &b = c.build;
  Stages stages(c, equations, exact);
  const ExprPtr dt = b.dt(), half = b.mul(b.number(0.5), dt);
  const std::vector<ExprPtr> k1 = stages.slopes(0, {}), k2 = stages.slopes(0.5, stages.along(half, k1));
  const std::vector<ExprPtr> k3 = stages.slopes(0.5, stages.along(half, k2)), k4 = stages.slopes(1, stages.along(dt, k3));
  std::vector<ExprPtr> sums;
  for (size_t i = 0; i < equations.size(); ++i) {
    const ExprPtr inner = b.mul(b.number(2), b.add(k2[i], k3[i]));
    sums.push_back(b.add(b.add(k1[i], inner), k4[i]));
  }
  stages.assign(stages.along(b.mul(b.number(1.0 / 6.0), dt), sums));
}

} // namespace snn::solve
