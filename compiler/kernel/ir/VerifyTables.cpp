// Checks that numbers in tables name things that exist, and that commands can run their kernels.
#include "compiler/kernel/ir/VerifyTables.h"

#include <fmt/format.h>
#include <set>

namespace snn::kernel {

namespace {

class TableCheck {
public:
  TableCheck(const Program &p, std::vector<std::string> &e) : program(p), t(p.tables), errors(e) {}

  void run() {
    names();
    for (const abi::Buffer &b : t.buffers)
      object(b.name, b.extent == abi::Extent::One   ? abi::none
                     : b.extent == abi::Extent::Cells || b.extent == abi::Extent::Groups ? t.populations.size()
                     : b.extent == abi::Extent::Array ? t.arrays.size()
                                                      : t.projections.size(), b.object);
    for (const Kernel &k : program.kernels)
      kernelObject(k);
    for (const abi::ArrayTable &a : t.arrays) {
      number(a.name, "buffer", a.buffer, t.buffers.size());
      for (uint32_t scalar : a.extents)
        number(a.name, "scalar", scalar, t.scalars.size());
    }
    for (const abi::Population &p : t.populations) {
      variables(p.name, p.variables);
      for (const auto *list : {&p.initKernels, &p.resetKernels, &p.onDataKernels, &p.refreshKernels})
        for (uint32_t k : *list)
          number(p.name, "kernel", k, program.kernels.size());
      for (uint32_t b : {p.flags, p.dataSetStep, p.spikeStep})
        optional(p.name, "buffer", b, t.buffers.size());
      for (uint32_t s : p.extents)
        number(p.name, "scalar", s, t.scalars.size());
      for (const abi::Table &table : p.tables)
        number(table.name, "buffer", table.buffer, t.buffers.size());
    }
    projections();
    variables(t.name, t.variables);
    for (size_t k = 0; k < t.step.size(); ++k)
      command(k, t.step[k]);
    for (uint32_t k : t.prepareKernels)
      number("prepare", "kernel", k, program.kernels.size());
    for (const abi::Propagator &p : t.propagators)
      propagator(p);
  }

private:
  const Program &program;
  const abi::NetworkTables &t;
  std::vector<std::string> &errors;

