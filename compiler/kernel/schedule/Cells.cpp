// Population kernels. One fused kernel a population and step: arrivals, integration, updates, threshold, spike body, memory
// of crossings; it is split only where a reduction needs all cells first, or an update has its own interval.
#include "compiler/kernel/schedule/Scheduler.h"

#include <fmt/format.h>

namespace snn::schedule {

using model::StmtKind;
using model::VarKind;

namespace {

/// The states that a condition reads, itself or through lets; what reductions read is not among them.
std::set<const Var *> statesRead(expr::ExprPtr condition) {
  std::set<const Var *> states;
  std::set<expr::ExprPtr> seen;
  const auto walk = [&](const auto &again, expr::ExprPtr e) -> void {
    if (!e || !seen.insert(e).second || expr::dynCast<expr::Reduce>(e))
      return;
    if (const auto *r = expr::dynCast<expr::Ref>(e)) {
      if (r->var->kind == VarKind::Let)
        again(again, r->var->init);
      else
        states.insert(r->var);
    }
    for (expr::ExprPtr part : expr::operands(e))
      again(again, part);
  };
  walk(walk, condition);
  return states;
}

} // namespace

ValueId Scheduler::heldNow(BodyBuilder &b, const Var &var) {
  return b.op(Op::Ne, Type::Bool, b.load(holds.at(&var), b.index(Op::I), Type::I32), b.integer(0, Type::I32));
}

kernel::Kernel &Scheduler::begin(std::string name, abi::Space space, uint32_t object, std::string comment) {
  kernel::Kernel &k = out.kernels.emplace_back();
  k.name = std::move(name);
  k.space = space;
  k.object = object;
  k.comment = std::move(comment);
  return k;
}

void Scheduler::command(abi::CommandKind kind, uint32_t kernel, uint32_t object) {
  abi::Command c;
  c.kind = kind;
  c.kernel = kernel;
  c.object = object;
  out.tables.step.push_back(c);
}

std::unique_ptr<BodyBuilder> Scheduler::openCells(model::Population &p, std::string_view part, int offset) {
  kernel::Kernel &k = begin(p.name + "." + std::string(part), abi::Space::Cells, p.id, "");
  Frame frame;
  frame.cells = &p;
  frame.timeOffset = offset;
  return std::make_unique<BodyBuilder>(k, *this, frame);
}

/// Stores what changed and puts the kernel into the step.
void Scheduler::closeCells(model::Population &p, BodyBuilder &b, uint32_t everyScalar) {
  for (const auto &[var, v] : b.written)
    b.store(buffers.at(var), b.index(Op::I), v);
  if (out.kernels.back().body.empty()) {
    out.kernels.pop_back();
    return;
  }
  command(abi::CommandKind::Cells, end(), p.id);
  out.tables.step.back().everyScalar = everyScalar;
}

/// What arrived is added to each port: sums of drawn weights, then what is only counted, times its weight and rounded with
/// the sum. What arrives at a held state is discarded. Inputs begin at zero.
void Scheduler::arrivalsInto(model::Population &p, BodyBuilder &b) {
  const model::VarSet held = heldStates(p);
  for (Var &var : p.vars) {
    const bool input = var.kind == VarKind::Input;
    const auto port = ports.find({p.id, &var});
    const Type type = BodyBuilder::typeOf(var.type);
    if (port == ports.end()) {
      if (input)
        b.write(var, b.constant(0, type));
      continue;
    }
    const ValueId i = b.index(Op::I), old = input ? kernel::noValue : b.read(var, expr::Side::Self);
    ValueId now = old;
    if (port->second.accumulator != abi::none) {
      const ValueId sum = b.load(port->second.accumulator, i, type);
      b.store(port->second.accumulator, i, b.constant(0, type));
      now = now == kernel::noValue ? sum : b.op(Op::Add, type, now, sum);
    }
    for (const auto &[projection, counts] : port->second.counted)
      now = plusCounted(b, *projection, counts, now);
    b.write(var, held.contains(&var) ? b.select(heldNow(b, var), old, now) : now);
  }
}

/// `sum`, if any, plus what the counted arrivals of a projection add to a cell; they are counted anew.
ValueId Scheduler::plusCounted(BodyBuilder &b, const model::Projection &p, uint32_t counts, ValueId sum) {
  const ValueId i = b.index(Op::I), n = b.load(counts, i, Type::I32);
  b.store(counts, i, b.integer(0, Type::I32));
  const Type type = BodyBuilder::typeOf(p.onPre[0].var->type);
  ValueId w = b.valueAs(p.onPre[0].value, type);
  if (p.onPre[0].op == model::AssignOp::Sub)
    w = b.op(Op::Neg, type, w);
  const ValueId count = b.convert(n, type);
  return sum == kernel::noValue ? b.op(Op::Mul, type, count, w) : b.op(Op::Fma, type, count, w, sum);
}

void Scheduler::integrate(model::Population &p, BodyBuilder &b) {
  const model::VarSet held = heldStates(p);
  b.beginBody();
  for (const model::Stmt &s : p.integrate) {
    if (s.kind == StmtKind::Let) {
      b.bind(*s.var, b.valueAs(s.value, BodyBuilder::typeOf(s.var->type)));
      continue;
    }
    if (s.kind == StmtKind::While) {
      repeat(b, s);
      continue;
    }
    const ValueId v = b.valueAs(s.value, Type::Real);
    b.write(*s.var, held.contains(s.var) ? b.select(heldNow(b, *s.var), b.read(*s.var, expr::Side::Self), v) : v);
  }
}

/// A solver's loop: what it assigns are locals, which take their new values at the end of a round.
void Scheduler::repeat(BodyBuilder &b, const model::Stmt &s) {
  std::vector<Var *> carried;
  for (const model::Stmt &inner : s.then)
    if (inner.kind == StmtKind::Assign)
      carried.push_back(inner.var);
  const auto round = [&] {
    std::vector<ValueId> next;
    for (const model::Stmt &inner : s.then) {
      const ValueId v = b.valueAs(inner.value, BodyBuilder::typeOf(inner.var->type));
      if (inner.kind == StmtKind::Let)
        b.bind(*inner.var, v);
      else
        next.push_back(v);
    }
    return next;
  };
  b.loop(s.limit, carried, [&] { return b.valueAs(s.value, Type::Bool); }, round);
}

void Scheduler::updates(model::Population &p, std::unique_ptr<BodyBuilder> &b) {
  for (const model::Update &u : p.updates) {
    std::vector<expr::ExprPtr> roots;
    model::forEachExpression(u.body, [&](expr::ExprPtr e, bool) { roots.push_back(e); });
    b->place().timeOffset = 1;
    flushReductions(p, b, roots, 1);
    b->place().timeOffset = 1;
    b->place().endOfStep = false;
    if (!u.interval) {
      body(*b, u.body, kernel::noValue, {});
      continue;
    }
    closeCells(p, *b);
    const uint32_t scalar = computedScalar(fmt::format("{}.every{}", p.name, out.kernels.size()), u.interval);
    b = openCells(p, fmt::format("every{}", out.kernels.size()), 1);
    b->place().endOfStep = false;
    body(*b, u.body, kernel::noValue, {});
    closeCells(p, *b, scalar);
    b = openCells(p, fmt::format("update{}", out.kernels.size()), 1);
  }
}

/// `V crosses c` remembers whether V - c was at most 0 at the end of the last step.
void Scheduler::rememberCrossings(model::Population &p, BodyBuilder &b) {
  if (!p.spike)
    return;
  b.beginBody();
  expr::anyPart(p.spike->condition, [&](expr::ExprPtr e) {
    const auto *c = expr::dynCast<expr::Call>(e);
    if (c && c->op == expr::Op::Crosses) {
      const ValueId left = b.valueAs(c->args[0], Type::Real), right = b.valueAs(c->args[1], Type::Real);
      b.store(crossings.at(c), b.index(Op::I), b.negate(b.op(Op::Lt, Type::Bool, right, left)));
    }
    return false;
  });
}

/// The step that ends is one held step less; a hold for ever, -1, stays.
void Scheduler::countHolds(const model::Population &p, BodyBuilder &b) {
  const ValueId i = b.index(Op::I);
  for (const Var *var : heldStates(p)) {
    const ValueId left = b.load(holds.at(var), i, Type::I32);
    const ValueId counts = b.convert(b.op(Op::Lt, Type::Bool, b.integer(0, Type::I32), left), Type::I32);
    b.store(holds.at(var), i, b.op(Op::Sub, Type::I32, left, counts));
  }
  b.place().endOfStep = true;
}

void Scheduler::threshold(model::Population &p, BodyBuilder &b) {
  const model::VarSet held = heldStates(p);
  const uint32_t flagBuffer = flags(p.id);
  b.beginBody();
  ValueId fires = b.value(p.spike->condition);
  const std::set<const Var *> read = statesRead(p.spike->condition);
  for (const Var *var : held)
    if (read.contains(var))
      fires = b.both(b.negate(heldNow(b, *var)), fires);
  const ValueId i = b.index(Op::I);
  countHolds(p, b); // a new hold replaces the rest
  body(b, p.spike->body, fires, {});
  b.store(flagBuffer, i, fires);
  rememberCrossings(p, b);
}

void Scheduler::cells(model::Population &p) {
  std::unique_ptr<BodyBuilder> b = openCells(p, "update", 0);
  out.kernels.back().comment = "arrivals, integration, threshold";
  arrivalsInto(p, *b);
  std::vector<expr::ExprPtr> roots;
  model::forEachExpression(p.integrate, [&](expr::ExprPtr e, bool) { roots.push_back(e); });
  flushReductions(p, b, roots, 0);
  integrate(p, *b);
  b->place().timeOffset = 1;
  updates(p, b);
  if (p.spike) {
    roots.assign(1, p.spike->condition);
    model::forEachExpression(p.spike->body, [&](expr::ExprPtr e, bool) { roots.push_back(e); });
    flushReductions(p, b, roots, 1);
    b->place().timeOffset = 1;
    threshold(p, *b);
  } else {
    countHolds(p, *b);
  }
  closeCells(p, *b);
  if (p.spike || p.spikeTimes)
    command(abi::CommandKind::Collect, abi::none, p.id);
}

/// Lets that the experiment reads get a buffer and a kernel that evaluates them on the recorded state.
void Scheduler::evaluateLets(model::Population &p) {
  for (const Var &var : p.vars) {
    if (var.kind != VarKind::Let || !wantedLets.contains(&var))
      continue;
    abi::Variable &v = out.tables.populations[p.id].variables[map.variableOf.at(&var)];
    std::unique_ptr<BodyBuilder> b = openCells(p, var.name + ".let", 0);
    v.evalFirst = apart([&] { flushReductions(p, b, {var.init}, 0); });
    out.kernels.back().comment = "the let as the experiment sees it";
    b->beginBody();
    b->store(v.buffer, b->index(Op::I), b->read(var, expr::Side::Self));
    v.evalKernel = end();
  }
}

} // namespace snn::schedule
