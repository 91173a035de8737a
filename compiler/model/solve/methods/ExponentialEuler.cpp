// Equations that are linear in their own variable, x' = a x + b + g xi with a, b and g at the values of t:
//   x(t + dt) = x + (a x + b) dt exprel(a dt) + g N sqrt(dt exprel(2 a dt)),
// which is exact where a, b and g are constant (an Ornstein-Uhlenbeck process).
// Source: Rush & Larsen, IEEE Trans. Biomed. Eng. 25 (1978), in the form that needs no division by a.
#include "compiler/model/solve/methods/Noise.h"

namespace snn::solve {

void solveExponentialEuler(Context &c, const Equations &equations) {
  expr::Builder &b = c.build;
  for (model::Equation *eq : equations) {
    Var *x = eq->state;
    const Affine split = *affine(eq->rhs, {}, b);
    const auto parts = split.rest ? affine(split.rest, {x}, b) : Affine{};
    const auto a = parts->coefficients.find(x);
    const ExprPtr rate = a == parts->coefficients.end() ? nullptr : a->second;
    const ExprPtr step = rate ? b.mul(b.dt(), b.call(expr::Op::Exprel, {b.mul(rate, b.dt())})) : b.dt();
    const ExprPtr slope = split.noise.empty() ? eq->rhs : split.rest; // none: noise alone
    ExprPtr next = slope ? b.call(expr::Op::Fma, {slope, step, b.ref(x)}) : b.ref(x);
    if (!split.noise.empty())
      next = b.add(next, noiseOverStep(c, x, rate, split.noise));
    c.assign(x, c.named(x->name + ".next", next), eq->range);
  }
}

} // namespace snn::solve
