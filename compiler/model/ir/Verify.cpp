// Networks: ids, variables, equations, ends of projections. Expressions: VerifyExpr.cpp; experiments: VerifyExperiment.cpp.
#include "compiler/model/ir/Verify.h"

#include "compiler/model/ir/Spelling.h"
#include "compiler/model/ir/VerifyExpr.h"

#include <algorithm>
#include <map>

namespace snn::model {

using expr::Base;
using expr::Type;

namespace {

class NetworkCheck {
public:
  NetworkCheck(const Network &n, uint32_t experimentDraws, Stage s, Errors &e) : network(n), stage(s), errors(e) {
    setUp.network = &network;
    setUp.drawSites = experimentDraws;
    setUp.arrays = true;
  }
  void run();

private:
  const Network &network;
  Stage stage;
  Errors &errors;
  Visible setUp; ///< what the network's own values see

  void values();
  void variables(const std::deque<Var> &vars, const Visible &visible, Checker &check);
  void storage(const Var &v, bool edges, Checker &check);
  void updates(const std::vector<Update> &list, const Visible &visible, Checker &check);
  void equations(const std::vector<Equation> &list, const Visible &visible, Checker &check);
  void population(const Population &p, uint32_t number);
  void integration(const Dynamics &p, Checker &check);
  void system(const LinearSystem &s, const Dynamics &p, Checker &check);
  void projection(const Projection &p, uint32_t number);
  void ends(const Projection &p, Checker &check);
  void slice(const CellRange &r, Checker &check);
};

/// Names and numbers; two variables of one owner never share either.
void NetworkCheck::variables(const std::deque<Var> &vars, const Visible &visible, Checker &check) {
  std::set<std::string_view> names;
  for (const Var &v : vars) {
    if (v.id >= vars.size() || &vars[v.id] != &v)
      check.fail("`{}` has the wrong number", v.name);
    if (!names.insert(v.name).second)
      check.fail("two variables are called `{}`", v.name);
    if (v.kind == VarKind::Local || v.kind == VarKind::Option)
      check.fail("`{}` is a {}", v.name, spelling(v.kind));
    Type want = v.type;
    want.rank = v.init ? v.init->type.rank : 0; // arrays only in set-up
    if (v.init)
      check.value(v.init, want, visible, fmt::format("the value of `{}`", v.name));
    for (expr::ExprPtr bound : {v.low, v.high})
      if (bound)
        check.value(bound, v.type, visible, fmt::format("a bound of `{}`", v.name));
  }
}

/// The network's own values, each of which sees those above it.
void NetworkCheck::values() {
  Checker check(fmt::format("network {}", network.name), errors);
  Visible::add(setUp.self, network.vars);
  variables(network.vars, setUp, check);
  for (const Var &v : network.vars) {
    if (v.kind == VarKind::State || v.kind == VarKind::Input || v.kind == VarKind::Data || v.kind == VarKind::Weight)
      check.fail("`{}` is a {}", v.name, spelling(v.kind));
    if (v.storage != Storage::Uniform)
      check.fail("`{}` is not uniform", v.name);
  }
}

void NetworkCheck::storage(const Var &v, bool edges, Checker &check) {
  const Storage s = v.storage;
  bool good = false;
  if (v.kind == VarKind::Let)
    good = s == Storage::None;
  else if (v.kind == VarKind::Derived)
    good = s == Storage::Uniform;
  else if (v.kind == VarKind::Param)
    good = s == Storage::Uniform || s == (edges ? Storage::PerEdge : Storage::PerCell);
  else if (!edges)
    good = s == Storage::PerCell;
  else if (stage < Stage::Placed)
    good = s == Storage::Undecided;
  else if (v.kind == VarKind::Weight)
    good = s == Storage::Uniform || s == Storage::PerEdge;
  else
    good = s == Storage::PerSource || s == Storage::PerTarget || s == Storage::PerEdge;
  if (!good)
    check.fail("the {} `{}` cannot be {}", spelling(v.kind), v.name, spelling(s));
}

void NetworkCheck::updates(const std::vector<Update> &list, const Visible &visible, Checker &check) {
  for (const Update &u : list) {
    if (u.interval)
      check.duration(u.interval, visible, "the interval of `every`");
    check.body(u.body, visible, u.signal ? "`on " + u.signal->name + "`" : u.interval ? "`every`" : "`each step`");
  }
}

void NetworkCheck::equations(const std::vector<Equation> &list, const Visible &visible, Checker &check) {
  std::set<const Var *> seen;
  for (const Equation &e : list) {
    if (!e.state || !visible.self.contains(e.state) || (e.state->kind != VarKind::State && e.state->kind != VarKind::Weight)) {
      check.fail("an equation of something that is no state here");
      continue;
    }
    if (!seen.insert(e.state).second)
      check.fail("`{}` has two equations", e.state->name);
    const Type rate{Base::Real, e.state->type.dimension / units::Dimension::of(units::BaseUnit::Second)};
    check.value(e.rhs, rate, visible, fmt::format("the equation of `{}`", e.state->name));
  }
}

void NetworkCheck::system(const LinearSystem &s, const Dynamics &p, Checker &check) {
  const size_t n = s.states.size();
  for (const auto *matrix : {&s.a, &s.p, &s.q}) {
    if (matrix->size() != n * n)
      check.fail("a system of {} states has a matrix of {} numbers", n, matrix->size());
    for (const Var *v : *matrix)
      if (v && (v->kind != VarKind::Derived || v->id >= p.vars.size() || &p.vars[v->id] != v))
        check.fail("`{}` in a system is no derived value of these cells or edges", v->name);
  }
}

/// Before the solver pass nothing is integrated; after it every state that had an equation is assigned once.
void NetworkCheck::integration(const Dynamics &p, Checker &check) {
  if (stage == Stage::Elaborated) {
    if (!p.integrate.empty() || !p.systems.empty() || !p.solved.empty())
      check.fail("it is integrated before the solver pass");
    return;
  }
  for (const Equation &e : p.equations)
    check.fail("{}' = … is left", e.state ? e.state->name : "?");
  std::map<const Var *, int> assigned;
  for (const Stmt &s : p.integrate)
    if (s.kind == StmtKind::Assign)
      ++assigned[s.var];
  for (const Equation &e : p.solved) {
    if (assigned[e.state]-- != 1)
      check.fail("`{}` is not integrated exactly once", e.state->name);
    if (e.chosen == Method::Auto)
      check.fail("no method is chosen for `{}`", e.state->name);
  }
  for (const auto &[var, left] : assigned)
    if (left > 0)
      check.fail("`{}` is integrated without an equation", var->name);
  for (const LinearSystem &s : p.systems)
    system(s, p, check);
}

void NetworkCheck::population(const Population &p, uint32_t number) {
  Checker check(fmt::format("population {}", p.name), errors);
  if (p.id != number)
    check.fail("its number is {} at place {}", p.id, number);
  for (expr::ExprPtr extent : p.shape)
    check.value(extent, Type{Base::Int, {}}, setUp, "the shape");
  Visible visible;
  visible.self = setUp.self;
  Visible::add(visible.self, p.vars);
  visible.drawSites = p.drawSites;
  variables(p.vars, visible, check);
  for (const Var &v : p.vars)
    storage(v, false, check);
  for (const Var &v : p.noises)
    check.value(v.init, Type{Base::Real, {}}, visible, fmt::format("the noise `{}`", v.name));
  if (stage == Stage::Elaborated)
    Visible::add(visible.self, p.noises);
  for (const Table &t : p.tables) {
    if (!t.var || t.var->id >= p.vars.size() || &p.vars[t.var->id] != t.var)
      check.fail("a table of something that is no variable of these cells");
    check.expression(t.value, setUp, "a table");
  }
  equations(p.equations, visible, check);
  integration(p, check);
  check.body(p.integrate, visible, "`integrate`");
  if (p.spike) {
    check.condition(p.spike->condition, visible, "`spike when`");
    check.body(p.spike->body, visible, "`spike when`");
  }
  for (const Body &b : p.onData)
    check.body(b, visible, "`on data`");
  updates(p.updates, visible, check);
  if (!p.spikeTimes != !p.spikeCells)
    check.fail("a list of spikes has times and cells");
  for (expr::ExprPtr list : {p.spikeTimes, p.spikeCells})
    if (list)
      check.expression(list, setUp, "the list of spikes");
}

void NetworkCheck::slice(const CellRange &r, Checker &check) {
  if (std::ranges::none_of(network.populations, [&](const Population &p) { return &p == r.population; }))
    check.fail("an end is a population of another network");
  for (const SliceAxis &a : r.slice) {
    if (a.index) // whether a real one is whole is looked at when it is known
      check.value(a.index, Type{a.index->type.base == Base::Real ? Base::Real : Base::Int, {}}, setUp, "an index");
    for (expr::ExprPtr e : {a.start, a.stop, a.step})
      if (e)
        check.value(e, Type{Base::Int, {}}, setUp, "a slice");
  }
}

void NetworkCheck::ends(const Projection &p, Checker &check) {
  slice(p.source, check);
  slice(p.target, check);
  if (p.sourcePopulation != p.source.population || p.targetPopulation != p.target.population)
    check.fail("its populations are not those of its ends");
  const auto owns = [](const std::deque<Var> &vars, const Var *v) { return std::ranges::any_of(vars, [&](const Var &x) { return &x == v; }); };
  if (p.port && (!owns(p.targetPopulation->vars, p.port) || (p.port->kind != VarKind::State && p.port->kind != VarKind::Input)))
    check.fail("its port is no state or input of the target");
  if (p.weight && !owns(p.vars, p.weight))
    check.fail("its weight is not among its variables");
  if (p.group >= network.groups.size())
    check.fail("there is no group {}", p.group);
  else if (p.sourcePart >= network.groups[p.group].sources.size() || p.targetPart >= network.groups[p.group].targets.size())
    check.fail("its group has no parts {} and {}", p.sourcePart, p.targetPart);
}

void NetworkCheck::projection(const Projection &p, uint32_t number) {
  Checker check(fmt::format("projection {}", p.name), errors);
  if (p.id != number)
    check.fail("its number is {} at place {}", p.id, number);
  ends(p, check);
  Visible visible;
  visible.self = setUp.self;
  Visible::add(visible.self, p.vars);
  Visible::add(visible.pre, p.sourcePopulation->vars);
  Visible::add(visible.post, p.targetPopulation->vars);
  visible.drawSites = p.drawSites;
  variables(p.vars, visible, check);
  for (const Var &v : p.vars)
    storage(v, true, check);
  if (p.pattern.amount) {
    Visible amount = visible;
    amount.arrays = true; // a number of partners is computed by the set-up
    Type type{Base::Real, {}};
    type.rank = p.pattern.amount->type.rank;
    check.value(p.pattern.amount, type, amount, "the pattern");
  }
  if (p.where)
    check.condition(p.where, visible, "`where`");
  if (p.delay)
    check.duration(p.delay, visible, "the delay");
  for (const Var &v : p.noises)
    check.value(v.init, Type{Base::Real, {}}, visible, fmt::format("the noise `{}`", v.name));
  if (stage == Stage::Elaborated)
    Visible::add(visible.self, p.noises);
  equations(p.equations, visible, check);
  integration(p, check);
  for (const Projection::EventDriven &e : p.eventDriven)
    if (!e.state || !visible.self.contains(e.state) || !e.state->eventDriven)
      check.fail("an event-driven value that is no event-driven state of its edges");
    else
      check.expression(e.rate, visible, "the rate of decay");
  if (p.synapsePre > p.onPre.size() || p.synapsePost > p.onPost.size())
    check.fail("its synapse has more statements than there are");
  check.body(p.onPre, visible, "`on pre`");
  check.body(p.onPost, visible, "`on post`");
  check.body(p.integrate, visible, "`integrate`");
  check.body(p.couplings, visible, "the couplings");
  updates(p.updates, visible, check);
}

void NetworkCheck::run() {
  values();
  uint32_t number = 0;
  for (const Population &p : network.populations)
    population(p, number++);
  number = 0;
  for (const Group &g : network.groups)
    if (g.id != number++)
      errors.push_back(fmt::format("group {}: its number is {}", g.name, g.id));
  number = 0;
  for (const Projection &p : network.projections)
    projection(p, number++);
}

} // namespace

std::vector<std::string> verify(const Network &network, uint32_t experimentDraws, Stage stage) {
  Errors errors;
  NetworkCheck(network, experimentDraws, stage, errors).run();
  return errors;
}

} // namespace snn::model
