// Connect statements: which cells, which pattern, and one synapse with its rule for each pair of populations.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using model::Storage;
using model::VarKind;

/// cells, cells[0:10], a + b; with `port` the last `.name` of a target is split off.
bool Elaborator::cellRanges(ast::ExprPtr e, const Scope *scope, std::vector<model::CellRange> &out, ast::ExprPtr *port,
                            ast::Name *portName) {
  if (port) {
    const Symbol *whole = memberSymbol(e, scope); // `v1.cells` without a port
    if (const auto *member = ast::dynCast<ast::Member>(e); member && !(whole && whole->kind == Symbol::Population)) {
      *port = member->base;
      *portName = member->name;
      return cellRanges(member->base, scope, out, nullptr, nullptr);
    }
  }
  const Symbol *symbol = memberSymbol(e, scope);
  if (symbol && symbol->kind == Symbol::Population) {
    out.push_back({symbol->population, {}});
    return true;
  }
  if (const auto *name = ast::dynCast<ast::NameExpr>(e)) {
    ast::Path path;
    path.names.push_back(name->name);
    path.range = name->range;
    symbolAt(path, scope, Symbol::Population, "population");
    return false;
  }
  if (const auto *m = ast::dynCast<ast::Member>(e); m && lowering.partNamed(m->base, scope)) {
    lowering.lower(e, Place{Place::Setup, scope}); // says what the part holds
    return false;
  }
  if (const auto *x = ast::dynCast<ast::IndexExpr>(e)) {
    if (!cellRanges(x->base, scope, out, nullptr, nullptr))
      return false;
    if (ast::dynCast<ast::IndexExpr>(x->base) || ast::dynCast<ast::Binary>(x->base)) {
      diagnostics.report(Id::badSlice, x->range, "a slice is taken of one population");
      return false;
    }
    const model::Population &cells = *out.back().population;
    if (const size_t axes = cells.shape.size(); axes != 0 && x->parts.size() > axes) {
      diagnostics.report(Id::badSlice, x->range, "`{}` has {} {}, here are {} indices", cells.name, axes, axes == 1 ? "axis" : "axes", x->parts.size())
          .note(cells.range, "it is declared here");
      return false;
    }
    const Place setup{Place::Setup, scope};
    const auto whole = [&](ast::ExprPtr v) -> expr::ExprPtr {
      if (!v)
        return nullptr;
      expr::ExprPtr value = lowering.lower(v, setup);
      if (value && value->type.base == expr::Base::Real && value->type.dimension.none())
        value = lowering.call(expr::Op::Round, {value}, value->range);
      return value && lowering.fits(value->type, expr::Type{expr::Base::Int, {}}, value->range, "an index") ? value : nullptr;
    };
    for (const ast::IndexPart &p : x->parts)
      out.back().slice.push_back({whole(p.index), whole(p.start), whole(p.stop), whole(p.step)});
    return true;
  }
  if (const auto *b = ast::dynCast<ast::Binary>(e); b && b->op == ast::BinaryOp::Add)
    return cellRanges(b->lhs, scope, out, nullptr, nullptr) && cellRanges(b->rhs, scope, out, nullptr, nullptr);
  diagnostics.report(Id::badSlice, e->range, "cells are named as a population, a slice `cells[0:10]` or a union `a + b`");
  return false;
}

void Elaborator::pattern(model::Projection &p, const ast::NetMember &m, const Scope *scope) {
  static constexpr std::pair<std::string_view, model::PatternKind> kinds[] = {
      {"all_to_all", model::PatternKind::AllToAll}, {"one_to_one", model::PatternKind::OneToOne},
      {"random", model::PatternKind::Random},       {"fixed_in", model::PatternKind::FixedIn},
      {"fixed_out", model::PatternKind::FixedOut}};
  static constexpr std::string_view later[] = {"fixed_total", "pairs", "conv2d", "pool2d", "distance"};
  const ast::Connect &c = m.connect;
  p.pattern.range = c.pattern.range;
  const auto kind = std::ranges::find(kinds, c.pattern.text, [](const auto &x) { return x.first; });
  if (kind == std::end(kinds)) {
    if (std::ranges::find(later, c.pattern.text) != std::end(later))
      return refuse(c.pattern.range, fmt::format("the pattern `{}` is", c.pattern.text));
    diagnostics.report(c.pattern.text.empty() ? Id::missingPattern : Id::badPattern, c.pattern.text.empty() ? m.range : c.pattern.range,
                       "a connect needs a pattern: all_to_all, one_to_one, random(p = …), fixed_in(k) or fixed_out(k)");
    return;
  }
  p.pattern.kind = kind->second;
  Place place{Place::Edge, scope, nullptr, &p};
  for (const ast::Arg &a : c.patternArgs) {
    if (a.name.text == "multapses") {
      const auto *b = ast::dynCast<ast::Boolean>(a.value);
      if (!b)
        diagnostics.report(Id::badPattern, a.value->range, "`multapses` is true or false");
      else
        p.pattern.multapses = b->value;
      continue;
    }
    if ((!a.name.text.empty() && a.name.text != "p" && a.name.text != "k") || p.pattern.amount) {
      diagnostics.report(Id::badPattern, a.value->range, "`{}` does not take this argument", c.pattern.text);
      continue;
    }
    const bool counted = p.pattern.kind == model::PatternKind::FixedIn || p.pattern.kind == model::PatternKind::FixedOut;
    place.arrays = counted; // computed once, by the set-up
    expr::ExprPtr amount = lowering.lower(a.value, place);
    if (amount && counted && varies(amount)) {
      diagnostics.report(Id::badPattern, amount->range, "the number of partners is the same for all cells");
      continue;
    }
    if (counted)
      amount = whole(amount, a.value->range);
    if (amount && lowering.fits(amount->type, expr::Type{counted ? expr::Base::Int : expr::Base::Real, {}}, amount->range, "the argument"))
      p.pattern.amount = amount;
  }
  const bool needs = p.pattern.kind != model::PatternKind::AllToAll && p.pattern.kind != model::PatternKind::OneToOne;
  if (needs && c.patternArgs.empty())
    diagnostics.report(Id::badPattern, c.pattern.range, "`{}` needs a number: `{}({})`", c.pattern.text, c.pattern.text,
                       p.pattern.kind == model::PatternKind::Random ? "p = 0.1" : "100");
  if (!needs && p.pattern.amount)
    diagnostics.report(Id::badPattern, c.pattern.range, "`{}` takes no number", c.pattern.text);
}

