// Checks of what no experiment uses: networks and models alone.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using model::VarKind;

namespace {

ast::Path pathTo(const ast::Model &m) {
  ast::Path path;
  path.names.push_back(m.name);
  path.range = m.name.range;
  return path;
}

/// All signals of the program, of whatever dimension: a model that nobody uses may read any of them.
NetworkFrame signalsOf(const ast::Module &module, model::Network &owner) {
  NetworkFrame out;
  for (const ast::Network &n : module.networks)
    for (const ast::NetMember &m : n.members)
      for (const ast::Variable &v : m.variables) {
        if (m.kind != ast::NetKind::Signal)
          continue;
        Var &var = owner.vars.emplace_back();
        var.name = std::string(v.name.text);
        var.kind = VarKind::Signal;
        var.type.anyDimension = true;
        var.storage = model::Storage::Uniform;
        var.range = v.name.range;
        Symbol s;
        s.kind = Symbol::Var;
        s.declared = v.name.range;
        s.var = &var;
        out.signals.emplace_back(v.name.text, s);
      }
  return out;
}

} // namespace

/// A neuron is made into a population of its own; params without a value have whatever dimension fits.
void Elaborator::checkCells(const ast::Model &m) {
  model::Network alone;
  network = &alone;
  auto inst = instance(pathTo(m), &program.mainScope(), {m.kind});
  if (!inst)
    return;
  model::Population &p = alone.populations.emplace_back();
  p.name = std::string(m.name.text);
  p.range = m.name.range;
  generic = true;
  buildPopulation(p, *inst, {}, &program.mainScope());
  generic = false;
  lowering.pending.clear();
}

/// A synapse or rule is checked between two cells of which nothing is known: its weight, its target and what it reads of
/// the cells have whatever dimension fits.
void Elaborator::checkEdges(const ast::Model &m) {
  model::Network alone;
  network = &alone;
  auto inst = instance(pathTo(m), &program.mainScope(), {m.kind});
  if (!inst)
    return;
  expr::Type any;
  any.anyDimension = true;
  model::Population &cells = alone.populations.emplace_back(); // no model: see Lowering::lowerNeighbour
  Var &port = cells.vars.emplace_back();
  port.name = "target";
  port.kind = VarKind::Input;
  port.type = any;
  model::Projection &p = alone.projections.emplace_back();
  p.synapseName = std::string(m.name.text);
  p.range = m.name.range;
  p.sourcePopulation = p.targetPopulation = &cells;
  p.port = &port;
  generic = true;
  if (m.kind == ast::ModelKind::Rule) {
    Var &w = p.vars.emplace_back();
    w.name = "w";
    w.kind = VarKind::Weight;
    w.type = any;
    w.range = m.name.range;
    p.weight = &w;
    Symbol symbol;
    symbol.kind = Symbol::Var;
    symbol.var = &w;
    symbol.declared = m.name.range;
    inst->add("w", symbol);
  }
  NetworkFrame anywhere = signalsOf(program.main(), alone);
  frame = &anywhere;
  addSignals(*inst);
  edgeVariables(p, *inst, {}, &program.mainScope());
  for (Var &v : p.vars)
    settle(v);
  edgeMembers(p, *inst);
  frame = nullptr;
  generic = false;
  lowering.pending.clear();
}

void Elaborator::checkUnused() {
  current = nullptr;
  const ast::Module &main = program.main();
  const Place setup{Place::Setup, &program.mainScope()};
  for (const ast::Variable &c : main.constants)
    lowering.lower(lowering.arena.make<ast::NameExpr>(c.name), setup);
  for (const ast::Network &n : main.networks)
    if (!usedNetworks.contains(&n)) {
      model::Network alone;
      network = &alone;
      Scope &inside = ownedScopes.emplace_back(&program.mainScope());
      wholeNetwork(n, inside);
      lowering.pending.clear();
    }
  for (const ast::Model &m : main.models)
    if (!usedModels.contains(&m)) {
      if (m.kind == ast::ModelKind::Neuron || m.kind == ast::ModelKind::Encoder)
        checkCells(m);
      else
        checkEdges(m);
    }
}

} // namespace snn::elaborate
