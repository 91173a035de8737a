// The edges of one projection: variables and members of its synapse and rule, condition and delay.
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/model/elaborate/Elaborator.h"
#include "compiler/model/expr/Build.h"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>

namespace snn::elaborate {

using diag::Id;
using model::Storage;
using model::VarKind;

/// Third factors are read by name: what neither the model nor its module declares may be a signal of the network, or of one that
/// contains it.
void Elaborator::addSignals(Instance &inst) {
  for (const NetworkFrame *f = frame; f; f = f->up)
    for (const auto &[name, symbol] : f->signals)
      for (auto &[module, scope] : inst.scopes)
        if (!scope->find(name))
          scope->add(name, symbol);
}

/// Edges are made, and intervals set, before a signal has a value.
void Elaborator::refuseSignals(expr::ExprPtr e, std::string_view what) {
  expr::anyPart(e, [&](expr::ExprPtr x) {
    const auto *r = expr::dynCast<expr::Ref>(x);
    if (!r || r->var->kind != VarKind::Signal)
      return false;
    diagnostics.report(Id::notConstant, x->range, "{} cannot read the signal `{}`: it has a value only while the experiment runs", what, r->var->name)
        .note(r->var->range, "it is declared here");
    return true;
  });
}

/// Params, initial values, edges and delays are computed once; what changes during the run stands still in them.
void Elaborator::refuseChanging(expr::ExprPtr e, std::string_view what, std::string_view mend) {
  std::set<const Var *> lets;
  const std::function<bool(expr::ExprPtr)> changes = [&](expr::ExprPtr x) {
    using SV = expr::SpecialValue;
    if (const auto *s = expr::dynCast<expr::Special>(x))
      return s->value == SV::Time || s->value == SV::Elapsed || s->value == SV::Spiked || s->value == SV::SpikeTime;
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && r->var->kind == VarKind::Let && lets.insert(r->var).second && expr::anyPart(r->var->init, changes);
  };
  expr::anyPart(e, [&](expr::ExprPtr x) {
    if (!changes(x))
      return false;
    diagnostics.report(Id::notConstant, x->range, "{} is computed once, but this changes during the run", what).mend(std::string(mend));
    return true;
  });
}

/// A weight begins within its bounds.
expr::ExprPtr Elaborator::withinBounds(const Var &weight) {
  expr::ExprPtr value = weight.init;
  for (const auto &[bound, op] : {std::pair(weight.low, expr::Op::Max), std::pair(weight.high, expr::Op::Min)}) {
    if (!bound || !value)
      continue;
    const auto *a = expr::dynCast<expr::Const>(value), *b = expr::dynCast<expr::Const>(bound);
    value = a && b ? lowering.arena.make<expr::Const>(a->type, a->range, op == expr::Op::Max ? std::max(a->value, b->value) : std::min(a->value, b->value))
                   : lowering.call(op, {value, bound}, value->range);
  }
  return value;
}

void Elaborator::weightBounds(Var &var, const ast::Variable &v, const Place &place) {
  settle(var);
  var.low = lowering.lowerAs(v.low, place, var.type, "the lower bound");
  var.high = lowering.lowerAs(v.high, place, var.type, "the upper bound");
  const auto known = [](expr::ExprPtr e) { // also of a param that the connection gives
    const auto *r = expr::dynCast<expr::Ref>(e);
    return expr::dynCast<expr::Const>(r && r->var->kind == VarKind::Param && r->var->init ? r->var->init : e);
  };
  const auto *low = known(var.low), *high = known(var.high);
  if (low && high && low->value > high->value)
    diagnostics.report(Id::reversedBounds, source::join(v.low->range, v.high->range), "no weight lies within these bounds: the lower one is above the upper one");
  var.init = withinBounds(var);
}

void Elaborator::edgeVariables(model::Projection &p, Instance &inst, std::span<const ast::Arg> args, const Scope *outer) {
  using VK = ast::VariablesKind;
  const auto given = namedArgs(args, inst, {VK::Param, VK::State, VK::Weight});
  const bool isRule = inst.model->kind == ast::ModelKind::Rule;
  const size_t others = p.vars.size(); // a rule's come behind the synapse's, which keep their names
  for (const FlatMember &m : inst.members) {
    const bool isLet = m.member->kind == ast::MemberKind::Let;
    if (m.member->kind != ast::MemberKind::Variables && !isLet)
      continue;
    static constexpr VarKind kinds[] = {VarKind::Param, VarKind::State, VarKind::Input, VarKind::Data, VarKind::Weight};
    const VarKind kind = isLet ? VarKind::Let : kinds[static_cast<size_t>(m.member->variablesKind)];
    for (const ast::Variable &v : m.member->variables) {
      if (inst.isOverridden(m, v))
        continue;
      if (kind == VarKind::Input || kind == VarKind::Data || (isRule && kind == VarKind::Weight)) {
        diagnostics.report(Id::misplacedMember, v.range, "a {} has no such variable", spelling(inst.model->kind));
        continue;
      }
      if (v.name.text == "pre" || v.name.text == "post" || v.name.text == "xi" || v.name.text.starts_with("xi_"))
        diagnostics.report(Id::redeclared, v.name.range, "`{}` has a meaning of its own in synapses and rules", v.name.text).mend("choose another name");
      if (diag::Diagnostic *d = sema::refuseMeaning(v.name, sema::meaningOf(v.name.text), diagnostics))
        d->mend("choose another name");
      if (v.low && kind != VarKind::Weight)
        refuse(v.range, "bounds of other variables than the weight are");
      const bool taken = std::ranges::any_of(p.vars | std::views::take(others), [&](const Var &of) { return of.name == v.name.text; });
      Var &var = declare(p.vars, v, kind, (taken ? "rule_" : "") + std::string(v.name.text));
      Place place{Place::Edge, inst.scopeOf(m), nullptr, &p};
      place.drawSites = &p.drawSites;
      place.reductions = isLet;
      ast::ExprPtr value = v.value;
      if (const auto it = given.find(v.name.text); it != given.end()) {
        value = it->second->value;
        place.scope = outer;
        place.listed = true;
      } else if (kind == VarKind::Param && !value && !generic) {
        missingParam(v, inst);
      }
      const expr::Type weightType = p.weight ? p.weight->type : p.port ? p.port->type : expr::Type{};
      if (kind == VarKind::Weight) {
        if (p.weight)
          diagnostics.report(Id::redeclared, v.range, "a synapse has one weight").note(p.weight->range, "the other one");
        p.weight = &var;
        if (!v.type) { // w takes its port's dimension
          var.type.dimension = weightType.dimension;
          var.type.anyDimension = weightType.anyDimension;
          const units::Unit unit = units::readable(weightType.dimension);
          var.unit = p.port ? p.port->unit : unit.name;
          var.unitScale = p.port ? p.port->unitScale : unit.scale;
        }
      }
      var.storage = isLet ? Storage::None : Storage::Undecided;
      if (kind == VarKind::Weight && !v.type) {
        if (value)
          var.init = lowering.lowerAs(value, place, var.type, fmt::format("the weight `{}`", var.name),
                                      p.port ? p.port->range : source::Range{});
        hasWeight |= value != nullptr;
      } else {
        typeVariable(var, v, inst.scopeOf(m), place, value, &weightType);
        hasWeight |= kind == VarKind::Weight && value;
        if (generic && !value && !v.type)
          var.type.anyDimension = true;
      }
      if (v.low)
        weightBounds(var, v, Place{Place::Edge, inst.scopeOf(m), nullptr, &p});
      Symbol s;
      s.kind = Symbol::Var;
      s.var = &var;
      s.declared = v.name.range;
      inst.add(v.name.text, s);
    }
  }
}

void Elaborator::edgeMember(model::Projection &p, Instance &inst, const FlatMember &m) {
  using K = ast::MemberKind;
  Place place{Place::Edge, inst.scopeOf(m), nullptr, &p};
  place.drawSites = &p.drawSites;
  const ast::ModelMember &a = *m.member;
  switch (a.kind) {
  case K::Variables:
  case K::Let:
  case K::Const:
  case K::Fn:
  case K::Solver:
    return;
  case K::Equation:
    return equation(p, m, place);
  case K::OnEvent: {
    if (const Symbol *signal = place.scope->find(a.name.text); signal && signal->var && signal->var->kind == VarKind::Signal) {
      place.drawSites = nullptr; // several assignments between two steps would draw the same
      p.updates.push_back(update(a, place, p.locals));
      p.updates.back().signal = signal->var;
      return;
    }
    if (a.name.text != "pre" && a.name.text != "post") {
      diagnostics.report(Id::misplacedMember, a.range, "`on {}` is not an event of an edge", a.name.text)
          .mend(fmt::format("`on pre` and `on post` are, and `on NAME` of a signal of the network: `signal {}`", a.name.text));
      return;
    }
    model::Body more = body(a.body, place, p.locals);
    model::Body &all = a.name.text == "pre" ? p.onPre : p.onPost;
    all.insert(all.end(), more.begin(), more.end());
    return;
  }
  case K::EachStep:
  case K::Every:
    p.updates.push_back(update(a, place, p.locals));
    return;
  case K::Coupling: {
    model::Stmt s;
    s.range = a.range;
    s.op = static_cast<model::AssignOp>(a.op);
    s.value = lowering.lower(a.value, place);
    if (!assignPlace(a.place, a.op, place, s.var, s.side) || !s.value)
      return;
    if (s.side == expr::Side::Self || s.var->kind != VarKind::Input) {
      diagnostics.report(Id::badAssignment, a.range, "outside an event, `+=` adds to an `input` of a cell")
          .note(s.var->range, "this is not an input");
      return;
    }
    if (lowering.fits(s.value->type, s.var->type, s.value->range, "the coupling"))
      p.couplings.push_back(std::move(s));
    return;
  }
  case K::Spike:
  case K::Surrogate:
    diagnostics.report(Id::misplacedMember, a.range, "a {} has no such member", spelling(inst.model->kind));
    return;
  }
}

void Elaborator::buildEdges(model::Projection &p, const ast::Connect &c, Instance &synapse, Instance *rule, const Scope *outer) {
  hasWeight = false;
  const size_t errorsBefore = diagnostics.errors();
  addSignals(synapse);
  edgeVariables(p, synapse, c.synapseArgs, outer);
  if (rule) {
    if (!p.weight)
      diagnostics.report(Id::misplacedMember, c.rule.range, "`{}` has no weight that a rule could change", p.synapseName);
    Symbol w;
    w.kind = Symbol::Var;
    w.var = p.weight;
    if (p.weight)
      rule->add("w", w);
    addSignals(*rule);
    edgeVariables(p, *rule, c.ruleArgs, outer);
  }
  for (Var &v : p.vars)
    settle(v);
  for (const Var &v : p.vars)
    if (v.kind != VarKind::Let) {
      refuseSignals(v.init, fmt::format("the value of `{}`", v.name));
      refuseChanging(v.init, fmt::format("the value of `{}`", v.name), "read it in a body or in an equation: `on pre { target += w * (1 if t > 20 ms else 0) }`");
    }
  for (Var &v : p.vars)
    if (v.kind == VarKind::Param && v.storage == Storage::Undecided)
      v.storage = varies(v.init) ? Storage::PerEdge : Storage::Uniform;
  Place place{Place::Edge, outer, nullptr, &p};
  if (c.where)
    p.where = lowering.lowerAs(c.where, place, expr::Type{expr::Base::Bool, {}}, "the condition");
  if (p.pattern.within)
    p.where = p.where ? lowering.call(expr::Op::And, {p.pattern.within, p.where}, p.where->range) : p.pattern.within;
  if (c.delay) {
    place.drawSites = &p.drawSites;
    place.listed = true;
    p.delay = lowering.lowerAs(c.delay, place, expr::Type{expr::Base::Real, units::Dimension::of(units::BaseUnit::Second)}, "the delay");
    p.delayUniform = !varies(p.delay);
  }
  refuseSignals(p.where, "`where`");
  refuseSignals(p.delay, "the delay");
  refuseSignals(p.pattern.amount, "the pattern");
  refuseChanging(p.where, "`where`", "edges are made before the run begins");
  refuseChanging(p.delay, "the delay", "delays are set before the run begins");
  refuseChanging(p.pattern.amount, "the pattern", "edges are made before the run begins");
  if (p.weight && !hasWeight && diagnostics.errors() == errorsBefore) // an argument that is wrong may be the weight
    diagnostics.report(Id::wrongArguments, c.synapse.range, "the weight `{}` has no value: write `{}({} = …)`", p.weight->name,
                       p.synapseName, p.weight->name);
  edgeMembers(p, synapse);
  p.synapsePre = p.onPre.size();
  p.synapsePost = p.onPost.size();
  if (rule)
    edgeMembers(p, *rule);
}

/// What a synapse or a rule does; its `solver` is for its own equations.
void Elaborator::edgeMembers(model::Projection &p, Instance &inst) {
  const size_t others = p.equations.size();
  for (const FlatMember &m : inst.members)
    edgeMember(p, inst, m);
  for (const FlatMember &m : inst.members)
    if (m.member->kind == ast::MemberKind::Solver)
      solvers(std::span(p.equations).subspan(others), *m.member, Place{Place::Edge, inst.scopeOf(m), nullptr, &p});
}

} // namespace snn::elaborate
