// Equations of edges that are integrated in every step, from the values of t to t + dt: before the cells are, which they read.
//   x' = -x / tau_rise;  s' = -s / tau_decay + alpha * x * (1 - s)      with x and s once per source:
//   becomes a kernel over the source cells; what lives per edge, a kernel over the edges
#include "compiler/kernel/schedule/Scheduler.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::schedule {

using model::Stmt;
using model::StmtKind;
using model::Storage;
using model::VarKind;

namespace {

/// The statements of an integration that give the wanted states their new values: a state that lives per source may be computed
/// from nothing that an edge has.
class Needed {
public:
  explicit Needed(Storage w) : where(w) {}

  model::Body of(const model::Body &all) {
    model::Body out;
    for (auto s = all.rbegin(); s != all.rend(); ++s)
      if (isNeeded(*s)) {
        readBy(*s);
        out.push_back(*s);
      }
    std::ranges::reverse(out);
    return out;
  }

private:
  const Storage where;
  std::set<const Var *> locals;

  bool isNeeded(const Stmt &s) const {
    switch (s.kind) {
    case StmtKind::Assign:
      return s.var->kind == VarKind::Local ? locals.contains(s.var) : s.var->storage == where;
    case StmtKind::Let:
      return locals.contains(s.var);
    case StmtKind::If:
    case StmtKind::While:
      return std::ranges::any_of(s.then, [&](const Stmt &inner) { return isNeeded(inner); });
    case StmtKind::Hold:
      return false;
    }
    return false;
  }

  /// A loop is needed as a whole: its rounds hand on values that its condition reads.
  void readBy(const Stmt &s) {
    expr::anyPart(s.value, [&](expr::ExprPtr e) {
      if (const auto *r = expr::dynCast<expr::Ref>(e); r && r->var->kind == VarKind::Local)
        locals.insert(r->var);
      return false;
    });
    if (s.kind == StmtKind::Assign && s.var->kind == VarKind::Local)
      locals.insert(s.var); // its first value
    for (const Stmt &inner : s.then)
      readBy(inner);
  }
};

} // namespace

/// What lives per edge comes first: it may read what lives per source or target, which has to be that of t.
void Scheduler::integrateEdges(model::Projection &p) {
  for (const Storage where : {Storage::PerEdge, Storage::PerSource, Storage::PerTarget})
    if (const model::Body statements = Needed(where).of(p.integrate); !statements.empty())
      integrateEdges(p, statements, where);
}

void Scheduler::integrateEdges(model::Projection &p, const model::Body &statements, Storage where) {
  reduceForEdges(p, statements, 0);
  const bool perEdge = where == Storage::PerEdge;
  const uint32_t object = perEdge ? p.id : where == Storage::PerSource ? p.sourcePopulation->id : p.targetPopulation->id;
  kernel::Kernel &k = begin(fmt::format("{}.integrate{}", p.name, out.kernels.size()), perEdge ? abi::Space::Edges : abi::Space::Cells, object,
                            "equations that events do not evaluate");
  BodyBuilder b(k, *this, {.space = k.space, .edges = &p, .refreshedValues = false});
  body(b, statements, kernel::noValue, {}, &p, statements.size());
  storeEdges(p, b, [&](const Var &var) { return var.storage == where; });
  command(perEdge ? abi::CommandKind::Edges : abi::CommandKind::Cells, end(), object);
}

} // namespace snn::schedule
