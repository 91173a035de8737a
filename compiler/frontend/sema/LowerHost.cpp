// Lowering of what only networks' set-up and experiments have: texts, arrays, indexing, members of populations and
// projections, methods and functions of the library.
#include "compiler/frontend/sema/CallRules.h"
#include "compiler/frontend/sema/Formats.h"
#include "compiler/frontend/sema/Lower.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Type;

ExprPtr Lowering::lowerString(const ast::String &s, const Place &place) {
  std::vector<expr::TextPart> parts;
  bool good = true;
  for (const ast::StringPart &p : s.parts) {
    expr::TextPart part;
    part.text = arena.copy(p.text);
    if (p.value) {
      part.value = lower(p.value, place);
      if (!part.value) {
        good = false;
        continue;
      }
      good &= formatFits(p.format, part.value->type, part.value->range, diagnostics);
      part.format = arena.copy(p.format);
      units::Unit unit = units::shown(part.value->type.dimension);
      const model::Var *var = nullptr;
      if (const auto *r = expr::dynCast<expr::Ref>(part.value))
        var = r->var;
      else if (const auto *c = expr::dynCast<expr::CellsValue>(part.value))
        var = c->var;
      else if (const auto *x = expr::dynCast<expr::Index>(part.value))
        if (const auto *c = expr::dynCast<expr::CellsValue>(x->base))
          var = c->var;
      if (var && !var->type.dimension.none() && !var->unit.empty() && var->unit != "1") {
        unit.name = var->unit;
        unit.scale = var->unitScale;
      }
      if (p.unit) {
        const auto asked = unitOf(p.unit, place.scope);
        if (!asked) {
          good = false;
          continue;
        }
        if (!part.value->type.anyDimension && asked->dimension != part.value->type.dimension) {
          diagnostics.report(diag::Id::dimensionMismatch, p.unit->range, "cannot print {} in {}",
                             units::describe(part.value->type.dimension), units::describe(asked->dimension));
          good = false;
        }
        unit = *asked;
        part.bare = true;
      }
      part.unit = unit.name == "1" ? std::string_view{} : arena.copy(std::string_view(unit.name));
      part.unitScale = unit.scale;
    }
    parts.push_back(part);
  }
  if (!good)
    return nullptr;
  return arena.make<expr::Text>(Type{Base::Text, {}}, s.range, arena.copy(parts));
}

ExprPtr Lowering::lowerArray(const ast::ArrayExpr &a, const Place &place) {
  if (!place.hasArrays()) {
    diagnostics.report(diag::Id::misplacedValue, a.range, "an array cannot stand in a model")
        .mend(place.where == Place::Edge ? std::string(elementOfEdge) : "give it where the cells are declared, `population cells = Cell[3](a = [1, 2, 3])`");
    return nullptr;
  }
  std::vector<ExprPtr> items;
  Type type{Base::Int, {}};
  type.anyDimension = true;
  for (ast::ExprPtr e : a.items) {
    const ExprPtr item = elements(lower(e, place));
    if (!item)
      return nullptr;
    if (!items.empty() && (item->type.base == Base::Text) != (type.base == Base::Text)) {
      diagnostics.report(diag::Id::typeMismatch, item->range, "an array holds numbers or texts, this is {} behind {}",
                         describe(item->type), describe(items[0]->type));
      return nullptr;
    }
    if (!items.empty() && !type.anyDimension && !item->type.anyDimension && item->type.dimension != type.dimension) {
      reportMismatch(diagnostics, items[0], item, "put into one array", a.range);
      return nullptr;
    }
    if (!item->type.anyDimension || items.empty()) {
      type.dimension = item->type.dimension;
      type.anyDimension = item->type.anyDimension;
    }
    if (items.empty() || item->type.base == Base::Real || !item->type.isNumber())
      type.base = item->type.base;
    type.rank = item->type.rank < 0 ? -1 : item->type.rank + 1;
    items.push_back(item);
  }
  if (items.empty())
    type.rank = 1;
  return arena.make<expr::ArrayLit>(type, a.range, arena.copy(items));
}

