// The stages from the solved model to kernels and bytecode.
#include "compiler/driver/ChainImpl.h"

#include "compiler/codegen/cuda/Emit.h"
#include "compiler/codegen/host/HostBuilder.h"
#include "compiler/kernel/ir/Verify.h"
#include "compiler/kernel/passes/Passes.h"
#include "compiler/kernel/schedule/Schedule.h"
#include "compiler/model/passes/Passes.h"

#include <fmt/format.h>
#include <stdexcept>

namespace snn::driver {

/// What is between scheduling and the lowering of the experiment: the scheduler asks for set-up values.
struct Chain::Impl::Lowering {
  codegen::host::HostBuilder host;
  schedule::ScheduleMap map;

  Lowering(const model::Program &program, Impl &impl)
      : host(program, {[&impl](source::Range range) { return impl.sources.where(range); },
                       [&impl](source::Range range, std::string message) {
                         impl.diagnostics.report(diag::Id::notInThisVersion, range, std::move(message));
                       }}) {}
};

Chain::Impl::Impl(ChainOptions o, Timing &t) : options(std::move(o)), timing(t) {}
Chain::Impl::~Impl() = default;

bool Chain::solve() {
  expr::Builder build(impl->arena);
  for (model::Program &program : impl->model->programs)
    for (const passes::Pass &pass : passes::all()) {
      if (!impl->timing.measure(std::string(pass.name), [&] { return pass.run(*program.network, build, impl->diagnostics); }))
        break; // what the next pass needs is not there
      impl->printAfter(pass.name, *program.network);
      impl->prove(pass.name, program, pass.after);
    }
  return !impl->diagnostics.hasErrors();
}

bool Chain::schedule() {
  for (model::Program &program : impl->model->programs) {
    auto &lowering = impl->lowerings.emplace_back(std::make_unique<Impl::Lowering>(program, *impl));
    auto kernels = impl->timing.measure("schedule", [&] {
      return schedule::run(program, [&](expr::ExprPtr e) { return lowering->host.hostFunction(e); }, impl->arena,
                           impl->diagnostics, lowering->map);
    });
    if (!kernels)
      continue;
    if (const auto broken = kernel::verify(*kernels); !broken.empty())
      throw std::logic_error(fmt::format("scheduling of {}: {}", program.network->name, broken.front()));
    impl->compiled.push_back({std::move(*kernels), {}, {}, program.experiment.doublePrecision});
  }
  return !impl->diagnostics.hasErrors() && impl->compiled.size() == impl->model->programs.size();
}

bool Chain::optimise() {
  kernel::PipelineOptions pipeline;
  if (impl->options.passesGiven)
    pipeline.passes = impl->options.passes;
  else if (!impl->options.optimise)
    pipeline.passes.emplace();
  pipeline.stopAfter = impl->options.stopAfterPass;
  pipeline.printAfter = impl->options.printAfter;
  pipeline.print = impl->options.print;
  for (Compiled &program : impl->compiled)
    if (const auto unknown = impl->timing.measure("kernel passes", [&] { return kernel::optimise(program.kernels, pipeline); })) {
      impl->diagnostics.report(diag::Id::unknownName, {}, *unknown);
      return false;
    }
  return true;
}

bool Chain::emitCuda(bool needed) {
  const auto where = [this](source::Range range) { return impl->sources.where(range); };
  for (Compiled &program : impl->compiled) {
    codegen::cuda::Output out = impl->timing.measure("CUDA C++", [&] { return codegen::cuda::emit(program.kernels, where); });
    program.cuda = std::move(out.program);
    for (const codegen::cuda::Refusal &refusal : out.refusals)
      if (needed)
        impl->diagnostics.report(diag::Id::notOnDevice, refusal.range, refusal.message);
    if (out.refusals.empty())
      continue;
    const std::string place = where(out.refusals.front().range);
    program.cuda.refusal = (place.empty() ? place : place + ": ") + out.refusals.front().message;
  }
  return !impl->diagnostics.hasErrors();
}

bool Chain::lowerHost() {
  for (size_t k = 0; k < impl->compiled.size(); ++k) {
    Impl::Lowering &lowering = *impl->lowerings[k];
    codegen::host::Numbering numbering;
    numbering.population = [](const model::Population &p) { return p.id; };
    numbering.projection = [](const model::Projection &p) { return p.id; };
    numbering.variable = [&](const model::Var &v) { return lowering.map.variable(v); };
    numbering.scalar = [&](const model::Var &v) { return lowering.map.scalar(v); };
    auto host = impl->timing.measure("experiment to bytecode", [&] { return lowering.host.finish(numbering); });
    if (host)
      impl->compiled[k].host = std::move(*host);
  }
  return !impl->diagnostics.hasErrors();
}

} // namespace snn::driver
