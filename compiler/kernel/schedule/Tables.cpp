// Buffers, scalars, and the tables that the runtime reads.
#include "compiler/kernel/schedule/Scheduler.h"

#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Rows.h"
#include <algorithm>
#include <fmt/format.h>

namespace snn::schedule {

using model::Storage;
using model::VarKind;

void Scheduler::refuse(source::Range range, std::string message) {
  diagnostics.report(diag::Id::cannotSchedule, range, std::move(message));
}

uint32_t Scheduler::addBuffer(std::string name, abi::Elem elem, abi::Extent extent, uint32_t object, bool checkpoint) {
  abi::Buffer b;
  b.name = std::move(name);
  b.elem = elem;
  b.extent = extent;
  b.object = object;
  b.checkpoint = checkpoint;
  out.tables.buffers.push_back(std::move(b));
  return static_cast<uint32_t>(out.tables.buffers.size() - 1);
}

uint32_t Scheduler::addScalar(std::string name) {
  out.tables.scalars.push_back({std::move(name)});
  return static_cast<uint32_t>(out.tables.scalars.size() - 1);
}

/// A scalar that the prepare kernel computes in float64 from others.
uint32_t Scheduler::computedScalar(std::string name, expr::ExprPtr value) {
  const uint32_t id = addScalar(std::move(name));
  computed.emplace_back(id, value);
  return id;
}

/// FNV-1a of the name; a collision within the program moves on to the next free number.
uint32_t Scheduler::streamOf(const std::string &name) {
  uint32_t hash = 2166136261u;
  for (unsigned char c : name)
    hash = (hash ^ c) * 16777619u;
  for (;; ++hash) {
    const auto [at, isNew] = streams.try_emplace(hash, name);
    if (isNew || at->second == name)
      return hash;
  }
}

uint32_t Scheduler::stream(const model::Population *cells, const model::Projection *edges, uint32_t site) {
  return streamOf(fmt::format("{}/{}", cells ? cells->name : edges ? edges->name : "", site));
}

uint32_t Scheduler::repeats(const model::Projection &edges) {
  if (!edges.pattern.multapses)
    return abi::none;
  const uint32_t known = out.tables.projections[edges.id].repeats;
  if (known != abi::none)
    return known;
  return out.tables.projections[edges.id].repeats = addBuffer(edges.name + ".pair.repeats", abi::Elem::I64, abi::Extent::Edges, edges.id, false);
}

uint32_t Scheduler::listed(const model::Projection &edges) {
  uint32_t &known = out.tables.projections[edges.id].listed;
  if (known == abi::none)
    known = addBuffer(edges.name + ".pair.i", abi::Elem::I32, abi::Extent::Edges, edges.id, false);
  return known;
}

/// What no step draws with is not kept.
void Scheduler::lendRepeats() {
  for (const abi::Projection &p : out.tables.projections)
    if (p.repeats != abi::none && std::ranges::none_of(out.tables.step, [&](const abi::Command &c) {
          return c.kernel != abi::none && std::ranges::any_of(out.kernels[c.kernel].body, [&](const Instr &i) { return i.op == Op::Load && i.object == p.repeats; });
        }))
      out.tables.buffers[p.repeats].extent = abi::Extent::Lent;
}

abi::Elem Scheduler::elemOf(const expr::Type &type) {
  return type.base == expr::Base::Int ? abi::Elem::I64 : type.base == expr::Base::Bool ? abi::Elem::U8 : abi::Elem::Real;
}

uint32_t Scheduler::scalarOf(const Var &var) {
  if (const auto it = map.scalarOf.find(&var); it != map.scalarOf.end())
    return it->second;
  if (var.kind == VarKind::Derived && var.init)
    return map.scalarOf[&var] = computedScalar(var.name, var.init);
  return map.scalarOf[&var] = addScalar(var.name);
}

uint32_t Scheduler::bufferOf(const Var &var) {
  const auto it = buffers.find(&var);
  if (it != buffers.end())
    return it->second;
  refuse(var.range, fmt::format("`{}` has no storage that this kernel can reach", var.name));
  return 0;
}

uint32_t Scheduler::holdBuffer(const Var &var) { return holds.at(&var); }

uint32_t Scheduler::flags(uint32_t population) {
  if (const auto it = flagBuffers.find(population); it != flagBuffers.end())
    return it->second;
  const uint32_t id = addBuffer(network.populations[population].name + ".spiked", abi::Elem::U8, abi::Extent::Cells, population);
  out.tables.populations[population].flags = id;
  return flagBuffers[population] = id;
}

uint32_t Scheduler::spikeStep(uint32_t population) {
  if (const auto it = spikeSteps.find(population); it != spikeSteps.end())
    return it->second;
  const uint32_t id = addBuffer(network.populations[population].name + ".t_spike", abi::Elem::I64, abi::Extent::Cells, population);
  out.tables.buffers[id].holds = abi::Holds::SpikeStep;
  out.tables.populations[population].spikeStep = id;
  return spikeSteps[population] = id;
}

uint32_t Scheduler::extent(const model::Population &population, size_t axis) {
  std::vector<uint32_t> &extents = out.tables.populations[population.id].extents;
  for (size_t k = extents.size(); k < population.shape.size(); ++k)
    extents.push_back(addScalar(fmt::format("{}.extent{}", population.name, k)));
  return extents[axis];
}

/// An array is put into a buffer once, however often it is read.
const ArrayPlace &Scheduler::array(const expr::Lookup &lookup) {
  const auto *list = expr::dynCast<expr::ArrayLit>(lookup.table);
  const void *what = list ? static_cast<const void *>(list->items.data()) : lookup.table;
  const auto [at, isNew] = arrays.try_emplace({what, lookup.indices.size()});
  if (!isNew)
    return at->second;
  const uint32_t id = static_cast<uint32_t>(out.tables.arrays.size());
  const std::string name(diagnostics.sources().text(lookup.table->range));
  at->second.buffer = addBuffer(fmt::format("array{}", id), elemOf(lookup.type), abi::Extent::Array, id, false);
  for (size_t k = 0; k < lookup.indices.size(); ++k)
    at->second.extents.push_back(addScalar(fmt::format("array{}.extent{}", id, k)));
  out.tables.arrays.push_back({at->second.buffer, host(lookup.table), at->second.extents, name, diagnostics.sources().where(lookup.table->range)});
  return at->second;
}

uint32_t Scheduler::dataStep(uint32_t population) {
  if (const auto it = dataSteps.find(population); it != dataSteps.end())
    return it->second;
  const uint32_t id = addBuffer(network.populations[population].name + ".data_step", abi::Elem::I64, abi::Extent::One, population);
  out.tables.buffers[id].holds = abi::Holds::EventStep;
  out.tables.populations[population].dataSetStep = id;
  return dataSteps[population] = id;
}

uint32_t Scheduler::refreshed(const Var &var) {
  const auto it = copies.find(&var);
  return it == copies.end() ? abi::none : it->second;
}

abi::Variable Scheduler::variable(const Var &var) {
  abi::Variable v;
  v.name = var.name;
  v.unit = var.unit.empty() ? "1" : var.unit;
  v.unitScale = var.unitScale;
  v.type = var.type.base == expr::Base::Int ? abi::ValueType::Int : var.type.base == expr::Base::Bool ? abi::ValueType::Bool : abi::ValueType::Real;
  v.placementReason = var.storageReason;
  switch (var.kind) {
  case VarKind::Param: v.kind = abi::VariableKind::Param; break;
  case VarKind::Input: v.kind = abi::VariableKind::Input; break;
  case VarKind::Data: v.kind = abi::VariableKind::Data; break;
  case VarKind::Let: v.kind = abi::VariableKind::Let; break;
  case VarKind::Weight: v.kind = abi::VariableKind::Weight; break;
  case VarKind::Signal: v.kind = abi::VariableKind::Signal; break;
  default: v.kind = abi::VariableKind::State; break;
  }
  return v;
}

void Scheduler::layOutNetwork() {
  for (Var &var : network.vars) {
    if (!var.type.isScalar())
      continue;
    map.scalarOf[&var] = addScalar(var.name);
    if (var.kind != VarKind::Param && var.kind != VarKind::Signal)
      continue;
    map.variableOf[&var] = static_cast<uint32_t>(out.tables.variables.size());
    abi::Variable v = variable(var);
    v.scalar = map.scalarOf[&var];
    v.extent = abi::Extent::One;
    out.tables.variables.push_back(std::move(v));
  }
}

/// [a, b, …] as a host function.
uint32_t Scheduler::arrayFunction(const std::vector<expr::ExprPtr> &items, expr::Base base) {
  expr::Type type{base, {}};
  type.rank = 1;
  return host(arena.make<expr::ArrayLit>(type, items.empty() ? source::Range{} : items[0]->range, arena.copy(items)));
}

void Scheduler::layOutPopulation(model::Population &p) {
  abi::Population a;
  a.name = p.name;
  a.model = p.modelName;
  a.doc = p.doc;
  a.place = diagnostics.sources().where(p.range);
  a.isEncoder = p.isEncoder;
  a.spikes = p.spike.has_value() || p.spikeTimes;
  a.shapeProgram = arrayFunction(p.shape, expr::Base::Int);
  if (p.spikeTimes) {
    a.spikeTimes = host(p.spikeTimes);
    a.spikeCells = host(p.spikeCells);
  }
  for (const expr::ExprPtr duration : model::uniformHolds(p))
    a.holds.push_back({host(duration), diagnostics.sources().where(duration->range)});
  a.demands = demandsOf(p);
  out.tables.populations.push_back(std::move(a));
  for (const model::Table &t : p.tables) {
    const uint32_t buffer = buffers[t.var] = addBuffer(p.name + "." + t.var->name, elemOf(t.var->type), abi::Extent::Cells, p.id, false);
    out.tables.populations[p.id].tables.push_back(
        {buffer, host(t.value), p.name + "." + t.of, diagnostics.sources().where(t.value->range)});
  }
  for (Var &var : p.vars) {
    if (var.kind == VarKind::Derived || var.kind == VarKind::Const)
      continue;
    const bool let = var.kind == VarKind::Let;
    if (let && !wantedLets.contains(&var))
      continue;
    abi::Variable v = variable(var);
    const std::string name = p.name + "." + var.name;
    if (var.storage == Storage::Uniform) {
      v.scalar = map.scalarOf[&var] = addScalar(name);
    } else {
      v.buffer = addBuffer(name, elemOf(var.type), abi::Extent::Cells, p.id, !let);
      if (!let)
        buffers[&var] = v.buffer;
      out.tables.buffers[v.buffer].finiteCheck = var.kind == VarKind::State && var.type.base == expr::Base::Real;
    }
    abi::Population &table = out.tables.populations[p.id];
    map.variableOf[&var] = static_cast<uint32_t>(table.variables.size());
    table.needsData |= var.kind == VarKind::Data && !var.init && !var.assigned;
    if (&var == p.spikeChance)
      table.spikeChance = map.variableOf[&var];
    table.variables.push_back(std::move(v));
  }
  if (p.spike || p.spikeTimes)
    flags(p.id);
  if (p.spike || p.spikeTimes)
    spikeStep(p.id);
  if (p.isEncoder)
    dataStep(p.id);
}

/// Whether anything of the model changes the weight while the network runs: `freeze` stops that.
static bool changesItsWeight(const model::Projection &p) {
  const auto changes = [&](const model::Body &body) { return p.weight && assigns(body, *p.weight); };
  return changes(p.onPre) || changes(p.onPost) || std::ranges::any_of(p.updates, [&](const model::Update &u) { return changes(u.body); }) ||
         std::ranges::find(p.solved, p.weight, &model::Equation::state) != p.solved.end();
}

void Scheduler::layOutProjection(model::Projection &p) {
  abi::Projection a;
  a.name = p.name;
  a.synapse = p.synapseName;
  a.rule = p.ruleName;
  a.group = p.group;
  a.sourcePart = p.sourcePart;
  a.targetPart = p.targetPart;
  a.source = p.sourcePopulation->id;
  a.target = p.targetPopulation->id;
  a.plastic = p.plastic();
  a.procedural = p.procedural;
  a.rows = static_cast<abi::Rows>(model::rowsOf(p, network.groups[p.group]));
  a.delay = p.delay && !p.delayUniform ? abi::DelayKind::Drawn : abi::DelayKind::Uniform;
  if (p.delay && p.delayUniform)
    a.delayProgram = host(p.delay);
  a.demands = demandsOf(p);
  if (changesItsWeight(p))
    a.learningScalar = addScalar(p.name + ".learning");
  out.tables.projections.push_back(std::move(a));
  abi::Projection &table = out.tables.projections.back();
  for (Var &var : p.vars) {
    const bool let = var.kind == VarKind::Let;
    if (var.kind == VarKind::Derived || (let && !var.read))
      continue;
    abi::Variable v = variable(var);
    const std::string name = p.name + "." + var.name;
    v.extent = var.storage == Storage::PerSource ? abi::Extent::Sources : var.storage == Storage::PerTarget ? abi::Extent::Targets : abi::Extent::Edges;
    if (var.storage == Storage::Uniform) {
      v.scalar = map.scalarOf[&var] = addScalar(name);
    } else {
      v.buffer = addBuffer(name, elemOf(var.type), v.extent, p.id, !let);
      if (!let)
        buffers[&var] = v.buffer;
      out.tables.buffers[v.buffer].finiteCheck = !let && var.type.base == expr::Base::Real;
    }
    if (var.eventDriven) {
      v.lastBuffer = lasts[&var] = addBuffer(name + ".last", abi::Elem::I64, v.extent, p.id);
      out.tables.buffers[v.lastBuffer].holds = abi::Holds::EventStep;
      for (const model::Projection::EventDriven &e : p.eventDriven)
        if (e.state == &var) {
          const expr::ExprPtr perStep = build.mul(e.rate, build.dt());
          rates[&var] = e.uniform ? computedScalar(name + ".rate", perStep) : abi::none;
          ownRates[&var] = perStep;
          edgeInputs[&var] = e.input;
        }
      v.evalBuffer = copies[&var] = addBuffer(name + ".now", abi::Elem::Real, v.extent, p.id, false);
    }
    if (var.summed)
      sums[&var] = addBuffer(name + ".arrived", abi::Elem::Real, v.extent, p.id, false);
    if (&var == p.weight)
      table.weight = static_cast<uint32_t>(table.variables.size());
    map.variableOf[&var] = static_cast<uint32_t>(table.variables.size());
    table.variables.push_back(std::move(v));
  }
}

/// Whether a value may differ from pair to pair.
static bool asksCells(expr::ExprPtr e) {
  return e && expr::anyPart(e, [](expr::ExprPtr part) {
           if (const auto *r = expr::dynCast<expr::Ref>(part))
             return r->side != expr::Side::Self;
           const auto *s = expr::dynCast<expr::Special>(part);
           return s && s->side != expr::Side::Self;
         });
}

void Scheduler::layOutGroups() {
  for (const model::Group &g : network.groups) {
    abi::Group a;
    a.name = g.name;
    a.place = diagnostics.sources().where(g.range);
    a.stream = streamOf(g.name + "/edges");
    const auto ranges = [&](const std::vector<model::CellRange> &from, std::vector<abi::CellRange> &to) {
      for (const model::CellRange &r : from) {
        abi::CellRange range;
        range.population = r.population->id;
        const auto optional = [&](expr::ExprPtr e) { return e ? host(e) : abi::none; };
        for (const model::SliceAxis &axis : r.slice)
          range.slice.push_back({optional(axis.index), optional(axis.start), optional(axis.stop), optional(axis.step)});
        to.push_back(std::move(range));
      }
    };
    ranges(g.sources, a.sources);
    ranges(g.targets, a.targets);
    for (model::Projection &p : network.projections) {
      if (p.group != g.id)
        continue;
      a.pattern = static_cast<abi::Pattern>(p.pattern.kind);
      a.multapses = p.pattern.multapses;
      a.asksCells |= asksCells(p.where);
      if (p.pattern.amount && !asksCells(p.pattern.amount) && a.amount == abi::none)
        a.amount = host(p.pattern.amount);
      a.projections.push_back(p.id);
    }
    out.tables.groups.push_back(std::move(a));
  }
}

void Scheduler::propagators(const model::Dynamics &owner) {
  const auto numbers = [&](const std::vector<Var *> &vars) {
    std::vector<uint32_t> ids;
    for (const Var *v : vars)
      ids.push_back(v ? scalarOf(*v) : abi::none);
    return ids;
  };
  for (const model::LinearSystem &s : owner.systems) {
    abi::Propagator a;
    a.size = static_cast<uint32_t>(s.states.size());
    a.fraction = s.fraction;
    a.a = numbers(s.a);
    a.p = numbers(s.p);
    a.q = numbers(s.q);
    out.tables.propagators.push_back(std::move(a));
  }
}

/// One kernel that computes all derived scalars in float64, each behind what it reads.
void Scheduler::prepareKernel() {
  if (computed.empty())
    return;
  kernel::Kernel &k = begin("prepare", abi::Space::Once, abi::none, "values that depend on params alone");
  k.doublePrecision = true;
  Frame frame;
  frame.space = abi::Space::Once;
  BodyBuilder b(k, *this, frame);
  std::set<uint32_t> ready;
  const std::function<void(size_t)> compute = [&](size_t n) {
    const auto [id, value] = computed[n];
    if (!ready.insert(id).second)
      return;
    expr::anyPart(value, [&](expr::ExprPtr e) { // what it reads comes before it
      const auto *r = expr::dynCast<expr::Ref>(e);
      if (r && r->var->kind == VarKind::Derived && r->var->init) {
        const uint32_t needed = scalarOf(*r->var);
        compute(static_cast<size_t>(std::ranges::find(computed, needed, [](const auto &c) { return c.first; }) - computed.begin()));
      }
      return false;
    });
    Instr set;
    set.op = Op::SetScalar;
    set.a = b.valueAs(value, Type::Real);
    set.object = id;
    b.emit(set);
  };
  for (size_t n = 0; n < computed.size(); ++n)
    compute(n);
  out.tables.prepareKernels.push_back(end());
}

} // namespace snn::schedule
