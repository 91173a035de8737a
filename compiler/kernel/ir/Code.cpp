// Which kernels have the same code: their bodies are compared with every name replaced by its place among the kernel's objects.
#include "compiler/kernel/ir/Code.h"
#include "runtime/abi/EdgeBuffers.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace snn::kernel {

ObjectKind objectKind(Op op) {
  switch (op) {
  case Op::Load: case Op::Store: case Op::Accumulate: return ObjectKind::Buffer;
  case Op::ScalarValue: case Op::SetScalar: return ObjectKind::Scalar;
  default: return op >= Op::DrawUniform ? ObjectKind::Stream : ObjectKind::None;
  }
}

std::vector<Object> objectsOf(const Kernel &kernel) {
  std::vector<Object> out;
  for (const Instr &i : kernel.body)
    if (const Object object{objectKind(i.op), i.object}; object.kind != ObjectKind::None && std::ranges::find(out, object) == out.end())
      out.push_back(object);
  return out;
}

Role roleOf(const Program &program, uint32_t kernel) {
  const abi::NetworkTables &tables = program.tables;
  Role role;
  role.constructs = std::ranges::any_of(tables.projections, [&](const abi::Projection &p) {
    return std::ranges::find(p.initKernels, kernel) != p.initKernels.end() || p.whereKernel == kernel || p.amountKernel == kernel ||
           p.delayKernel == kernel;
  });
  role.inStep = std::ranges::any_of(tables.step, [&](const abi::Command &c) { return c.kernel == kernel; });
  const Kernel &k = program.kernels[kernel];
  const bool walksRows = k.space == abi::Space::RowEdges || k.space == abi::Space::Edges || k.space == abi::Space::ColumnEdges;
  if (walksRows && k.object < tables.projections.size())
    role.rows = tables.projections[k.object].rows;
  return role;
}

namespace {

/// Everything that code depends on, as bytes.
class Key {
public:
  Key(const Program &program, uint32_t number) {
    const Kernel &kernel = program.kernels[number];
    const Role role = roleOf(program, number);
    add(kernel.space, kernel.doublePrecision, role.constructs, role.inStep, role.rows);
    const std::vector<Object> objects = objectsOf(kernel);
    for (const Object &object : objects) {
      add(object.kind);
      if (object.kind == ObjectKind::Buffer) {
        const abi::Buffer &buffer = program.tables.buffers[object.number];
        add(buffer.elem, buffer.extent, buffer.finiteCheck);
      }
    }
    for (const Instr &i : kernel.body) {
      const auto place = std::ranges::find(objects, Object{objectKind(i.op), i.object}) - objects.begin();
      add(i.op, i.type, i.a, i.b, i.c, i.index, i.predicate, place, i.imm, i.imm64);
    }
  }
  std::string bytes;

private:
  template <class... T> void add(const T &...values) {
    (bytes.append(reinterpret_cast<const char *>(&values), sizeof values), ...);
  }
};

} // namespace

std::vector<uint32_t> sharedCode(const Program &program) {
  std::map<std::string, uint32_t> first;
  std::vector<uint32_t> out;
  for (uint32_t k = 0; k < program.kernels.size(); ++k)
    out.push_back(first.try_emplace(Key(program, k).bytes, k).first->second);
  return out;
}

namespace {

/// Projections whose edges only wait for spikes, and what their kernels name.
class Deliveries {
public:
  explicit Deliveries(const Program &p) : program(p), code(sharedCode(p)), kernels(p.tables.projections.size(), abi::none) {
    std::vector<uint32_t> commands(kernels.size(), 0);
    for (const abi::Command &c : p.tables.step) {
      if (!concernsEdges(c))
        continue;
      ++commands[c.object];
      kernels[c.object] = c.kind == abi::CommandKind::Arrivals ? c.kernel : abi::none;
    }
    for (uint32_t id = 0; id < kernels.size(); ++id)
      if (commands[id] != 1 || !waits(id))
        kernels[id] = abi::none;
  }

  uint32_t kernelOf(uint32_t projection) const { return kernels[projection]; }

  /// The same for projections whose edges are delivered by the same code to the same variables: buffers of their own edges count by
  /// their place among them.
  std::string keyOf(uint32_t id) const {
    const abi::Projection &p = program.tables.projections[id];
    const std::vector<uint32_t> own = abi::edgeBuffersOf(program.tables, id);
    std::string key = fmt::format("{} {} {}", p.source, p.target, code[kernels[id]]);
    for (const uint32_t buffer : own)
      key += fmt::format(" {}", static_cast<int>(program.tables.buffers[buffer].elem));
    for (const Object &object : objectsOf(program.kernels[kernels[id]])) {
      const size_t place = object.kind == ObjectKind::Buffer ? placeIn(own, object.number) : own.size();
      key += place < own.size() ? fmt::format(" own {}", place) : fmt::format(" {} {}", static_cast<int>(object.kind), object.number);
    }
    return key;
  }

private:
  const Program &program;
  std::vector<uint32_t> code, kernels; ///< kernels: by projection, what delivers its spikes; or none

  static bool concernsEdges(const abi::Command &c) {
    using enum abi::CommandKind;
    return c.kind == Edges || c.kind == Arrivals || c.kind == Departures || c.kind == Replay || c.kind == ReduceEdges || c.kind == Log;
  }

  bool waits(uint32_t id) const {
    const abi::Projection &p = program.tables.projections[id];
    const Kernel *kernel = kernels[id] == abi::none ? nullptr : &program.kernels[kernels[id]];
    return kernel && kernel->space == abi::Space::RowEdges && p.delay == abi::DelayKind::Drawn && !p.procedural && !p.plastic &&
           !p.needsIncoming && !p.columnsAtOnce && std::ranges::none_of(kernel->body, [&](const Instr &i) {
             const bool writes = i.op == Op::Store || i.op == Op::Accumulate;
             return i.op >= Op::DrawUniform || (writes && program.tables.buffers[i.object].extent != abi::Extent::Targets &&
                                                program.tables.buffers[i.object].extent != abi::Extent::Cells);
           });
  }

  static size_t placeIn(const std::vector<uint32_t> &list, uint32_t number) {
    return static_cast<size_t>(std::ranges::find(list, number) - list.begin());
  }
};

} // namespace

std::vector<uint32_t> alikeProjections(const Program &program) {
  const Deliveries deliveries(program);
  std::map<std::string, uint32_t> first;
  std::vector<uint32_t> out;
  for (uint32_t id = 0; id < program.tables.projections.size(); ++id)
    out.push_back(deliveries.kernelOf(id) == abi::none ? abi::none : first.try_emplace(deliveries.keyOf(id), id).first->second);
  return out;
}

} // namespace snn::kernel
