// Networks: values, populations and connections in the order of their declaration.
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/model/elaborate/Elaborator.h"

namespace snn::elaborate {

using diag::Id;
using model::Storage;
using model::VarKind;

void Elaborator::networkValue(const ast::Variable &v, VarKind kind, Scope &inside) {
  Var &var = declare(network->vars, v, kind, qualified(v.name));
  var.storage = Storage::Uniform;
  const auto given = kind == VarKind::Param ? frame->given.find(v.name.text) : frame->given.end();
  const bool fromOutside = given != frame->given.end();
  const ast::ExprPtr value = fromOutside ? given->second->value : v.value;
  Place place{Place::Setup, fromOutside ? frame->outer : &inside};
  place.drawSites = current ? &current->drawSites : &unusedSites; // a draw that all share
  typeVariable(var, v, &inside, place, value, nullptr);
  settle(var);
  if (!value && kind != VarKind::Signal)
    diagnostics.report(Id::wrongArguments, v.range, "`{}` has no value", v.name.text);
  Symbol s;
  s.kind = Symbol::Var;
  s.var = &var;
  s.declared = v.name.range;
  inside.add(v.name.text, s);
}

void Elaborator::networkMember(const ast::NetMember &m, Scope &inside) {
  using K = ast::NetKind;
  const auto taken = [&](const ast::Name &name) {
    const Symbol *there = inside.findHere(name.text);
    const std::string_view meaning = name.text == "i" ? "it is the number of a cell in what a population is given" : sema::meaningOf(name.text);
    if (diag::Diagnostic *d = sema::refuseMeaning(name, meaning, diagnostics))
      d->mend("choose another name");
    if (!there || name.text.empty())
      return false;
    diagnostics.report(Id::redeclared, name.range, "`{}` is declared twice", name.text).note(there->declared, "it was declared here");
    return true;
  };
  Symbol s;
  switch (m.kind) {
  case K::Param:
  case K::Let:
  case K::Const:
    for (const ast::Variable &v : m.variables)
      if (!taken(v.name))
        networkValue(v, m.kind == K::Param ? VarKind::Param : m.kind == K::Let ? VarKind::Let : VarKind::Const, inside);
    return;
  case K::Fn:
    s.kind = Symbol::Function;
    s.function = &m.function;
    s.scope = &inside;
    s.declared = m.function.name.range;
    inside.add(m.function.name.text, s);
    return;
  case K::Signal:
    for (const ast::Variable &v : m.variables)
      if (!taken(v.name)) {
        networkValue(v, VarKind::Signal, inside);
        frame->signals.emplace_back(v.name.text, *inside.findHere(v.name.text));
      }
    return;
  case K::Part:
    return taken(m.name) ? void() : part(m, inside);
  case K::For:
    return loop(m, inside);
  case K::Population:
    if (taken(m.name))
      return;
    s.kind = Symbol::Population;
    s.declared = m.name.range;
    {
      const size_t before = network->populations.size();
      population(m, &inside);
      if (network->populations.size() == before)
        return addFailed(inside, m.name);
    }
    s.population = &network->populations.back();
    inside.add(m.name.text, s);
    return;
  case K::Connect: {
    if (taken(m.connect.as))
      return;
    const size_t before = network->projections.size();
    connect(m, &inside);
    if (network->projections.size() != before && !m.connect.as.text.empty()) {
      s.kind = Symbol::Projection;
      s.declared = m.connect.as.range;
      s.projection = &network->projections[before];
      inside.add(m.connect.as.text, s);
      if (!frame->suffix.empty()) // the experiment names each turn's: `ff[2]`
        frame->members->add(std::string(m.connect.as.text) + frame->suffix, s);
    } else {
      addFailed(inside, m.connect.as);
    }
    return;
  }
  }
}

void Elaborator::buildNetwork(const ast::Network &n, Scope &inside) {
  usedNetworks.insert(&n);
  frame->members = &inside;
  for (const ast::NetMember &m : n.members)
    networkMember(m, inside);
}

void Elaborator::wholeNetwork(const ast::Network &n, Scope &inside) {
  network->name = std::string(n.name.text);
  network->range = n.range;
  parts = 0;
  NetworkFrame top;
  top.network = &n;
  frame = &top;
  buildNetwork(n, inside);
  frame = nullptr;
}

/// Params that the experiment sets cell by cell live per cell, and so does what is computed from them.
void Elaborator::settleStorage() {
  for (bool changed = true; changed;) {
    changed = false;
    for (model::Population &p : network->populations)
      for (Var &v : p.vars)
        if (v.kind == VarKind::Param && v.storage == Storage::Uniform && varies(v.init)) {
          v.storage = Storage::PerCell;
          changed = true;
        }
    for (model::Projection &p : network->projections)
      for (Var &v : p.vars)
        if (v.kind == VarKind::Param && v.storage == Storage::Uniform && varies(v.init)) {
          v.storage = Storage::PerEdge;
          changed = true;
        }
  }
  const auto sameForAll = [&](const std::vector<model::Update> &updates) {
    for (const model::Update &u : updates)
      if (u.interval && varies(u.interval))
        diagnostics.report(Id::notConstant, u.interval->range, "the interval must be one value for all, but the experiment sets it one by one")
            .mend("assign one value: `cells.T = 2 ms`");
  };
  for (const model::Population &p : network->populations)
    sameForAll(p.updates);
  for (const model::Projection &p : network->projections)
    sameForAll(p.updates);
}

} // namespace snn::elaborate
