// What the steps of a population may consist of, if several are to be computed at once for a block of its cells: spikes that
// arrive add to their targets, cells are updated from their own values, spikes are collected. Every other command of the step is
// carried out step by step, and with it the populations whose changing values it reads or changes.
#include "compiler/kernel/ir/Window.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace snn::kernel {

namespace {

class Windows {
public:
  explicit Windows(const Program &p) : program(p), t(p.tables), reasons(t.populations.size()) {
    for (const abi::Command &c : t.step) {
      if (c.signal != abi::none)
        continue; // in no step
      if (c.kind == abi::CommandKind::Collect)
        changing.insert({t.populations[c.object].flags, t.populations[c.object].spikeStep});
      if (c.to != abi::none)
        changing.insert(c.to);
      if (c.kernel != abi::none)
        for (const Instr &i : program.kernels[c.kernel].body)
          if (i.op == Op::Store || i.op == Op::Accumulate)
            changing.insert(i.object);
    }
  }

  std::vector<std::string> find() {
    for (uint32_t id = 0; id < t.populations.size(); ++id)
      if (t.populations[id].spikeTimes != abi::none)
        stop(id, "its spikes come from a list");
    for (const abi::Command &c : t.step)
      if (const std::string why = c.signal == abi::none ? ofCommand(c) : std::string(); !why.empty())
        stopTouched(c, why);
    return std::move(reasons);
  }

private:
  const Program &program;
  const abi::NetworkTables &t;
  std::vector<std::string> reasons;
  std::set<uint32_t> changing; ///< buffers that a step writes

  void stop(uint32_t population, const std::string &why) {
    if (population != abi::none && reasons[population].empty())
      reasons[population] = why;
  }

  /// The population whose cells a buffer belongs to; none: values of edges or sources, or of all together.
  uint32_t ownerOf(uint32_t buffer) const {
    const abi::Buffer &b = t.buffers[buffer];
    if (b.extent == abi::Extent::Cells)
      return b.object;
    return b.extent == abi::Extent::Targets ? t.projections[b.object].target : abi::none;
  }

  /// A command that goes step by step takes with it the population that it is for, and those whose changing values it names.
  void stopTouched(const abi::Command &c, const std::string &why) {
    if (c.kind == abi::CommandKind::Once)
      for (uint32_t id = 0; id < t.populations.size(); ++id)
        stop(id, why);
    stop(populationOf(c), why);
    for (uint32_t buffer : {c.from, c.to})
      if (buffer != abi::none)
        stop(ownerOf(buffer), why);
    if (c.kernel == abi::none)
      return;
    for (const Instr &i : program.kernels[c.kernel].body)
      if (accesses(i) && changing.contains(i.object))
        stop(ownerOf(i.object), why);
  }

  uint32_t populationOf(const abi::Command &c) const {
    switch (c.kind) {
    case abi::CommandKind::Cells:
      return t.kernels[c.kernel].object;
    case abi::CommandKind::Collect:
    case abi::CommandKind::Reduce:
      return c.object;
    case abi::CommandKind::Arrivals:
    case abi::CommandKind::Departures:
    case abi::CommandKind::Replay:
    case abi::CommandKind::Log:
    case abi::CommandKind::Edges:
    case abi::CommandKind::ReduceEdges:
      return t.projections[c.object].target;
    case abi::CommandKind::Once:
    case abi::CommandKind::Fill:
    case abi::CommandKind::Record:
      return abi::none;
    }
    return abi::none;
  }

  static bool accesses(const Instr &i) { return i.op == Op::Load || i.op == Op::Store || i.op == Op::Accumulate; }

  std::string ofCommand(const abi::Command &c) const {
    switch (c.kind) {
    case abi::CommandKind::Collect:
    case abi::CommandKind::Record:
      return {};
    case abi::CommandKind::Cells:
      return ofCells(program.kernels[c.kernel], t.kernels[c.kernel].object);
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
      return "values of the whole network are computed in every step";
    case abi::CommandKind::Fill:
      return fmt::format("`{}` is cleared in every step", t.buffers[c.to].name);
    }
    return "a command that is not known here";
  }

  std::string ofCells(const Kernel &k, uint32_t population) const {
    for (const Instr &i : k.body)
      if (accesses(i) && changing.contains(i.object) && ownerOf(i.object) != population)
        return ownerOf(i.object) == abi::none ? fmt::format("`{}` reads a value of the whole population that changes in every step", k.name)
                                              : fmt::format("`{}` reads `{}` in every step", k.name, t.buffers[i.object].name);
    return {};
  }

  std::string ofArrivals(const abi::Command &c) const {
    const abi::Projection &p = t.projections[c.object];
    const Kernel &k = program.kernels[c.kernel];
    if (p.procedural)
      return fmt::format("the rows of `{}` are made in the step that they are needed in", p.name);
    if (k.space == abi::Space::Cells && onlySums(k))
      return ofCells(k, p.target);
    if (k.space != abi::Space::RowEdges)
      return fmt::format("spikes that arrive over `{}` do more than add to their targets", p.name);
    for (const Instr &i : k.body) {
      const bool reads = i.op == Op::Load && changing.contains(i.object);
      const bool elsewhere = (i.op == Op::Store || i.op == Op::Accumulate) && !ofTarget(p, i);
      if (reads || elsewhere)
        return fmt::format("spikes that arrive over `{}` {} `{}`", p.name, reads ? "read" : "change", t.buffers[i.object].name);
    }
    return {};
  }

  /// Whether a kernel over the cells touches no state, whose check would have to wait for its step: it puts sums together that
  /// arrive, as the fold of counted arrivals does, in its place among the commands.
  bool onlySums(const Kernel &k) const {
    return std::ranges::none_of(k.body, [&](const Instr &i) { return i.op == Op::Store && t.buffers[i.object].finiteCheck; });
  }

  /// Whether the target of an edge is added to, and nobody else.
  bool ofTarget(const abi::Projection &p, const Instr &i) const { return i.op == Op::Accumulate && ownerOf(i.object) == p.target; }
};

} // namespace

std::vector<std::string> whyStepByStep(const Program &program) { return Windows(program).find(); }

} // namespace snn::kernel
