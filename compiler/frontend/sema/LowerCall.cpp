// Lowering of calls: functions of the program (inlined), builtin functions, random draws, reductions.
#include "compiler/frontend/sema/CallRules.h"
#include "compiler/frontend/sema/Lower.h"

#include "compiler/frontend/sema/Builtins.h"

#include <algorithm>
#include <cmath>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Op;
using expr::Type;

/// unit(w): one of the unit of the weight (or of another variable of the edge).
ExprPtr Lowering::unitOfWeight(const ast::CallExpr &c, const Place &place) {
  const auto *name = c.args.size() == 1 ? ast::dynCast<ast::NameExpr>(c.args[0].value) : nullptr;
  const Symbol *symbol = name ? place.scope->find(name->name.text) : nullptr;
  if (!symbol || symbol->kind != Symbol::Var) {
    diagnostics.report(diag::Id::wrongArguments, c.range, "`unit(…)` takes the name of a variable, as in `unit(w)`");
    return nullptr;
  }
  if (!ref(symbol->var, symbol->side, name->range))
    return nullptr;
  return arena.make<expr::Const>(Type{Base::Real, symbol->var->type.dimension, 0, symbol->var->type.anyDimension}, c.range,
                                 symbol->var->unitScale);
}

ExprPtr Lowering::inlineFunction(const ast::CallExpr &c, const Symbol &f, const Place &place) {
  const ast::Function &fn = *f.function;
  if (c.args.size() != fn.parameters.size()) {
    diagnostics.report(diag::Id::wrongArguments, c.range, "`{}` takes {} argument{}, here are {}", fn.name.text, fn.parameters.size(),
                       fn.parameters.size() == 1 ? "" : "s", c.args.size())
        .note(fn.range, "it is defined here");
    return nullptr;
  }
  if (std::ranges::find(active, &fn) != active.end()) {
    diagnostics.report(diag::Id::recursion, c.range, "the function `{}` calls itself", fn.name.text).note(fn.range, "it is defined here");
    return nullptr;
  }
  if (++inlined > maxInlined) {
    if (inlined == maxInlined + 1)
      diagnostics.report(diag::Id::tooDeep, c.range, "the functions of this program expand to more than {} calls", maxInlined);
    return nullptr;
  }
  Scope inner(f.scope);
  bool good = true;
  for (size_t k = 0; k < c.args.size(); ++k) {
    Symbol s;
    s.kind = Symbol::Value;
    s.value = lower(c.args[k].value, place);
    if (s.value && fn.parameters[k].type) {
      const auto want = annotation(*fn.parameters[k].type, f.scope);
      if (!want || !fits(s.value->type, want->type, s.value->range, fmt::format("argument `{}`", fn.parameters[k].name.text)))
        s.value = nullptr;
    }
    good &= s.value != nullptr;
    inner.add(fn.parameters[k].name.text, s);
  }
  if (!good)
    return nullptr;
  active.push_back(&fn);
  Place inside = place;
  inside.scope = &inner;
  for (const ast::Variable &l : fn.lets) {
    Symbol s;
    s.kind = Symbol::Value;
    s.value = lower(l.value, inside);
    good &= s.value != nullptr;
    inner.add(l.name.text, s);
  }
  ExprPtr result = good ? lower(fn.result, inside) : nullptr;
  if (result && fn.type) {
    const auto want = annotation(*fn.type, f.scope);
    if (!want || !fits(result->type, want->type, result->range, fmt::format("the value of `{}`", fn.name.text)))
      result = nullptr;
  }
  active.pop_back();
  return result;
}