bool Lowering::indexParts(std::span<const ast::IndexPart> parts, const Place &place, std::vector<expr::IndexPart> &out) {
  const auto fitsIndex = [&](ExprPtr e) { return e && fits(e->type, Type{Base::Int, {}}, e->range, "an index"); };
  const auto plainReal = [](ExprPtr e) { return e && e->type.base == Base::Real && e->type.dimension.none() && e->type.rank == 0; };
  const auto bound = [&](ast::ExprPtr e, ExprPtr &to) { // of a slice: cells[0:n * 4 / 5]
    if (!e)
      return true;
    to = lower(e, place);
    if (plainReal(to))
      to = call(expr::Op::Round, {to}, to->range);
    return fitsIndex(to);
  };
  const auto single = [&](ExprPtr index) { // params and numbers of files are real: their value is looked at when it is known
    return plainReal(index) || fitsIndex(index);
  };
  bool good = true;
  for (const ast::IndexPart &p : parts) {
    expr::IndexPart part;
    part.isSlice = p.isSlice;
    if (p.index) {
      part.index = elements(lower(p.index, place));
      good &= part.index && (part.index->type.rank != 0 || single(part.index));
    }
    good &= bound(p.start, part.start) & bound(p.stop, part.stop) & bound(p.step, part.step);
    out.push_back(part);
  }
  return good;
}

/// An array that the set-up can compute: it reads nothing of a cell, an edge or a step.
ExprPtr Lowering::lowerTable(ast::ExprPtr e, const Place &place) {
  const ExprPtr table = elements(lower(e, Place{Place::Setup, place.scope}));
  if (!table)
    return nullptr;
  const auto owns = [](const model::Dynamics *owner, const model::Var *var) {
    return owner && std::ranges::any_of(owner->vars, [&](const model::Var &v) { return &v == var; });
  };
  bool changes = false;
  expr::forEachRef(table, [&](const model::Var *var) {
    changes |= owns(place.cells, var) || owns(place.edges, var) || var->kind == model::VarKind::Local || var->kind == model::VarKind::Signal;
  });
  if (!changes && table->type.isNumber() && table->type.rank != 0)
    return table;
  diagnostics.report(diag::Id::typeMismatch, e->range, "{}",
                     table->type.rank == 0 ? "only arrays have indices in a model" : "an array of a model is made of constants and of the network's values")
      .mend("declare it above the model: `const table = [1, 2, 3]` or `const table = load(\"table.npy\")`");
  return nullptr;
}

/// table[i, j] in a model.
ExprPtr Lowering::lowerLookup(const ast::IndexExpr &x, const Place &place) {
  const ExprPtr table = lowerTable(x.base, place);
  std::vector<expr::IndexPart> parts;
  if (!table || !indexParts(x.parts, place, parts))
    return nullptr;
  std::vector<ExprPtr> indices;
  for (size_t k = 0; k < parts.size(); ++k) {
    if (parts[k].isSlice || !parts[k].index || parts[k].index->type.rank != 0) {
      diag::Diagnostic &d = diagnostics.report(diag::Id::misplacedValue, x.range, "a model reads single elements of an array: one whole number for each axis");
      if (place.where == Place::Edge)
        d.mend(std::string(elementOfEdge));
      return nullptr;
    }
    indices.push_back(parts[k].index);
  }
  if (table->type.rank > 0 && static_cast<int>(indices.size()) != table->type.rank) {
    diagnostics.report(diag::Id::wrongArguments, x.range, "an array of {} axes has {} {} here", table->type.rank, indices.size(), indices.size() == 1 ? "index" : "indices");
    return nullptr;
  }
  Type type = table->type;
  type.rank = 0;
  return arena.make<expr::Lookup>(type, x.range, table, arena.copy(indices));
}

/// len(table) in a model: a table of its own with one element.
ExprPtr Lowering::lowerTableLength(const ast::CallExpr &c, const Place &place) {
  const ExprPtr table = c.args.size() == 1 ? lowerTable(c.args[0].value, place) : nullptr;
  if (!table) {
    if (c.args.size() != 1)
      diagnostics.report(diag::Id::wrongArguments, c.range, "`len` takes one argument");
    return nullptr;
  }
  if (const auto *list = expr::dynCast<expr::ArrayLit>(table))
    return integer(static_cast<int64_t>(list->items.size()), c.range);
  const Type one{Base::Int, {}};
  Type list = one;
  list.rank = 1;
  const std::vector<ExprPtr> items{hostCall("len", {table}, one, c.range)}, first{integer(0, c.range)};
  return arena.make<expr::Lookup>(one, c.range, arena.make<expr::ArrayLit>(list, c.range, arena.copy(items)), arena.copy(first));
}

/// As in NumPy: a single index takes an axis away.
static int axesOf(const expr::Cells &cells) {
  const auto single = [](const expr::IndexPart &p) { return !p.isSlice && p.index && p.index->type.rank == 0; };
  const int axes = cells.of ? axesOf(*cells.of) : std::max(1, static_cast<int>(cells.population->shape.size()));
  return axes - static_cast<int>(std::ranges::count_if(cells.slice, single));
}

