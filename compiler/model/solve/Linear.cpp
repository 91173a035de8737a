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

bool isConstant(ExprPtr e) {
  return !expr::anyPart(e, [](ExprPtr x) {
    if (const auto *r = expr::dynCast<expr::Ref>(x))
      return r->var->kind != VarKind::Param && r->var->kind != VarKind::Const && r->var->kind != VarKind::Let &&
             r->var->kind != VarKind::Derived;
    if (const auto *s = expr::dynCast<expr::Special>(x))
      return s->value != expr::SpecialValue::Dt && s->value != expr::SpecialValue::Index;
    return x->kind == expr::Kind::Draw || x->kind == expr::Kind::Reduce;
  });
}

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
    if (!reads(e, states))
      return Affine{{}, expr::isConst(e, 0) ? nullptr : e};
    if (const auto *r = expr::dynCast<expr::Ref>(e)) {
      if (states.contains(r->var))
        return Affine{{{r->var, build.number(1)}}, nullptr};
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
      const bool left = reads(c->args[0], states), right = reads(c->args[1], states);
      if (left && right)
        return std::nullopt;
      const ExprPtr factor = c->args[left ? 1 : 0];
      return map(of(c->args[left ? 0 : 1]), [&](ExprPtr x) { return left ? build.mul(x, factor) : build.mul(factor, x); });
    }
    case Op::Div:
      if (reads(c->args[1], states))
        return std::nullopt;
      return map(of(c->args[0]), [&](ExprPtr x) { return build.div(x, c->args[1]); });
    default:
      return std::nullopt;
    }
  }

private:
  const std::set<Var *> &states;
  expr::Builder &build;

  template <class F> std::optional<Affine> map(std::optional<Affine> a, F f) {
    if (!a)
      return std::nullopt;
    for (auto &[var, coefficient] : a->coefficients)
      coefficient = f(coefficient);
    a->rest = a->rest ? f(a->rest) : nullptr;
    return a;
  }

  std::optional<Affine> sum(std::optional<Affine> a, std::optional<Affine> b, bool minus) {
    if (!a || !b)
      return std::nullopt;
    for (auto &[var, coefficient] : b->coefficients) {
      const auto there = a->coefficients.find(var);
      const ExprPtr mine = there == a->coefficients.end() ? nullptr : there->second;
      a->coefficients[var] = minus ? build.sub(mine, coefficient) : build.add(mine, coefficient);
    }
    a->rest = minus ? build.sub(a->rest, b->rest) : build.add(a->rest, b->rest);
    return a;
  }
};

} // namespace

std::optional<Affine> affine(ExprPtr e, const std::set<Var *> &states, expr::Builder &build) {
  return Decomposition(states, build).of(e);
}

} // namespace snn::solve
