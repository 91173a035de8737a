// Expressions as flat operations. The trees are kept as written: nothing is reassociated, fma only where the model says.
#include "compiler/kernel/schedule/BodyBuilder.h"

#include "runtime/abi/snn_abi.h"

#include <cmath>

namespace snn::schedule {

using expr::Side;

ValueId BodyBuilder::valueAs(expr::ExprPtr e, Type type) {
  if (const auto *c = expr::dynCast<expr::Const>(e))
    return constant(c->value, type);
  return convert(exactly(e), type);
}

ValueId BodyBuilder::exactly(expr::ExprPtr e) {
  switch (e->kind) {
  case expr::Kind::Const:
    return constant(expr::cast<expr::Const>(e).value, typeOf(e->type));
  case expr::Kind::Ref: {
    const auto &r = expr::cast<expr::Ref>(e);
    return ofTime ? partOfTime(r) : read(*r.var, r.side == Side::Self ? letSide : r.side);
  }
  case expr::Kind::Special:
    return special(expr::cast<expr::Special>(e));
  case expr::Kind::Call: {
    const bool outer = ofTime;
    ofTime = outer || readsTimeAlone(e);
    const ValueId v = call(expr::cast<expr::Call>(e));
    ofTime = outer;
    return v;
  }
  case expr::Kind::Draw:
    return draw(expr::cast<expr::Draw>(e));
  case expr::Kind::Reduce: {
    const auto &r = expr::cast<expr::Reduce>(e);
    ValueId at = integer(0);
    if (r.scope == expr::ReduceScope::Incoming)
      at = index(Op::Tgt);
    else if (r.scope == expr::ReduceScope::Outgoing)
      at = index(Op::Src);
    else if (r.scope == expr::ReduceScope::Population && r.op == expr::ReduceOp::Rank)
      at = cellIndex(letSide);
    else if (r.axes)
      at = groupOf(r.axes, letSide);
    return load(layout.reduction(r), at, typeOf(e->type));
  }
  case expr::Kind::Lookup:
    return lookup(expr::cast<expr::Lookup>(e));
  case expr::Kind::Text:
  case expr::Kind::ArrayLit:
  case expr::Kind::Index:
  case expr::Kind::Cells:
  case expr::Kind::CellsValue:
  case expr::Kind::EdgesValue:
  case expr::Kind::HostCall:
    layout.refuse(e->range, "this value cannot be computed for each cell or edge");
    return constant(0, typeOf(e->type));
  }
  return constant(0);
}

/// An index, and whether it is a whole number; noValue: it is. What floor, ceil or round have made of NaN is none.
std::pair<ValueId, ValueId> BodyBuilder::wholeIndex(expr::ExprPtr index) {
  const auto *c = expr::dynCast<expr::Call>(index);
  if (c && (c->op == expr::Op::Floor || c->op == expr::Op::Ceil || c->op == expr::Op::Round) && c->args[0]->type.base == expr::Base::Real) {
    const ValueId given = valueAs(c->args[0], Type::Real);
    return {valueAs(index, Type::I64), op(Op::Eq, Type::Bool, given, given)};
  }
  if (index->type.base != expr::Base::Real)
    return {valueAs(index, Type::I64), kernel::noValue};
  const ValueId given = exactly(index), rounded = op(Op::Round, typeOf(given), given);
  return {convert(rounded, Type::I64), op(Op::Eq, Type::Bool, given, rounded)};
}

/// An index that is outside of the table or no whole number stops the run; a solver's loop cannot say so, there the value is NaN, which does.
ValueId BodyBuilder::lookup(const expr::Lookup &x) {
  const ArrayPlace &array = layout.array(x);
  ValueId at = kernel::noValue, inside = kernel::noValue;
  for (size_t k = 0; k < x.indices.size(); ++k) {
    const auto [given, whole] = wholeIndex(x.indices[k]);
    const ValueId count = scalar(array.extents[k], Type::I64), zero = integer(0);
    const ValueId index = select(op(Op::Lt, Type::Bool, given, zero), op(Op::Add, Type::I64, given, count), given);
    inside = both(inside, whole);
    inside = both(inside, both(negate(op(Op::Lt, Type::Bool, index, zero)), op(Op::Lt, Type::Bool, index, count)));
    at = at == kernel::noValue ? index : op(Op::Add, Type::I64, op(Op::Mul, Type::I64, at, count), index);
  }
  const Type type = typeOf(x.type);
  const ValueId v = load(array.buffer, select(inside, at, integer(0)), type);
  const auto *list = expr::dynCast<expr::ArrayLit>(x.table);
  const auto *first = x.indices.size() == 1 ? expr::dynCast<expr::Const>(x.indices[0]) : nullptr;
  if (list && first && first->value >= 0 && first->value < static_cast<double>(list->items.size())) // `len`
    return v;
  if (looping && type == Type::Bool)
    layout.refuse(x.range, "within `implicit_euler` and `rk45` only tables of numbers can be read");
  if (looping)
    return select(inside, convert(v, Type::Real), op(Op::Div, Type::Real, constant(0), constant(0)));
  Instr check;
  check.op = Op::Check;
  check.type = Type::None;
  check.a = guard == kernel::noValue ? inside : op(Op::Or, Type::Bool, negate(guard), inside);
  check.imm64 = SNN_BAD_INDEX;
  check.range = x.range;
  emit(check);
  return v;
}

/// (i / product of the later extents) mod extent. The quotient is made in float64, where it is exact.
ValueId BodyBuilder::indexAlong(const model::Population &cells, size_t axis, ValueId flat) {
  const size_t axes = cells.shape.size();
  const auto extent = [&](size_t k) { return scalar(layout.extent(cells, k), Type::I64); };
  ValueId stride = kernel::noValue;
  for (size_t k = axis + 1; k < axes; ++k)
    stride = stride == kernel::noValue ? extent(k) : op(Op::Mul, Type::I64, stride, extent(k));
  if (stride != kernel::noValue)
    flat = convert(op(Op::Floor, Type::F64, op(Op::Div, Type::F64, convert(flat, Type::F64), convert(stride, Type::F64))), Type::I64);
  return axis == 0 ? flat : op(Op::Mod, Type::I64, flat, extent(axis));
}

const model::Population *BodyBuilder::cellsOf(Side side) const {
  if (!frame.edges)
    return frame.cells;
  return side == Side::Pre ? frame.edges->sourcePopulation : side == Side::Post ? frame.edges->targetPopulation : nullptr;
}

/// The number of a cell's group among those that a reduction along axes makes: by the indices along the other axes.
ValueId BodyBuilder::groupOf(uint32_t axes, Side side) {
  const model::Population &cells = *cellsOf(side);
  ValueId group = kernel::noValue;
  for (size_t k = 0; k < cells.shape.size(); ++k) {
    if (axes >> k & 1)
      continue;
    const ValueId index = indexAlong(cells, k, cellIndex(side));
    group = group == kernel::noValue ? index : op(Op::Add, Type::I64, op(Op::Mul, Type::I64, group, scalar(layout.extent(cells, k), Type::I64)), index);
  }
  return group;
}

ValueId BodyBuilder::special(const expr::Special &s) {
  const Side side = s.side == Side::Self ? letSide : s.side;
  const model::Population *cells = cellsOf(side);
  const auto at = [&] { return cellIndex(side); };
  const auto time = [&](ValueId steps) { return convert(timeOf(steps), ofTime ? Type::F64 : Type::Real); };
  switch (s.value) {
  case expr::SpecialValue::Time:
    return time(stepNow());
  case expr::SpecialValue::Dt:
    return op(Op::Dt, ofTime ? Type::F64 : Type::Real);
  case expr::SpecialValue::Index: {
    if (s.axis < 0 || !cells)
      return at();
    return indexAlong(*cells, static_cast<size_t>(s.axis), at());
  }
  case expr::SpecialValue::Spiked:
    return load(layout.flags(cells->id), at(), Type::Bool);
  case expr::SpecialValue::SpikeTime: {
    const ValueId step = load(layout.spikeStep(cells->id), at(), Type::I64);
    return select(op(Op::Lt, Type::Bool, step, integer(0)), constant(-HUGE_VAL), time(step));
  }
  case expr::SpecialValue::Elapsed:
    return time(op(Op::Sub, Type::I64, stepNow(), load(layout.dataStep(cells->id), integer(0), Type::I64)));
  case expr::SpecialValue::Held:
    return op(Op::Lt, Type::Bool, integer(0, Type::I32), load(layout.holdBuffer(*s.var), at(), Type::I32));
  case expr::SpecialValue::Listed:
    return convert(load(layout.listed(*frame.edges), index(Op::Edge), Type::I32), Type::I64);
  case expr::SpecialValue::Seed:
    layout.refuse(s.range, "this value cannot stand here");
    return constant(0);
  }
  return constant(0);
}

ValueId BodyBuilder::draw(const expr::Draw &d) {
  static constexpr Op ops[] = {Op::DrawUniform, Op::DrawNormal, Op::DrawExponential, Op::DrawGamma,
                               Op::DrawLogNormal, Op::DrawPoisson, Op::DrawBernoulli};
  Instr i;
  i.op = ops[static_cast<size_t>(d.distribution)];
  i.a = valueAs(d.args[0], Type::Real);
  if (d.args.size() > 1)
    i.b = valueAs(d.args[1], Type::Real);
  const bool bernoulli = d.distribution == expr::Distribution::Bernoulli;
  if (bernoulli && guard != kernel::noValue) // bodies are flat: a probability of a branch that is not taken is no error
    i.a = select(guard, i.a, constant(0));
  i.type = bernoulli ? Type::Bool : Type::Real;
  i.site = d.site;
  // A let of a neighbour cell has the number that this cell drew, whichever edge reads it.
  const model::Population *neighbour = frame.edges && letSide != Side::Self ? cellsOf(letSide) : nullptr;
  const bool pairs = frame.edges && !neighbour && !oneSided() && frame.space != abi::Space::Pairs;
  if (neighbour && !oneSided()) {
    i.index = cellIndex(letSide);
    i.imm64 = 1;
  }
  if (const uint32_t repeats = pairs ? layout.repeats(*frame.edges) : abi::none; repeats != abi::none)
    i.index = load(repeats, index(Op::Edge), Type::I64);
  i.object = neighbour ? layout.stream(neighbour, nullptr, d.site) : layout.stream(frame.cells, frame.edges, d.site);
  i.range = d.range;
  const ValueId v = emit(i);
  return convert(v, typeOf(d.type));
}

/// Small whole exponents are products of squares, x^5 = x * (x^2)^2: fast, and the same everywhere.
ValueId BodyBuilder::power(const expr::Call &c, Type t) {
  const ValueId x = valueAs(c.args[0], t);
  const expr::ExprPtr e = c.args[1];
  double exponent = NAN;
  if (const auto *n = expr::dynCast<expr::Const>(e))
    exponent = n->value;
  else if (const auto *neg = expr::dynCast<expr::Call>(e); neg && neg->op == expr::Op::Neg)
    if (const auto *m = expr::dynCast<expr::Const>(neg->args[0]))
      exponent = -m->value;
  if (exponent == 0.5)
    return op(Op::Sqrt, t, x);
  if (exponent == std::floor(exponent) && std::fabs(exponent) <= 16) {
    ValueId product = exponent == 0 ? constant(1, t) : kernel::noValue, square = x;
    for (int rest = static_cast<int>(std::fabs(exponent)); rest; rest /= 2) {
      if (rest % 2)
        product = product == kernel::noValue ? square : op(Op::Mul, t, product, square);
      if (rest > 1)
        square = op(Op::Mul, t, square, square);
    }
    return exponent < 0 ? op(Op::Div, t, constant(1, t), product) : product;
  }
  return op(Op::Pow, t, x, valueAs(e, t));
}

ValueId BodyBuilder::compare(const expr::Call &c) {
  using EO = expr::Op;
  const bool integral = c.args[0]->type.base != expr::Base::Real && c.args[1]->type.base != expr::Base::Real;
  const Type t = integral ? Type::I64 : computedIn({});
  const ValueId a = valueAs(c.args[0], t), b = valueAs(c.args[1], t);
  switch (c.op) {
  case EO::Eq:
    return op(Op::Eq, Type::Bool, a, b);
  case EO::Ne:
    return op(Op::Ne, Type::Bool, a, b);
  case EO::Lt:
    return op(Op::Lt, Type::Bool, a, b);
  case EO::Le:
    return op(Op::Le, Type::Bool, a, b);
  case EO::Gt:
    return op(Op::Lt, Type::Bool, b, a);
  default:
    return op(Op::Le, Type::Bool, b, a);
  }
}

/// Op::Min and Op::Max give the second operand if one is NaN, as processors do; here NaN stays, wherever it stands.
ValueId BodyBuilder::extreme(Op o, ValueId a, ValueId b) {
  const Type t = typeOf(a);
  const auto isConstant = [&](ValueId x) { return kernel.body[x].op == Op::Const; };
  if (isConstant(b))
    return op(o, t, b, a);
  const ValueId found = op(o, t, a, b);
  return isConstant(a) || (t != Type::Real && t != Type::F64) ? found : select(op(Op::Eq, Type::Bool, a, a), found, a);
}

ValueId BodyBuilder::call(const expr::Call &c) {
  using EO = expr::Op;
  const Type t = computedIn(c.type), reals = computedIn({});
  const auto arg = [&](size_t k) { return valueAs(c.args[k], t); };
  const auto two = [&](Op o) {
    const ValueId a = arg(0), b = arg(1);
    return op(o, t, a, b);
  };
  const auto one = [&](Op o) { return op(o, reals, valueAs(c.args[0], reals)); };
  if (const expr::Special *spike = sinceSpike(c))
    return timeSinceSpike(*spike);
  switch (c.op) {
  case EO::Add: return two(Op::Add);
  case EO::Sub: return two(Op::Sub);
  case EO::Mul: return two(Op::Mul);
  case EO::Div: return two(Op::Div);
  case EO::Mod: return two(Op::Mod);
  case EO::Min: case EO::Max: {
    const ValueId a = arg(0), b = arg(1);
    return extreme(c.op == EO::Min ? Op::Min : Op::Max, a, b);
  }
  case EO::Atan2: return two(Op::Atan2);
  case EO::Pow: return power(c, t);
  case EO::Neg: return op(Op::Neg, t, arg(0));
  case EO::Abs: return op(Op::Abs, t, arg(0));
  case EO::Eq: case EO::Ne: case EO::Lt: case EO::Le: case EO::Gt: case EO::Ge:
    return compare(c);
  case EO::And: return op(Op::And, Type::Bool, value(c.args[0]), value(c.args[1]));
  case EO::Or: return op(Op::Or, Type::Bool, value(c.args[0]), value(c.args[1]));
  case EO::Not: return op(Op::Not, Type::Bool, value(c.args[0]));
  case EO::Crosses: {
    const ValueId a = valueAs(c.args[0], Type::Real), b = valueAs(c.args[1], Type::Real);
    const ValueId was = load(layout.crossing(c), index(Op::I), Type::Bool);
    return op(Op::And, Type::Bool, was, op(Op::Lt, Type::Bool, b, a));
  }
  case EO::Select: {
    const ValueId cond = value(c.args[0]), outer = guard;
    guard = both(outer, cond);
    const ValueId a = arg(1);
    guard = both(outer, negate(cond));
    const ValueId b = arg(2);
    guard = outer;
    return select(cond, a, b);
  }
  case EO::Clip: {
    const ValueId x = arg(0), lo = arg(1), hi = arg(2);
    return op(Op::Min, t, hi, op(Op::Max, t, lo, x)); // NaN stays
  }
  case EO::Fma: return op(Op::Fma, t, arg(0), arg(1), arg(2));
  case EO::Sign: {
    const ValueId x = valueAs(c.args[0], reals), zero = constant(0, reals);
    return select(op(Op::Lt, Type::Bool, zero, x), constant(1, reals), select(op(Op::Lt, Type::Bool, x, zero), constant(-1, reals), x));
  }
  case EO::Heaviside: {
    const ValueId x = valueAs(c.args[0], reals), zero = constant(0, reals);
    return select(op(Op::Le, Type::Bool, zero, x), constant(1, reals), select(op(Op::Lt, Type::Bool, x, zero), zero, x));
  }
  case EO::Relu: return extreme(Op::Max, constant(0, t), arg(0));
  case EO::Floor: return convert(one(Op::Floor), t);
  case EO::Ceil: return convert(one(Op::Ceil), t);
  case EO::Round: return convert(one(Op::Round), t);
  case EO::Exp: return one(Op::Exp);
  case EO::Log: return one(Op::Log);
  case EO::Log1p: return one(Op::Log1p);
  case EO::Expm1: return one(Op::Expm1);
  case EO::Exprel: return one(Op::Exprel);
  case EO::Exprelr: return one(Op::Exprelr);
  case EO::Sqrt: return one(Op::Sqrt);
  case EO::Sin: return one(Op::Sin);
  case EO::Cos: return one(Op::Cos);
  case EO::Tan: return one(Op::Tan);
  case EO::Asin: return one(Op::Asin);
  case EO::Acos: return one(Op::Acos);
  case EO::Atan: return one(Op::Atan);
  case EO::Sinh: return one(Op::Sinh);
  case EO::Cosh: return one(Op::Cosh);
  case EO::Tanh: return one(Op::Tanh);
  case EO::Sigmoid: return one(Op::Sigmoid);
  case EO::Lgamma: return one(Op::Lgamma);
  }
  return constant(0, t);
}

} // namespace snn::schedule
