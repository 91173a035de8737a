// Initial values, reset, assigned data, and the kernels that construction asks for each pair of cells.
#include "compiler/kernel/schedule/Scheduler.h"

#include <functional>
#include <memory>

#include <fmt/format.h>

namespace snn::schedule {

using expr::Side;
using model::Storage;
using model::VarKind;

namespace {
Frame cellFrame(const model::Population &p) {
  Frame f;
  f.cells = &p;
  return f;
}
} // namespace

/// Which variables are given their initial values, and over which elements.
struct Scheduler::InitialValues {
  std::string name;
  abi::Space space = abi::Space::Cells;
  uint32_t object = abi::none;
  std::string comment;
  Frame frame;
  std::function<bool(const Var &)> wanted;
};

/// One kernel, or several where a value is computed from one before it: between two kernels the runtime puts in what
/// --set says, so that what is derived follows.
void Scheduler::initialValues(std::deque<Var> &vars, const InitialValues &how, std::vector<uint32_t> &kernels) {
  std::unique_ptr<BodyBuilder> b;
  const auto readsWritten = [&](expr::ExprPtr e) {
    return expr::anyPart(e, [&](expr::ExprPtr x) {
      const auto *r = expr::dynCast<expr::Ref>(x);
      return r && r->side == Side::Self && b->isWritten(*r->var) &&
             (r->var->kind == VarKind::Param || r->var->kind == VarKind::Weight);
    });
  };
  const auto close = [&] {
    for (const auto &[var, v] : b->written) {
      b->store(buffers.at(var), b->indexOf(*var, Side::Self), v);
      if (var->eventDriven)
        b->store(lasts.at(var), b->indexOf(*var, Side::Self), b->integer(0));
    }
    kernels.push_back(end());
    b.reset();
  };
  for (Var &var : vars) {
    if (!how.wanted(var))
      continue;
    if (b && readsWritten(var.init))
      close();
    if (!b) {
      const std::string name = kernels.empty() ? how.name : fmt::format("{}{}", how.name, kernels.size() + 1);
      b = std::make_unique<BodyBuilder>(begin(name, how.space, how.object, how.comment), *this, how.frame);
    }
    const Type t = BodyBuilder::typeOf(var.type);
    b->write(var, var.init ? b->valueAs(var.init, t) : b->constant(0, t));
  }
  if (b)
    close();
}

/// Params in the order of declaration, then states and data; holds, last spikes and crossings begin empty.
void Scheduler::initPopulation(model::Population &p) {
  abi::Population &table = out.tables.populations[p.id];
  const auto bookkeeping = [&](BodyBuilder &b) {
    const ValueId i = b.index(Op::I);
    for (const Var *var : heldStates(p))
      b.store(holds.at(var), i, b.integer(0));
    if (spikeSteps.contains(p.id))
      b.store(spikeSteps.at(p.id), i, b.integer(-1));
    for (uint32_t begun : rings[p.id])
      b.store(begun, i, b.integer(-1));
    if (flagBuffers.contains(p.id))
      b.store(flagBuffers.at(p.id), i, b.truth(false));
    for (const Var &var : p.vars) // what has been added and has not reached the cells
      if (const auto port = ports.find({p.id, &var}); port != ports.end() && port->second.accumulator != abi::none)
        b.store(port->second.accumulator, i, b.constant(0, BodyBuilder::typeOf(var.type)));
    rememberCrossings(p, b);
  };
  const auto storeAll = [&](BodyBuilder &b) {
    for (const auto &[var, v] : b.written)
      b.store(buffers.at(var), b.index(Op::I), v);
  };
  const auto perCellParam = [](const Var &var) { return var.kind == VarKind::Param && var.storage == Storage::PerCell; };
  initialValues(p.vars, {p.name + ".params", abi::Space::Cells, p.id, "params that differ from cell to cell", cellFrame(p), perCellParam},
                table.initKernels);
  kernel::Kernel &states = begin(p.name + ".reset", abi::Space::Cells, p.id, "initial states");
  BodyBuilder second(states, *this, cellFrame(p));
  for (Var &var : p.vars)
    if (var.kind == VarKind::State && var.storage == Storage::PerCell) {
      const Type t = BodyBuilder::typeOf(var.type);
      second.write(var, var.init ? second.valueAs(var.init, t) : second.constant(0, t));
    }
  storeAll(second);
  bookkeeping(second);
  if (states.body.empty()) {
    out.kernels.pop_back();
  } else {
    table.initKernels.push_back(end());
    table.resetKernels.push_back(end());
  }
  for (const model::Body &onData : p.onData) {
    kernel::Kernel &k = begin(fmt::format("{}.data{}", p.name, out.kernels.size()), abi::Space::Cells, p.id, "on data");
    BodyBuilder b(k, *this, cellFrame(p));
    body(b, onData, kernel::noValue, {});
    storeAll(b);
    table.onDataKernels.push_back(end());
  }
  const bool crosses = std::ranges::any_of(crossings, [&](const auto &c) { return out.tables.buffers[c.second].object == p.id; });
  if (!crosses)
    return;
  kernel::Kernel &k = begin(p.name + ".crossings", abi::Space::Cells, p.id, "memory of `crosses` after the experiment set something");
  BodyBuilder b(k, *this, cellFrame(p));
  rememberCrossings(p, b);
  table.refreshKernels.push_back(end());
}

void Scheduler::initProjection(model::Projection &p) {
  abi::Projection &table = out.tables.projections[p.id];
  if (p.delay && !p.delayUniform) {
    table.delayBuffer = addBuffer(p.name + ".delay", abi::Elem::Real, abi::Extent::Lent, p.id, false);
    kernel::Kernel &k = begin(p.name + ".delays", abi::Space::Edges, p.id, "drawn delays, in ms");
    Frame frame;
    frame.space = abi::Space::Edges;
    frame.edges = &p;
    BodyBuilder b(k, *this, frame);
    b.store(table.delayBuffer, b.index(Op::Edge), b.valueAs(p.delay, Type::Real));
    table.delayKernel = end();
  }
  const auto valuesOf = [&](Storage storage, abi::Space space, uint32_t object, std::string_view part) {
    Frame frame;
    frame.space = space;
    frame.edges = &p;
    const auto stored = [&](const Var &var) {
      return var.storage == storage && var.kind != VarKind::Let && var.kind != VarKind::Derived;
    };
    std::vector<uint32_t> kernels;
    initialValues(p.vars, {fmt::format("{}.{}", p.name, part), space, object, "initial values", frame, stored}, kernels);
    table.initKernels.insert(table.initKernels.end(), kernels.begin(), kernels.end());
  };
  valuesOf(Storage::PerEdge, abi::Space::Edges, p.id, "edges");
  valuesOf(Storage::PerSource, abi::Space::Cells, p.sourcePopulation->id, "initial_sources");
  valuesOf(Storage::PerTarget, abi::Space::Cells, p.targetPopulation->id, "initial_targets");
}

void Scheduler::pairKernels(model::Projection &p) {
  const auto pairKernel = [&](expr::ExprPtr e, std::string_view part, Type t) {
    kernel::Kernel &k = begin(fmt::format("{}.{}", p.name, part), abi::Space::Pairs, p.id, "asked for each pair of cells while connecting");
    Frame frame;
    frame.space = abi::Space::Pairs;
    frame.edges = &p;
    BodyBuilder b(k, *this, frame);
    b.op(Op::PairOut, Type::None, b.valueAs(e, t));
    return end();
  };
  abi::Projection &table = out.tables.projections[p.id];
  if (p.where)
    table.whereKernel = pairKernel(p.where, "where", Type::Bool);
  const abi::Group &group = out.tables.groups[p.group];
  if (p.pattern.amount && group.amount == abi::none)
    table.amountKernel = pairKernel(p.pattern.amount, "probability", Type::Real);
}

} // namespace snn::schedule
