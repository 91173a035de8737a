// Which kernels have the same code: their bodies are compared with every name replaced by its place among the kernel's objects.
#include "compiler/kernel/ir/Code.h"

#include <algorithm>
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

} // namespace snn::kernel
