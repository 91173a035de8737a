// Addresses and alias scopes of one kernel: each buffer is memory of its own, so that loops need no checks.
#pragma once

#include "compiler/codegen/llvm/Lowering.h"
#include "compiler/kernel/ir/Code.h"

#include <map>

namespace snn::codegen {

class Memory {
public:
  /// `entry` stands in the entry block; pointers are loaded there once.
  Memory(ModuleContext &context, const kernel::Kernel &kernel, llvm::Value *args);

  /// Loads everything that the kernel's body and its loops read from the arguments.
  void load(Builder &entry);

  llvm::Value *field(Builder &entry, Field which);
  llvm::Value *edgeField(Builder &entry, EdgeField which);
  /// An element of one of the runtime's tables (events, segments, edges): never written by kernels.
  llvm::Value *table(Builder &at, llvm::Type *type, llvm::Value *pointer, llvm::Value *index, const char *name);

  llvm::Value *loadElement(Builder &at, uint32_t buffer, llvm::Value *index);
  void storeElement(Builder &at, uint32_t buffer, llvm::Value *index, llvm::Value *value);
  llvm::Value *loadScalar(Builder &at, uint32_t scalar, bool invariant);
  void storeScalar(Builder &at, uint32_t scalar, llvm::Value *value);
  void storePair(Builder &at, llvm::Value *index, llvm::Value *value);

  /// The number of a random stream that the kernel names.
  llvm::Value *stream(Builder &entry, uint32_t number);

  /// An element of an array that belongs to the call alone.
  void storeLocal(Builder &at, llvm::Value *value, llvm::Value *pointer, llvm::Value *index);
  llvm::Value *local(Builder &at, llvm::Type *type, llvm::Value *pointer, llvm::Value *index);
  /// Where the element of edge `edge` is in each buffer with one value an edge.
  std::vector<llvm::Value *> edgeBuffers(Builder &at, llvm::Value *edge);

private:
  ModuleContext &context;
  const kernel::Kernel &kernel;
  llvm::Value *args;
  const std::vector<kernel::Object> objects; ///< what the kernel names, by place
  llvm::Value *objectNumbers = nullptr, *scalars = nullptr, *pairOutput = nullptr, *edges = nullptr;
  std::map<uint32_t, llvm::Value *> pointers; ///< by buffer
  std::map<uint32_t, llvm::MDNode *> scopes;  ///< by buffer; tables, scalars and pair output have numbers of their own
  std::map<uint32_t, llvm::MDNode *> others;  ///< all scopes but that one

  void makeScopes();
  /// The number that the call gives for something that the kernel names.
  llvm::Value *number(Builder &at, kernel::Object object);
  template <class I> I *inScope(I *instruction, uint32_t number);
  llvm::Value *address(Builder &at, uint32_t buffer, llvm::Value *index);
};

} // namespace snn::codegen