ExprPtr Lowering::lowerCall(const ast::CallExpr &c, const Place &place) {
  if (const auto *member = ast::dynCast<ast::Member>(c.callee)) {
    if (const auto *base = ast::dynCast<ast::NameExpr>(member->base)) {
      const std::string_view b = base->name.text;
      const bool shadowed = place.scope && place.scope->find(b);
      if (!shadowed && (b == "population" || b == "incoming" || b == "outgoing" || b == "edges" || b == "batch"))
        return lowerReduction(c, *member, place);
      if (!shadowed && (b == "pre" || b == "post") && place.edges && member->name.text == "index")
        return lowerIndexAlong(c, b == "pre" ? *place.edges->sourcePopulation : *place.edges->targetPopulation, b == "pre" ? expr::Side::Pre : expr::Side::Post);
    }
    if (place.hasArrays())
      return lowerMethod(c, *member, place);
    diagnostics.report(diag::Id::wrongKind, c.range, "a model has no methods; reductions are `population.sum(…)`, `incoming.sum(…)`")
        .mend("a number that is computed from an array is given as a param, where the cells are made: `Cell[10](most = list.max())`");
    return nullptr;
  }
  const auto *name = ast::dynCast<ast::NameExpr>(c.callee);
  if (!name) {
    diagnostics.report(diag::Id::wrongKind, c.callee->range, "this is not a function");
    return nullptr;
  }
  if (const Symbol *symbol = place.scope ? place.scope->find(name->name.text) : nullptr) {
    if (symbol->kind == Symbol::Function)
      return inlineFunction(c, *symbol, place);
    if (symbol->kind == Symbol::None)
      return nullptr;
    diagnostics.report(diag::Id::wrongKind, name->range, "`{}` is not a function", name->name.text)
        .note(symbol->declared, "it is declared here");
    return nullptr;
  }
  return lowerBuiltinCall(c, name->name, place);
}

/// held(V): whether `hold` keeps the state where it is.
ExprPtr Lowering::lowerHeld(const ast::CallExpr &c, const Place &place) {
  const auto args = lowerArgs(c.args, place);
  if (!args)
    return nullptr;
  const auto *r = args->size() == 1 ? expr::dynCast<expr::Ref>((*args)[0]) : nullptr;
  if (r && r->var->kind == model::VarKind::State)
    return arena.make<expr::Special>(Type{Base::Bool, {}}, c.range, expr::SpecialValue::Held, expr::Side::Self, r->var);
  diagnostics.report(diag::Id::wrongArguments, c.range, "`held(…)` takes the name of a state, as in `held(V)`");
  return nullptr;
}

/// index(k), pre.index(k): the cell's index along axis k of its population.
ExprPtr Lowering::lowerIndexAlong(const ast::CallExpr &c, const model::Population &cells, expr::Side side) {
  const auto *n = c.args.size() == 1 ? ast::dynCast<ast::Number>(c.args[0].value) : nullptr;
  if (!n || !n->isInteger || !n->unit.text.empty()) {
    diagnostics.report(diag::Id::wrongArguments, c.range, "`index(…)` takes the number of an axis, as in `index(0)`");
    return nullptr;
  }
  const int axis = std::atoi(std::string(n->digits).c_str());
  const size_t axes = cells.shape.size(); // none: a model that is checked alone
  if (axes != 0 && static_cast<size_t>(axis) >= axes) {
    diagnostics.report(diag::Id::wrongArguments, c.range, "`index({})`, but `{}` has {} {}", axis, cells.name, axes,
                       axes == 1 ? "axis: 0" : fmt::format("axes: 0 to {}", axes - 1))
        .note(cells.range, "it is declared here");
    return nullptr;
  }
  return arena.make<expr::Special>(Type{Base::Int, {}}, c.range, expr::SpecialValue::Index, side, nullptr, axis);
}

