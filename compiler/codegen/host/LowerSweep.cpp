// Sweeps: the values of their axes, and the function that runs when all cells have ended.
#include "compiler/codegen/host/LowerStmt.h"

#include <algorithm>

namespace snn::codegen::host {

void HostBuilder::lowerSweeps() {
  for (const model::Sweep &sweep : program.experiment.sweeps) {
    abi::HostSweep s;
    s.target = sweep.target == model::SweepTarget::Seed ? abi::HostSweepTarget::Seed
               : sweep.target == model::SweepTarget::Dt ? abi::HostSweepTarget::Dt
                                                        : abi::HostSweepTarget::Option;
    s.name = sweep.name;
    s.unit = sweep.unit;
    s.unitScale = sweep.unitScale;
    s.type = kindOf(sweep.type);
    s.values = hostFunction(sweep.values);
    s.place = source.place ? source.place(sweep.range) : "";
    out.sweeps.push_back(std::move(s));
  }
}

/// `after sweep { … }` is a function whose first local slots are given the arrays that it reads; of those that it does not
/// read nothing is kept.
uint32_t HostBuilder::lowerAfter(FunctionBuilder &main) {
  const model::Experiment &e = program.experiment;
  FunctionBuilder f(*this, "after");
  for (const model::Gathered &g : e.gathered)
    f.bind(g.var, f.fresh());
  StatementLowering statements(*this, f);
  statements.beginPlots(*e.after);
  statements.lower(*e.after);
  f.emit(abi::HostOp::End, e.range);
  for (const model::Gathered &g : e.gathered) {
    if (!f.names(g.var))
      continue;
    abi::HostGathered from;
    from.name = g.var->name;
    from.to = f.slotOf(g.var);
    if (g.axis) {
      from.kind = abi::HostGatheredKind::Axis;
      from.from = static_cast<uint32_t>(*g.axis);
    } else if (g.local) {
      from.from = main.slotOf(g.local);
    } else {
      from.kind = abi::HostGatheredKind::Recorded;
      const auto record = std::ranges::find_if(
          out.records, [&](const abi::HostRecord &r) { return r.kind == abi::HostRecordKind::Value && r.name == g.recorded; });
      from.from = static_cast<uint32_t>(record - out.records.begin());
    }
    out.gathered.push_back(std::move(from));
  }
  return f.close();
}

} // namespace snn::codegen::host
