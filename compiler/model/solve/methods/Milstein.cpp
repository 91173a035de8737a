// Milstein's method, for noise whose factor depends on a state (Ito), of strong order 1:
//   x(t + dt) = x + dt x' + 1/2 sum over sources k, l of (L_k g_l) (W_k W_l - dt [k = l]),
// where W is the noise of the step, g_l the factor of source l, and L_k g_l = sum over states j of g_jk d g_l / d x_j. This
// is the whole second term if L_k g_l = L_l g_k for all k and l; otherwise the method would need more than the W.
// Source: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992), section 10.3.
#include "compiler/model/expr/Derivative.h"
#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/Solve.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::solve {

using expr::Op;

namespace {

/// L_k g_l of one equation, by the numbers of k and l; zeros are not there.
using Products = std::map<std::pair<uint32_t, uint32_t>, ExprPtr>;

struct Corrections {
  Products products;
  std::string failure; ///< why there are none; empty: there are
};

/// A product of factors over a product of others, times a number.
struct Product {
  double number = 1;
  std::vector<ExprPtr> over, under;

  void take(ExprPtr e, bool below = false) {
    const auto *c = expr::dynCast<expr::Call>(e);
    if (const auto *n = expr::dynCast<expr::Const>(e)) {
      number = below ? number / n->value : number * n->value;
    } else if (c && c->op == Op::Neg) {
      number = -number;
      take(c->args[0], below);
    } else if (c && (c->op == Op::Mul || c->op == Op::Div)) {
      take(c->args[0], below);
      take(c->args[1], below != (c->op == Op::Div));
    } else {
      (below ? under : over).push_back(e);
    }
  }
};

/// Whether two values are the same product, in whatever order; nothing else is seen to be equal.
bool sameProduct(ExprPtr a, ExprPtr b) {
  if (!a || !b)
    return a == b;
  Product one, two;
  one.take(a);
  two.take(b);
  const auto equal = [](ExprPtr x, ExprPtr y) { return expr::equal(x, y); };
  return std::fabs(one.number - two.number) <= 1e-12 * std::fabs(one.number) && std::ranges::is_permutation(one.over, two.over, equal) &&
         std::ranges::is_permutation(one.under, two.under, equal);
}

Corrections corrections(const std::deque<Var> &noises, const std::vector<model::Equation> &all, const model::Equation &equation, expr::Builder &b) {
  Corrections out;
  const Affine mine = *affine(equation.rhs, {}, b);
  for (const auto &[l, factor] : mine.noise)
    for (const model::Equation &other : all) {
      const auto slope = expr::Derivative(b, other.state).of(factor);
      if (!slope) {
        out.failure = fmt::format("the factor of `{}` has no derivative by `{}`", l->name, other.state->name);
        return out;
      }
      const Affine theirs = *slope ? *affine(other.rhs, {}, b) : Affine{};
      for (const auto &[k, moves] : theirs.noise) {
        ExprPtr &sum = out.products[{k->id, l->id}];
        sum = b.add(sum, b.mul(moves, *slope));
      }
    }
  const auto product = [&](const Var &k, const Var &l) {
    const auto it = out.products.find({k.id, l.id});
    return it == out.products.end() ? nullptr : it->second;
  };
  for (const Var &k : noises)
    for (const Var &l : noises)
      if (k.id < l.id && !sameProduct(product(k, l), product(l, k)))
        out.failure = fmt::format("the noises `{}` and `{}` do not commute", k.name, l.name);
  return out;
}

} // namespace

std::string whyNotMilstein(const model::Dynamics &p, const model::Equation &equation, expr::Builder &b) {
  return corrections(p.noises, p.equations, equation, b).failure;
}

void solveMilstein(Context &c, const Equations &equations) {
  expr::Builder &b = c.build;
  for (model::Equation *eq : equations) {
    ExprPtr next = b.add(b.ref(eq->state), b.mul(b.dt(), c.withNoise(eq->rhs)));
    ExprPtr sum = nullptr;
    const Corrections found = corrections(c.owner.noises, c.owner.equations, *eq, b);
    for (const auto &[sources, product] : found.products) {
      const auto normal = [&](uint32_t source) { return c.normal(&c.owner.noises[source]); };
      const ExprPtr both = b.mul(normal(sources.first), normal(sources.second));
      sum = b.add(sum, b.mul(product, sources.first == sources.second ? b.sub(both, b.number(1)) : both));
    }
    next = b.add(next, b.mul(b.mul(b.number(0.5), b.dt()), sum));
    c.assign(eq->state, c.named(eq->state->name + ".next", next), eq->range);
  }
}

} // namespace snn::solve
