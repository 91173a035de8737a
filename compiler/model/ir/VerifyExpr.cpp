// Expressions part by part, and the statements of bodies.
#include "compiler/model/ir/VerifyExpr.h"

#include "compiler/base/expr/Walk.h"
#include "compiler/model/expr/Build.h"
#include "compiler/model/expr/Print.h"

#include <algorithm>

namespace snn::model {

using expr::Base;
using expr::ExprPtr;
using expr::Kind;
using expr::Op;
using expr::Type;

namespace {

constexpr units::Dimension second = units::Dimension::of(units::BaseUnit::Second);

bool same(const Type &a, const Type &b) { return a.anyDimension || b.anyDimension || a.dimension == b.dimension; }

bool numbers(const expr::Call &c) {
  return std::ranges::all_of(c.args, [](ExprPtr a) { return a->type.isNumber(); });
}

/// All direct parts that are evaluated where `e` is, those of experiments' expressions too.
std::vector<ExprPtr> parts(ExprPtr e) {
  std::vector<ExprPtr> out;
  const auto *lookup = expr::dynCast<expr::Lookup>(e);
  expr::forEachOperand(e, [&](ExprPtr x) {
    if (!lookup || x != lookup->table)
      out.push_back(x);
  });
  return out;
}

template <class Owner> bool owns(const Owner &owner, const Var *var) {
  return std::ranges::any_of(owner.vars, [&](const Var &v) { return &v == var; });
}

template <class List, class T> bool among(const List &list, const T *item) {
  return std::ranges::any_of(list, [&](const T &x) { return &x == item; });
}

} // namespace

void Checker::dimensions(const expr::Call &c, std::string_view what) {
  const auto &a = c.args;
  bool good = true;
  switch (c.op) {
  case Op::Add: case Op::Sub: case Op::Min: case Op::Max: case Op::Mod:
    good = same(a[0]->type, a[1]->type) && same(c.type, a[0]->type) && same(c.type, a[1]->type);
    break;
  case Op::Eq: case Op::Ne: case Op::Lt: case Op::Le: case Op::Gt: case Op::Ge: case Op::Crosses:
    good = same(a[0]->type, a[1]->type) && c.type.base == Base::Bool;
    break;
  case Op::Mul:
  case Op::Div: {
    const Type product{Base::Real, c.op == Op::Mul ? a[0]->type.dimension * a[1]->type.dimension : a[0]->type.dimension / a[1]->type.dimension};
    good = a[0]->type.anyDimension || a[1]->type.anyDimension || same(c.type, product);
    break;
  }
  case Op::Neg: case Op::Abs:
    good = same(c.type, a[0]->type);
    break;
  case Op::Select:
    good = a[0]->type.base == Base::Bool && same(a[1]->type, a[2]->type) && same(c.type, a[1]->type);
    break;
  case Op::Fma:
    good = a[0]->type.anyDimension || a[1]->type.anyDimension || (same(c.type, a[2]->type) &&
           same(c.type, Type{Base::Real, a[0]->type.dimension * a[1]->type.dimension}));
    break;
  case Op::And: case Op::Or: case Op::Not:
    good = c.type.base == Base::Bool && std::ranges::all_of(a, [](ExprPtr x) { return x->type.base == Base::Bool; });
    break;
  case Op::Exp: case Op::Expm1: case Op::Exprel: case Op::Exprelr: case Op::Log: case Op::Log1p: case Op::Tanh: case Op::Sigmoid:
    good = a[0]->type.anyDimension || a[0]->type.dimension.none();
    break;
  default:
    break;
  }
  if (!good)
    fail("{}: the operands of `{}` do not match", what, expr::print(&c));
}

void Checker::call(const expr::Call &c, std::string_view what) {
  if (static_cast<int>(c.args.size()) != expr::arity(c.op))
    return fail("{}: `{}` has {} operands", what, expr::spelling(c.op), c.args.size());
  if (numbers(c)) // a conditional of texts has none
    dimensions(c, what);
}

void Checker::part(ExprPtr e, const Visible &visible, std::string_view what) {
  if (e->kind >= Kind::Text && !visible.arrays)
    return fail("{}: `{}` stands only in set-up and experiments", what, expr::print(e));
  if (e->kind >= Kind::Cells && e->kind <= Kind::EdgesValue && !visible.cells)
    return fail("{}: `{}` stands only in experiments", what, expr::print(e));
  switch (e->kind) {
  case Kind::Ref: {
    const auto &r = expr::cast<expr::Ref>(e);
    if (!visible.of(r.side).contains(r.var))
      fail("{}: `{}` is not visible here", what, expr::print(e));
    else if (!same(r.type, r.var->type))
      fail("{}: `{}` is not of its variable's dimension", what, expr::print(e));
    return;
  }
  case Kind::Special:
    if (const Var *v = expr::cast<expr::Special>(e).var; v && !visible.of(expr::cast<expr::Special>(e).side).contains(v))
      fail("{}: `{}` is not visible here", what, expr::print(e));
    return;
  case Kind::Call:
    return call(expr::cast<expr::Call>(e), what);
  case Kind::Draw:
    if (expr::cast<expr::Draw>(e).site >= visible.drawSites)
      fail("{}: `{}` is beyond the {} draws of its owner", what, expr::print(e), visible.drawSites);
    return;
  case Kind::Cells:
    if (!among(visible.network->populations, expr::cast<expr::Cells>(e).population))
      fail("{}: a population of another network", what);
    return;
  case Kind::CellsValue: {
    const auto &v = expr::cast<expr::CellsValue>(e);
    if ((v.member == expr::CellsMember::Variable) != (v.var && owns(*v.cells->population, v.var)))
      fail("{}: `{}` is no variable of these cells", what, expr::print(e));
    return;
  }
  case Kind::EdgesValue: {
    const auto &v = expr::cast<expr::EdgesValue>(e);
    if (!among(visible.network->projections, v.projection))
      fail("{}: a projection of another network", what);
    else if ((v.member == expr::EdgesMember::Variable) != (v.var && owns(*v.projection, v.var)))
      fail("{}: `{}` is no variable of these edges", what, expr::print(e));
    return;
  }
  case Kind::Const:
  case Kind::Reduce:
  case Kind::Lookup:
  case Kind::Text:
  case Kind::ArrayLit:
  case Kind::Index:
  case Kind::HostCall:
    return;
  }
}

void Checker::expression(ExprPtr e, const Visible &visible, std::string_view what) {
  if (!e)
    return fail("{}: nothing is there", what);
  std::set<ExprPtr> seen{e}; // expressions share parts
  std::vector<ExprPtr> open{e};
  while (!open.empty()) {
    const ExprPtr x = open.back();
    open.pop_back();
    part(x, visible, what);
    if (const auto *lookup = expr::dynCast<expr::Lookup>(x)) { // the set-up's, whoever reads it
      Visible setUp = visible;
      setUp.arrays = true;
      expression(lookup->table, setUp, what);
    }
    for (ExprPtr p : parts(x))
      if (!p)
        fail("{}: a part of `{}` is missing", what, expr::print(x));
      else if (seen.insert(p).second)
        open.push_back(p);
  }
}

void Checker::value(ExprPtr e, const Type &want, const Visible &visible, std::string_view what) {
  expression(e, visible, what);
  if (!e || !want.isNumber())
    return;
  if (!e->type.isNumber() || (want.base == Base::Bool && e->type.base != Base::Bool) || (want.base == Base::Int && e->type.base == Base::Real))
    fail("{}: `{}` is {}, not {}", what, expr::print(e), expr::printType(e->type), expr::printType(want));
  else if (!same(e->type, want))
    fail("{}: `{}` is in {}, not in {}", what, expr::print(e), expr::printType(e->type), expr::printType(want));
  else if (want.rank == 0 && e->type.rank != 0)
    fail("{}: `{}` is an array", what, expr::print(e));
}

void Checker::condition(ExprPtr e, const Visible &visible, std::string_view what) { value(e, Type{Base::Bool, {}}, visible, what); }
void Checker::duration(ExprPtr e, const Visible &visible, std::string_view what) { value(e, Type{Base::Real, second}, visible, what); }

void Checker::assignment(const Stmt &s, const Visible &visible, std::string_view what) {
  const bool visibleThere = visible.of(s.side).contains(s.var);
  if (!visibleThere)
    return fail("{}: what is assigned is no variable of that side", what);
  using K = VarKind;
  const K kind = s.var->kind;
  const bool self = s.side == expr::Side::Self;
  if (kind != K::State && kind != K::Weight && kind != K::Local && (self || kind != K::Input))
    fail("{}: `{}` is no state", what, s.var->name);
  if (!self && s.op != AssignOp::Add && s.op != AssignOp::Sub)
    fail("{}: `{}` is shared by edges and takes only += and -=", what, s.var->name);
  Type want = s.var->type;
  if (s.op == AssignOp::Mul || s.op == AssignOp::Div)
    want = Type{Base::Real, {}};
  value(s.value, want, visible, fmt::format("{}, what is given to `{}`", what, s.var->name));
}

void Checker::body(const Body &body, Visible visible, std::string_view what) {
  for (const Stmt &s : body) {
    if (s.kind != StmtKind::If && s.kind != StmtKind::While && (!s.then.empty() || !s.otherwise.empty()))
      fail("{}: only `if` has statements inside", what);
    switch (s.kind) {
    case StmtKind::Assign:
      assignment(s, visible, what);
      break;
    case StmtKind::Let:
      if (!s.var || s.var->kind != VarKind::Local)
        fail("{}: a `let` without a local", what);
      else if (value(s.value, s.var->type, visible, fmt::format("{}, `let {}`", what, s.var->name)); !visible.self.insert(s.var).second)
        fail("{}: `{}` is defined twice", what, s.var->name);
      break;
    case StmtKind::If:
      condition(s.value, visible, fmt::format("{}, `if`", what));
      this->body(s.then, visible, what);
      this->body(s.otherwise, visible, what);
      break;
    case StmtKind::While:
      if (s.limit == 0 || !s.otherwise.empty())
        fail("{}: a `while` without a limit", what);
      condition(s.value, visible, fmt::format("{}, `while`", what));
      this->body(s.then, visible, what);
      break;
    case StmtKind::Hold:
      duration(s.value, visible, fmt::format("{}, `hold`", what));
      for (const Var *v : s.held)
        if (v->kind != VarKind::State || !visible.self.contains(v))
          fail("{}: `{}` is held, but is no state of these cells", what, v->name);
      break;
    }
  }
}

} // namespace snn::model
