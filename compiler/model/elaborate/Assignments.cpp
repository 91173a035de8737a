// Assignments of experiments: what may stand on the left, and what fits there.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using expr::Base;
using model::HostStmt;
using model::HostStmtKind;
using model::VarKind;

namespace {

/// The variable that a place stores into, or null (a count of spikes).
const Var *variableOf(expr::ExprPtr base) {
  if (const auto *local = expr::dynCast<expr::Ref>(base))
    return local->var;
  if (const auto *cells = expr::dynCast<expr::CellsValue>(base))
    return cells->var;
  const auto *edges = expr::dynCast<expr::EdgesValue>(base);
  return edges ? edges->var : nullptr;
}

/// Whether the connection is between unions.
bool ofSeveral(const model::Projection &p, const model::Network &network) {
  return std::ranges::any_of(network.projections, [&](const model::Projection &other) { return other.group == p.group && &other != &p; });
}

} // namespace

/// Why the place cannot be assigned, or "". Notes of params that the experiment sets, and whether cell by cell.
std::string Elaborator::refusedPlace(expr::ExprPtr base, const HostStmt &h) {
  if (const auto *r = expr::dynCast<expr::Ref>(base)) {
    if (constants.contains(r->var))
      return fmt::format("`{}` is constant here; declare it with `var` to change it", r->var->name);
    if (r->var->kind != VarKind::Local && r->var->kind != VarKind::Param && r->var->kind != VarKind::Signal)
      return "this cannot be assigned";
    if (r->var->kind == VarKind::Param)
      return "a network's params are set where the experiment names it: `on Net(n = …)`, or by `--set`";
    return {};
  }
  if (const auto *c = expr::dynCast<expr::CellsValue>(base)) {
    if (c->member != expr::CellsMember::Variable && c->member != expr::CellsMember::Count)
      return "this can be read, not assigned";
    if (c->var && (c->var->kind == VarKind::Let || c->var->kind == VarKind::Input))
      return fmt::format("`{}` is computed by the model and cannot be assigned", c->var->name);
    if (c->var && c->var->kind == VarKind::Param) {
      c->var->assigned = true;
      assignedParams.emplace_back(c->var, base->range);
      if (!c->cells->all() || h.value->type.rank != 0 || varies(h.value) || base != h.place || h.op != model::AssignOp::Set)
        c->var->storage = model::Storage::PerCell;
    }
    return {};
  }
  if (const auto *special = expr::dynCast<expr::Special>(base)) {
    if (special->value == expr::SpecialValue::Dt)
      return "the time step is set before anything runs: write `set dt = …`";
    if (special->value == expr::SpecialValue::Seed)
      return "the seed is set before anything runs: write `set seed = …`";
    if (special->value == expr::SpecialValue::Time)
      return "the time goes on with `run`";
  }
  const auto *e = expr::dynCast<expr::EdgesValue>(base);
  if (!e || e->member != expr::EdgesMember::Variable ||
      (e->var->kind != VarKind::Weight && e->var->kind != VarKind::State && e->var->kind != VarKind::Param))
    return "this cannot be assigned";
  if (ofSeveral(*e->projection, *network))
    return "values of a connection between unions can be read, not assigned; write one `connect … as` for each pair";
  e->var->assigned = true;
  if (e->var->kind == VarKind::Param)
    assignedParams.emplace_back(e->var, base->range);
  if (e->var->kind == VarKind::Param && (h.value->type.rank != 0 || varies(h.value)))
    e->var->storage = model::Storage::PerEdge;
  return {};
}

/// Checks the value of an assignment to `base`, or to a part of it, and gives literals its type.
bool Elaborator::assignedValue(expr::ExprPtr base, HostStmt &h) {
  expr::Type want = h.place->type;
  want.rank = h.value->type.rank;
  if (h.op == model::AssignOp::Mul || h.op == model::AssignOp::Div)
    want.dimension = {}, want.base = want.base == Base::Bool ? Base::Real : want.base;
  const auto *local = expr::dynCast<expr::Ref>(base);
  const bool real = h.value->type.base == Base::Real || h.op == model::AssignOp::Div;
  if (local && want.base == Base::Int && real && (h.value->type.dimension.none() || h.value->type.anyDimension)) {
    diagnostics.report(Id::typeMismatch, h.value->range, "`{}` holds whole numbers, this is a real number", local->var->name)
        .note(local->var->range, "its first value is a whole number")
        .mend(fmt::format("declare it `var {} : real = …`", local->var->name));
    return false;
  }
  if (want.base == Base::Bool && h.value->type.base == Base::Int)
    want.base = Base::Int;
  if (h.value->type.base == Base::Bool && want.base == Base::Int)
    want.base = Base::Int;
  const Var *var = variableOf(base);
  if (!lowering.fits(h.value->type, want, h.value->range, "the value", var ? var->range : source::Range{}))
    return false;
  h.value = lowering.literalAs(h.value, want);
  return true;
}

void Elaborator::hostAssign(const ast::Stmt &s, const Place &place, model::HostBody &out) {
  HostStmt h;
  h.kind = HostStmtKind::Assign;
  h.range = s.range;
  h.op = static_cast<model::AssignOp>(s.op);
  h.place = lowering.lower(s.place, place);
  h.value = lowering.lower(s.value, place);
  if (!h.place || !h.value)
    return;
  if (h.place->type.isNumber())
    h.value = lowering.elements(h.value);
  expr::ExprPtr base = h.place;
  while (const auto *x = expr::dynCast<expr::Index>(base))
    base = x->base;
  std::string refused = refusedPlace(base, h);
  if (refused.empty()) {
    if (!assignedValue(base, h))
      return;
    if (h.place->type.rank == 0 && h.value->type.rank > 0)
      refused = "an array cannot be assigned to a single value";
  }
  if (!refused.empty()) {
    diagnostics.report(Id::badAssignment, s.place->range, "{}", refused);
    return;
  }
  out.push_back(std::move(h));
}

} // namespace snn::elaborate
