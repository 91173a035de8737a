// A variable of an edge that only events of the source cell touch has one value per source cell, and so on.
//   before:  rule { state x = 0; x' = -x / tau; on pre { x += A; … } on post { w += x } }
//   after:   x per source cell, event-driven with rate -1/tau; w per edge
// Steps: 1. equations: linear and diagonal with uniform coefficients, so that the value between events is known;
// 2. candidates for one side, shrunk until what they are assigned depends on that side alone; 3. the rest per edge.
#include "compiler/model/passes/InferPlacement.h"

#include "compiler/model/ir/Spelling.h"
#include "compiler/model/solve/Linear.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::passes {

using expr::Side;
using model::Projection;
using model::Stmt;
using model::StmtKind;
using model::Storage;
using model::Var;
using model::VarKind;

namespace {

/// The expressions that decide a variable's new values in a body: what is assigned, and the conditions around it.
void influences(const model::Body &body, const Var *var, std::vector<expr::ExprPtr> conditions, std::vector<expr::ExprPtr> &out) {
  for (const Stmt &s : body) {
    if (s.kind == StmtKind::Assign && s.var == var && s.side == Side::Self) {
      out.push_back(s.value);
      out.insert(out.end(), conditions.begin(), conditions.end());
    }
    if (s.kind == StmtKind::If) {
      conditions.push_back(s.value);
      influences(s.then, var, conditions, out);
      influences(s.otherwise, var, conditions, out);
      conditions.pop_back();
    }
  }
}

const Stmt *letOf(const model::Body &body, const Var *local) {
  for (const Stmt &s : body) {
    if (s.kind == StmtKind::Let && s.var == local)
      return &s;
    for (const model::Body *inner : {&s.then, &s.otherwise})
      if (const Stmt *found = letOf(*inner, local))
        return found;
  }
  return nullptr;
}

class Placement {
public:
  Placement(Projection &p, expr::Builder &b, diag::Engine &d) : projection(p), build(b), diagnostics(d) {}

  bool run() {
    if (!equations())
      return false;
    side(Storage::PerSource);
    side(Storage::PerTarget);
    rest();
    return true;
  }

private:
  Projection &projection;
  expr::Builder &build;
  diag::Engine &diagnostics;
  std::set<Var *> withEquation;

