// Projection kernels: arrivals (`on pre`), departures (`on post`), refreshed traces, updates of edges.
#include "compiler/kernel/schedule/Scheduler.h"

#include "compiler/model/ir/Network.h"
#include <fmt/format.h>

namespace snn::schedule {

using expr::Side;
using model::Storage;
using model::StmtKind;
using model::VarKind;

/// `on pre { target += w }` with one constant w: its arrivals are counted, and count * w is rounded with the sum.
bool Scheduler::counted(const model::Projection &p) const {
  const auto adds = [&](const model::Body &body) {
    model::VarSet ports;
    model::portsIn(body, Side::Post, ports);
    return !ports.empty();
  };
  if (adds(p.couplings) || std::ranges::any_of(p.updates, [&](const model::Update &u) { return adds(u.body); }))
    return false;
  if (p.onPre.size() != 1 || !p.onPost.empty() || p.onPre[0].kind != StmtKind::Assign || p.onPre[0].side != Side::Post)
    return false;
  return !expr::anyPart(p.onPre[0].value, [](expr::ExprPtr e) {
    if (const auto *r = expr::dynCast<expr::Ref>(e))
      return r->var->storage != Storage::Uniform;
    return e->kind == expr::Kind::Draw || e->kind == expr::Kind::Reduce || e->kind == expr::Kind::Lookup || e->kind == expr::Kind::Special;
  });
}

/// Accumulators of the ports; trailing counted projections are added where the cells are updated.
void Scheduler::ports_() {
  for (model::Projection &p : network.projections) {
    const auto accumulate = [&](const Var *var, const model::Population &cells) {
      Port &port = ports[{cells.id, var}];
      if (port.accumulator == abi::none)
        port.accumulator = addBuffer(cells.name + "." + var->name + ".arrived", elemOf(var->type), abi::Extent::Cells, cells.id);
    };
    model::VarSet mine = model::portsOf(p, Side::Post);
    if (counted(p) && mine.size() == 1) {
      countBuffers[&p] = addBuffer(p.name + ".count", abi::Elem::I32, abi::Extent::Targets, p.id);
      ports[{p.targetPopulation->id, *mine.begin()}].counted.emplace_back(&p, countBuffers[&p]);
      mine.clear();
    }
    for (const Var *var : mine)
      accumulate(var, *p.targetPopulation);
    for (const Var *var : model::portsOf(p, Side::Pre))
      accumulate(var, *p.sourcePopulation);
  }
  for (auto &[key, port] : ports) { // counted ones before another one are folded in their place
    if (port.accumulator == abi::none)
      continue;
    uint32_t lastPlain = 0;
    for (const model::Projection &p : network.projections)
      if (p.targetPopulation->id == key.first && !counted(p)) {
        model::VarSet mine;
        model::portsIn(p.onPre, Side::Post, mine);
        model::portsIn(p.onPost, Side::Post, mine);
        if (mine.contains(key.second))
          lastPlain = p.id;
      }
    std::erase_if(port.counted, [&](const auto &c) { return c.first->id < lastPlain; });
  }
}

/// Adds count * w to the accumulator, before later projections add theirs.
void Scheduler::foldCounts(model::Projection &p, uint32_t counts, uint32_t accumulator) {
  kernel::Kernel &k = begin(p.name + ".fold", abi::Space::Cells, p.targetPopulation->id, "count of arrivals times the constant weight");
  Frame frame;
  frame.edges = &p;
  BodyBuilder b(k, *this, frame);
  const ValueId i = b.index(Op::I);
  b.store(accumulator, i, plusCounted(b, p, counts, b.load(accumulator, i, BodyBuilder::typeOf(p.onPre[0].var->type))));
  command(abi::CommandKind::Arrivals, end(), p.id);
}

bool Scheduler::readsFar(const model::Projection &p, bool pre, const Var &var) const {
  bool found = false;
  model::forEachExpression(pre ? p.onPre : p.onPost, [&](expr::ExprPtr e, bool) {
    found |= expr::anyPart(e, [&](expr::ExprPtr x) {
      const auto *r = expr::dynCast<expr::Ref>(x);
      return r && r->var == &var;
    });
  });
  return found;
}

/// Traces of the far side are brought to now for all cells at once, if anything arrives (departs) at all.
void Scheduler::refresh(model::Projection &p, bool arriving) {
  const Storage far = arriving ? Storage::PerTarget : Storage::PerSource;
  for (Var &var : p.vars) {
    if (!var.eventDriven || var.storage != far || !readsFar(p, arriving, var))
      continue;
    const uint32_t cells = arriving ? p.targetPopulation->id : p.sourcePopulation->id;
    kernel::Kernel &k = begin(fmt::format("{}.{}.now", p.name, var.name), abi::Space::Cells, cells, "the trace at this moment");
    Frame frame;
    frame.edges = &p;
    frame.timeOffset = arriving ? 0 : 1;
    frame.refreshedValues = false;
    BodyBuilder b(k, *this, frame);
    b.store(copies.at(&var), b.index(Op::I), b.read(var, Side::Self));
    command(arriving ? abi::CommandKind::Arrivals : abi::CommandKind::Departures, end(), p.id);
  }
}

/// Stores the variables that changed and that `which` names, with the step of the event for event-driven ones.
void Scheduler::storeEdges(model::Projection &p, BodyBuilder &b, const std::function<bool(const Var &)> &which) {
  for (const auto &[var, v] : b.written) {
    if (!which(*var))
      continue;
    const ValueId at = b.indexOf(*var, Side::Self);
    b.store(buffers.at(var), at, v);
    if (var->eventDriven)
      b.store(lasts.at(var), at, b.stepNow());
  }
}

/// Statements that are carried out for each edge; what they change of it is stored.
void Scheduler::ofEachEdge(model::Projection &p, kernel::Kernel &k, const Frame &frame, const model::Body &statements, size_t ruleFrom,
                           const std::function<bool(const model::Stmt &)> &wanted) {
  BodyBuilder b(k, *this, frame);
  body(b, statements, kernel::noValue, wanted, &p, ruleFrom);
  storeEdges(p, b, [](const Var &var) { return var.storage == Storage::PerEdge; });
}

namespace {
bool writesAnything(const kernel::Kernel &k) {
  return std::ranges::any_of(k.body, [](const Instr &i) { return i.op == Op::Store || i.op == Op::Accumulate; });
}

/// Whether a statement concerns only variables of one side (used by the kernels of events' cells).
bool oneSided(const model::Stmt &s, Storage side) {
  if (s.kind == StmtKind::Assign)
    return s.side == Side::Self && s.var->storage == side;
  return !expr::anyPart(s.value, [&](expr::ExprPtr e) {
    const auto *r = expr::dynCast<expr::Ref>(e);
    if (!r || r->var->kind == VarKind::Local || r->var->kind == VarKind::Let)
      return false;
    const Side own = side == Storage::PerSource ? Side::Pre : Side::Post;
    return r->side == Side::Self ? r->var->storage != side && r->var->storage != Storage::Uniform : r->side != own;
  });
}
} // namespace

/// Variables that live once per source (target) change once per event, after the edges have read them.
void Scheduler::eventCells(model::Projection &p, bool pre) {
  const Storage side = pre ? Storage::PerSource : Storage::PerTarget;
  const model::Body &statements = pre ? p.onPre : p.onPost;
  bool any = false;
  for (Var &var : p.vars)
    any |= var.storage == side && assigns(statements, var);
  if (!any)
    return;
  kernel::Kernel &k = begin(p.name + (pre ? ".sources" : ".targets"), abi::Space::EventCells,
                            p.id, pre ? "traces of the sources whose spikes arrive" : "traces of the targets that spiked");
  Frame frame;
  frame.space = abi::Space::EventCells;
  frame.edges = &p;
  frame.timeOffset = pre ? 0 : 1;
  frame.refreshedValues = false;
  BodyBuilder b(k, *this, frame);
  body(b, statements, kernel::noValue, [&](const model::Stmt &s) { return oneSided(s, side); }, &p, pre ? p.synapsePre : p.synapsePost);
  storeEdges(p, b, [&](const Var &var) { return var.storage == side; });
  command(pre ? abi::CommandKind::Arrivals : abi::CommandKind::Departures, end(), p.id);
}

void Scheduler::arrivals(model::Projection &p) {
  if (p.onPre.empty())
    return;
  if (p.postWay == model::PostWay::Replay)
    going(abi::PostWay::Deferred, [&] { replay(p); });
  if (counted(p)) {
    Port &port = ports.at({p.targetPopulation->id, p.onPre[0].var});
    const uint32_t counts = countBuffers.at(&p);
    kernel::Kernel &k = begin(p.name + ".pre", abi::Space::RowEdges, p.id, "arrivals are counted: the weight is one constant");
    Frame frame;
    frame.space = abi::Space::RowEdges;
    frame.edges = &p;
    BodyBuilder b(k, *this, frame);
    b.accumulate(counts, b.index(Op::Tgt), b.integer(1, Type::I32));
    command(abi::CommandKind::Arrivals, end(), p.id);
    const bool trailing = std::ranges::any_of(port.counted, [&](const auto &c) { return c.first == &p; });
    if (!trailing)
      foldCounts(p, counts, port.accumulator);
    return;
  }
  refresh(p, true);
  reduceForEdges(p, p.onPre, 0);
  kernel::Kernel &k = begin(p.name + ".pre", abi::Space::RowEdges, p.id, "on pre");
  ofEachEdge(p, k, {.space = abi::Space::RowEdges, .edges = &p}, p.onPre, p.synapsePre);
  if (writesAnything(k))
    command(abi::CommandKind::Arrivals, end(), p.id);
  else
    out.kernels.pop_back();
  sumIntoSources(p, p.onPre, {});
  addSums(p);
  eventCells(p, true);
}

void Scheduler::departures(model::Projection &p) {
  if (p.onPost.empty())
    return;
  if (p.postWay == model::PostWay::Replay) {
    going(abi::PostWay::AtOnce, [&] { columns(p); });
    going(abi::PostWay::Deferred, [&] { log(p); });
  } else {
    columns(p);
  }
  eventCells(p, false);
}

/// What `make` adds to the step is carried out only if `on post` goes this way.
void Scheduler::going(abi::PostWay way, const std::function<void()> &make) {
  const size_t before = out.tables.step.size();
  make();
  for (size_t k = before; k < out.tables.step.size(); ++k)
    out.tables.step[k].way = way;
}

/// `on post` at once: for the incoming edges of the targets that spiked.
void Scheduler::columns(model::Projection &p) {
  refresh(p, false);
  reduceForEdges(p, p.onPost, 1);
  kernel::Kernel &k = begin(p.name + ".post", abi::Space::ColumnEdges, p.id, "on post");
  ofEachEdge(p, k, {.space = abi::Space::ColumnEdges, .edges = &p, .timeOffset = 1}, p.onPost, p.synapsePost);
  if (writesAnything(k)) {
    abi::Projection &projection = out.tables.projections[p.id];
    (p.postWay == model::PostWay::Replay ? projection.columnsAtOnce : projection.needsIncoming) = true;
    command(abi::CommandKind::Departures, end(), p.id);
  } else {
    out.kernels.pop_back();
  }
  sumIntoSources(p, p.onPost, {});
}

/// What `make` adds to the step is done at another time, when reductions over cells have other values.
std::vector<abi::Command> Scheduler::apart(const std::function<void()> &make) {
  std::vector<abi::Command> ofStep;
  std::set<const expr::Reduce *> reduced;
  ofStep.swap(out.tables.step);
  reduced.swap(reducedNow);
  make();
  ofStep.swap(out.tables.step);
  reduced.swap(reducedNow);
  return ofStep;
}

/// The reductions that statements over edges read, of cells and of edges.
void Scheduler::reductionsOf(model::Projection &p, const model::Body &statements, const abi::Command &shape, int offset) {
  reduceForEdges(p, statements, offset, shape.everyScalar);
  edgeReductions(p, statements, shape, offset);
}

void Scheduler::edgeUpdates(model::Projection &p) {
  for (const model::Update &u : p.updates) {
    abi::Command shape;
    shape.kind = abi::CommandKind::Edges;
    shape.object = p.id;
    if (u.interval)
      shape.everyScalar = computedScalar(fmt::format("{}.every{}", p.name, out.kernels.size()), u.interval);
    const auto make = [&] {
      const int offset = u.signal ? 0 : 1; // a signal is assigned between two steps
      reductionsOf(p, u.body, shape, offset);
      kernel::Kernel &k = begin(fmt::format("{}.update{}", p.name, out.kernels.size()), abi::Space::Edges, p.id,
                                u.signal ? "on " + u.signal->name : "each step / every");
      ofEachEdge(p, k, {.space = abi::Space::Edges, .edges = &p, .timeOffset = offset, .refreshedValues = false}, u.body, 0);
      shape.kernel = end();
      out.tables.step.push_back(shape);
      sumIntoSources(p, u.body, {.everyScalar = shape.everyScalar});
    };
    if (!u.signal) {
      make();
      continue;
    }
    for (abi::Command &c : apart(make)) {
      c.signal = scalarOf(*u.signal);
      out.tables.step.push_back(c);
    }
  }
}

/// Event-driven variables and lets as the experiment sees them: the value now, stored nowhere else.
void Scheduler::evaluateEdgeVariables(model::Projection &p) {
  for (Var &var : p.vars) {
    const bool let = var.kind == VarKind::Let && var.read;
    if (!var.eventDriven && !let)
      continue;
    abi::Variable &v = out.tables.projections[p.id].variables[map.variableOf.at(&var)];
    if (let)
      v.evalFirst = apart([&] { reductionsOf(p, {{.value = var.init}}, {.kind = abi::CommandKind::Edges, .object = p.id}, 0); });
    const bool perEdge = let || var.storage == Storage::PerEdge;
    const uint32_t cells = var.storage == Storage::PerSource ? p.sourcePopulation->id : p.targetPopulation->id;
    kernel::Kernel &k = begin(fmt::format("{}.{}.value", p.name, var.name), perEdge ? abi::Space::Edges : abi::Space::Cells, perEdge ? p.id : cells,
                              let ? "the let as the experiment sees it" : "the trace as the experiment sees it");
    BodyBuilder b(k, *this, {.space = k.space, .edges = &p, .refreshedValues = false});
    b.beginBody();
    b.store(let ? v.buffer : copies.at(&var), let ? b.index(Op::Edge) : b.indexOf(var, Side::Self), b.read(var, Side::Self));
    v.evalKernel = end();
  }
}

} // namespace snn::schedule
