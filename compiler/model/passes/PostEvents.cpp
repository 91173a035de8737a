// Spikes of a target lie in one row each of those that lead to it: to change them at once walks a column, one line of memory
// for each edge. If nobody looks at an edge before its row is walked again, and what `on post` reads can be had then as it was
// at the spike, the changes wait for that: they are made where the row is in cache, and no index of incoming edges is needed.
//   on post { y += A_post; w = clip(w + w_max * x, 0, w_max) }     waits: x is a trace of the source, exact at any time
//   on post { w += pre.V }                                         does not: nobody keeps what V was
#include "compiler/model/passes/PostEvents.h"

#include "compiler/model/expr/Build.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::passes {

using expr::Side;
using model::PostWay;
using model::Projection;
using model::Rows;
using model::Stmt;
using model::StmtKind;
using model::Storage;
using model::VarKind;

namespace {

template <class See> bool anyStatement(const model::Body &body, const See &see) {
  return std::ranges::any_of(body, [&](const Stmt &s) { return see(s) || anyStatement(s.then, see) || anyStatement(s.otherwise, see); });
}

bool assignsEdge(const Stmt &s) { return s.kind == StmtKind::Assign && s.side == Side::Self && s.var->storage == Storage::PerEdge; }
bool assignsCell(const Stmt &s) { return s.kind == StmtKind::Assign && s.side != Side::Self; }

bool readsEdge(expr::ExprPtr e) {
  return expr::anyPart(e, [](expr::ExprPtr x) {
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && r->side == Side::Self && r->var->storage == Storage::PerEdge;
  });
}

/// Why the value cannot be had later as it was at the spike; empty: it can.
std::string lost(expr::ExprPtr e) {
  std::string why;
  expr::anyPart(e, [&](expr::ExprPtr x) {
    if (const auto *r = expr::dynCast<expr::Ref>(x); r && r->side == Side::Pre && r->var->kind != VarKind::Param)
      why = fmt::format("it reads `pre.{}`, which nobody keeps", r->var->name);
    if (const auto *s = expr::dynCast<expr::Special>(x); s && s->value != expr::SpecialValue::Time && s->value != expr::SpecialValue::Dt &&
                                                         s->value != expr::SpecialValue::Index)
      why = "it reads what holds in that step only";
    if (x->kind == expr::Kind::Lookup)
      why = "it reads a table, whose index must be looked at in that step";
    if (x->kind == expr::Kind::Draw)
      why = "it draws random numbers";
    if (x->kind == expr::Kind::Reduce)
      why = "it reads a reduction";
    return !why.empty();
  });
  return why;
}

/// Why `on post` cannot wait until the row is walked; empty: it can.
std::string obstacle(const Projection &p) {
  if (p.procedural)
    return "the rows are not stored";
  if (p.onPre.empty())
    return "no `on pre` walks the rows";
  if (p.delay && !p.delayUniform)
    return "the delays are drawn: the edges of a row are not walked together";
  if (!p.integrate.empty())
    return "equations of the edges are integrated in every step";
  if (std::ranges::any_of(p.updates, [](const model::Update &u) { return !u.signal; })) // at a signal all is brought up to date
    return "`each step` or `every` goes over the edges";
  if (std::ranges::any_of(p.couplings, [](const Stmt &s) { return readsEdge(s.value); }))
    return "a continuous coupling reads the edges in every step";
  if (anyStatement(p.onPost, assignsCell))
    return "it adds to the cell";
  std::string why;
  anyStatement(p.onPost, [&](const Stmt &s) {
    for (expr::ExprPtr e : {s.value, assignsEdge(s) ? s.var->low : nullptr, assignsEdge(s) ? s.var->high : nullptr})
      if (why.empty() && e)
        why = lost(e);
    return !why.empty();
  });
  return why;
}

} // namespace

void choosePostWay(Projection &p, Rows rows) {
  if (!anyStatement(p.onPost, [](const Stmt &s) { return assignsEdge(s) || assignsCell(s); }))
    return;
  const std::string why = obstacle(p);
  if (why.empty()) {
    p.postWay = PostWay::Replay;
    p.postReason = "spikes of the target are logged, and done when the row of the source is walked next";
    if (rows != Rows::Sparse)
      p.postReason += "; where the targets are few, at once, by columns of the dense rows";
  } else {
    p.postWay = rows == Rows::Dense ? PostWay::DenseColumns : PostWay::IncomingIndex;
    p.postReason = "at once: " + why;
    if (rows == Rows::Either)
      p.postReason += "; no index where the slice is of consecutive cells";
  }
}

std::string_view spelling(PostWay way) {
  switch (way) {
  case PostWay::None: return "nothing";
  case PostWay::Replay: return "replay";
  case PostWay::DenseColumns: return "columns of dense rows";
  case PostWay::IncomingIndex: return "index of incoming edges";
  }
  return {};
}

} // namespace snn::passes
