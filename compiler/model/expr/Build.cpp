// Nodes, rewriting, questions about expressions.
#include "compiler/model/expr/Build.h"

#include "compiler/base/expr/Walk.h"

#include "compiler/model/ir/Var.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace snn::expr {

ExprPtr Builder::number(double value, units::Dimension dimension, source::Range range) {
  return arena.make<Const>(Type{Base::Real, dimension}, range, value);
}

ExprPtr Builder::ref(model::Var *var, Side side, source::Range range) {
  return arena.make<Ref>(var->type, range, var, side);
}

ExprPtr Builder::special(SpecialValue value, Type type, Side side, model::Var *var) {
  return arena.make<Special>(type, source::Range{}, value, side, var);
}

ExprPtr Builder::standardNormal(uint32_t site) {
  const std::vector<ExprPtr> parameters{number(0), number(1)};
  return arena.make<Draw>(Type{Base::Real, {}}, source::Range{}, Distribution::Normal, arena.copy(parameters), site);
}

ExprPtr Builder::dt() {
  return special(SpecialValue::Dt, Type{Base::Real, units::Dimension::of(units::BaseUnit::Second)});
}

ExprPtr Builder::call(Op op, std::initializer_list<ExprPtr> args, source::Range range) {
  const std::vector<ExprPtr> list(args);
  Type type{Base::Real, {}};
  const auto integral = std::ranges::all_of(list, [](ExprPtr a) { return a->type.base != Base::Real; });
  const auto any = [&](size_t k) { return list[k]->type.anyDimension; };
  bool anyDimension = false; // of a zero: it fits whatever it is added to
  switch (op) {
  case Op::Eq: case Op::Ne: case Op::Lt: case Op::Le: case Op::Gt: case Op::Ge: case Op::And: case Op::Or: case Op::Not:
  case Op::Crosses:
    type.base = Base::Bool;
    break;
  case Op::Mul:
    type.dimension = list[0]->type.dimension * list[1]->type.dimension;
    type.base = integral ? Base::Int : Base::Real;
    anyDimension = any(0) || any(1);
    break;
  case Op::Div:
    type.dimension = list[0]->type.dimension / list[1]->type.dimension;
    anyDimension = any(0);
    break;
  case Op::Select:
    type = any(1) ? list[2]->type : list[1]->type;
    anyDimension = any(1) && any(2);
    break;
  case Op::Fma:
    type = any(2) ? call(Op::Mul, {list[0], list[1]})->type : list[2]->type;
    anyDimension = any(2) && (any(0) || any(1));
    break;
  case Op::Add: case Op::Sub: case Op::Min: case Op::Max: case Op::Mod:
    type = any(0) ? list[1]->type : list[0]->type;
    type.base = integral ? Base::Int : Base::Real;
    anyDimension = any(0) && any(1);
    break;
  case Op::Neg: case Op::Abs: case Op::Clip:
    type = list[0]->type;
    anyDimension = any(0);
    break;
  case Op::Sqrt:
    type.dimension = list[0]->type.dimension.pow({1, 2});
    anyDimension = any(0);
    break;
  default:
    break;
  }
  type.anyDimension = anyDimension;
  return arena.make<Call>(type, range, op, arena.copy(list));
}

ExprPtr Builder::add(ExprPtr a, ExprPtr b) { return !a ? b : !b ? a : call(Op::Add, {a, b}); }
ExprPtr Builder::sub(ExprPtr a, ExprPtr b) { return !b ? a : !a ? neg(b) : call(Op::Sub, {a, b}); }
ExprPtr Builder::neg(ExprPtr a) { return a ? call(Op::Neg, {a}) : nullptr; }
ExprPtr Builder::div(ExprPtr a, ExprPtr b) { return !a ? nullptr : isConst(b, 1) && b->type.dimension.none() ? a : call(Op::Div, {a, b}); }
ExprPtr Builder::mul(ExprPtr a, ExprPtr b) {
  if (!a || !b)
    return nullptr;
  if (isConst(a, 1) && a->type.dimension.none())
    return b;
  if (isConst(b, 1) && b->type.dimension.none())
    return a;
  return call(Op::Mul, {a, b});
}

