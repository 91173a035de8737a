// CPU levels as LLVM targets; detection of the host.
#include "compiler/codegen/llvm/Target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include <mutex>

namespace snn::codegen {

void initialiseTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
  });
}

uint32_t hostCpuLevel() {
  const auto features = llvm::sys::getHostCPUFeatures();
  const auto has = [&](std::initializer_list<const char *> names) {
    for (const char *name : names)
      if (!features.lookup(name))
        return false;
    return true;
  };
  if (!has({"avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"}))
    return 0;
  return has({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}) ? 4 : 3;
}

TargetText targetText(Cpu cpu) {
  switch (cpu) {
  case Cpu::V3:
    return {"x86-64-v3", "", false};
  case Cpu::V4:
    return {"x86-64-v4", "", true};
  case Cpu::Host:
    break;
  }
  llvm::SubtargetFeatures features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.AddFeature(feature.getKey(), feature.getValue());
  return {llvm::sys::getHostCPUName().str(), features.getString(), hostCpuLevel() >= 4};
}

std::string hostCpuText() {
  const TargetText host = targetText(Cpu::Host);
  return host.cpu + " " + host.features;
}

std::unique_ptr<llvm::TargetMachine> targetMachine(const Options &options) {
  initialiseTarget();
  const std::string triple = "x86_64-unknown-linux-gnu";
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    llvm::report_fatal_error(llvm::Twine("this LLVM has no x86-64: ") + error);
  llvm::TargetOptions settings;
  settings.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  settings.UnsafeFPMath = false;
  settings.FunctionSections = false;
  const TargetText text = targetText(options.cpu);
  const auto level = options.optLevel == 0 ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Less;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, text.cpu, text.features, settings, llvm::Reloc::PIC_, llvm::CodeModel::Small, level));
}

void addTargetAttributes(llvm::Function &function, const TargetText &target) {
  function.addFnAttr("target-cpu", target.cpu);
  if (!target.features.empty())
    function.addFnAttr("target-features", target.features);
  function.addFnAttr("prefer-vector-width", target.wide ? "512" : "256");
  function.addFnAttr("denormal-fp-math", "ieee,ieee");
  function.addFnAttr("no-trapping-math", "true");
  function.addFnAttr(llvm::Attribute::NoUnwind);
}

} // namespace snn::codegen
