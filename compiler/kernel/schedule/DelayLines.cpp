// Continuous couplings with a delay: what they read of the source cell is kept for as many steps.
//   target += w * pre.V   delay 2 ms     becomes a kernel over the source cells that puts V into a ring of slots, one for each step
//   of the delay and one for the step that runs, before the kernel over the edges takes it from there.
#include "compiler/kernel/schedule/Scheduler.h"

#include <fmt/format.h>

namespace snn::schedule {

using expr::Side;
using model::VarKind;

/// What the statements read of the source cell; false after an error.
bool Scheduler::keepForLater(model::Projection &p, const model::Body &statements) {
  const size_t before = diagnostics.errors();
  std::set<const Var *, model::VarOrder> read;
  model::forEachExpression(statements, [&](expr::ExprPtr e, bool) {
    expr::anyPart(e, [&](expr::ExprPtr x) {
      const auto *s = expr::dynCast<expr::Special>(x);
      if (s && s->side == Side::Pre && s->value != expr::SpecialValue::Index)
        refuse(s->range, "a continuous coupling with a delay reads states, inputs and lets of the source cell, but not this");
      if (const auto *r = expr::dynCast<expr::Ref>(x); r && r->side == Side::Pre && r->var->kind != VarKind::Param)
        read.insert(r->var);
      return false;
    });
  });
  if (!read.empty() && !p.delayUniform) {
    diagnostics.report(diag::Id::notInThisVersion, p.range, "a continuous coupling that reads the source cell with drawn delays is not in this version")
        .mend("one delay for all edges, or spikes that carry the value: `on pre { … }`");
    return false;
  }
  if (read.empty() && p.onPre.empty() && diagnostics.errors() == before)
    diagnostics.report(diag::Id::notInThisVersion, p.delay->range,
                       "a delay of equations and `each step` of edges is not in this version, and `{}` has no `on pre` and no coupling that reads the source cell",
                       p.synapseName)
        .mend("keep the state in the source cell, and read it by `target += w * pre.s`, which waits");
  for (const Var *var : read)
    keepForLater(p, *var);
  return diagnostics.errors() == before;
}

void Scheduler::keepForLater(model::Projection &p, const Var &var) {
  abi::Projection &table = out.tables.projections[p.id];
  if (table.delaySteps == abi::none) {
    table.delaySteps = addScalar(p.name + ".delay_steps");
    table.ringCells = addScalar(p.name + ".ring_cells");
  }
  model::Population &source = *p.sourcePopulation;
  const std::string name = fmt::format("{}.pre.{}", p.name, var.name);
  DelayLine &line = delayLines[{p.id, &var}];
  line.steps = table.delaySteps;
  line.cells = table.ringCells;
  line.ring = addBuffer(name + ".ring", elemOf(var.type), abi::Extent::Ring, p.id);
  line.first = addBuffer(name + ".first", elemOf(var.type), abi::Extent::Cells, source.id);
  line.begun = addBuffer(name + ".begun", abi::Elem::I64, abi::Extent::Cells, source.id);
  out.tables.buffers[line.begun].holds = abi::Holds::Begun;
  rings[source.id].push_back(line.begun);

  std::unique_ptr<BodyBuilder> b = openCells(source, name, 0);
  out.kernels.back().comment = "kept for the delay of " + p.name;
  std::vector<expr::ExprPtr> reductionsToo{var.kind == VarKind::Let ? var.init : nullptr};
  if (reductionsToo[0])
    flushReductions(source, b, reductionsToo, 0);
  b->beginBody();
  const Type type = BodyBuilder::typeOf(var.type);
  const ValueId i = b->index(Op::I), step = b->index(Op::StepNumber), value = b->read(var, Side::Self);
  const ValueId begun = b->load(line.begun, i, Type::I64), isFirst = b->op(Op::Lt, Type::Bool, begun, b->integer(0));
  const ValueId slot = b->op(Op::Mod, Type::I64, step, b->op(Op::Add, Type::I64, b->scalar(line.steps, Type::I64), b->integer(1)));
  const ValueId place = b->op(Op::Add, Type::I64, b->op(Op::Mul, Type::I64, slot, b->scalar(line.cells, Type::I64)), i);
  b->store(line.first, i, b->select(isFirst, value, b->load(line.first, i, type)));
  b->store(line.begun, i, b->select(isFirst, step, begun));
  b->store(line.ring, place, value);
  command(abi::CommandKind::Cells, end(), source.id);
}

} // namespace snn::schedule
