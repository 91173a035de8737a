// Reductions: over the cells of a population, and over the edges of a cell. What is reduced goes to a scratch buffer, a command
// reduces it, and whoever reads the reduction loads the result:
//   on post { w += eta * post.h }    with    let h = population.mean(V)
//   becomes: a kernel of cells stores V; reduce; the kernel of the edges loads the mean
#include "compiler/kernel/schedule/Scheduler.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::schedule {

using expr::Side;
using model::VarKind;

void reductionsIn(expr::ExprPtr e, std::vector<const expr::Reduce *> &found) {
  expr::anyPart(e, [&](expr::ExprPtr x) {
    const auto *r = expr::dynCast<expr::Reduce>(x);
    if (!r || std::ranges::find(found, r) != found.end())
      return false;
    reductionsIn(r->arg, found);
    found.push_back(r);
    return false;
  });
}

namespace {
/// The reductions that an edge reads through `let`s of the cell on one of its sides.
void reductionsOfCell(expr::ExprPtr e, Side side, std::vector<const expr::Reduce *> &found) {
  expr::anyPart(e, [&](expr::ExprPtr x) {
    const auto *r = expr::dynCast<expr::Ref>(x);
    if (r && r->side == side && r->var->kind == VarKind::Let)
      reductionsIn(r->var->init, found);
    return false;
  });
}
} // namespace

/// Edges are made before the first step, when nothing is reduced.
bool Scheduler::madeOfReductions(const model::Projection &p) {
  std::vector<expr::ExprPtr> makers{p.where, p.pattern.amount, p.delay};
  for (const Var &var : p.vars)
    if (var.kind != VarKind::Let)
      makers.insert(makers.end(), {var.init, var.low, var.high});
  for (expr::ExprPtr e : makers)
    for (const Side side : {Side::Pre, Side::Post})
      if (std::vector<const expr::Reduce *> found; e) {
        reductionsOfCell(e, side, found);
        if (found.empty())
          continue;
        refuse(e->range, "this is needed before the first step, when the reduction that it reads has no value");
        return true;
      }
  return false;
}

uint32_t Scheduler::groupsOf(uint32_t population, uint32_t axes) {
  std::vector<abi::CellGroups> &groups = out.tables.populations[population].groups;
  const auto found = std::ranges::find(groups, axes, &abi::CellGroups::axes);
  if (found != groups.end())
    return static_cast<uint32_t>(found - groups.begin());
  const std::string name = fmt::format("{}.groups{}", network.populations[population].name, groups.size());
  groups.push_back({axes, addBuffer(name, abi::Elem::I64, abi::Extent::Cells, population, false)});
  return static_cast<uint32_t>(groups.size() - 1);
}

void Scheduler::reduceCommand(const expr::Reduce &r, uint32_t from, abi::Command c) {
  const bool rank = r.op == expr::ReduceOp::Rank, integral = rank || r.op == expr::ReduceOp::Count;
  if (!reductions.contains(&r))
    reductions[&r] = addBuffer(fmt::format("{}.reduced{}", network.populations[c.object].name, from), integral ? abi::Elem::I64 : abi::Elem::Real,
                               rank ? abi::Extent::Cells : r.axes ? abi::Extent::Groups : abi::Extent::One, c.object, false);
  if (r.axes)
    c.groups = groupsOf(c.object, r.axes);
  c.kind = abi::CommandKind::Reduce;
  c.reduce = static_cast<abi::ReduceKind>(r.op);
  c.from = from;
  c.to = reductions[&r];
  out.tables.step.push_back(c);
}

/// The kernel of cells ends where a reduction needs all of them, and a new one begins.
void Scheduler::reduceCells(model::Population &p, std::unique_ptr<BodyBuilder> &b, std::vector<const expr::Reduce *> found, int offset,
                            uint32_t everyScalar) {
  std::erase_if(found, [](const expr::Reduce *r) { return r->scope != expr::ReduceScope::Population; });
  if (found.empty())
    return;
  b->beginBody();
  std::vector<std::pair<const expr::Reduce *, uint32_t>> scratch;
  const auto reduceAll = [&] {
    closeCells(p, *b, everyScalar);
    for (const auto &[r, from] : scratch)
      reduceCommand(*r, from, {.object = p.id, .everyScalar = everyScalar});
    scratch.clear();
    b = openCells(p, fmt::format("update{}", out.kernels.size()), offset);
  };
  for (const expr::Reduce *r : found) {
    std::vector<const expr::Reduce *> inner; // must have its result first
    reductionsIn(r->arg, inner);
    if (std::ranges::any_of(scratch, [&](const auto &s) { return std::ranges::find(inner, s.first) != inner.end(); }))
      reduceAll();
    const bool count = r->op == expr::ReduceOp::Count;
    const std::string name = fmt::format("{}.reduce{}", p.name, out.tables.buffers.size());
    const uint32_t from = addBuffer(name, count ? abi::Elem::U8 : abi::Elem::Real, abi::Extent::Cells, p.id, false);
    b->store(from, b->index(Op::I), count ? b->value(r->arg) : b->valueAs(r->arg, Type::Real));
    scratch.emplace_back(r, from);
  }
  reduceAll();
}

