// A variable of an edge that only events of the source cell touch has one value per source cell, and so on.
//   before:  rule { state x = 0; x' = -x / tau; on pre { x += A; … } on post { w += x } }
//   after:   x per source cell, event-driven with rate -1/tau; w per edge
// Steps: 1. states that events only add to and that are only summed into the target: their sum lives per target cell;
// 2. candidates for one side, shrunk until what they are assigned and their slopes depend on that side alone; 3. the rest per
// edge.
#include "compiler/model/passes/InferPlacement.h"

#include "compiler/model/ir/Spelling.h"
#include "compiler/model/passes/PostEvents.h"
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

/// Calls see(e) for each value and condition of a body.
void forEachValue(const model::Body &body, const std::function<void(expr::ExprPtr)> &see) {
  for (const Stmt &s : body) {
    see(s.value);
    forEachValue(s.then, see);
    forEachValue(s.otherwise, see);
  }
}

/// Whether every assignment to the variable is += or -=.
bool additive(const model::Body &body, const Var &var) {
  return std::ranges::all_of(body, [&](const Stmt &s) {
    if (s.kind == StmtKind::Assign && s.var == &var && s.side == Side::Self)
      return s.op == model::AssignOp::Add || s.op == model::AssignOp::Sub;
    return additive(s.then, var) && additive(s.otherwise, var);
  });
}

class Placement {
public:
  Placement(Projection &p, expr::Builder &b) : projection(p), build(b) {
    for (const Projection::EventDriven &e : p.eventDriven)
      if (!e.uniform)
        ownRate.insert(e.state);
  }

  void run() {
    summed();
    side(Storage::PerSource);
    side(Storage::PerTarget);
    rest();
  }

private:
  Projection &projection;
  expr::Builder &build;
  std::set<Var *> ownRate; ///< event-driven states whose coefficients differ from edge to edge

