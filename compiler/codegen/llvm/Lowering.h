// What the lowering of kernels shares within one module: types, argument layout, alias scopes, device functions.
#pragma once

#include "compiler/codegen/llvm/Codegen.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

namespace snn::codegen {

using Builder = llvm::IRBuilder<>;

/// Fields of snn_kernel_args, by number (snn_abi.h).
enum Field : unsigned {
  Buffers, Scalars, Dt, Step, TimeStep, Seed, Begin, End, Events, Segments, Edges, PairSource, PairOutput, Objects,
  TargetEnd, MomentList, ReplayedList, EventTarget
};
/// Fields of snn_edges.
enum EdgeField : unsigned { Sources, Targets, EdgeCount, RowBegin, Target, DenseFirst, ColumnBegin, ColumnEdge, ColumnSource, Target16 };

/// One module while it is built.
struct ModuleContext {
  llvm::Module &module;
  const kernel::Program &program;
  const Options &options;
  llvm::LLVMContext &context;
  llvm::StructType *argsType, *edgesType, *segmentType, *momentType, *replayedType;
  llvm::MDNode *domain;

  ModuleContext(llvm::Module &m, const kernel::Program &p, const Options &o);

  /// Type of a value in `kernel`.
  llvm::Type *type(kernel::Type type, bool doublePrecision) const;
  /// Type of an element in memory.
  llvm::Type *element(abi::Elem elem) const;
  /// The device library's function, declared on first use.
  llvm::Function *device(const std::string &name, llvm::Type *result, llvm::ArrayRef<llvm::Type *> arguments);
};

/// Lowers program.kernels[k] to `int32_t name(const snn_kernel_args *)`.
llvm::Function *lowerKernel(ModuleContext &context, uint32_t k, const std::string &name);

} // namespace snn::codegen
