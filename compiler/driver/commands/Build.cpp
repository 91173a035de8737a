// `snnc model.snn`: an executable with kernels for two CPU levels and both precisions.
#include "compiler/driver/Worker.h"
#include "compiler/driver/commands/Commands.h"
#include "compiler/driver/link/Link.h"
#include "runtime/exec/cuda/Compile.h"

#include <atomic>
#include <filesystem>
#include <exception>
#include <fmt/format.h>
#include <system_error>
#include <thread>

namespace snn::driver::commands {

namespace {

/// Runs the jobs on all cores, each on a large stack; throws what the first failing one has thrown. Where the system gives
/// fewer threads, these do the work.
void inParallel(const std::vector<std::function<void()>> &jobs) {
  std::atomic<size_t> next{0};
  std::vector<std::exception_ptr> thrown(jobs.size());
  const auto work = [&] {
    for (size_t k; (k = next++) < jobs.size();)
      try {
        jobs[k]();
      } catch (...) {
        thrown[k] = std::current_exception();
      }
  };
  std::vector<std::thread> threads;
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  try {
    for (size_t k = 1; k < std::min(cores, jobs.size()); ++k)
      threads.emplace_back([&] { onLargeStack(work); });
  } catch (const std::system_error &) {
  }
  onLargeStack(work);
  for (std::thread &thread : threads)
    thread.join();
  for (const std::exception_ptr &error : thrown)
    if (error)
      std::rethrow_exception(error);
}

std::vector<codegen::KernelSet> allSets(Chain &chain, int optLevel) {
  std::vector<codegen::KernelSet> sets;
  for (uint32_t k = 0; k < chain.programs().size(); ++k)
    for (codegen::Cpu cpu : {codegen::Cpu::V4, codegen::Cpu::V3})
      for (bool doublePrecision : {true, false}) {
        codegen::Options options;
        options.cpu = cpu;
        options.doublePrecision = doublePrecision;
        options.optLevel = optLevel;
        sets.push_back({k, static_cast<uint32_t>(chain.programs()[k].kernels.kernels.size()), options});
      }
  return sets;
}

/// Kernels for CUDA devices, compiled ahead for each architecture and precision.
std::optional<std::string> compileCuda(Chain &chain, const std::vector<std::string> &architectures) {
  if (architectures.empty())
    return std::nullopt;
  const auto nvrtc = rt::cuda::Nvrtc::open();
  if (!nvrtc.ok())
    return nvrtc.error().message;
  for (Compiled &program : chain.programs())
    for (const std::string &architecture : architectures)
      for (rt::Precision precision : {rt::Precision::Float, rt::Precision::Double}) {
        const auto made = nvrtc.value().compile(rt::cuda::wholeText(program.cuda.source, precision), architecture, rt::cuda::Binary::Cubin);
        if (!made.ok())
          return made.error().message;
        program.cuda.binaries.push_back({architecture, static_cast<uint32_t>(precision), made.value()});
      }
  return std::nullopt;
}

} // namespace

int build(const CommandLine &line, Timing &timing) {
  const std::string output = line.output.empty() ? stem(line.model) : line.output;
  std::error_code unused;
  if (output == line.model || std::filesystem::equivalent(output, line.model, unused))
    return fail(usage, "the executable would replace the model; name it with -o");
  Chain chain(chainOptions(line), timing);
  if (!compile(chain, line))
    return codeOfErrors(chain);
  if (chain.programs().empty())
    return fail(modelErrors, line.model + " has no experiment to run; `snnc check` checks models alone");
  if (const auto error = timing.measure("NVRTC", [&] { return compileCuda(chain, line.cudaArchitectures); }))
    return fail(usage, *error);
  const std::vector<codegen::KernelSet> sets = allSets(chain, line.optLevel);
  std::vector<std::string> objects(sets.size() + 1);
  std::vector<std::function<void()>> jobs;
  for (size_t k = 0; k < sets.size(); ++k)
    jobs.push_back([&, k] {
      codegen::Times times;
      objects[k] = codegen::generate(chain.programs()[sets[k].experiment].kernels, sets[k].experiment, sets[k].options,
                                     codegen::Output::Object, &times);
      timing.add("  kernels to LLVM IR (all cores)", times.lower + times.link);
      timing.add("  LLVM passes (all cores)", times.optimise);
      timing.add("  machine code (all cores)", times.emit);
    });
  jobs.push_back([&] { objects.back() = codegen::generateDescriptor(chain.image(), sets); });
  timing.measure("code generation", [&] { inParallel(jobs); });
  const auto error = timing.measure("link", [&] { return link::linkExecutable(objects, output); });
  return error ? fail(inputOutput, *error) : done;
}

} // namespace snn::driver::commands
