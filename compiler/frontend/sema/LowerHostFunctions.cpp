// Functions of the experiment's library, which are called by name: their arguments and the type of their value.
#include "compiler/frontend/sema/Lower.h"

#include <algorithm>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Type;

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
    return arity(1, 1) ? hostCall(n, *args, Type{Base::DataSet, {}}, c.range) : nullptr;
  if (n == "range")
    return arity(1, 3) ? hostCall(n, *args, Type{Base::Range, {}}, c.range) : nullptr;
  if (n == "len")
    return arity(1, 1) ? hostCall(n, *args, Type{Base::Int, {}}, c.range) : nullptr;
  if (n == "load") {
    type.rank = -1;
    type.anyDimension = true;
    return arity(1, 2) ? hostCall(n, *args, type, c.range) : nullptr; // the file, and which of its arrays
  }
  if (args->empty() || !(*args)[0]->type.isNumber()) {
    unknown(name, place, "the function");
    return nullptr;
  }
  type = (*args)[0]->type;
  if (n == "transpose" || n == "softmax")
    return arity(1, 1) ? hostCall(n, *args, type, c.range) : nullptr;
  if (n == "quantile") {
    type.rank = 0;
    return arity(2, 2) ? hostCall(n, *args, type, c.range) : nullptr;
  }
  if (n == "sort")
    return arity(1, 1) ? hostCall(n, *args, type, c.range) : nullptr;
  if (n == "cosine" || n == "corr")
    return arity(2, 2) ? hostCall(n, *args, Type{Base::Real, {}}, c.range) : nullptr;
  if (n == "histogram") {
    if (!arity(2, 2) || !fits((*args)[1]->type, type, (*args)[1]->range, "an edge of a bin"))
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

} // namespace snn::sema