  void number(std::string_view owner, std::string_view what, uint32_t n, size_t count) {
    if (n >= count)
      errors.push_back(fmt::format("{}: there is no {} {}", owner, what, n == abi::none ? "here" : fmt::format("{}", n)));
  }
  void optional(std::string_view owner, std::string_view what, uint32_t n, size_t count) {
    if (n != abi::none)
      number(owner, what, n, count);
  }
  void object(std::string_view owner, size_t count, uint32_t n) {
    if (count != abi::none)
      number(owner, "object", n, count);
  }
  void names() {
    std::set<std::string_view> seen;
    for (const abi::Buffer &b : t.buffers)
      if (!seen.insert(b.name).second)
        errors.push_back(fmt::format("two buffers are called {}", b.name));
    seen.clear();
    for (const Kernel &k : program.kernels)
      if (!seen.insert(k.name).second)
        errors.push_back(fmt::format("two kernels are called {}", k.name));
  }
  void kernelObject(const Kernel &k) {
    if (k.space == abi::Space::Cells)
      number(k.name, "population", k.object, t.populations.size());
    else if (k.space != abi::Space::Once)
      number(k.name, "projection", k.object, t.projections.size());
  }
  void variables(std::string_view owner, const std::vector<abi::Variable> &list) {
    for (const abi::Variable &v : list) {
      const std::string name = fmt::format("{}.{}", owner, v.name);
      optional(name, "buffer", v.buffer, t.buffers.size());
      optional(name, "scalar", v.scalar, t.scalars.size());
      optional(name, "kernel", v.evalKernel, program.kernels.size());
      for (size_t k = 0; k < v.evalFirst.size(); ++k)
        command(k, v.evalFirst[k]);
      optional(name, "buffer", v.lastBuffer, t.buffers.size());
      optional(name, "buffer", v.evalBuffer, t.buffers.size());
      if ((v.buffer == abi::none) == (v.scalar == abi::none))
        errors.push_back(fmt::format("{}: a variable has a buffer or a scalar", name));
    }
  }
  void projections() {
    for (const abi::Projection &p : t.projections) {
      number(p.name, "population", p.source, t.populations.size());
      number(p.name, "population", p.target, t.populations.size());
      number(p.name, "group", p.group, t.groups.size());
      variables(p.name, p.variables);
      for (uint32_t k : p.initKernels)
        number(p.name, "kernel", k, program.kernels.size());
      for (uint32_t k : {p.whereKernel, p.amountKernel, p.delayKernel})
        optional(p.name, "kernel", k, program.kernels.size());
      optional(p.name, "buffer", p.delayBuffer, t.buffers.size());
      optional(p.name, "buffer", p.repeats, t.buffers.size());
      optional(p.name, "buffer", p.listed, t.buffers.size());
      optional(p.name, "variable", p.weight, p.variables.size());
      optional(p.name, "scalar", p.learningScalar, t.scalars.size());
      replay(p);
    }
  }
  void replay(const abi::Projection &p) {
    optional(p.name, "kernel", p.replay.kernel, program.kernels.size());
    for (uint32_t k : p.replay.momentKernels)
      number(p.name, "kernel", k, program.kernels.size());
    for (const abi::LoggedValue &value : p.replay.logged)
      for (uint32_t b : {value.from, value.to})
        number(p.name, "buffer", b, t.buffers.size());
  }
  void propagator(const abi::Propagator &p) {
    const size_t n = size_t{p.size} * p.size;
    for (const auto *list : {&p.a, &p.p, &p.q}) {
      if (list->size() != n)
        errors.push_back(fmt::format("a propagator of {} states has {} numbers instead of {}", p.size, list->size(), n));
      for (uint32_t s : *list)
        optional("propagator", "scalar", s, t.scalars.size());
    }
  }
  bool hasKernel(abi::CommandKind kind) {
    return kind <= abi::CommandKind::Replay;
  }
  void command(size_t k, const abi::Command &c) {
    using C = abi::CommandKind;
    using S = abi::Space;
    const std::string name = fmt::format("step {}", k);
    optional(name, "scalar", c.everyScalar, t.scalars.size());
    optional(name, "scalar", c.signal, t.scalars.size());
    if (c.groups != abi::none && (c.kind != C::Reduce || c.object >= t.populations.size() || c.groups >= t.populations[c.object].groups.size()))
      errors.push_back(fmt::format("{}: there are no groups {} of its cells", name, c.groups));
    if (c.kind == C::Reduce || c.kind == C::ReduceEdges)
      number(name, "buffer", c.from, t.buffers.size());
    if (c.kind == C::Reduce || c.kind == C::ReduceEdges || c.kind == C::Fill)
      number(name, "buffer", c.to, t.buffers.size());
    const bool cells = c.kind == C::Cells || c.kind == C::Collect || c.kind == C::Reduce;
    if (cells)
      number(name, "population", c.object, t.populations.size());
    else if (c.kind == C::Edges || c.kind == C::Arrivals || c.kind == C::Departures || c.kind == C::Replay || c.kind == C::Log ||
             c.kind == C::ReduceEdges)
      number(name, "projection", c.object, t.projections.size());
    if (!hasKernel(c.kind))
      return;
    number(name, "kernel", c.kernel, program.kernels.size());
    if (c.kernel >= program.kernels.size())
      return;
    const S space = program.kernels[c.kernel].space;
    const bool runs = c.kind == C::Cells        ? space == S::Cells
                      : c.kind == C::Once       ? space == S::Once
                      : c.kind == C::Edges      ? space == S::Edges
                      : c.kind == C::Replay     ? space == S::ReplayedEdges
                      : c.kind == C::Arrivals   ? space == S::RowEdges || space == S::EventCells || space == S::Cells
                                                : space == S::ColumnEdges || space == S::EventCells || space == S::Cells;
    if (!runs)
      errors.push_back(fmt::format("{}: it cannot run a kernel over {}", name, spelling(space)));
  }
};

} // namespace

void verifyTables(const Program &program, std::vector<std::string> &errors) { TableCheck(program, errors).run(); }

} // namespace snn::kernel
