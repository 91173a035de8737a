// The rules of differentiation. What they make is not simplified beyond dropping zeros and factors of one.
#include "compiler/model/expr/Derivative.h"

#include "compiler/model/ir/Var.h"

namespace snn::expr {

std::optional<ExprPtr> Derivative::of(ExprPtr e) {
  failed = false;
  const ExprPtr result = derive(e);
  return failed ? std::nullopt : std::optional(result);
}

ExprPtr Derivative::derive(ExprPtr e) {
  if (const auto it = known.find(e); it != known.end())
    return it->second;
  ExprPtr result = nullptr;
  if (const auto *r = dynCast<Ref>(e)) {
    if (r->var == by)
      result = one();
    else if (r->var->kind == model::VarKind::Let && r->var->init)
      result = derive(r->var->init);
  } else if (const auto *c = dynCast<Call>(e)) {
    result = call(*c);
  } else if (const auto *d = dynCast<Draw>(e)) {
    for (ExprPtr a : d->args)
      failed |= derive(a) != nullptr;
  }
  return known[e] = result;
}

ExprPtr Derivative::call(const Call &c) {
  switch (c.op) {
  case Op::Add: case Op::Sub: case Op::Mul: case Op::Div: case Op::Mod: case Op::Neg: case Op::Fma:
    return arithmetic(c);
  case Op::Pow:
    return power(c);
  case Op::Select: case Op::Min: case Op::Max: case Op::Clip: case Op::Abs: case Op::Relu:
    return piecewise(c);
  case Op::Eq: case Op::Ne: case Op::Lt: case Op::Le: case Op::Gt: case Op::Ge: case Op::And: case Op::Or: case Op::Not:
  case Op::Crosses: case Op::Sign: case Op::Floor: case Op::Ceil: case Op::Round: case Op::Heaviside:
    return nullptr;
  case Op::Atan2: {
    const ExprPtr y = c.args[0], x = c.args[1];
    const ExprPtr top = build.sub(build.mul(x, derive(y)), build.mul(y, derive(x)));
    return build.div(top, build.add(square(x), square(y)));
  }
  case Op::Exp: case Op::Log: case Op::Log1p: case Op::Expm1: case Op::Exprel: case Op::Exprelr: case Op::Sqrt: case Op::Sin: case Op::Cos:
  case Op::Tan: case Op::Asin: case Op::Acos: case Op::Atan: case Op::Sinh: case Op::Cosh: case Op::Tanh: case Op::Sigmoid:
  case Op::Lgamma:
    if (const ExprPtr inner = derive(c.args[0]))
      return build.mul(outer(c), inner);
    return nullptr;
  }
  return nullptr;
}

ExprPtr Derivative::arithmetic(const Call &c) {
  const ExprPtr a = c.args[0], da = derive(a);
  if (c.op == Op::Neg)
    return build.neg(da);
  const ExprPtr b = c.args[1], db = derive(b);
  switch (c.op) {
  case Op::Add:
    return build.add(da, db);
  case Op::Sub:
    return build.sub(da, db);
  case Op::Mul:
    return build.add(build.mul(da, b), build.mul(a, db));
  case Op::Div:
    return build.sub(build.div(da, b), db ? build.div(build.mul(&c, db), b) : nullptr);
  case Op::Mod:
    return build.sub(da, db ? build.mul(build.call(Op::Floor, {build.div(a, b)}), db) : nullptr);
  default: // Fma
    return build.add(build.add(build.mul(da, b), build.mul(a, db)), derive(c.args[2]));
  }
}

/// u^n with a constant n stays a small power; u^v is differentiated as exp(v log u).
ExprPtr Derivative::power(const Call &c) {
  const ExprPtr u = c.args[0], v = c.args[1], du = derive(u), dv = derive(v);
  if (dv)
    return build.mul(&c, build.add(build.mul(dv, build.call(Op::Log, {u})), build.div(build.mul(v, du), u)));
  if (!du)
    return nullptr;
  const auto *negative = dynCast<Call>(v);
  const auto *n = dynCast<Const>(negative && negative->op == Op::Neg ? negative->args[0] : v);
  if (!n)
    return build.mul(build.mul(v, build.power(u, build.sub(v, one()), c.type.dimension / u->type.dimension)), du);
  const double exponent = n == v ? n->value : -n->value;
  if (exponent == 0 || exponent == 1)
    return exponent == 0 ? nullptr : du;
  const ExprPtr less = exponent == 2 ? u : build.power(u, build.number(exponent - 1), c.type.dimension / u->type.dimension);
  return build.mul(build.mul(build.number(exponent), less), du);
}

/// `a` where the condition holds, otherwise `b`; either may be zero.
ExprPtr Derivative::chosen(ExprPtr condition, ExprPtr a, ExprPtr b) {
  if (!a && !b)
    return nullptr;
  const auto filled = [&](ExprPtr x, ExprPtr other) { return x ? x : build.number(0, other->type.dimension); };
  return build.call(Op::Select, {condition, filled(a, b), filled(b, a)});
}

ExprPtr Derivative::piecewise(const Call &c) {
  const ExprPtr a = c.args[0];
  switch (c.op) {
  case Op::Select:
    return chosen(a, derive(c.args[1]), derive(c.args[2]));
  case Op::Min:
    return chosen(build.call(Op::Lt, {a, c.args[1]}), derive(a), derive(c.args[1]));
  case Op::Max:
    return chosen(build.call(Op::Gt, {a, c.args[1]}), derive(a), derive(c.args[1]));
  case Op::Clip:
    return chosen(build.call(Op::Lt, {a, c.args[1]}), derive(c.args[1]),
                  chosen(build.call(Op::Gt, {a, c.args[2]}), derive(c.args[2]), derive(a)));
  case Op::Abs:
    return build.mul(build.call(Op::Sign, {a}), derive(a));
  default: // Relu
    return chosen(build.call(Op::Gt, {a, build.number(0, a->type.dimension)}), derive(a), nullptr);
  }
}

/// The value of a polynomial of u, the coefficient of its highest power first.
ExprPtr Derivative::polynomial(ExprPtr u, std::initializer_list<double> coefficients) {
  ExprPtr sum;
  for (const double coefficient : coefficients)
    sum = sum ? build.call(Op::Fma, {sum, u, build.number(coefficient)}) : build.number(coefficient);
  return sum;
}

ExprPtr Derivative::nearZero(ExprPtr u, double limit, ExprPtr inside, ExprPtr outside) {
  return build.call(Op::Select, {build.call(Op::Lt, {build.call(Op::Abs, {u}), build.number(limit)}), inside, outside});
}

ExprPtr Derivative::outer(const Call &c) {
  const ExprPtr u = c.args[0], f = &c;
  const auto inverse = [&](ExprPtr x) { return build.div(one(), x); };
  switch (c.op) {
  case Op::Exp: return f;
  case Op::Log: return inverse(u);
  case Op::Log1p: return inverse(build.add(one(), u));
  case Op::Expm1: return build.add(f, one());
  case Op::Exprel: { // (exp u - exprel u) / u, and near 0 the beginning of its series
    const ExprPtr series = polynomial(u, {1.0 / 144, 1.0 / 30, 1.0 / 8, 1.0 / 3, 1.0 / 2});
    return nearZero(u, 0.01, series, build.div(build.sub(build.call(Op::Exp, {u}), f), u));
  }
  case Op::Exprelr: { // f / u (1 - (u + f)), in which u + f is u e^u / (e^u - 1), and near 0 the beginning of its series
    const ExprPtr series = polynomial(u, {1.0 / 5040, 0, -1.0 / 180, 0, 1.0 / 6, -1.0 / 2});
    return nearZero(u, 0.05, series, build.mul(build.div(f, u), build.sub(one(), build.add(u, f))));
  }
  case Op::Sqrt: return build.div(build.number(0.5), f);
  case Op::Sin: return build.call(Op::Cos, {u});
  case Op::Cos: return build.neg(build.call(Op::Sin, {u}));
  case Op::Tan: return build.add(one(), square(f));
  case Op::Asin: return inverse(build.call(Op::Sqrt, {build.sub(one(), square(u))}));
  case Op::Acos: return build.neg(inverse(build.call(Op::Sqrt, {build.sub(one(), square(u))})));
  case Op::Atan: return inverse(build.add(one(), square(u)));
  case Op::Sinh: return build.call(Op::Cosh, {u});
  case Op::Cosh: return build.call(Op::Sinh, {u});
  case Op::Tanh: return build.sub(one(), square(f));
  case Op::Sigmoid: return build.mul(f, build.sub(one(), f));
  default: // lgamma: the language has no digamma
    failed = true;
    return one();
  }
}

} // namespace snn::expr