void Elaborator::connect(const ast::NetMember &m, const Scope *scope) {
  const ast::Connect &c = m.connect;
  model::Group group;
  group.id = static_cast<uint32_t>(network->groups.size());
  ast::ExprPtr base = c.target;
  ast::Name port;
  bool good = cellRanges(c.source, scope, group.sources, nullptr, nullptr);
  good &= cellRanges(c.target, scope, group.targets, &base, &port);
  if (c.procedural)
    refuse(m.range, "procedural connectivity is");
  if (!good)
    return;
  const auto textOf = [&](ast::ExprPtr e) { return std::string(diagnostics.sources().text(e->range)); };
  group.name = c.as.text.empty() ? fmt::format("{}{}->{}#{}", frame->prefix, textOf(c.source), textOf(base), group.id) : qualified(c.as);
  for (const model::Group &other : network->groups)
    if (other.name == group.name)
      diagnostics.report(Id::redeclared, c.as.range, "two projections are called `{}`", group.name);
  const size_t pairs = group.sources.size() * group.targets.size();
  for (uint32_t s = 0; s < group.sources.size(); ++s)
    for (uint32_t t = 0; t < group.targets.size(); ++t) {
      auto synapse = instance(c.synapse, scope, {ast::ModelKind::Synapse});
      std::optional<Instance> rule;
      if (!c.rule.names.empty())
        rule = instance(c.rule, scope, {ast::ModelKind::Rule});
      if (!synapse || (!c.rule.names.empty() && !rule))
        return;
      model::Projection &p = network->projections.emplace_back();
      p.id = static_cast<uint32_t>(network->projections.size() - 1);
      p.name = pairs == 1 ? group.name : fmt::format("{}:{}->{}", group.name, group.sources[s].population->name, group.targets[t].population->name);
      p.synapseName = c.synapse.text();
      p.ruleName = c.rule.text();
      p.range = m.range;
      p.group = group.id;
      p.sourcePart = s;
      p.targetPart = t;
      p.source = group.sources[s];
      p.target = group.targets[t];
      p.sourcePopulation = const_cast<model::Population *>(p.source.population);
      p.targetPopulation = const_cast<model::Population *>(p.target.population);
      if (!port.text.empty()) {
        const auto found = std::ranges::find_if(p.targetPopulation->vars, [&](const Var &v) { return v.name == port.text; });
        if (found == p.targetPopulation->vars.end() || (found->kind != VarKind::State && found->kind != VarKind::Input)) {
          std::vector<std::string> names;
          for (const Var &v : p.targetPopulation->vars)
            if (v.kind == VarKind::State || v.kind == VarKind::Input)
              names.push_back(v.name);
          const std::string near = diag::didYouMean(port.text, names);
          diag::Diagnostic &d = diagnostics.report(Id::missingTarget, port.range, "`{}` ({}) has no state or input `{}`",
                                                   p.targetPopulation->name, p.targetPopulation->modelName, port.text);
          if (!near.empty())
            d.fix(port.range, near);
          return;
        }
        p.port = &*found;
      }
      pattern(p, m, scope);
      const size_t before = diagnostics.all().size();
      buildEdges(p, c, *synapse, rule ? &*rule : nullptr, scope);
      diagnostics.noteFrom(before, m.range, "in this connection");
      if (p.delay && !p.delayUniform && group.sources.size() > 1)
        refuse(c.delay->range, "drawn delays from a union of populations are");
    }
  network->groups.push_back(std::move(group));
}

