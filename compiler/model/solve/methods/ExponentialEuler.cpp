// Equations that are linear in their own variable, x' = a x + b with a and b at the values of t:
//   x(t + dt) = x + x' dt exprel(a dt), which is exact where a and b are constant.
// Source: Rush & Larsen, IEEE Trans. Biomed. Eng. 25 (1978), in the form that needs no division by a.
#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/Solve.h"

namespace snn::solve {

void solveExponentialEuler(Context &c, const Equations &equations) {
  expr::Builder &b = c.build;
  for (model::Equation *eq : equations) {
    Var *x = eq->state;
    const auto parts = affine(eq->rhs, {x}, b);
    const auto a = parts->coefficients.find(x);
    ExprPtr step = b.dt();
    if (a != parts->coefficients.end())
      step = b.mul(step, b.call(expr::Op::Exprel, {b.mul(a->second, b.dt())}));
    const ExprPtr next = b.add(b.ref(x), b.mul(eq->rhs, step));
    c.assign(x, b.ref(&c.local(x->name + ".next", next)), eq->range);
  }
}

} // namespace snn::solve
