// Kernels of a model in this process, by machine code or by the interpreter.
#include "compiler/driver/InMemory.h"

#include "compiler/codegen/jit/Jit.h"
#include "compiler/driver/Worker.h"
#include "compiler/kernel/interp/Interpreter.h"
#include "runtime/core/Session.h"

#include <algorithm>

namespace snn::driver {

namespace {

uint32_t bytesOf(bool doublePrecision) { return doublePrecision ? 8 : 4; }

/// The precisions that a run can ask for: the flag's, else the experiment's, else float; a
/// checkpoint may say either.
std::vector<bool> precisions(const rt::SessionOptions &options, const Compiled &program) {
  if (options.precision)
    return {*options.precision == rt::Precision::Double};
  if (!options.resume.empty())
    return {false, true};
  return {program.doublePrecision.value_or(false)};
}

} // namespace

InMemory::InMemory(How h) : how(std::move(h)) {}
InMemory::~InMemory() = default;

rt::Result<std::unique_ptr<InMemory>> InMemory::create(Chain &chain, How how) {
  std::unique_ptr<InMemory> made(new InMemory(std::move(how)));
  made->bytes = chain.image();
  made->programs = std::move(chain.programs());
  made->sets.reserve(2 * made->programs.size());
  auto image = rt::readImage(made->model());
  if (!image.ok())
    return image.error();
  made->tables = std::move(image.value());
  return made;
}

snn_model InMemory::model() const {
  const std::lock_guard hold(lock);
  return {SNN_ABI_MAJOR,
          SNN_ABI_MINOR,
          reinterpret_cast<const uint8_t *>(bytes.data()),
          bytes.size(),
          static_cast<uint32_t>(sets.size()),
          sets.data()};
}

rt::Result<snn_model> InMemory::modelFor(const rt::CommandLine &run, Timing &timing) {
  const uint32_t experiment = static_cast<uint32_t>(run.program);
  for (bool doublePrecision : precisions(run.session, programs[experiment])) {
    const std::lock_guard hold(lock);
    if (loaded(experiment, doublePrecision))
      continue;
    if (rt::Status s = how.interpreter ? interpret(experiment, doublePrecision)
                                       : load(experiment, doublePrecision, timing);
        !s.ok())
      return s.error();
  }
  return model();
}

bool InMemory::loaded(uint32_t experiment, bool doublePrecision) const {
  return std::ranges::any_of(sets, [&](const snn_kernel_set &set) {
    return set.experiment == experiment && set.precision == bytesOf(doublePrecision);
  });
}

rt::Status InMemory::load(uint32_t experiment, bool doublePrecision, Timing &timing) {
  const kernel::Program &kernels = programs[experiment].kernels;
  codegen::Options options = how.code;
  options.doublePrecision = doublePrecision;
  codegen::Times times;
  std::string object;
  onLargeStack([&] {
    object = codegen::generate(kernels, experiment, options, codegen::Output::Object, &times);
  });
  timing.add("kernels to LLVM IR", times.lower + times.link);
  timing.add("LLVM passes", times.optimise);
  timing.add("machine code", times.emit);
  if (!code) {
    auto created = codegen::jit::Code::create();
    if (!created)
      return rt::Error{rt::ExitCode::resources, llvm::toString(created.takeError())};
    code = std::move(*created);
  }
  const codegen::KernelSet set{experiment, static_cast<uint32_t>(kernels.kernels.size()), options};
  if (auto error = timing.measure("load", [&] { return code->load(object, set); }))
    return rt::Error{rt::ExitCode::internal, llvm::toString(std::move(error))};
  sets.push_back(code->sets().back());
  return {};
}

rt::Status InMemory::interpret(uint32_t experiment, bool doublePrecision) {
  auto interpreter = interp::Interpreter::create(programs[experiment].kernels, doublePrecision);
  if (!interpreter)
    return rt::Error{rt::ExitCode::resources,
                     "the model has more kernels than the interpreter can hold"};
  sets.push_back({0, bytesOf(doublePrecision), experiment,
                  static_cast<uint32_t>(interpreter->functions().size()),
                  interpreter->functions().data()});
  interpreters.push_back(std::move(interpreter));
  return {};
}

} // namespace snn::driver
