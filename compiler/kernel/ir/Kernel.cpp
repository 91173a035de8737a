// Spellings of the Kernel IR and the derived table of kernels.
#include "compiler/kernel/ir/Code.h"

#include <algorithm>

namespace snn::kernel {

std::string_view spelling(Op op) {
  static constexpr std::string_view text[] = {
#define KERNEL_OP(NAME, SPELLING, OPERANDS, RESULT) SPELLING,
#include "compiler/kernel/ir/Ops.def"
#undef KERNEL_OP
  };
  return text[static_cast<size_t>(op)];
}

std::string_view spelling(Type type) {
  static constexpr std::string_view text[] = {"none", "real", "f64", "i32", "i64", "bool"};
  return text[static_cast<size_t>(type)];
}

std::string_view spelling(abi::Space space) {
  static constexpr std::string_view text[] = {
#define SPACE(NAME, SPELLING) SPELLING,
#include "runtime/abi/Spaces.def"
#undef SPACE
  };
  return text[static_cast<size_t>(space)];
}

std::vector<bool> uniformValues(const Kernel &kernel) {
  std::vector<bool> uniform(kernel.body.size(), false);
  const auto known = [&](ValueId v) { return v == noValue || uniform[v]; };
  for (size_t n = 0; n < kernel.body.size(); ++n) {
    const Instr &i = kernel.body[n];
    const bool leaf = i.op == Op::Dt || (i.op == Op::StepNumber && kernel.space < abi::Space::Moments) || i.op == Op::Time || i.op == Op::Const ||
                      i.op == Op::ConstInt || (i.op == Op::ScalarValue && kernel.space != abi::Space::Once);
    uniform[n] = leaf || (i.op >= Op::Add && i.op <= Op::Convert && known(i.a) && known(i.b) && known(i.c));
  }
  return uniform;
}

namespace {

/// Roughly, in operations of a vector unit: 0 is an index or what the hardware has ready.
uint32_t cost(Op op) {
  if (op == Op::DrawUniform || op == Op::DrawBernoulli || isFunction(op))
    return 30;
  if (isDraw(op))
    return 60;
  return op == Op::Accumulate ? 3 : op >= Op::Load ? 1 : 0;
}

/// What one element takes; values that are the same for all of them are computed once.
uint32_t operations(const Kernel &kernel) {
  const std::vector<bool> uniform = uniformValues(kernel);
  uint32_t sum = 0;
  for (size_t n = 0; n < kernel.body.size(); ++n)
    sum += uniform[n] ? 0 : cost(kernel.body[n].op);
  return std::max(sum, 1u);
}

} // namespace

void finish(Program &program) {
  program.tables.kernels.clear();
  for (const Kernel &k : program.kernels) {
    abi::KernelInfo info;
    info.name = k.name;
    info.space = k.space;
    info.object = k.object;
    info.doublePrecision = k.doublePrecision;
    info.hasDraws = std::ranges::any_of(k.body, [](const Instr &i) { return isDraw(i.op); });
    info.operations = operations(k);
    for (const Instr &i : k.body) {
      const auto note = [&](std::vector<uint32_t> &list) {
        if (std::ranges::find(list, i.object) == list.end())
          list.push_back(i.object);
      };
      if (i.op == Op::Load || i.op == Op::Accumulate)
        note(info.loads);
      if (i.op == Op::Store || i.op == Op::Accumulate)
        note(info.stores);
      if (i.op == Op::ScalarValue)
        note(info.scalars);
    }
    for (const Object &object : objectsOf(k))
      info.objects.push_back(object.number);
    program.tables.kernels.push_back(std::move(info));
  }
}

} // namespace snn::kernel
