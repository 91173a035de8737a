// What a step may consist of, if several are to be computed at once for a block of cells: spikes that arrive add to their
// targets, cells are updated from their own values, spikes are collected.
#include "compiler/kernel/ir/Window.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace snn::kernel {

namespace {

class Windows {
public:
  explicit Windows(const Program &p) : program(p), t(p.tables) {
    for (const abi::Command &c : t.step)
      if (c.kind == abi::CommandKind::Collect)
        changing.insert({t.populations[c.object].flags, t.populations[c.object].spikeStep});
      else if (c.kernel != abi::none)
        for (const Instr &i : program.kernels[c.kernel].body)
          if (i.op == Op::Store || i.op == Op::Accumulate)
            changing.insert(i.object);
  }

  std::string obstacle() const {
    for (const abi::Population &p : t.populations)
      if (p.spikeTimes != abi::none)
        return fmt::format("the spikes of `{}` come from a list", p.name);
    for (const abi::Command &c : t.step)
      if (std::string why = ofCommand(c); !why.empty())
        return why;
    return {};
  }

private:
  const Program &program;
  const abi::NetworkTables &t;
  std::set<uint32_t> changing; ///< buffers that a step writes

  std::string ofCommand(const abi::Command &c) const {
    switch (c.kind) {
    case abi::CommandKind::Collect:
    case abi::CommandKind::Record:
      return {};
    case abi::CommandKind::Cells:
      return ofCells(program.kernels[c.kernel]);
    case abi::CommandKind::Arrivals:
      return ofArrivals(c);
    case abi::CommandKind::Reduce:
      return fmt::format("a reduction over `{}` is needed in every step", t.populations[c.object].name);
    case abi::CommandKind::Departures:
    case abi::CommandKind::Replay:
    case abi::CommandKind::Log:
      return fmt::format("spikes of the targets of `{}` go back over its edges", t.projections[c.object].name);
    case abi::CommandKind::Edges:
    case abi::CommandKind::ReduceEdges:
      return fmt::format("the edges of `{}` are gone over in every step", t.projections[c.object].name);
    case abi::CommandKind::Once:
    case abi::CommandKind::Fill:
      return "values of the whole network are computed in every step";
    }
    return "a command that is not known here";
  }

  std::string ofCells(const Kernel &k) const {
    for (const Instr &i : k.body)
      if ((i.op == Op::Load || i.op == Op::Store || i.op == Op::Accumulate) && t.buffers[i.object].extent == abi::Extent::One &&
          changing.contains(i.object))
        return fmt::format("`{}` reads a value of the whole population that changes in every step", k.name);
    return {};
  }

  std::string ofArrivals(const abi::Command &c) const {
    const abi::Projection &p = t.projections[c.object];
    const Kernel &k = program.kernels[c.kernel];
    if (p.procedural)
      return fmt::format("the rows of `{}` are made in the step that they are needed in", p.name);
    if (k.space != abi::Space::RowEdges || c.unlessFrozen)
      return fmt::format("spikes that arrive over `{}` do more than add to their targets", p.name);
    for (const Instr &i : k.body) {
      const bool reads = i.op == Op::Load && changing.contains(i.object);
      const bool elsewhere = (i.op == Op::Store || i.op == Op::Accumulate) && !ofTarget(p, i);
      if (reads || elsewhere)
        return fmt::format("spikes that arrive over `{}` {} `{}`", p.name, reads ? "read" : "change", t.buffers[i.object].name);
    }
    return {};
  }

  /// Whether the target of an edge is added to, and nobody else.
  bool ofTarget(const abi::Projection &p, const Instr &i) const {
    const abi::Buffer &b = t.buffers[i.object];
    const bool cells = (b.extent == abi::Extent::Cells && b.object == p.target) ||
                       (b.extent == abi::Extent::Targets && t.projections[b.object].target == p.target);
    return i.op == Op::Accumulate && cells;
  }
};

} // namespace

std::string whyStepByStep(const Program &program) { return Windows(program).obstacle(); }

} // namespace snn::kernel
