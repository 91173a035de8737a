// Arrays as values of cells: `Cell[3](a = [1, 2, 3], b = 2 * table)`. What the set-up can compute becomes a table with a
// value for each cell; the rest of the expression is evaluated cell by cell as ever.
//   before:  a = gain * [1, 2, 3] + i        after:  table a.values = [1, 2, 3];  a = gain * a.values + i
//   before:  a = size[layer(i)]              after:  table a.values = each(size[layer(i)], n);  a = a.values
#include "compiler/base/expr/Walk.h"
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>
#include <set>

namespace snn::elaborate {

using expr::ExprPtr;
using expr::Kind;

namespace {
bool isCellNumber(ExprPtr e) {
  const auto *s = expr::dynCast<expr::Special>(e);
  return s && s->value == expr::SpecialValue::Index && s->side == expr::Side::Self && s->axis < 0;
}

/// Whether it is, or contains, what only the set-up can compute. `seen` did not.
bool needsSetUp(ExprPtr e, std::set<ExprPtr> &seen) {
  if (!seen.insert(e).second)
    return false;
  bool needs = e->type.rank != 0 || e->kind >= Kind::Text;
  expr::forEachOperand(e, [&](ExprPtr x) { needs = needs || needsSetUp(x, seen); });
  return needs;
}
} // namespace

/// Whether the value reads nothing but what the network's set-up knows, and the number of the cell if `withCell`.
bool Elaborator::knownAtSetUp(ExprPtr e, bool withCell) const {
  if (!e)
    return true;
  const auto known = [&](ExprPtr x) { return knownAtSetUp(x, withCell); };
  const auto all = [&](std::span<const ExprPtr> list) { return std::ranges::all_of(list, known); };
  switch (e->kind) {
  case Kind::Const:
    return true;
  case Kind::Ref:
    return std::ranges::any_of(network->vars, [&](const Var &v) { return &v == expr::cast<expr::Ref>(e).var; });
  case Kind::Special:
    return expr::cast<expr::Special>(e).value == expr::SpecialValue::Dt || (withCell && isCellNumber(e));
  case Kind::Call:
    return all(expr::cast<expr::Call>(e).args);
  case Kind::Lookup:
    return known(expr::cast<expr::Lookup>(e).table) && all(expr::cast<expr::Lookup>(e).indices);
  case Kind::ArrayLit:
    return all(expr::cast<expr::ArrayLit>(e).items);
  case Kind::HostCall:
    return all(expr::cast<expr::HostCall>(e).args);
  case Kind::Index:
    return known(expr::cast<expr::Index>(e).base) && std::ranges::all_of(expr::cast<expr::Index>(e).parts, [&](const expr::IndexPart &p) {
             return known(p.index) && known(p.start) && known(p.stop) && known(p.step);
           });
  case Kind::Text:
    return std::ranges::all_of(expr::cast<expr::Text>(e).parts, [&](const expr::TextPart &p) { return known(p.value); });
  case Kind::Draw:
  case Kind::Reduce:
  case Kind::Cells:
  case Kind::CellsValue:
  case Kind::EdgesValue:
    return false;
  }
  return false;
}

/// A variable of the population that the set-up fills with `value`; a single number is the same for all.
ExprPtr Elaborator::table(ExprPtr value, model::Population &p, const std::string &name) {
  const size_t others = std::ranges::count_if(p.tables, [&](const model::Table &t) { return t.of == name; });
  Var &var = p.vars.emplace_back();
  var.id = static_cast<uint32_t>(p.vars.size() - 1);
  var.name = name + ".values" + (others ? std::to_string(others + 1) : "");
  var.kind = model::VarKind::Const;
  var.type = value->type;
  var.type.rank = 0;
  var.unit = "1";
  var.range = value->range;
  var.storage = model::Storage::PerCell;
  p.tables.push_back({&var, name, value});
  return lowering.arena.make<expr::Ref>(var.type, value->range, &var, expr::Side::Self);
}

/// The values for all cells of what is computed from the number of the cell.
ExprPtr Elaborator::eachCell(ExprPtr e, const model::Population &p) {
  ExprPtr cells = lowering.integer(1, e->range);
  for (ExprPtr extent : p.shape)
    cells = lowering.call(expr::Op::Mul, {cells, extent}, e->range);
  expr::Type type = e->type;
  type.rank = 1;
  return lowering.hostCall("each", {e, cells}, type, e->range);
}

/// The value of one cell, with tables for the largest parts that hold arrays and that the set-up can compute.
ExprPtr Elaborator::perCell(ExprPtr e, model::Population &p, const std::string &name) {
  std::set<ExprPtr> seen;
  if (!needsSetUp(e, seen))
    return e;
  if (knownAtSetUp(e, false))
    return table(e, p, name);
  if (const auto *x = expr::dynCast<expr::Index>(e); x && x->parts.size() == 1 && knownAtSetUp(x->base, false) && isCellNumber(x->parts[0].index))
    return table(x->base, p, name); // table[i] is the table
  if (e->type.rank == 0 && knownAtSetUp(e, true))
    return table(eachCell(e, p), p, name);
  const auto all = [&](std::span<const ExprPtr> from, std::vector<ExprPtr> &to) {
    for (ExprPtr x : from)
      to.push_back(perCell(x, p, name));
    return std::ranges::all_of(to, [](ExprPtr x) { return x != nullptr; });
  };
  std::vector<ExprPtr> parts;
  expr::Type type = e->type;
  type.rank = 0;
  if (const auto *c = expr::dynCast<expr::Call>(e))
    return all(c->args, parts) ? lowering.arena.make<expr::Call>(type, e->range, c->op, lowering.arena.copy(parts)) : nullptr;
  if (const auto *x = expr::dynCast<expr::Index>(e); x && e->type.rank == 0 && knownAtSetUp(x->base, false)) {
    for (const expr::IndexPart &part : x->parts)
      parts.push_back(part.index ? perCell(part.index, p, name) : nullptr);
    return std::ranges::all_of(parts, [](ExprPtr part) { return part != nullptr; })
               ? lowering.arena.make<expr::Lookup>(type, e->range, x->base, lowering.arena.copy(parts)) : nullptr;
  }
  if (const auto *d = expr::dynCast<expr::Draw>(e))
    return all(d->args, parts) ? lowering.arena.make<expr::Draw>(type, e->range, d->distribution, lowering.arena.copy(parts), d->site) : nullptr;
  diagnostics.report(diag::Id::misplacedValue, e->range, "this array cannot be computed before there are cells")
      .mend("an array for cells is made of constants and the network's values; it is read as a whole or at `[i]`");
  return nullptr;
}

} // namespace snn::elaborate
