// The module: types of the ABI, device library, table of functions; its way through the passes to text or machine code.
#include "compiler/codegen/llvm/FatalErrors.h"
#include "compiler/codegen/llvm/Lowering.h"
#include "compiler/codegen/llvm/Passes.h"
#include "compiler/codegen/llvm/Target.h"
#include "compiler/kernel/ir/Code.h"
#include "runtime/device/Bitcode.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBuffer.h>

#include <chrono>
#include <fmt/format.h>

namespace snn::codegen {

namespace {

/// A mistake of the compiler.
[[noreturn]] void broken(const std::string &what) { throw InternalError("code generation: " + what); }

class Stopwatch {
public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double ms = std::chrono::duration<double, std::milli>(now - last).count();
    last = now;
    return ms;
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
};

void verify(llvm::Module &module, const char *when) {
  std::string text;
  llvm::raw_string_ostream out(text);
  if (llvm::verifyModule(module, &out))
    broken(fmt::format("the module is not valid {}: {}", when, text));
}

/// Links what the kernels call out of the device library's bitcode; all of it is inlined later.
void linkDevice(llvm::Module &module) {
  std::vector<std::string> called;
  for (const llvm::Function &f : module)
    if (f.isDeclaration() && !f.isIntrinsic())
      called.push_back(f.getName().str());
  if (called.empty())
    return;
  const device::Bitcode bytes = device::bitcode();
  auto library = llvm::getLazyBitcodeModule(
      llvm::MemoryBufferRef(llvm::StringRef(reinterpret_cast<const char *>(bytes.data), bytes.size), "device library"), module.getContext());
  if (!library)
    broken("the device library cannot be read: " + llvm::toString(library.takeError()));
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  const auto internalise = [](llvm::Module &m, const llvm::StringSet<> &names) {
    for (const auto &name : names)
      if (llvm::GlobalValue *value = m.getNamedValue(name.getKey()); value && !value->isDeclaration())
        value->setLinkage(llvm::GlobalValue::InternalLinkage);
  };
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded, internalise))
    broken("the device library cannot be linked");
  for (const std::string &name : called)
    if (const llvm::Function *f = module.getFunction(name); f && f->isDeclaration())
      broken("the device library has no function " + name);
}

