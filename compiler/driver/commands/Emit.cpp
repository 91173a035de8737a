// `snnc --emit=FORM`: stops after a stage and prints.
#include "compiler/driver/commands/Commands.h"
#include "runtime/exec/cuda/Compile.h"

namespace snn::driver::commands {

namespace {

/// How far the chain has to go for a form.
bool stages(Chain &chain, const CommandLine &line) {
  if (!chain.loadFile(line.model))
    return false;
  if (line.emit == Emit::Ast)
    return true;
  if (!chain.check())
    return false;
  if (line.emit == Emit::Model)
    return true;
  if (!chain.solve())
    return false;
  if (line.emit == Emit::Solved || line.emit == Emit::Placement)
    return true;
  if (!chain.schedule() || (line.emit != Emit::Kernel && !chain.optimise()))
    return false;
  return (line.emit != Emit::Cuda && line.emit != Emit::Ptx) || chain.emitCuda(true);
}

std::string code(Chain &chain, const CommandLine &line, codegen::Output output) {
  codegen::Options options;
  options.cpu = line.cpu;
  options.doublePrecision = line.doublePrecision;
  options.optLevel = line.optLevel;
  std::string text;
  for (uint32_t k = 0; k < chain.programs().size(); ++k)
    text += codegen::generate(chain.programs()[k].kernels, k, options, output);
  return text;
}

std::string cudaText(Chain &chain, const CommandLine &line) {
  std::string text;
  for (const Compiled &program : chain.programs())
    text += rt::cuda::wholeText(program.cuda.source, line.doublePrecision ? rt::Precision::Double : rt::Precision::Float);
  return text;
}

int printPtx(Chain &chain, const CommandLine &line) {
  const auto nvrtc = rt::cuda::Nvrtc::open();
  if (!nvrtc.ok())
    return fail(usage, nvrtc.error().message);
  if (chain.programs().size() != 1)
    return fail(usage, "the file has several experiments; choose one with --experiment=NAME");
  const auto ptx = nvrtc.value().compile(cudaText(chain, line), line.cudaArchitectures.empty() ? "sm_90" : line.cudaArchitectures.front(), rt::cuda::Binary::Ptx);
  return ptx.ok() ? writeOutput(line.output, ptx.value().c_str()) : fail(ptx.error().code == rt::ExitCode::usage ? usage : internal, ptx.error().message);
}

} // namespace

int emit(const CommandLine &line, Timing &timing) {
  Chain chain(chainOptions(line), timing);
  if (!compile(chain, [&] { return stages(chain, line); }))
    return codeOfErrors(chain);
  switch (line.emit) {
  case Emit::Ast:
    return writeOutput(line.output, chain.printAst());
  case Emit::Model:
  case Emit::Solved:
    return writeOutput(line.output, chain.printModel());
  case Emit::Placement:
    return writeOutput(line.output, chain.printPlacement());
  case Emit::Kernel:
  case Emit::KernelOpt:
    return writeOutput(line.output, chain.printKernels());
  case Emit::Llvm:
    return writeOutput(line.output, code(chain, line, codegen::Output::Llvm));
  case Emit::LlvmRaw:
    return writeOutput(line.output, code(chain, line, codegen::Output::LlvmUnoptimised));
  case Emit::Asm:
    return writeOutput(line.output, code(chain, line, codegen::Output::Assembly));
  case Emit::Cuda:
    return writeOutput(line.output, cudaText(chain, line));
  case Emit::Ptx:
    return printPtx(chain, line);
  case Emit::Obj:
    if (line.output.empty())
      return fail(usage, "an object file needs a name: -o FILE");
    if (chain.programs().size() != 1)
      return fail(usage, "the file has several experiments; choose one with --experiment=NAME");
    return writeOutput(line.output, code(chain, line, codegen::Output::Object));
  }
  return internal;
}

} // namespace snn::driver::commands