  const model::Equation *integrated(const Var &var) const {
    const auto eq = std::ranges::find(projection.solved, &var, &model::Equation::state);
    return eq == projection.solved.end() ? nullptr : &*eq;
  }
  std::vector<expr::ExprPtr> slopes(const Var *state) const;
  void summed();
  bool onlyAdded(const Var &var) const;
  bool readOutsideCouplings(Var *var) const;
  bool summedBy(const Stmt &coupling, const std::set<Var *> &states);
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

/// The states whose next value reads the state's equation: itself, or all that one method solves by common steps.
std::vector<expr::ExprPtr> Placement::slopes(const Var *state) const {
  using model::Method;
  std::vector<expr::ExprPtr> out;
  for (const model::Equation &eq : projection.solved)
    if (eq.state == state)
      for (const model::Equation &other : projection.solved)
        if (&other == &eq || (other.chosen == eq.chosen && (eq.chosen == Method::ImplicitEuler || eq.chosen == Method::Rk45)))
          out.push_back(other.rhs);
  return out;
}

/// Whether `on pre` adds to the variable, and nothing else changes it.
bool Placement::onlyAdded(const Var &var) const {
  return additive(projection.onPre, var) && touched(projection.onPre, var) && !touched(projection.onPost, var) && !inUpdates(var) && !var.assigned;
}

/// Whether anything but the couplings reads the variable, the experiment included.
bool Placement::readOutsideCouplings(Var *var) const {
  bool found = var->read;
  const auto see = [&](expr::ExprPtr e) { found |= e && solve::reads(e, {var}); };
  forEachValue(projection.onPre, see);
  forEachValue(projection.onPost, see);
  for (const model::Equation &eq : projection.solved)
    see(eq.rhs);
  for (const model::Update &u : projection.updates) {
    forEachValue(u.body, see);
    see(u.interval);
  }
  for (const Var &v : projection.vars) {
    see(v.low);
    see(v.high);
    if (v.kind != VarKind::Let || v.read)
      see(v.init);
  }
  return found;
}

/// Whether a coupling adds a sum of these states, each times something that the edges of a target share.
bool Placement::summedBy(const Stmt &coupling, const std::set<Var *> &states) {
  const auto parts = solve::affine(coupling.value, states, build);
  return parts && !parts->rest && std::ranges::all_of(parts->coefficients, [&](const auto &c) {
    return ofSide(c.second, Storage::PerTarget, {}, projection.couplings);
  });
}

/// A linear state that is only summed into the target: the sum over a target's edges decays like each of them.
void Placement::summed() {
  std::set<Var *> states;
  for (const Projection::EventDriven &e : projection.eventDriven)
    if (e.uniform && !e.input && onlyAdded(*e.state) && (!e.state->init || expr::isConst(e.state->init, 0)) && !readOutsideCouplings(e.state))
      states.insert(e.state);
  std::set<Var *> used;
  for (bool changed = true; changed && !states.empty();) {
    changed = false;
    used.clear();
    for (const Stmt &s : projection.couplings) {
      if (!solve::reads(s.value, states))
        continue;
      const bool good = s.side == Side::Post && summedBy(s, states); // what goes to the sources is no sum of the targets'
      for (auto it = states.begin(); it != states.end();) {
        const bool reads = solve::reads(s.value, {*it});
        if (reads)
          used.insert(*it);
        changed |= reads && !good;
        it = reads && !good ? states.erase(it) : std::next(it);
      }
    }
  }
  for (Var *v : states)
    if (used.contains(v)) {
      v->storage = Storage::PerTarget;
      v->summed = true;
      v->storageReason = "only summed into the target, with one time constant: one value for each target cell";
    }
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
    if (v.kind == VarKind::State && v.storage == Storage::Undecided && !ownRate.contains(&v) && (touched(mine, v) || integrated(v)) &&
        !touched(other, v) && !inUpdates(v) && !v.assigned)
      members.insert(&v);
  for (bool changed = true; changed;) {
    changed = false;
    for (Var *v : members) {
      std::vector<expr::ExprPtr> decisive = slopes(v);
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
    v->storageReason = integrated(*v) ? fmt::format("depends on the {} cell alone: one value for each", source ? "source" : "target")
                                      : fmt::format("touched only by `on {}` and constants: one value for each {} cell", source ? "pre" : "post",
                                                    source ? "source" : "target");
  }
}

void Placement::rest() {
  for (Var &v : projection.vars) {
    if (v.kind == VarKind::Let || v.kind == VarKind::Derived)
      continue;
    if (v.storage == Storage::Undecided && v.kind == VarKind::Weight) {
      const bool changes = touched(projection.onPre, v) || touched(projection.onPost, v) || inUpdates(v) || v.assigned || integrated(v);
      const bool uniform = !v.init || solve::isUniform(v.init);
      v.storage = changes || !uniform ? Storage::PerEdge : Storage::Uniform;
      v.storageReason = v.storage == Storage::Uniform ? "one constant for all edges: not stored"
                        : integrated(v)               ? "changed by its equation"
                        : changes                     ? "changed by events of both cells or by the experiment"
                                                      : "drawn or computed for each edge";
    } else if (v.storage == Storage::Undecided) {
      v.storage = Storage::PerEdge;
      v.storageReason = ownRate.contains(&v) ? "its time constant differs from edge to edge" : "depends on events of both cells, or on values of the edge";
    } else if (v.storageReason.empty()) {
      v.storageReason = v.storage == Storage::Uniform ? "one value for all edges" : "differs from edge to edge";
    }
    if (v.eventDriven)
      v.storageReason += "; its value between events is exact";
    else if (const model::Equation *eq = integrated(v))
      v.storageReason += fmt::format("; integrated in every step ({}: {})", model::spelling(eq->chosen), eq->equationClass);
  }
}

} // namespace

bool inferPlacement(model::Network &network, expr::Builder &build, diag::Engine &) {
  for (Projection &p : network.projections) {
    Placement(p, build).run();
    choosePostWay(p, model::rowsOf(p, network.groups[p.group]));
  }
  return true;
}

std::string printPlacement(const model::Network &network) {
  std::string out;
  for (const Projection &p : network.projections) {
    out += fmt::format("{}: {}{}{}\n", p.name, p.synapseName, p.ruleName.empty() ? "" : " learning ", p.ruleName);
    for (const Var &v : p.vars)
      if (v.kind != VarKind::Let && v.kind != VarKind::Derived)
        out += fmt::format("  {:<10} {:<10}  {}\n", v.name, spelling(v.storage), v.storageReason);
    if (p.postWay != model::PostWay::None)
      out += fmt::format("  {:<10} {:<10}  {}\n", "on post", spelling(p.postWay), p.postReason);
  }
  return out;
}

} // namespace snn::passes