  bool equations();
  void side(Storage where);
  void rest();
  bool touched(const model::Body &body, const Var &var) const {
    std::vector<expr::ExprPtr> found;
    influences(body, &var, {}, found);
    return !found.empty();
  }
  bool inUpdates(const Var &var) const {
    return std::ranges::any_of(projection.updates, [&](const model::Update &u) { return touched(u.body, var); });
  }
  /// Whether the value is the same for all edges of one source (target) cell.
  bool ofSide(expr::ExprPtr e, Storage where, const std::set<Var *> &members, const model::Body &body) const;
};

/// rhs = a x + b with uniform a and b.
bool Placement::equations() {
  for (const model::Equation &eq : projection.equations) {
    const auto parts = solve::affine(eq.rhs, {eq.state}, build);
    const auto a = parts ? parts->coefficients.find(eq.state) : decltype(parts->coefficients.end()){};
    const bool good = parts && a != parts->coefficients.end() && solve::isUniform(a->second) && (!parts->rest || solve::isUniform(parts->rest));
    if (!good) {
      diagnostics.report(diag::Id::notInThisVersion, eq.range,
                         "an equation of an edge that is not a linear decay with constant coefficients is not in this version")
          .mend("write `x' = -x / tau`, with `tau` the same for all edges");
      return false;
    }
    eq.state->eventDriven = true;
    withEquation.insert(eq.state);
    projection.eventDriven.push_back({eq.state, a->second, parts->rest ? build.neg(build.div(parts->rest, a->second)) : nullptr});
  }
  projection.equations.clear();
  return true;
}

bool Placement::ofSide(expr::ExprPtr e, Storage where, const std::set<Var *> &members, const model::Body &body) const {
  const Side own = where == Storage::PerSource ? Side::Pre : Side::Post;
  return !expr::anyPart(e, [&](expr::ExprPtr x) {
    if (const auto *s = expr::dynCast<expr::Special>(x))
      return s->side != own && s->value != expr::SpecialValue::Time && s->value != expr::SpecialValue::Dt;
    const auto *r = expr::dynCast<expr::Ref>(x);
    if (!r)
      return x->kind == expr::Kind::Draw || x->kind == expr::Kind::Reduce;
    if (r->side != Side::Self)
      return r->side != own;
    if (r->var->kind == VarKind::Let)
      return false; // anyPart looks into it
    if (r->var->kind == VarKind::Local) {
      const Stmt *let = letOf(body, r->var);
      return !let || !ofSide(let->value, where, members, body);
    }
    return r->var->storage != Storage::Uniform && !members.contains(r->var);
  });
}

void Placement::side(Storage where) {
  const bool source = where == Storage::PerSource;
  const model::Body &mine = source ? projection.onPre : projection.onPost;
  const model::Body &other = source ? projection.onPost : projection.onPre;
  const bool drawn = projection.delay && !projection.delayUniform;
  std::set<Var *> members;
  for (Var &v : projection.vars)
    if (v.kind == VarKind::State && v.storage == Storage::Undecided && touched(mine, v) && !touched(other, v) && !inUpdates(v) && !v.assigned)
      members.insert(&v);
  for (bool changed = true; changed;) {
    changed = false;
    for (Var *v : members) {
      std::vector<expr::ExprPtr> decisive;
      influences(mine, v, {}, decisive);
      if (v->init)
        decisive.push_back(v->init);
      if (std::ranges::all_of(decisive, [&](expr::ExprPtr e) { return ofSide(e, where, members, mine); }))
        continue;
      members.erase(v);
      changed = true;
      break;
    }
  }
  for (Var *v : members) {
    if (source && drawn) {
      v->storage = Storage::PerEdge;
      v->storageReason = "touched only by spikes of the source, but the delays are drawn: each edge sees them at its own time";
      continue;
    }
    v->storage = where;
    v->storageReason = fmt::format("touched only by `on {}` and constants: one value for each {} cell", source ? "pre" : "post",
                                   source ? "source" : "target");
  }
}

void Placement::rest() {
  for (Var &v : projection.vars) {
    if (v.kind == VarKind::Let || v.kind == VarKind::Derived)
      continue;
    if (v.storage == Storage::Undecided && v.kind == VarKind::Weight) {
      const bool changes = touched(projection.onPre, v) || touched(projection.onPost, v) || inUpdates(v) || v.assigned;
      const bool uniform = !v.init || solve::isUniform(v.init);
      v.storage = changes || !uniform ? Storage::PerEdge : Storage::Uniform;
      v.storageReason = v.storage == Storage::Uniform ? "one constant for all edges: not stored"
                        : changes                     ? "changed by events of both cells or by the experiment"
                                                      : "drawn or computed for each edge";
    } else if (v.storage == Storage::Undecided) {
      v.storage = Storage::PerEdge;
      v.storageReason = "depends on events of both cells, or on values of the edge";
    } else if (v.storageReason.empty()) {
      v.storageReason = v.storage == Storage::Uniform ? "one value for all edges" : "differs from edge to edge";
    }
    if (v.eventDriven)
      v.storageReason += "; its value between events is exact";
  }
}

} // namespace

bool inferPlacement(model::Network &network, expr::Builder &build, diag::Engine &diagnostics) {
  bool good = true;
  for (Projection &p : network.projections)
    good &= Placement(p, build, diagnostics).run();
  return good;
}

std::string printPlacement(const model::Network &network) {
  std::string out;
  for (const Projection &p : network.projections) {
    out += fmt::format("{}: {}{}{}\n", p.name, p.synapseName, p.ruleName.empty() ? "" : " learning ", p.ruleName);
    for (const Var &v : p.vars)
      if (v.kind != VarKind::Let && v.kind != VarKind::Derived)
        out += fmt::format("  {:<10} {:<10}  {}\n", v.name, spelling(v.storage), v.storageReason);
  }
  return out;
}

} // namespace snn::passes
