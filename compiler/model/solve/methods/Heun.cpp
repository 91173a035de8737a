// Heun's method, the explicit trapezoidal rule, of order 2: the mean of the slopes at t and, reached with the first, at t + dt.
// White noise is the same in both stages, so that stochastic equations converge to their Stratonovich solution.
// Source: Rümelin, SIAM J. Numer. Anal. 19 (1982).
#include "compiler/model/solve/methods/Stages.h"

namespace snn::solve {

void solveHeun(Context &c, const Equations &equations, const Equations &exact) {
  if (equations.empty())
    return;
  expr::Builder &b = c.build;
  Stages stages(c, equations, exact);
  const std::vector<ExprPtr> first = stages.slopes(0, {}), second = stages.slopes(1, stages.along(b.dt(), first));
  std::vector<ExprPtr> sums;
  for (size_t i = 0; i < equations.size(); ++i)
    sums.push_back(b.add(first[i], second[i]));
  stages.assign(stages.along(b.mul(b.number(0.5), b.dt()), sums));
}

} // namespace snn::solve
