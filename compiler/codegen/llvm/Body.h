// The flat body of a kernel at one point of its index space.
#pragma once

#include "compiler/codegen/llvm/Memory.h"
#include "compiler/codegen/llvm/Stages.h"

#include <set>

namespace snn::codegen {

/// Index values of the space; those that it does not have are null.
struct Place {
  llvm::Value *i = nullptr, *src = nullptr, *tgt = nullptr, *edge = nullptr, *moment = nullptr, *event = nullptr;
  llvm::Value *step = nullptr;    ///< of the moment; null: that of the call
  llvm::Value *element = nullptr; ///< the counter of random draws (see Ops.def)
  llvm::Value *lane = nullptr;    ///< cells in blocks of 64: the number within the block, see fillBlocks
  /// Cells: the counter of the innermost loop, and from where on it means padding, where checks do not count. (Compared as
  /// the counter and in 32 bits, it is a vector of its own; as `i` the vectoriser puts it together from scalars.)
  llvm::Value *counter = nullptr, *padding = nullptr;
};

class Body {
public:
  /// `everyStep`: the kernel runs in every step, so that random numbers are worth making in blocks.
  Body(ModuleContext &context, Memory &memory, const kernel::Kernel &kernel, Builder &entry, bool everyStep);

  /// Emits the body at `at`. Returns what checks have met, a code of snn_abi.h as I32, or null if there are none.
  llvm::Value *emit(Builder &at, const Place &place);
  /// Whether random numbers are made for 64 cells at once; then fillBlocks is called before each 64 of them.
  bool drawsInBlocks() const { return !blocks.empty(); }
  void fillBlocks(Builder &at, llvm::Value *first);
  /// Draws whose parameter must be known for 64 cells before: for each, emitParameter is called in a loop over them.
  std::vector<size_t> drawsOfCells() const;
  void emitParameter(Builder &at, size_t draw, const Place &place);
  /// All calls of one function between two stages: their arguments, later their results, 64 for each.
  struct Batch {
    uint32_t stage; ///< that they follow
    llvm::Type *type;
    std::vector<size_t> calls; ///< instructions
    llvm::AllocaInst *first, *second; ///< arguments; no `second`: functions of one number
  };
  /// The body as a row of loops over 64 cells (Stages.h): lastStage() is 0 if it is one loop. Between the stages emitCall is
  /// called in a loop over the elements of each batch.
  uint32_t lastStage() const { return stages.last; }
  llvm::Value *emitStage(Builder &at, const Place &place, uint32_t stage);
  const std::vector<Batch> &functionBatches() const { return batches; }
  void emitCall(Builder &at, const Batch &batch, llvm::Value *k);
  /// Of the states that the body emitted last has stored: the bits of a zero if all are finite, else of a NaN; null if it
  /// stores none.
  llvm::Value *finiteBits();

private:
  ModuleContext &context;
  Memory &memory;
  const kernel::Kernel &kernel;
  Builder &entry; ///< before the loops: what does not change within a call is computed there
  std::vector<llvm::Value *> uniform; ///< by instruction, computed in entry
  llvm::Value *seed = nullptr, *step = nullptr, *begin = nullptr;
  std::vector<llvm::Value *> values;
  /// A draw whose standard numbers are made for 64 cells at once; `numbers` is where they are.
  struct BlockDraw {
    const char *block = nullptr, *from = nullptr; ///< names in the device library; no `from`: the numbers are the draws
    llvm::Type *type = nullptr;
    llvm::AllocaInst *numbers = nullptr;
    llvm::AllocaInst *means = nullptr;          ///< of Poisson numbers, where they differ from cell to cell
    llvm::AllocaInst *table = nullptr;          ///< of Poisson numbers: what the device library keeps from block to block
  };
  std::map<size_t, BlockDraw> blocks;           ///< by instruction
  Stages stages;
  std::vector<Batch> batches;
  std::map<size_t, llvm::Value *> kept;         ///< by instruction: 64 values for later stages; results of calls
  std::vector<std::set<kernel::ValueId>> fetched; ///< by stage: what it takes from earlier ones, in the order of the body
  Builder *b = nullptr;
  const Place *place = nullptr;
  llvm::Value *failed = nullptr;
  std::vector<llvm::Value *> checked; ///< the states stored that have to be finite
  /// The loop that is open: its head counts the rounds and has a phi for each carry.
  struct OpenLoop {
    llvm::BasicBlock *head = nullptr, *after = nullptr;
    llvm::PHINode *round = nullptr;
    llvm::Value *rounds = nullptr; ///< the most
  } loop;

  llvm::Type *type(kernel::Type t) const { return context.type(t, kernel.doublePrecision); }
  llvm::Value *value(kernel::ValueId id) const { return values[id]; }
  kernel::Type typeOf(kernel::ValueId id) const { return kernel.body[id].type; }
  llvm::Value *index(const kernel::Instr &instr) const;

  llvm::Value *uniformValue(Builder &at, const kernel::Instr &instr);
  llvm::Value *one(const kernel::Instr &instr);
  llvm::Value *convert(Builder &at, llvm::Value *v, llvm::Type *to);
  llvm::Value *load(const kernel::Instr &instr);
  void store(const kernel::Instr &instr);
  void accumulate(const kernel::Instr &instr);
  void pairOut(const kernel::Instr &instr);
  void check(llvm::Value *bad, int32_t code);
  void openLoop(const kernel::Instr &instr);
  llvm::Value *carry(const kernel::Instr &instr);
  void leaveUnless(const kernel::Instr &instr);
  void next(const kernel::Instr &instr);
  void closeLoop();
  llvm::Value *integer(const kernel::Instr &instr);
  llvm::Value *real(const kernel::Instr &instr);
  llvm::Value *compare(const kernel::Instr &instr);
  llvm::Value *call(const kernel::Instr &instr, const char *name, unsigned operands);
  llvm::Value *callDevice(Builder &at, const std::string &name, llvm::Type *result, llvm::ArrayRef<llvm::Value *> arguments);
  std::vector<llvm::Value *> parameters(const kernel::Instr &instr, llvm::Type *type);
  llvm::Value *draw(const kernel::Instr &instr, const char *name);
  static std::string deviceName(const char *name, llvm::Type *type);
  void findUniform();
  void findBlockDraws();
  void addPoisson(BlockDraw &draw, bool oneMean);
  std::vector<bool> knownBefore() const;
  llvm::Value *slice(kernel::ValueId v);
  void findStages();
  void findBatches();
  void findFetched(size_t n);
  bool isCall(size_t n) const;
  llvm::AllocaInst *cellArray(llvm::Type *type, size_t values, const char *name);
  llvm::Type *keptType(size_t n) const;
  void storeArguments(Builder &at, const Batch &batch, llvm::Value *lane);
  llvm::Value *drawFromBlock(const kernel::Instr &instr, const BlockDraw &draw);
  void checkProbability(llvm::Value *p);
};

} // namespace snn::codegen
