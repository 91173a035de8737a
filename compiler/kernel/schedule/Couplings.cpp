// What edges add to cells all the time, as gap junctions and rate synapses do: sums by target, and by source.
#include "compiler/kernel/schedule/Scheduler.h"

#include "compiler/model/ir/Network.h"
#include <fmt/format.h>

namespace snn::schedule {

using expr::Side;

namespace {
bool readsSum(expr::ExprPtr e) {
  return expr::anyPart(e, [](expr::ExprPtr x) {
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && r->side == Side::Self && r->var->summed;
  });
}
} // namespace

/// What reads a value that is summed per target is added once per target, the rest once per edge; what goes to the sources comes
/// after that.
void Scheduler::couplings(model::Projection &p) {
  if (p.delay && !keepForLater(p, p.couplings))
    return;
  model::Body perEdge, perTarget;
  for (const model::Stmt &s : p.couplings)
    if (s.side == Side::Post)
      (readsSum(s.value) ? perTarget : perEdge).push_back(s);
  coupling(p, perEdge, false);
  coupling(p, perTarget, true);
  for (const model::Stmt &s : p.couplings)
    if (s.side == Side::Pre)
      sourceCoupling(p, s);
}

/// `source += e` adds outgoing.sum(e), by ascending target, to the source's port.
void Scheduler::sourceCoupling(model::Projection &p, const model::Stmt &s) {
  reduceForEdges(p, {s}, 0);
  const expr::Reduce &sum = *arena.make<expr::Reduce>(s.value->type, s.range, expr::ReduceOp::Sum, expr::ReduceScope::Outgoing, s.value);
  reduceEdges(p, sum, {.kind = abi::CommandKind::Edges, .object = p.id}, 0, true);
  addToSources(p, *s.var, reductions.at(&sum), s.op == model::AssignOp::Sub, {});
}

void Scheduler::addToSources(model::Projection &p, const Var &port, uint32_t sums, bool minus, abi::Command shape) {
  kernel::Kernel &k = begin(fmt::format("{}.sources{}", p.name, out.kernels.size()), abi::Space::Cells, p.sourcePopulation->id,
                            "what the edges of a source add to it");
  BodyBuilder b(k, *this, {.edges = &p});
  const uint32_t to = ports.at({p.sourcePopulation->id, &port}).accumulator;
  const Type type = BodyBuilder::typeOf(port.type);
  const ValueId i = b.index(Op::I), more = b.convert(b.load(sums, i, Type::Real), type);
  b.store(to, i, b.op(minus ? Op::Sub : Op::Add, type, b.load(to, i, type), more));
  shape.kind = abi::CommandKind::Cells;
  shape.kernel = end();
  shape.object = p.sourcePopulation->id;
  out.tables.step.push_back(shape);
}

/// Zero between two kernels: what an edge adds to its source in one of them.
uint32_t Scheduler::forSource(const model::Projection &p, const Var &port) {
  const auto [at, isNew] = keptForSource.try_emplace({p.id, &port});
  if (isNew)
    at->second = addBuffer(fmt::format("{}.source.{}", p.name, port.name), abi::Elem::Real, abi::Extent::Edges, p.id, false);
  return at->second;
}

/// `source += e` in a body: threads own targets, so that each edge keeps what it adds, and an ordered sum over the edges of each source
/// follows.
void Scheduler::sumIntoSources(model::Projection &p, const model::Body &statements, abi::Command shape) {
  model::VarSet changed;
  model::portsIn(statements, Side::Pre, changed);
  for (const Var *port : changed) {
    const uint32_t kept = forSource(p, *port);
    abi::Command sum = shape;
    sum.kind = abi::CommandKind::ReduceEdges;
    sum.object = p.id;
    sum.reduce = abi::ReduceKind::Sum;
    sum.over = abi::Extent::Sources;
    sum.from = kept;
    sum.to = addBuffer(fmt::format("{}.sourceSum{}", p.name, out.tables.buffers.size()), abi::Elem::Real, abi::Extent::Sources, p.id, false);
    out.tables.step.push_back(sum);
    addToSources(p, *port, sum.to, false, shape);
    abi::Command zero = shape;
    zero.kind = abi::CommandKind::Fill;
    zero.to = kept;
    out.tables.step.push_back(zero);
  }
}

void Scheduler::coupling(model::Projection &p, const model::Body &statements, bool perTarget) {
  if (statements.empty())
    return;
  reduceForEdges(p, statements, 0);
  const uint32_t object = perTarget ? p.targetPopulation->id : p.id;
  kernel::Kernel &k = begin(p.name + (perTarget ? ".sums" : ".coupling"), perTarget ? abi::Space::Cells : abi::Space::Edges, object,
                            perTarget ? "continuous coupling, summed over the edges of a target" : "continuous coupling");
  Frame frame;
  frame.space = k.space;
  frame.edges = &p;
  frame.refreshedValues = false;
  frame.delayed = p.delay != nullptr;
  BodyBuilder b(k, *this, frame);
  body(b, statements, kernel::noValue, {}, &p, 0);
  command(perTarget ? abi::CommandKind::Cells : abi::CommandKind::Edges, end(), object);
}

/// What arrived for a value that is summed per target is added to it once, in the step of the arrivals.
void Scheduler::addSums(model::Projection &p) {
  for (Var &var : p.vars) {
    if (!var.summed || !assigns(p.onPre, var))
      continue;
    kernel::Kernel &k = begin(fmt::format("{}.{}.add", p.name, var.name), abi::Space::Cells, p.targetPopulation->id, "what arrived, once per target");
    Frame frame;
    frame.edges = &p;
    frame.refreshedValues = false;
    BodyBuilder b(k, *this, frame);
    const ValueId i = b.index(Op::I), arrived = b.load(sums.at(&var), i, Type::Real);
    const ValueId any = b.op(Op::Ne, Type::Bool, arrived, b.constant(0));
    const ValueId now = b.op(Op::Add, Type::Real, b.read(var, Side::Self), arrived);
    b.store(buffers.at(&var), i, now, any);
    b.store(lasts.at(&var), i, b.stepNow(), any);
    b.store(sums.at(&var), i, b.constant(0));
    command(abi::CommandKind::Arrivals, end(), p.id);
  }
}

} // namespace snn::schedule
