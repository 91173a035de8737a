// Functions of the experiment's library, which are called by name: their arguments and the type of their value.
#include "compiler/frontend/sema/Lower.h"

#include <algorithm>
#include <cmath>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Type;

/// A single real number of the dimension.
static Type quantity(Type type) {
  type.base = Base::Real;
  type.rank = 0;
  return type;
}

ExprPtr Lowering::lowerHostFunction(const ast::CallExpr &c, const ast::Name &name, const Place &place) {
  const std::string_view n = name.text;
  if (n == "raster" || n == "trace" || n == "weights" || n == "curve") {
    diagnostics.report(diag::Id::badRecord, c.range, "`{}` stands only after `plot`", n);
    return nullptr;
  }
  auto args = lowerArgs(c.args, place);
  if (!args)
    return nullptr;
  std::ranges::transform(*args, args->begin(), [&](ExprPtr a) { return elements(a); });
  const auto arity = [&](size_t least, size_t most) {
    if (args->size() >= least && args->size() <= most)
      return true;
    diagnostics.report(diag::Id::wrongArguments, c.range, "`{}` takes {} argument{}", n,
                       least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most), most == 1 ? "" : "s");
    return false;
  };
  Type type{Base::Real, {}};
  if (n == "dataset")
    return arity(1, 2) ? hostCall(n, *args, Type{Base::DataSet, {}}, c.range) : nullptr; // and the one where it is not found
  if (n == "range")
    return arity(1, 3) ? lowerRange(*args, c.range) : nullptr;
  if (n == "linspace")
    return arity(3, 3) ? lowerLinspace(*args, c.range) : nullptr;
  if (n == "len")
    return arity(1, 1) ? hostCall(n, *args, Type{Base::Int, {}}, c.range) : nullptr;
  if (n == "load") {
    type.rank = -1;
    return arity(1, 2) ? hostCall(n, *args, type, c.range) : nullptr; // the file, and which of its arrays
  }
  if (args->empty() || !(*args)[0]->type.isNumber()) {
    unknown(name, place, "the function");
    return nullptr;
  }
  type = (*args)[0]->type;
  if (n == "softmax")
    type.base = Base::Real;
  if (n == "transpose" || n == "softmax")
    return arity(1, 1) ? hostCall(n, *args, type, c.range) : nullptr;
  if (n == "quantile") {
    type = quantity(type);
    return arity(2, 2) ? hostCall(n, *args, type, c.range) : nullptr;
  }
  if (n == "cumsum" && type.base == Base::Bool)
    type.base = Base::Int;
  if (n == "sort" || n == "cumsum")
    return arity(1, 1) ? hostCall(n, *args, type, c.range) : nullptr;
  if (n == "concat") {
    for (const ExprPtr part : *args) {
      if (!fits(Type{Base::Real, part->type.dimension}, Type{Base::Real, type.dimension}, part->range, "an array that follows", (*args)[0]->range))
        return nullptr;
      type.base = part->type.base == type.base ? type.base : Base::Real;
    }
    return hostCall(n, *args, type, c.range);
  }
  if (n == "cosine" || n == "corr")
    return arity(2, 2) ? hostCall(n, *args, Type{Base::Real, {}}, c.range) : nullptr;
  if (n == "histogram") {
    const Type edge = quantity(type);
    if (!arity(2, 2) || !fits(quantity((*args)[1]->type), edge, (*args)[1]->range, "an edge of a bin"))
      return nullptr;
    Type counts{Base::Int, {}};
    counts.rank = 1;
    return hostCall(n, *args, counts, c.range);
  }
  if (n == "cross_entropy") {
    type = Type{Base::Real, {}};
    return arity(2, 2) ? hostCall(n, *args, type, c.range) : nullptr;
  }
  if (n == "max" || n == "min" || n == "sum") {
    if (args->size() != 1) {
      diagnostics.report(diag::Id::wrongArguments, c.range, "`{}` takes one array", n).mend(fmt::format("along an axis it is `a.{}(0)`", n));
      return nullptr;
    }
    type.rank = 0;
    return hostCall(n, *args, type, c.range);
  }
  if ((n == "matmul" || n == "solve") && arity(2, 2)) {
    const Type &b = (*args)[1]->type;
    type.base = Base::Real;
    type.dimension = n == "matmul" ? type.dimension * b.dimension : b.dimension / type.dimension;
    type.rank = n == "solve" ? b.rank : type.rank < 0 || b.rank < 0 ? -1 : std::max(0, type.rank + b.rank - 2);
    return hostCall(n, *args, type, c.range);
  }
  unknown(name, place, "the function");
  return nullptr;
}

