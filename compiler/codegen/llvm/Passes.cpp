// The short pass pipeline for kernels: loops with flat bodies over padded arrays need few passes, and start-up time counts.
#include "compiler/codegen/llvm/Passes.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/raw_ostream.h>

namespace snn::codegen {

namespace {

/// Inlines the device library, cleans up, hoists what is uniform, vectorises. As fast code as -O3 gives on such loops, in
/// half of the time. In a text, instcombine ends the process where one round was not enough, unless it is told not to.
constexpr const char *kernelPipeline =
    "always-inline,globaldce,function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(loop-rotate,licm),simplifycfg,loop(indvars),loop-vectorize,instcombine<no-verify-fixpoint>,"
    "early-cse<memssa>,simplifycfg,loop-mssa(licm),adce)";
constexpr const char *scalarPipeline =
    "always-inline,globaldce,function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(loop-rotate,licm),adce)";
constexpr const char *plainPipeline = "always-inline,globaldce";

const char *pipeline(int level) {
  return level == 0 ? plainPipeline : level == 1 ? scalarPipeline : kernelPipeline;
}

} // namespace

void optimise(llvm::Module &module, llvm::TargetMachine &machine, const Options &options) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = false; // never pays on kernels, and explodes on straight-line code
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (options.optLevel >= 3)
    passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3);
  else if (auto error = builder.parsePassPipeline(passes, pipeline(options.optLevel)))
    llvm::report_fatal_error(std::move(error));
  passes.run(module, modules);
}

std::string printModule(llvm::Module &module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out, nullptr);
  return text;
}

std::string emit(llvm::Module &module, llvm::TargetMachine &machine, Output output) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  const auto kind = output == Output::Assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  if (machine.addPassesToEmitFile(passes, out, nullptr, kind, true))
    llvm::report_fatal_error("this LLVM cannot emit x86-64 objects");
  passes.run(module);
  return std::string(bytes.data(), bytes.size());
}

} // namespace snn::codegen