ExprPtr Lowering::lowerIndex(const ast::IndexExpr &x, const Place &place) {
  if (!place.hasArrays())
    return lowerLookup(x, place);
  if (const Symbol *turn = place.scope ? memberSymbol(&x, place.scope) : nullptr)
    return lowerSymbol(*turn, {diagnostics.sources().text(x.range), x.range}, place);
  const ExprPtr base = elements(lower(x.base, place));
  std::vector<expr::IndexPart> parts;
  if (!base || !indexParts(x.parts, place, parts))
    return nullptr;
  if (const auto *cells = expr::dynCast<expr::Cells>(base)) {
    const int axes = axesOf(*cells);
    if (static_cast<int>(parts.size()) > axes) {
      diagnostics.report(diag::Id::badSlice, x.range, "`{}` has {} {}, here are {} {}", diagnostics.sources().text(x.base->range), axes, axes == 1 ? "axis" : "axes", parts.size(),
                         parts.size() == 1 ? "index" : "indices")
          .note(cells->population->range, "it is declared here");
      return nullptr;
    }
    return arena.make<expr::Cells>(Type{Base::Cells, {}}, x.range, cells->population, cells->all() ? nullptr : cells, arena.copy(parts));
  }
  if (!(base->type.isNumber() || base->type.base == Base::Text) || base->type.rank == 0) {
    diagnostics.report(diag::Id::typeMismatch, x.range, "only arrays and populations have indices");
    return nullptr;
  }
  Type type = base->type;
  if (type.rank > 0) {
    int fixed = 0;
    for (const expr::IndexPart &p : parts)
      fixed += !p.isSlice && p.index->type.rank == 0;
    if (static_cast<int>(parts.size()) > type.rank) {
      diagnostics.report(diag::Id::wrongArguments, x.range, "an array of {} axes has {} indices here", type.rank, parts.size());
      return nullptr;
    }
    type.rank -= fixed;
  } else if (std::ranges::all_of(parts, [](const expr::IndexPart &p) { return !p.isSlice && p.index->type.rank == 0; })) {
    type.rank = 0; // an image or another array of unknown shape, read element by element; a row is `table[k, :]`
  }
  return arena.make<expr::Index>(type, x.range, base, arena.copy(parts));
}

const expr::Cells *Lowering::cellsOf(ast::ExprPtr e, const Place &place) {
  const ExprPtr base = lower(e, place);
  return expr::dynCast<expr::Cells>(base);
}

ExprPtr Lowering::lowerExperimentMember(const ast::Member &m, const Place &place) {
  using CM = expr::CellsMember;
  ExprPtr base = lower(m.base, place);
  if (!base)
    return nullptr;
  const std::string_view name = m.name.text;
  if (const auto *cells = expr::dynCast<expr::Cells>(base)) {
    const auto value = [&](CM member, Base b, units::Dimension d = {}, model::Var *var = nullptr) {
      Type type{b, d};
      type.rank = axesOf(*cells);
      return arena.make<expr::CellsValue>(type, m.range, cells, member, var);
    };
    if (name == "count")
      return value(CM::Count, Base::Int);
    if (name == "spiked")
      return value(CM::Spiked, Base::Bool);
    if (name == "t_spike")
      return value(CM::SpikeTime, Base::Real, units::Dimension::of(units::BaseUnit::Second));
    if (name == "spikes") {
      Type type{Base::Spikes, {}};
      return arena.make<expr::CellsValue>(type, m.range, cells, CM::Spikes, nullptr);
    }
    auto *population = const_cast<model::Population *>(cells->population);
    std::vector<std::string> names{"count", "spikes", "spiked", "t_spike"};
    for (model::Var &v : population->vars) {
      if (v.name == name)
        return value(CM::Variable, v.type.base, v.type.dimension, &v);
      names.push_back(v.name);
    }
    const std::string near = diag::didYouMean(name, names);
    diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, m.name.range, "the cells of `{}` ({}) have no `{}`",
                                             population->name, population->modelName, name);
    if (!near.empty())
      d.fix(m.name.range, near);
    return nullptr;
  }
  if (const auto *edges = expr::dynCast<expr::EdgesValue>(base))
    return lowerEdgesMember(*edges, m, place);
  if (base->type.base == Base::DataSet && (name == "train" || name == "test"))
    return hostCall(name, {base}, Type{Base::Samples, {}}, m.range);
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, m.name.range, "there is no member `{}` here", name);
  if (base->type.isNumber())
    d.mend(fmt::format("functions of an array have brackets: `{}()`", name));
  return nullptr;
}