/// range(n), range(a, b, step) of whole numbers; with quantities, the array a, a + step, … below b.
ExprPtr Lowering::lowerRange(const std::vector<ExprPtr> &args, source::Range range) {
  const bool whole = std::ranges::none_of(args, [&](ExprPtr a) {
    const auto *c = expr::dynCast<expr::Const>(a);
    const bool real = a->type.base == Base::Real && args.size() == 3 && !(c && c->value == std::floor(c->value));
    return !a->type.isNumber() || (!a->type.anyDimension && !a->type.dimension.none()) || real || (c && c->value != std::floor(c->value));
  });
  if (whole)
    return hostCall("range", args, Type{Base::Range, {}}, range);
  if (args.size() != 3) {
    diagnostics.report(diag::Id::wrongArguments, range, "a range of quantities needs its two ends and its step")
        .mend("write `range(0 mV, 10 mV, 1 mV)`, or `linspace(0 mV, 10 mV, 11)` for so many values with both ends");
    return nullptr;
  }
  const Type first = quantity(args[0]->type);
  if (!fits(args[1]->type, first, args[1]->range, "the end of the range", args[0]->range) ||
      !fits(args[2]->type, quantity(args[1]->type.anyDimension ? first : args[1]->type), args[2]->range, "the step of the range", args[1]->range))
    return nullptr;
  if (const auto *step = expr::dynCast<expr::Const>(args[2]); step && step->value == 0) {
    diagnostics.report(diag::Id::wrongArguments, args[2]->range, "the step of a range is not 0");
    return nullptr;
  }
  // Of an end that the steps meet but for rounding, nothing is taken.
  const ExprPtr steps = call(expr::Op::Div, {call(expr::Op::Sub, {args[1], args[0]}, range), args[2]}, range);
  const ExprPtr count = call(expr::Op::Max, {integer(0, range), call(expr::Op::Ceil, {call(expr::Op::Sub, {steps, number(1e-9, {}, range)}, range)}, range)}, range);
  const ExprPtr places = elements(hostCall("range", {count}, Type{Base::Range, {}}, range));
  return call(expr::Op::Add, {args[0], call(expr::Op::Mul, {args[2], places}, range)}, range);
}

/// linspace(a, b, n): n values from a to b, both included.
ExprPtr Lowering::lowerLinspace(const std::vector<ExprPtr> &args, source::Range range) {
  if (!fits(args[1]->type, quantity(args[0]->type), args[1]->range, "the end of `linspace`", args[0]->range) ||
      !fits(args[2]->type, Type{Base::Int, {}}, args[2]->range, "the number of values"))
    return nullptr;
  const ExprPtr places = elements(hostCall("range", {args[2]}, Type{Base::Range, {}}, range));
  const ExprPtr gaps = call(expr::Op::Max, {integer(1, range), call(expr::Op::Sub, {args[2], integer(1, range)}, range)}, range);
  const ExprPtr part = call(expr::Op::Div, {places, gaps}, range);
  return call(expr::Op::Add, {args[0], call(expr::Op::Mul, {call(expr::Op::Sub, {args[1], args[0]}, range), part}, range)}, range);
}

} // namespace snn::sema
