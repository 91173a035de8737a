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

void finish(Program &program) {
  program.tables.kernels.clear();
  for (const Kernel &k : program.kernels) {
    abi::KernelInfo info;
    info.name = k.name;
    info.space = k.space;
    info.object = k.object;
    info.doublePrecision = k.doublePrecision;
    info.hasDraws = std::ranges::any_of(k.body, [](const Instr &i) { return i.op >= Op::DrawUniform; });
    for (const Instr &i : k.body) {
      info.operations += i.op == Op::DrawUniform || i.op == Op::DrawBernoulli ? 30u : i.op >= Op::DrawUniform ? 60u : i.op >= Op::Exp && i.op <= Op::Lgamma ? 30u : 1u;
      const auto note = [&](std::vector<uint32_t> &list) {
        if (std::ranges::find(list, i.object) == list.end())
          list.push_back(i.object);
      };
      if (i.op == Op::Load || i.op == Op::Accumulate)
        note(info.loads);
      if (i.op == Op::Store || i.op == Op::Accumulate)
        note(info.stores);
    }
    for (const Object &object : objectsOf(k))
      info.objects.push_back(object.number);
    program.tables.kernels.push_back(std::move(info));
  }
}

} // namespace snn::kernel
