// A kernel as a function: its body within the loops of its index space. Loops.cpp has the loops in general and the spaces of
// cells, EdgeLoops.cpp the spaces of edges.
#pragma once

#include "compiler/codegen/llvm/Body.h"

#include <functional>
#include <optional>

namespace snn::codegen {

class KernelLowering {
public:
  /// Kernel `k` of the program, as the function `name` of the module.
  KernelLowering(ModuleContext &c, uint32_t k, const std::string &name);
  llvm::Function *run();

private:
  ModuleContext &context;
  const kernel::Kernel &kernel;
  const kernel::Role role;
  llvm::Function *function;
  llvm::BasicBlock *entryBlock, *loopsBlock;
  Builder entry, b;
  Memory memory;
  Body *body = nullptr;
  llvm::Value *failure = nullptr;
  llvm::Value *cellLimit = nullptr;   ///< cells: where the padding begins
  llvm::AllocaInst *finite = nullptr; ///< the bits of all zeros of states, see Body::finiteBits

  using LoopBody = std::function<void(llvm::Value *index)>;
  struct EdgeLists {
    llvm::Value *rowBegin, *target, *target16, *denseFirst, *targets;
  };

  llvm::Argument *argument();
  llvm::Metadata *hint(const char *name, llvm::Constant *value);
  void setHints(llvm::BranchInst *back, uint32_t groups);
  bool hasLoop() const;
  uint32_t lanes() const;
  /// for (index = first; index < last; ++index), signed.
  /// `groups`: for the vectoriser; none for loops around loops.
  void loop(llvm::Value *first, llvm::Value *last, const char *name, const LoopBody &inside, std::optional<uint32_t> groups = 1);
  void emit(const Place &place) { note(body->emit(b, place)); }
  /// `met`: what checks have met, or null.
  void note(llvm::Value *met);
  void space();
  llvm::Value *listed(llvm::Value *list, llvm::Value *k, const char *name);

  void cells();
  void block64(const LoopBody &inside, uint32_t groups = 1, uint64_t blocks = 1);
  Place cell(llvm::Value *first, llvm::Value *k);
  Place laneOf(llvm::Value *first, llvm::Value *k);
  void stages(llvm::Value *first);
  void checkStates();
  llvm::Value *notFinite();
  void eventCells();

  llvm::Value *pairElement(llvm::Value *src, llvm::Value *targets, llvm::Value *tgt);
  void pairs();
  EdgeLists edgeLists();
  llvm::Value *rowStart(const EdgeLists &lists, llvm::Value *src);
  void row(const EdgeLists &lists, llvm::Value *src, llvm::Value *first, llvm::Value *last);
  void denseRow(const EdgeLists &lists, llvm::Value *src, llvm::Value *first, llvm::Value *last);
  void sparseRow(const EdgeLists &lists, llvm::Value *list, llvm::Type *type, llvm::Value *src, llvm::Value *first, llvm::Value *last,
                 llvm::BasicBlock *after);
  void edgesOf(const EdgeLists &lists, llvm::Value *list, llvm::Type *type, llvm::Value *src, llvm::Value *first, llvm::Value *last);
  void fetchAhead(const EdgeLists &lists, llvm::Value *first);
  void fetch(llvm::Value *address);
  void rowEdges();
  llvm::Value *memberOf(llvm::StructType *type, llvm::Value *list, llvm::Value *k, unsigned which);
  llvm::Value *wide(llvm::Value *number) { return b.CreateSExt(number, b.getInt64Ty()); }
  void moments();
  void replayedEdges();
  void columnEdges();
  void denseColumn(const EdgeLists &lists, llvm::Value *tgt);
  void indexedColumn(const EdgeLists &lists, llvm::Value *begins, llvm::Value *tgt);
};

} // namespace snn::codegen
