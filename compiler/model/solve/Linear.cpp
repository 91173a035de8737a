// Decomposition into coefficients and rest.
#include "compiler/model/solve/Linear.h"

namespace snn::solve {

using expr::Op;
using model::VarKind;

bool reads(ExprPtr e, const std::set<Var *> &vars) {
  return expr::anyPart(e, [&](ExprPtr x) {
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && vars.contains(r->var);
  });
}

namespace {
bool madeOf(ExprPtr e, bool signals) {
  return !expr::anyPart(e, [&](ExprPtr x) {
    if (const auto *r = expr::dynCast<expr::Ref>(x))
      return r->var->kind != VarKind::Param && r->var->kind != VarKind::Const && r->var->kind != VarKind::Let &&
             r->var->kind != VarKind::Derived && !(signals && r->var->kind == VarKind::Signal);
    if (const auto *s = expr::dynCast<expr::Special>(x))
      return s->value != expr::SpecialValue::Dt && s->value != expr::SpecialValue::Index;
    return x->kind == expr::Kind::Draw || x->kind == expr::Kind::Reduce;
  });
}
} // namespace

bool isConstant(ExprPtr e) { return madeOf(e, false); }
bool isConstantOfStep(ExprPtr e) { return madeOf(e, true); }

bool isUniform(ExprPtr e) {
  return isConstant(e) && !expr::anyPart(e, [](ExprPtr x) {
           if (const auto *r = expr::dynCast<expr::Ref>(x))
             return r->var->kind != VarKind::Let && r->var->storage != model::Storage::Uniform;
           const auto *s = expr::dynCast<expr::Special>(x);
           return s && s->value == expr::SpecialValue::Index;
         });
}

namespace {

class Decomposition {
public:
  Decomposition(const std::set<Var *> &s, expr::Builder &b) : states(s), build(b) {}

  std::optional<Affine> of(ExprPtr e) {
    if (!depends(e))
      return Affine{{}, {}, expr::isConst(e, 0) ? nullptr : e};
    if (const auto *r = expr::dynCast<expr::Ref>(e)) {
      if (states.contains(r->var))
        return Affine{{{r->var, build.number(1)}}, {}, nullptr};
      if (r->var->kind == VarKind::Noise)
        return Affine{{}, {{r->var, build.number(1)}}, nullptr};
      return r->var->kind == VarKind::Let ? of(r->var->init) : std::nullopt;
    }
    const auto *c = expr::dynCast<expr::Call>(e);
    if (!c)
      return std::nullopt;
    switch (c->op) {
    case Op::Neg:
      return map(of(c->args[0]), [&](ExprPtr x) { return build.neg(x); });
    case Op::Add:
    case Op::Sub:
      return sum(of(c->args[0]), of(c->args[1]), c->op == Op::Sub);
    case Op::Mul: {
      const bool left = depends(c->args[0]), right = depends(c->args[1]);
      if (left && right)
        return std::nullopt;
      const ExprPtr factor = c->args[left ? 1 : 0];
      return map(of(c->args[left ? 0 : 1]), [&](ExprPtr x) { return left ? build.mul(x, factor) : build.mul(factor, x); });
    }
    case Op::Div:
      if (depends(c->args[1]))
        return std::nullopt;
      return map(of(c->args[0]), [&](ExprPtr x) { return build.div(x, c->args[1]); });
    default:
      return std::nullopt;
    }
  }

private:
  const std::set<Var *> &states;
  expr::Builder &build;

  /// On a state that counts, or on white noise.
  bool depends(ExprPtr e) const {
    return expr::anyPart(e, [&](ExprPtr x) {
      const auto *r = expr::dynCast<expr::Ref>(x);
      return r && (r->var->kind == VarKind::Noise || states.contains(r->var));
    });
  }

  template <class F> std::optional<Affine> map(std::optional<Affine> a, F f) {
    if (!a)
      return std::nullopt;
    for (Factors *factors : {&a->coefficients, &a->noise})
      for (auto &[var, factor] : *factors)
        factor = f(factor);
    a->rest = a->rest ? f(a->rest) : nullptr;
    return a;
  }

  void gather(Factors &sums, const Factors &more, bool minus) {
    for (const auto &[var, factor] : more) {
      const auto there = sums.find(var);
      const ExprPtr mine = there == sums.end() ? nullptr : there->second;
      sums[var] = minus ? build.sub(mine, factor) : build.add(mine, factor);
    }
  }

  std::optional<Affine> sum(std::optional<Affine> a, std::optional<Affine> b, bool minus) {
    if (!a || !b)
      return std::nullopt;
    gather(a->coefficients, b->coefficients, minus);
    gather(a->noise, b->noise, minus);
    a->rest = minus ? build.sub(a->rest, b->rest) : build.add(a->rest, b->rest);
    return a;
  }
};

} // namespace

ExprPtr drift(ExprPtr e, expr::Builder &build) { return affine(e, {}, build)->rest; }

std::optional<Affine> affine(ExprPtr e, const std::set<Var *> &states, expr::Builder &build) {
  return Decomposition(states, build).of(e);
}

} // namespace snn::solve