ExprPtr Lowering::lowerBuiltinCall(const ast::CallExpr &c, const ast::Name &name, const Place &place) {
  if (const auto d = distributionNamed(name.text))
    return lowerDraw(c, *d, place);
  if (name.text == "unit" && place.edges)
    return unitOfWeight(c, place);
  if (name.text == "held" && place.where == Place::Cell)
    return lowerHeld(c, place);
  if (name.text == "index" && place.where == Place::Cell && place.cells)
    return lowerIndexAlong(c, *place.cells, expr::Side::Self);
  if (name.text == "len" && !place.hasArrays())
    return lowerTableLength(c, place);
  const auto op = functionNamed(name.text);
  if (!op) {
    if (place.hasArrays())
      return lowerHostFunction(c, name, place);
    if (name.text == "load") {
      diagnostics.report(diag::Id::misplacedValue, c.range, "`load` reads an array before there are cells and edges")
          .mend("give it a name outside, `const table = load(…)` or in a network `let table = load(…)`, and read `table[i]` or `table[pre.i, post.i]` here");
      return nullptr;
    }
    unknown(name, place, "the function");
    return nullptr;
  }
  if (place.hasArrays() && (name.text == "max" || name.text == "min" || name.text == "sum") &&
      c.args.size() == 1)
    return lowerHostFunction(c, name, place);
  for (const ast::Arg &a : c.args)
    if (!a.name.text.empty()) {
      diagnostics.report(diag::Id::wrongArguments, a.name.range, "`{}` takes no named arguments", name.text);
      return nullptr;
    }
  const int wanted = expr::arity(*op);
  if (static_cast<int>(c.args.size()) != wanted) {
    diagnostics.report(diag::Id::wrongArguments, c.range, "`{}` takes {} argument{}, here {} {}", name.text, wanted, wanted == 1 ? "" : "s",
                       c.args.size() == 1 ? "is" : "are", c.args.size());
    return nullptr;
  }
  auto args = lowerArgs(c.args, place);
  return args ? callTyped(*op, std::move(*args), c.range) : nullptr;
}

ExprPtr Lowering::lowerDraw(const ast::CallExpr &c, expr::Distribution d, const Place &place) {
  const DistributionRule rule = ruleOf(d);
  if (!place.drawSites) {
    diagnostics.report(diag::Id::misplacedValue, c.range, "a random draw cannot stand here");
    return nullptr;
  }
  if (c.args.size() != rule.arguments) {
    diagnostics.report(diag::Id::wrongArguments, c.range, "`{}` takes {} argument{}", rule.name, rule.arguments, rule.arguments == 1 ? "" : "s");
    return nullptr;
  }
  auto args = lowerArgs(c.args, place);
  if (!args)
    return nullptr;
  Type type{Base::Real, {}};
  if (rule.integer)
    type.base = Base::Int;
  if (rule.boolean)
    type.base = Base::Bool;
  if (rule.sameDimension) {
    ExprPtr a = (*args)[0], b = args->back();
    if (!a->type.anyDimension && !b->type.anyDimension && a->type.dimension != b->type.dimension) {
      reportMismatch(diagnostics, a, b, "draw between", c.range);
      return nullptr;
    }
    type.dimension = (a->type.anyDimension ? b : a)->type.dimension;
    type.anyDimension = a->type.anyDimension && b->type.anyDimension && (a->kind != expr::Kind::Const || b->kind != expr::Kind::Const);
  } else if (rule.scaleArgument >= 0) {
    type.dimension = (*args)[rule.scaleArgument]->type.dimension;
  }
  for (size_t k = 0; k < args->size(); ++k)
    if (!rule.sameDimension && static_cast<int>(k) != rule.scaleArgument && !(*args)[k]->type.dimension.none()) {
      diagnostics.report(diag::Id::notDimensionless, (*args)[k]->range, "`{}` takes a dimensionless number here, this is {}", rule.name,
                         units::describe((*args)[k]->type.dimension));
      return nullptr;
    }
  return arena.make<expr::Draw>(type, c.range, d, arena.copy(*args), (*place.drawSites)++);
}