void Elaborator::edgeVariables(model::Projection &p, Instance &inst, std::span<const ast::Arg> args, const Scope *outer) {
  using VK = ast::VariablesKind;
  const auto given = namedArgs(args, inst, {VK::Param, VK::State, VK::Weight});
  const bool isRule = inst.model->kind == ast::ModelKind::Rule;
  for (const FlatMember &m : inst.members) {
    const bool isLet = m.member->kind == ast::MemberKind::Let;
    if (m.member->kind != ast::MemberKind::Variables && !isLet)
      continue;
    static constexpr VarKind kinds[] = {VarKind::Param, VarKind::State, VarKind::Input, VarKind::Data, VarKind::Weight};
    const VarKind kind = isLet ? VarKind::Let : kinds[static_cast<size_t>(m.member->variablesKind)];
    for (const ast::Variable &v : m.member->variables) {
      if (kind == VarKind::Input || kind == VarKind::Data || (isRule && kind == VarKind::Weight)) {
        diagnostics.report(Id::misplacedMember, v.range, "a {} has no such variable", spelling(inst.model->kind));
        continue;
      }
      Var &var = declare(p.vars, v, kind);
      Place place{Place::Edge, inst.scopeOf(m), nullptr, &p};
      place.drawSites = &p.drawSites;
      place.reductions = isLet;
      ast::ExprPtr value = v.value;
      if (const auto it = given.find(v.name.text); it != given.end()) {
        value = it->second->value;
        place.scope = outer;
      } else if (kind == VarKind::Param && !value && !generic) {
        diagnostics.report(Id::wrongArguments, p.range, "the param `{}` of `{}` has no value", v.name.text, inst.model->name.text)
            .note(v.range, "it is declared without a default here");
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
      if (v.low) {
        Place bounds{Place::Edge, inst.scopeOf(m), nullptr, &p};
        settle(var);
        var.low = lowering.lowerAs(v.low, bounds, var.type, "the lower bound");
        var.high = lowering.lowerAs(v.high, bounds, var.type, "the upper bound");
      }
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
    return equation(nullptr, &p, m, place, p.vars);
  case K::OnEvent: {
    if (a.name.text != "pre" && a.name.text != "post") {
      diagnostics.report(Id::misplacedMember, a.range, "`on {}` is not an event of an edge", a.name.text).mend("`on pre` and `on post` are");
      return;
    }
    model::Body more = body(a.body, place, p.locals);
    model::Body &all = a.name.text == "pre" ? p.onPre : p.onPost;
    all.insert(all.end(), more.begin(), more.end());
    return;
  }
  case K::EachStep:
  case K::Every: {
    place.reductions = true;
    model::Update update;
    update.range = a.range;
    if (a.kind == K::Every)
      update.interval = interval(a.value, place);
    update.body = body(a.body, place, p.locals);
    p.updates.push_back(std::move(update));
    return;
  }
  case K::Coupling: {
    model::Stmt s;
    s.range = a.range;
    s.op = static_cast<model::AssignOp>(a.op);
    s.value = lowering.lower(a.value, place);
    if (!assignPlace(a.place, a.op, place, s.var, s.side) || !s.value)
      return;
    if (s.side == expr::Side::Self || s.var->kind != VarKind::Input) {
      diagnostics.report(Id::badAssignment, a.range, "outside an event, `+=` adds to an `input` of the target")
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
  edgeVariables(p, synapse, c.synapseArgs, outer);
  if (rule) {
    if (!p.weight)
      diagnostics.report(Id::misplacedMember, c.rule.range, "`{}` has no weight that a rule could change", p.synapseName);
    Symbol w;
    w.kind = Symbol::Var;
    w.var = p.weight;
    if (p.weight)
      rule->add("w", w);
    edgeVariables(p, *rule, c.ruleArgs, outer);
  }
  for (Var &v : p.vars)
    settle(v);
  for (Var &v : p.vars)
    if (v.kind == VarKind::Param && v.storage == Storage::Undecided)
      v.storage = varies(v.init) ? Storage::PerEdge : Storage::Uniform;
  Place place{Place::Edge, outer, nullptr, &p};
  if (c.where)
    p.where = lowering.lowerAs(c.where, place, expr::Type{expr::Base::Bool, {}}, "the condition");
  if (c.delay) {
    place.drawSites = &p.drawSites;
    p.delay = lowering.lowerAs(c.delay, place, expr::Type{expr::Base::Real, units::Dimension::of(units::BaseUnit::Second)}, "the delay");
    p.delayUniform = !varies(p.delay);
  }
  if (p.weight && !hasWeight)
    diagnostics.report(Id::wrongArguments, c.synapse.range, "the weight `{}` has no value: write `{}({} = …)`", p.weight->name,
                       p.synapseName, p.weight->name);
  const auto members = [&](Instance &inst) {
    for (const FlatMember &m : inst.members)
      edgeMember(p, inst, m);
    for (const FlatMember &m : inst.members)
      if (m.member->kind == ast::MemberKind::Solver)
        solvers(p.equations, *m.member);
  };
  members(synapse);
  p.synapsePre = p.onPre.size();
  p.synapsePost = p.onPost.size();
  if (rule)
    members(*rule);
}

} // namespace snn::elaborate
