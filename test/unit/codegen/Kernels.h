// Kernels written by hand for the tests of code generation.
#pragma once

#include "compiler/kernel/ir/Kernel.h"

#include <string>

namespace snn::kernel::test {

/// Appends operations to a kernel's body.
struct Writer {
  Kernel kernel;

  ValueId add(Op op, Type type, ValueId a = noValue, ValueId b = noValue, ValueId c = noValue) {
    Instr instr;
    instr.op = op;
    instr.type = type;
    instr.a = a;
    instr.b = b;
    instr.c = c;
    kernel.body.push_back(instr);
    return static_cast<ValueId>(kernel.body.size() - 1);
  }
  ValueId real(double x) {
    const ValueId v = add(Op::Const, Type::Real);
    kernel.body[v].imm = x;
    return v;
  }
  ValueId scalar(uint32_t number) {
    const ValueId v = add(Op::ScalarValue, Type::Real);
    kernel.body[v].object = number;
    return v;
  }
  ValueId load(uint32_t buffer, ValueId index, Type type = Type::Real) {
    const ValueId v = add(Op::Load, type);
    kernel.body[v].object = buffer;
    kernel.body[v].index = index;
    return v;
  }
  void store(uint32_t buffer, ValueId index, ValueId value, ValueId predicate = noValue, Op op = Op::Store) {
    const ValueId v = add(op, Type::None, value);
    kernel.body[v].object = buffer;
    kernel.body[v].index = index;
    kernel.body[v].predicate = predicate;
  }
};

inline uint32_t buffer(Program &program, const std::string &name, abi::Elem elem, abi::Extent extent = abi::Extent::Cells) {
  program.tables.buffers.push_back({name, elem, extent, 0, true, false});
  return static_cast<uint32_t>(program.tables.buffers.size() - 1);
}

/// V' = -V/tau + I by its propagator; spike at 1 with reset to 0. Buffers: 0 V, 1 I, 2 spiked; scalar 0: the propagator.
inline Program lif() {
  Program program;
  buffer(program, "cells.V", abi::Elem::Real);
  buffer(program, "cells.I", abi::Elem::Real);
  buffer(program, "cells.spiked", abi::Elem::U8);
  program.tables.scalars.push_back({"cells.propagator"});
  program.tables.populations.emplace_back();
  Writer w;
  w.kernel.name = "cells.update";
  w.kernel.space = abi::Space::Cells;
  w.kernel.object = 0;
  const ValueId i = w.add(Op::I, Type::I64);
  const ValueId v = w.add(Op::Fma, Type::Real, w.load(0, i), w.scalar(0), w.load(1, i));
  const ValueId spiked = w.add(Op::Not, Type::Bool, w.add(Op::Lt, Type::Bool, v, w.real(1)));
  w.store(0, i, w.add(Op::Select, Type::Real, spiked, w.real(0), v));
  w.store(2, i, spiked);
  program.kernels.push_back(w.kernel);
  return program;
}

/// Six exponentials a cell, as a Hodgkin-Huxley step has: V = sum of exp(-V/k), exprel and tanh.
inline Program exponentials() {
  Program program;
  buffer(program, "cells.V", abi::Elem::Real);
  program.tables.populations.emplace_back();
  Writer w;
  w.kernel.name = "cells.exponentials";
  w.kernel.space = abi::Space::Cells;
  w.kernel.object = 0;
  const ValueId i = w.add(Op::I, Type::I64), v = w.load(0, i);
  ValueId sum = v;
  for (double k : {-0.1, -0.2, -0.3, -0.4})
    sum = w.add(Op::Add, Type::Real, sum, w.add(Op::Exp, Type::Real, w.add(Op::Mul, Type::Real, v, w.real(k))));
  sum = w.add(Op::Add, Type::Real, sum, w.add(Op::Exprel, Type::Real, v));
  sum = w.add(Op::Add, Type::Real, sum, w.add(Op::Tanh, Type::Real, v));
  w.store(0, i, sum);
  program.kernels.push_back(w.kernel);
  return program;
}

/// acc[tgt] += w[edge]. Buffers: 0 acc, 1 w.
inline Program delivery(abi::Space space, abi::Pattern pattern) {
  Program program;
  buffer(program, "cells.acc", abi::Elem::Real);
  buffer(program, "proj.w", abi::Elem::Real, abi::Extent::Edges);
  program.tables.populations.resize(1);
  program.tables.groups.resize(1);
  program.tables.groups[0].pattern = pattern;
  program.tables.projections.resize(1);
  Writer w;
  w.kernel.name = "proj.deliver";
  w.kernel.space = space;
  w.kernel.object = 0;
  const ValueId tgt = w.add(Op::Tgt, Type::I64), edge = w.add(Op::Edge, Type::I64);
  w.store(0, tgt, w.load(1, edge), noValue, Op::Accumulate);
  program.kernels.push_back(w.kernel);
  return program;
}

} // namespace snn::kernel::test