ExprPtr Builder::power(ExprPtr base, ExprPtr exponent, const units::Dimension &dimension) {
  const std::vector<ExprPtr> args{base, exponent};
  return arena.make<Call>(Type{Base::Real, dimension}, source::Range{}, Op::Pow, arena.copy(args));
}

ExprPtr Builder::rewrite(ExprPtr e, const std::function<ExprPtr(ExprPtr)> &replace) {
  std::unordered_map<ExprPtr, ExprPtr> done;
  const std::function<ExprPtr(ExprPtr)> go = [&](ExprPtr x) -> ExprPtr {
    if (const auto it = done.find(x); it != done.end())
      return it->second;
    ExprPtr out = replace(x);
    if (!out) {
      std::vector<ExprPtr> parts;
      bool changed = false;
      for (ExprPtr p : operands(x)) {
        parts.push_back(go(p));
        changed |= parts.back() != p;
      }
      out = x;
      if (changed && x->kind == Kind::Call)
        out = arena.make<Call>(x->type, x->range, cast<Call>(x).op, arena.copy(parts));
      else if (changed && x->kind == Kind::Draw)
        out = arena.make<Draw>(x->type, x->range, cast<Draw>(x).distribution, arena.copy(parts), cast<Draw>(x).site);
      else if (changed && x->kind == Kind::Reduce)
        out = arena.make<Reduce>(x->type, x->range, cast<Reduce>(x).op, cast<Reduce>(x).scope, parts[0], cast<Reduce>(x).axes);
      else if (changed && x->kind == Kind::Lookup)
        out = arena.make<Lookup>(x->type, x->range, cast<Lookup>(x).table, arena.copy(parts));
    }
    return done[x] = out;
  };
  return go(e);
}

std::span<const ExprPtr> operands(ExprPtr e) {
  switch (e->kind) {
  case Kind::Call:
    return cast<Call>(e).args;
  case Kind::Draw:
    return cast<Draw>(e).args;
  case Kind::Reduce:
    return {&cast<Reduce>(e).arg, 1};
  case Kind::Lookup:
    return cast<Lookup>(e).indices;
  default:
    return {};
  }
}

bool anyPart(ExprPtr e, const std::function<bool(ExprPtr)> &test) {
  std::unordered_map<ExprPtr, bool> seen;
  const std::function<bool(ExprPtr)> go = [&](ExprPtr x) -> bool {
    if (!x || seen.contains(x))
      return false;
    seen[x] = true;
    if (test(x))
      return true;
    if (const auto *r = dynCast<Ref>(x); r && r->var->kind == model::VarKind::Let && r->var->init && go(r->var->init))
      return true;
    return std::ranges::any_of(operands(x), go);
  };
  return go(e);
}

void forEachPart(ExprPtr e, const std::function<bool(ExprPtr)> &see) {
  std::unordered_set<ExprPtr> seen;
  const std::function<void(ExprPtr)> go = [&](ExprPtr x) {
    if (!x || !seen.insert(x).second || !see(x))
      return;
    if (const auto *r = dynCast<Ref>(x); r && r->var->kind == model::VarKind::Let)
      go(r->var->init);
    forEachOperand(x, go);
  };
  go(e);
}

bool equal(ExprPtr a, ExprPtr b) {
  if (a == b)
    return true;
  if (!a || !b || a->kind != b->kind)
    return false;
  switch (a->kind) {
  case Kind::Const:
    return cast<Const>(a).value == cast<Const>(b).value;
  case Kind::Ref:
    return cast<Ref>(a).var == cast<Ref>(b).var && cast<Ref>(a).side == cast<Ref>(b).side;
  case Kind::Special:
    return cast<Special>(a).value == cast<Special>(b).value && cast<Special>(a).side == cast<Special>(b).side &&
           cast<Special>(a).var == cast<Special>(b).var && cast<Special>(a).axis == cast<Special>(b).axis;
  case Kind::Call:
    return cast<Call>(a).op == cast<Call>(b).op &&
           std::ranges::equal(cast<Call>(a).args, cast<Call>(b).args, [](ExprPtr x, ExprPtr y) { return equal(x, y); });
  default:
    return false;
  }
}

bool isConst(ExprPtr e, double value) {
  const auto *c = dynCast<Const>(e);
  return c && c->value == value;
}

} // namespace snn::expr