/// `axes = [1, 2]`: numbers of axes of the population's shape, negative ones from the last; as bits, 0 if it is all of them.
std::optional<uint32_t> Lowering::reducedAxes(ast::ExprPtr e, const Place &place) {
  const auto *list = ast::dynCast<ast::ArrayExpr>(e);
  const int64_t axes = place.cells ? static_cast<int64_t>(place.cells->shape.size()) : 0;
  uint32_t bits = 0;
  for (ast::ExprPtr item : list ? list->items : std::span<const ast::ExprPtr>()) {
    const ExprPtr lowered = lower(item, place);
    if (!lowered)
      return std::nullopt;
    const auto *number = expr::dynCast<expr::Const>(lowered);
    if (axes == 0 && number && number->value == std::floor(number->value) && std::abs(number->value) < 32) { // a model that is checked alone
      bits |= 1;
      continue;
    }
    const double axis = number && number->value < 0 ? number->value + static_cast<double>(axes) : number ? number->value : -1;
    if (axis != std::floor(axis) || axis < 0 || axis >= static_cast<double>(std::max<int64_t>(axes, 1))) {
      diagnostics.report(diag::Id::wrongArguments, item->range, "this is not an axis of the cells' shape, which has {}", axes == 1 ? "one axis, 0" : fmt::format("{} axes, 0 to {}", axes, axes - 1));
      return std::nullopt;
    }
    bits |= 1u << static_cast<uint32_t>(axis);
  }
  if (bits == 0) {
    diagnostics.report(diag::Id::wrongArguments, e->range, "`axes` are numbers of axes: `axes = [0]`");
    return std::nullopt;
  }
  return bits == (1u << axes) - 1 ? 0 : bits;
}

ExprPtr Lowering::lowerReduction(const ast::CallExpr &c, const ast::Member &callee, const Place &place) {
  const std::string_view scopeName = static_cast<const ast::NameExpr *>(callee.base)->name.text;
  const auto op = reductionNamed(callee.name.text);
  const auto scope = scopeName == "population" ? expr::ReduceScope::Population
                     : scopeName == "incoming" ? expr::ReduceScope::Incoming
                     : scopeName == "outgoing" ? expr::ReduceScope::Outgoing
                                               : expr::ReduceScope::Edges;
  if (scopeName == "batch") {
    diagnostics.report(diag::Id::notInThisVersion, c.range, "batches are not in this version");
    return nullptr;
  }
  const bool alongAxes = c.args.size() == 2 && c.args[1].name.text == "axes";
  if (!op || (c.args.size() != 1 && !alongAxes)) {
    diagnostics.report(diag::Id::unknownName, callee.name.range, "there is no reduction `{}`: sum, mean, max, min, count and rank take one value",
                       callee.name.text);
    return nullptr;
  }
  const bool ofCells = scope == expr::ReduceScope::Population;
  if (!place.reductions || ofCells != (place.where == Place::Cell)) {
    diagnostics.report(diag::Id::misplacedValue, c.range, "`{}.{}` cannot stand here", scopeName, callee.name.text)
        .mend(ofCells ? "it stands in let, each step and spike when of a neuron" : "it stands in `every` and `each step` of a synapse or rule");
    return nullptr;
  }
  if (!ofCells && (alongAxes || *op == expr::ReduceOp::Rank)) {
    diagnostics.report(diag::Id::misplacedValue, c.range, "{}: `population.{}` is, of the cells", alongAxes ? "edges have no axes" : "edges have no rank",
                       callee.name.text);
    return nullptr;
  }
  ExprPtr arg = lower(c.args[0].value, place);
  const std::optional<uint32_t> axes = alongAxes ? reducedAxes(c.args[1].value, place) : 0;
  if (!arg || !axes)
    return nullptr;
  Type type = arg->type;
  if (*op == expr::ReduceOp::Count && arg->type.base != Base::Bool) {
    diagnostics.report(diag::Id::typeMismatch, arg->range, "`count` takes true or false");
    return nullptr;
  }
  if (*op == expr::ReduceOp::Count || *op == expr::ReduceOp::Rank)
    type = Type{Base::Int, {}};
  else
    type.base = Base::Real;
  return arena.make<expr::Reduce>(type, c.range, *op, scope, arg, *axes);
}

} // namespace snn::sema