/// proj.w, proj.pre. A connection between unions has several projections, whose values are read together.
ExprPtr Lowering::lowerEdgesMember(const expr::EdgesValue &edges, const ast::Member &m, const Place &place) {
  const std::string_view name = m.name.text;
  const model::Projection &first = *edges.projection;
  const auto inGroup = [&](const model::Projection &p) { return p.group == first.group; };
  const bool dense = first.pattern.kind == model::PatternKind::AllToAll && !first.where, ends = name == "pre" || name == "post";
  bool several = false, targets = false;
  if (place.network)
    for (const model::Projection &p : place.network->projections) {
      several |= inGroup(p) && &p != &first;
      targets |= inGroup(p) && p.targetPart != 0;
    }
  if (several && (ends || (targets && !dense))) {
    diagnostics.report(diag::Id::notInThisVersion, m.range, "{} of a connection between unions are not in this version", ends ? "the cells" : "values by edge")
        .mend("write one `connect … as` for each pair of populations");
    return nullptr;
  }
  Type type{Base::Int, {}};
  type.rank = 1;
  if (ends)
    return arena.make<expr::EdgesValue>(type, m.range, edges.projection, name == "pre" ? expr::EdgesMember::Pre : expr::EdgesMember::Post, nullptr);
  model::Var *found = nullptr;
  const auto read = [&](const model::Projection &p) {
    for (model::Var &v : const_cast<model::Projection &>(p).vars)
      if (v.name == name) {
        v.read = true;
        found = &p == &first ? &v : found;
      }
  };
  read(first);
  if (several)
    for (const model::Projection &p : place.network->projections)
      if (inGroup(p))
        read(p);
  if (!found && name == "delay" && !several) {
    Type time{Base::Real, units::Dimension::of(units::BaseUnit::Second)};
    time.rank = dense ? 2 : 1;
    return arena.make<expr::EdgesValue>(time, m.range, edges.projection, expr::EdgesMember::Delay, nullptr);
  }
  if (!found) {
    diagnostics.report(diag::Id::unknownName, m.name.range, "the projection `{}` has no `{}`", first.name, name);
    return nullptr;
  }
  type = found->type;
  type.rank = dense ? 2 : 1;
  return arena.make<expr::EdgesValue>(type, m.range, edges.projection, expr::EdgesMember::Variable, found);
}

ExprPtr Lowering::lowerMethod(const ast::CallExpr &c, const ast::Member &callee, const Place &place) {
  const ExprPtr receiver = elements(lower(callee.base, place));
  auto args = lowerArgs(c.args, place);
  if (!receiver || !args)
    return nullptr;
  const std::string_view name = callee.name.text;
  std::vector<ExprPtr> all{receiver};
  all.insert(all.end(), args->begin(), args->end());
  Type type = receiver->type;
  if (type.base == Base::Samples) {
    if (name == "take" || name == "skip" || name == "shuffled" || name == "only")
      return hostCall(name, std::move(all), Type{Base::Samples, {}}, c.range);
    if (name == "batches") {
      diagnostics.report(diag::Id::notInThisVersion, c.range, "batches are not in this version");
      return nullptr;
    }
  }
  static constexpr std::string_view reductions[] = {"sum", "mean", "std", "max", "min", "argmax", "argmin", "any", "all"};
  if (type.isNumber() && type.rank != 0 && std::ranges::find(reductions, name) != std::end(reductions)) {
    if (all.size() > 2) {
      diagnostics.report(diag::Id::wrongArguments, c.range, "`{}` takes at most an axis", name);
      return nullptr;
    }
    type.rank = all.size() == 1 ? 0 : type.rank < 0 ? -1 : type.rank - 1;
    if (name == "argmax" || name == "argmin")
      type.base = Base::Int, type.dimension = {};
    else if (name == "any" || name == "all")
      type.base = Base::Bool, type.dimension = {};
    else if (name == "mean" || name == "std")
      type.base = Base::Real;
    else if (name == "sum" && type.base == Base::Bool)
      type.base = Base::Int;
    return hostCall(name, std::move(all), type, c.range);
  }
  const auto *element = expr::dynCast<expr::Index>(receiver);
  if (element && element->base->type.rank < 0 && std::ranges::find(reductions, name) != std::end(reductions)) {
    diagnostics.report(diag::Id::unknownName, callee.name.range, "one index of an array whose shape is not known is one element, which has no method `{}`", name)
        .mend("name all axes, as in `a[0, :]`, or the shape: `let a : real[10, 20] = load(…)`");
    return nullptr;
  }
  diagnostics.report(diag::Id::unknownName, callee.name.range, "there is no method `{}` for this value", name)
      .mend(fmt::format("arrays have {}; samples have take, skip, shuffled, only", fmt::join(reductions, ", ")));
  return nullptr;
}

} // namespace snn::sema
