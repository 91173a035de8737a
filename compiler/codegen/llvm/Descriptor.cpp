// The descriptor of a finished binary: the image's bytes and the sets of kernels, as constants.
#include "compiler/codegen/llvm/Codegen.h"
#include "compiler/codegen/llvm/FatalErrors.h"
#include "compiler/codegen/llvm/Passes.h"
#include "compiler/codegen/llvm/Target.h"
#include "runtime/abi/snn_abi.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>

namespace snn::codegen {

namespace {

llvm::GlobalVariable *constant(llvm::Module &module, llvm::Constant *value, const char *name) {
  auto *variable = new llvm::GlobalVariable(module, value->getType(), true, llvm::GlobalValue::InternalLinkage, value, name);
  variable->setAlignment(llvm::Align(16));
  return variable;
}

} // namespace

std::string generateDescriptor(const std::string &image, const std::vector<KernelSet> &sets) {
  const FatalErrors asExceptions;
  llvm::LLVMContext context;
  Options options;
  options.cpu = Cpu::V3;
  options.optLevel = 0;
  const auto machine = targetMachine(options);
  llvm::Module module("snn_model", context);
  module.setTargetTriple(machine->getTargetTriple().str());
  module.setDataLayout(machine->createDataLayout());
  llvm::Type *ptr = llvm::PointerType::get(context, 0);
  llvm::Type *i32 = llvm::Type::getInt32Ty(context), *i64 = llvm::Type::getInt64Ty(context);
  const auto number = [&](llvm::Type *type, uint64_t value) { return llvm::ConstantInt::get(type, value); };

  auto *setType = llvm::StructType::create(context, {i32, i32, i32, i32, ptr}, "snn_kernel_set");
  std::vector<llvm::Constant *> entries;
  for (const KernelSet &set : sets) {
    auto *table = new llvm::GlobalVariable(module, llvm::ArrayType::get(ptr, set.count), true,
                                           llvm::GlobalValue::ExternalLinkage, nullptr,
                                           tableName(set.experiment, set.options));
    table->setVisibility(llvm::GlobalValue::HiddenVisibility);
    entries.push_back(llvm::ConstantStruct::get(
        setType, {number(i32, static_cast<uint64_t>(set.options.cpu)), number(i32, set.options.doublePrecision ? 8 : 4),
                  number(i32, set.experiment), number(i32, set.count), table}));
  }
  auto *setsValue = llvm::ConstantArray::get(llvm::ArrayType::get(setType, entries.size()), entries);
  auto *bytes = llvm::ConstantDataArray::getString(context, image, false);
  auto *modelType = llvm::StructType::create(context, {i32, i32, ptr, i64, i32, ptr}, "snn_model");
  auto *model = llvm::ConstantStruct::get(
      modelType, {number(i32, SNN_ABI_MAJOR), number(i32, SNN_ABI_MINOR), constant(module, bytes, "image"),
                  number(i64, image.size()), number(i32, sets.size()), constant(module, setsValue, "sets")});
  new llvm::GlobalVariable(module, modelType, true, llvm::GlobalValue::ExternalLinkage, model, "snn_model_descriptor");
  return emit(module, *machine, Output::Object);
}

} // namespace snn::codegen