/// Reductions that the expressions of a cell read.
void Scheduler::flushReductions(model::Population &p, std::unique_ptr<BodyBuilder> &b, const std::vector<expr::ExprPtr> &roots, int offset) {
  std::vector<const expr::Reduce *> found;
  for (expr::ExprPtr e : roots)
    reductionsIn(e, found);
  reduceCells(p, b, std::move(found), offset);
}

/// Reductions that edges read of their cells, before a kernel that goes over edges with this body: with the values of this
/// moment, `offset` steps after the beginning of the step.
void Scheduler::reduceForEdges(const model::Projection &p, const model::Body &statements, int offset, uint32_t everyScalar) {
  for (const Side side : {Side::Pre, Side::Post}) {
    model::Population &cells = side == Side::Pre ? *p.sourcePopulation : *p.targetPopulation;
    std::vector<const expr::Reduce *> found;
    model::forEachExpression(statements, [&](expr::ExprPtr e, bool) { reductionsOfCell(e, side, found); });
    std::erase_if(found, [&](const expr::Reduce *r) { return reducedNow.contains(r); });
    if (found.empty())
      continue;
    if (everyScalar == abi::none)
      reducedNow.insert(found.begin(), found.end());
    std::unique_ptr<BodyBuilder> b = openCells(cells, fmt::format("reduce{}", out.kernels.size()), offset);
    out.kernels.back().comment = "what is reduced for the edges of " + p.name;
    reduceCells(cells, b, std::move(found), offset, everyScalar);
    closeCells(cells, *b);
  }
}

/// incoming.sum(e) and the like: e goes to a scratch buffer of edges, which a command reduces.
void Scheduler::edgeReductions(model::Projection &p, const model::Body &statements, abi::Command shape, int offset) {
  std::vector<const expr::Reduce *> found;
  model::forEachExpression(statements, [&](expr::ExprPtr e, bool) { reductionsIn(e, found); });
  std::erase_if(found, [](const expr::Reduce *r) { return r->scope == expr::ReduceScope::Population; });
  for (const expr::Reduce *r : found)
    reduceEdges(p, *r, shape, offset);
}

/// With the values of this moment, `offset` steps after the beginning of the step.
void Scheduler::reduceEdges(model::Projection &p, const expr::Reduce &r, abi::Command shape, int offset, bool delayed) {
  const bool count = r.op == expr::ReduceOp::Count;
  const uint32_t from = addBuffer(fmt::format("{}.reduce{}", p.name, out.tables.buffers.size()), count ? abi::Elem::U8 : abi::Elem::Real,
                                  abi::Extent::Edges, p.id, false);
  kernel::Kernel &k = begin(fmt::format("{}.reduce{}", p.name, from), abi::Space::Edges, p.id, "what is reduced");
  BodyBuilder b(k, *this, {.space = abi::Space::Edges, .edges = &p, .timeOffset = offset, .refreshedValues = false, .delayed = delayed && p.delay});
  b.beginBody();
  b.store(from, b.index(Op::Edge), count ? b.value(r.arg) : b.valueAs(r.arg, Type::Real));
  abi::Command c = shape;
  c.kernel = end();
  out.tables.step.push_back(c);
  c.kind = abi::CommandKind::ReduceEdges;
  c.kernel = abi::none;
  c.reduce = static_cast<abi::ReduceKind>(r.op);
  c.over = r.scope == expr::ReduceScope::Incoming ? abi::Extent::Targets : r.scope == expr::ReduceScope::Outgoing ? abi::Extent::Sources : abi::Extent::One;
  c.from = from;
  c.to = reductions[&r] = addBuffer(fmt::format("{}.reduced{}", p.name, from), count ? abi::Elem::I64 : abi::Elem::Real, c.over, p.id, false);
  if (c.over == abi::Extent::Targets)
    out.tables.projections[p.id].needsIncoming = true;
  out.tables.step.push_back(c);
}

} // namespace snn::schedule
