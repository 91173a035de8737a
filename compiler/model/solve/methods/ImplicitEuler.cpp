// The implicit Euler method, of order 1 and stable for stiff equations: y = x + dt f(y, t + dt), by Newton's method. The
// Jacobian is differentiated by the compiler, and (1 - dt J) d = y - x - dt f(y) solved by elimination without pivoting, as
// far as entries are not zero by construction. Each cell goes on until its own correction is small, which does not depend on
// the others; one that has not come to rest after `mostRounds` becomes NaN, which stops the run. Additive noise of the step
// enters f.
#include "compiler/model/expr/Derivative.h"
#include "compiler/model/solve/methods/Repeat.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::solve {

using expr::Op;

namespace {

constexpr uint32_t mostRounds = 50;
constexpr double smallCorrection = 1e-6; ///< of 1 unit + the state; after quadratic convergence the error is far smaller

using Matrix = std::vector<std::vector<ExprPtr>>; ///< null: zero

class Newton {
public:
  Newton(Context &context, Equations eqs, const Equations &exact)
      : c(context), b(context.build), equations(inOrder(std::move(eqs))), stages(context, equations, exact),
        repeat(context, mostRounds) {}

  void solve() {
    for (model::Equation *eq : equations) // as in the equation: constant over the step
      rhs.push_back(c.drawn(c.withNoise(eq->rhs)));
    std::map<Var *, ExprPtr> values = stages.exactAt(1);
    for (model::Equation *eq : equations) {
      y.push_back(repeat.carry(eq->state->name + ".at", b.ref(eq->state)));
      values[eq->state] = stages.unlessHeld(eq->state, b.ref(y.back()));
    }
    Var *correction = repeat.carry("newton.correction", b.number(-1)); // none yet; stays where no round is made, in padding
    const auto is = [&](Op op, double x) { return b.call(op, {b.ref(correction), b.number(x)}); };
    repeat.open(b.call(Op::Or, {is(Op::Lt, 0), is(Op::Gt, 1)}));
    const std::vector<ExprPtr> d = step(values);
    ExprPtr largest = nullptr;
    for (size_t i = 0; i < y.size(); ++i) {
      const ExprPtr next = c.named(equations[i]->state->name + ".next", b.sub(b.ref(y[i]), d[i]));
      const ExprPtr size = b.div(b.call(Op::Abs, {d[i]}), tolerated(*equations[i]->state, b.call(Op::Abs, {next}), b.number(smallCorrection), b));
      largest = largest ? b.call(Op::Max, {largest, size}) : size;
      repeat.next(y[i], next);
    }
    repeat.next(correction, finite(d, largest));
    repeat.close();
    const ExprPtr found = is(Op::Le, 1);
    for (size_t i = 0; i < y.size(); ++i)
      c.assign(equations[i]->state, b.call(Op::Select, {found, b.ref(y[i]), notANumber(*equations[i]->state, b)}), equations[i]->range);
  }

private:
  Context &c;
  expr::Builder &b;
  const Equations equations;
  Stages stages;
  Repeat repeat;
  std::vector<ExprPtr> rhs;
  std::vector<Var *> y;

  /// States that many others read come last, so that elimination fills in little.
  static Equations inOrder(const Equations &list) {
    const auto couplings = [&](const model::Equation *eq) {
      return std::ranges::count_if(list, [&](model::Equation *other) { return reads(other->rhs, {eq->state}) || reads(eq->rhs, {other->state}); });
    };
    Equations sorted = list;
    std::ranges::stable_sort(sorted, {}, couplings);
    return sorted;
  }

  /// The largest correction, or NaN if one of them is: a maximum would lose it.
  ExprPtr finite(const std::vector<ExprPtr> &d, ExprPtr largest) const {
    ExprPtr sum = nullptr; // of 0 * d
    for (size_t i = 0; i < d.size(); ++i)
      sum = b.add(sum, b.mul(b.number(0, units::Dimension{} / d[i]->type.dimension), d[i]));
    return b.add(largest, sum);
  }

  /// The corrections d at the values of the round.
  std::vector<ExprPtr> step(const std::map<Var *, ExprPtr> &values) {
    const size_t n = y.size();
    Matrix m(n, std::vector<ExprPtr>(n));
    std::vector<ExprPtr> f;
    for (size_t i = 0; i < n; ++i) {
      Var *x = equations[i]->state;
      const std::string name = x->name;
      const ExprPtr slope = c.named(name + ".slope", stages.rate(x, stages.at(rhs[i], values, stages.time(1))));
      f.push_back(c.named(name + ".rest", b.sub(b.sub(b.ref(y[i]), b.ref(x)), b.mul(b.dt(), slope))));
      for (size_t j = 0; j < n; ++j) {
        const ExprPtr entry = *expr::Derivative(b, equations[j]->state).of(rhs[i]);
        const ExprPtr there = entry ? b.mul(b.dt(), stages.rate(x, stages.at(entry, values, stages.time(1)))) : nullptr;
        m[i][j] = i == j ? b.sub(b.number(1), there) : b.neg(there);
        if (m[i][j])
          m[i][j] = c.named(fmt::format("{}.{}.m", name, equations[j]->state->name), m[i][j]);
      }
    }
    return eliminated(m, f);
  }

  std::vector<ExprPtr> eliminated(Matrix &m, std::vector<ExprPtr> &f) {
    const size_t n = f.size();
    for (size_t k = 0; k < n; ++k)
      for (size_t i = k + 1; i < n; ++i) {
        if (!m[i][k])
          continue;
        const ExprPtr ratio = c.named("newton.ratio", b.div(m[i][k], m[k][k]));
        for (size_t j = k + 1; j < n; ++j)
          if (m[k][j])
            m[i][j] = c.named("newton.m", b.sub(m[i][j], b.mul(ratio, m[k][j])));
        f[i] = c.named("newton.rest", b.sub(f[i], b.mul(ratio, f[k])));
      }
    std::vector<ExprPtr> d(n);
    for (size_t k = n; k-- > 0;) {
      ExprPtr rest = f[k];
      for (size_t j = k + 1; j < n; ++j)
        if (m[k][j])
          rest = b.sub(rest, b.mul(m[k][j], d[j]));
      d[k] = c.named("newton.d", b.div(rest, m[k][k]));
    }
    return d;
  }
};

} // namespace

std::string whyNotImplicit(const model::Dynamics &p, const model::Equation &equation, expr::Builder &b) {
  for (const model::Equation &other : p.equations)
    if (!expr::Derivative(b, other.state).of(equation.rhs))
      return fmt::format("its right side has no derivative by `{}`", other.state->name);
  return {};
}

void solveImplicitEuler(Context &c, const Equations &equations, const Equations &exact) {
  if (!equations.empty())
    Newton(c, equations, exact).solve();
}

} // namespace snn::solve