/// Library functions take the CPU of the kernels that they are inlined into.
void finishFunctions(llvm::Module &module, const TargetText &target) {
  for (llvm::Function &f : module) {
    if (f.isDeclaration())
      continue;
    for (const char *name : {"target-cpu", "target-features", "tune-cpu"})
      f.removeFnAttr(name);
    addTargetAttributes(f, target);
    if (f.hasMetadata("snn.kernel") || f.hasFnAttribute(llvm::Attribute::NoInline))
      continue;
    f.removeFnAttr(llvm::Attribute::OptimizeNone);
    f.addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

void lowerAll(ModuleContext &context, uint32_t experiment) {
  llvm::SmallVector<llvm::Constant *> functions;
  const std::vector<uint32_t> shared = kernel::sharedCode(context.program);
  for (uint32_t k = 0; k < context.program.kernels.size(); ++k) {
    if (shared[k] != k) {
      functions.push_back(functions[shared[k]]);
      continue;
    }
    llvm::Function *f = lowerKernel(context, k, context.program.kernels[k].name);
    f->setMetadata("snn.kernel", llvm::MDNode::get(context.context, {}));
    functions.push_back(f);
  }
  auto *type = llvm::ArrayType::get(llvm::PointerType::get(context.context, 0), functions.size());
  auto *table = new llvm::GlobalVariable(context.module, type, true, llvm::GlobalValue::ExternalLinkage,
                                         llvm::ConstantArray::get(type, functions),
                                         tableName(experiment, context.options));
  table->setVisibility(llvm::GlobalValue::HiddenVisibility);
}

} // namespace

ModuleContext::ModuleContext(llvm::Module &m, const kernel::Program &p, const Options &o)
    : module(m), program(p), options(o), context(m.getContext()) {
  llvm::Type *ptr = llvm::PointerType::get(context, 0), *i64 = llvm::Type::getInt64Ty(context);
  llvm::Type *i32 = llvm::Type::getInt32Ty(context), *f64 = llvm::Type::getDoubleTy(context);
  argsType = llvm::StructType::create(
      context, {ptr, ptr, f64, i64, i64, i64, i64, i64, ptr, ptr, ptr, i64, ptr, ptr, i64, ptr, ptr, ptr}, "snn_kernel_args");
  edgesType = llvm::StructType::create(context, {i64, i64, i64, ptr, ptr, i64, ptr, ptr, ptr, ptr}, "snn_edges");
  segmentType = llvm::StructType::create(context, {i64, i64, i32, i32}, "snn_segment");
  momentType = llvm::StructType::create(context, {i64, i32, i32}, "snn_moment");
  replayedType = llvm::StructType::create(context, {i64, i32, i32}, "snn_replayed");
  domain = llvm::MDBuilder(context).createAnonymousAliasScopeDomain("kernel");
}

llvm::Type *ModuleContext::type(kernel::Type t, bool doublePrecision) const {
  switch (t) {
  case kernel::Type::Real:
    return doublePrecision || options.doublePrecision ? llvm::Type::getDoubleTy(context)
                                                      : llvm::Type::getFloatTy(context);
  case kernel::Type::F64:
    return llvm::Type::getDoubleTy(context);
  case kernel::Type::I32:
    return llvm::Type::getInt32Ty(context);
  case kernel::Type::I64:
    return llvm::Type::getInt64Ty(context);
  case kernel::Type::Bool:
    return llvm::Type::getInt1Ty(context);
  case kernel::Type::None:
    break;
  }
  return llvm::Type::getVoidTy(context);
}

llvm::Type *ModuleContext::element(abi::Elem elem) const {
  switch (elem) {
  case abi::Elem::Real:
    return type(kernel::Type::Real, false);
  case abi::Elem::F64:
    return llvm::Type::getDoubleTy(context);
  case abi::Elem::I32:
    return llvm::Type::getInt32Ty(context);
  case abi::Elem::I64:
    return llvm::Type::getInt64Ty(context);
  case abi::Elem::U8:
    return llvm::Type::getInt8Ty(context);
  }
  return nullptr;
}

llvm::Function *ModuleContext::device(const std::string &name, llvm::Type *result,
                                      llvm::ArrayRef<llvm::Type *> arguments) {
  auto *type = llvm::FunctionType::get(result, arguments, false);
  auto *f = llvm::cast<llvm::Function>(module.getOrInsertFunction(name, type).getCallee());
  if (f->getFunctionType() != type)
    broken("two signatures of " + name);
  return f;
}

std::string tableName(uint32_t experiment, const Options &options) {
  return fmt::format("snn_kernels_{}_{}_{}", experiment,
                     options.cpu == Cpu::V3 ? "v3" : options.cpu == Cpu::V4 ? "v4" : "host",
                     options.doublePrecision ? "f64" : "f32");
}

std::string generate(const kernel::Program &program, uint32_t experiment, const Options &options, Output output,
                     Times *times) {
  Stopwatch watch;
  const FatalErrors asExceptions;
  llvm::LLVMContext context;
  context.setDiagnosticHandlerCallBack([](const llvm::DiagnosticInfo *info, void *) {
    if (info->getSeverity() != llvm::DS_Error) // remarks about loops are not for users
      return;
    std::string text;
    llvm::raw_string_ostream out(text);
    llvm::DiagnosticPrinterRawOStream printer(out);
    info->print(printer);
    broken(text);
  });
  const auto machine = targetMachine(options);
  llvm::Module module(tableName(experiment, options), context);
  module.setTargetTriple(machine->getTargetTriple().str());
  module.setDataLayout(machine->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  ModuleContext lowering(module, program, options);
  lowerAll(lowering, experiment);
  const double lower = watch.lap();
  if (output == Output::LlvmUnoptimised)
    return printModule(module);
  linkDevice(module);
  finishFunctions(module, targetText(options.cpu));
  const double link = watch.lap();
  if (options.verify)
    verify(module, "before optimisation");
  optimise(module, *machine, options);
  const double optimised = watch.lap();
  std::string result = output == Output::Llvm ? printModule(module) : emit(module, *machine, output);
  if (times)
    *times = {lower, link, optimised, watch.lap()};
  return result;
}

} // namespace snn::codegen
