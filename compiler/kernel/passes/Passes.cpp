// Runs the passes, prints where asked, and proves between them that nothing broke.
#include "compiler/kernel/passes/Passes.h"

#include "compiler/kernel/ir/Code.h"
#include "compiler/kernel/ir/Print.h"
#include "compiler/kernel/ir/Verify.h"
#include "compiler/kernel/ir/Window.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace snn::kernel {

std::span<const Pass> passes() {
  static constexpr Pass list[] = {
#define KERNEL_PASS(CLASS, NAME, MEANING) {NAME, MEANING, run##CLASS},
#include "compiler/kernel/passes/Passes.def"
#undef KERNEL_PASS
  };
  return list;
}

const Pass *findPass(std::string_view name) {
  const auto all = passes();
  const auto it = std::ranges::find(all, name, &Pass::name);
  return it == all.end() ? nullptr : &*it;
}

namespace {

[[noreturn]] void broken(std::string_view pass, std::string_view what) {
  throw std::logic_error(fmt::format("kernel pass {}: {}", pass, what));
}

void runPass(Program &program, const Pass &pass) {
  for (uint32_t k = 0; k < program.kernels.size(); ++k) {
#ifndef NDEBUG
    const std::string before = print(program, program.kernels[k], k);
    const bool changed = pass.run(program, program.kernels[k]);
    if (changed != (before != print(program, program.kernels[k], k)))
      broken(pass.name, fmt::format("says that it {} {}", changed ? "changed" : "did not change", program.kernels[k].name));
#else
    pass.run(program, program.kernels[k]);
#endif
  }
#ifndef NDEBUG
  if (const auto errors = verify(program); !errors.empty())
    broken(pass.name, errors.front());
#endif
}

} // namespace

std::optional<std::string> optimise(Program &program, const PipelineOptions &options) {
  std::vector<const Pass *> list;
  if (options.passes) {
    for (const std::string &name : *options.passes) {
      list.push_back(findPass(name));
      if (!list.back())
        return fmt::format("there is no kernel pass `{}`", name);
    }
  } else {
    for (const Pass &pass : passes())
      list.push_back(&pass);
  }
  if (options.stopAfter >= 0)
    list.resize(std::min(list.size(), static_cast<size_t>(options.stopAfter)));
  for (const Pass *pass : list) {
    runPass(program, *pass);
    const auto wanted = [&](const std::string &name) { return name == pass->name || name == "all"; };
    if (options.print && std::ranges::any_of(options.printAfter, wanted))
      options.print(fmt::format("# after {}\n{}", pass->name, print(program)));
  }
  finish(program);
  const std::vector<std::string> reasons = whyStepByStep(program);
  for (size_t k = 0; k < reasons.size(); ++k)
    program.tables.populations[k].stepwise = reasons[k];
  const std::vector<uint32_t> alike = alikeProjections(program);
  for (size_t k = 0; k < alike.size(); ++k)
    program.tables.projections[k].alike = alike[k];
  return std::nullopt;
}

} // namespace snn::kernel
