// The loops around a kernel's body, one shape for each index space (runtime/abi/Spaces.def): what all of them are made of, and
// the spaces of cells.
#include "compiler/codegen/llvm/KernelLowering.h"

#include "compiler/codegen/llvm/Target.h"
#include "runtime/abi/snn_abi.h"

#include <algorithm>

namespace snn::codegen {

namespace {

/// A function is a long chain of operations that wait for each other: more groups of cells fill the gaps.
constexpr uint32_t groupsOfCalls = 4;

} // namespace

KernelLowering::KernelLowering(ModuleContext &c, uint32_t k, const std::string &name)
    : context(c), kernel(c.program.kernels[k]), role(kernel::roleOf(c.program, k)),
      function(llvm::Function::Create(
          llvm::FunctionType::get(llvm::Type::getInt32Ty(c.context), {llvm::PointerType::get(c.context, 0)}, false),
          llvm::GlobalValue::InternalLinkage, name, c.module)),
      entryBlock(llvm::BasicBlock::Create(c.context, "entry", function)),
      loopsBlock(llvm::BasicBlock::Create(c.context, "loops", function)), entry(entryBlock), b(loopsBlock),
      memory(c, kernel, argument()) {}

llvm::Function *KernelLowering::run() {
  memory.load(entry);
  Body lowered(context, memory, kernel, entry, role.inStep);
  body = &lowered;
  failure = entry.CreateAlloca(b.getInt32Ty(), nullptr, "failed");
  entry.CreateStore(b.getInt32(0), failure);
  space();
  llvm::Value *code = b.CreateLoad(b.getInt32Ty(), failure);
  if (finite)
    code = b.CreateOr(code, b.CreateSelect(notFinite(), b.getInt32(SNN_NOT_FINITE), b.getInt32(0)));
  b.CreateRet(code);
  entry.CreateBr(loopsBlock);
  return function;
}

llvm::Argument *KernelLowering::argument() {
  llvm::Argument *args = function->getArg(0);
  args->setName("args");
  args->addAttr(llvm::Attribute::NoUndef);
  args->addAttr(llvm::Attribute::NoAlias);
  args->addAttr(llvm::Attribute::ReadOnly);
  args->addAttr(llvm::Attribute::getWithAlignment(context.context, llvm::Align(8)));
  args->addAttr(llvm::Attribute::getWithDereferenceableBytes(
      context.context, context.module.getDataLayout().getTypeAllocSize(context.argsType)));
  return args;
}

llvm::Metadata *KernelLowering::hint(const char *name, llvm::Constant *value) {
  llvm::Metadata *property[] = {llvm::MDString::get(context.context, name), llvm::ConstantAsMetadata::get(value)};
  return llvm::MDNode::get(context.context, property);
}

/// Tells the vectoriser about the loop that `back` closes: `groups` registers full of cells at once.
void KernelLowering::setHints(llvm::BranchInst *back, uint32_t groups) {
  llvm::SmallVector<llvm::Metadata *> hints{nullptr};
  if (role.constructs) // costs more to vectorise than it saves
    hints.push_back(hint("llvm.loop.vectorize.enable", b.getInt1(false)));
  else if (kernel.space == abi::Space::Cells && !hasLoop())
    hints.append({hint("llvm.loop.vectorize.width", b.getInt32(lanes())), hint("llvm.loop.interleave.count", b.getInt32(groups))});
  else
    return;
  llvm::MDNode *loop = llvm::MDNode::getDistinct(context.context, hints);
  loop->replaceOperandWith(0, loop);
  back->setMetadata(llvm::LLVMContext::MD_loop, loop);
}

/// Cells that make different numbers of rounds go one by one.
bool KernelLowering::hasLoop() const {
  return std::ranges::any_of(kernel.body, [](const kernel::Instr &i) { return i.op == kernel::Op::Loop; });
}

/// Reals fill a register. Left alone, the vectoriser lets the widest type of the loop decide, which halves the width of
/// float cells that count steps in 64 bits (holds, time of the last spike).
uint32_t KernelLowering::lanes() const {
  const uint32_t bits = targetText(context.options.cpu).wide ? 512 : 256;
  return bits / (context.options.doublePrecision || kernel.doublePrecision ? 64 : 32);
}

void KernelLowering::loop(llvm::Value *first, llvm::Value *last, const char *name, const LoopBody &inside, std::optional<uint32_t> groups) {
  auto *before = b.GetInsertBlock();
  auto *head = llvm::BasicBlock::Create(context.context, llvm::Twine(name) + ".loop", function);
  auto *after = llvm::BasicBlock::Create(context.context, llvm::Twine(name) + ".end", function);
  b.CreateCondBr(b.CreateICmpSLT(first, last), head, after);
  b.SetInsertPoint(head);
  llvm::PHINode *index = b.CreatePHI(b.getInt64Ty(), 2, name);
  index->addIncoming(first, before);
  inside(index);
  llvm::Value *next = b.CreateNSWAdd(index, b.getInt64(1));
  index->addIncoming(next, b.GetInsertBlock());
  llvm::BranchInst *back = b.CreateCondBr(b.CreateICmpSLT(next, last), head, after);
  if (groups)
    setHints(back, *groups);
  b.SetInsertPoint(after);
}

void KernelLowering::note(llvm::Value *met) {
  if (met)
    b.CreateStore(b.CreateOr(b.CreateLoad(b.getInt32Ty(), failure), met), failure);
}

void KernelLowering::space() {
  switch (kernel.space) {
  case abi::Space::Once: {
    Place place;
    place.element = b.getInt64(0);
    return emit(place);
  }
  case abi::Space::Cells: return cells();
  case abi::Space::EventCells: return eventCells();
  case abi::Space::RowEdges:
  case abi::Space::Edges: return rowEdges();
  case abi::Space::ColumnEdges: return columnEdges();
  case abi::Space::Pairs: return pairs();
  case abi::Space::Moments: return moments();
  case abi::Space::ReplayedEdges: return replayedEdges();
  }
}

/// Whole blocks of 64 cells from a multiple of 64: no remainder loop, aligned vectors.
void KernelLowering::cells() {
  llvm::Value *blocks = b.getInt64(~uint64_t{63});
  llvm::Value *begin = b.CreateAnd(memory.field(entry, Begin), blocks, "begin");
  llvm::Value *count = b.CreateAnd(b.CreateSub(memory.field(entry, End), begin), blocks, "count");
  cellLimit = memory.field(entry, TargetEnd);
  if (!body->drawsInBlocks() && !body->lastStage())
    return loop(b.getInt64(0), count, "k", [&](llvm::Value *k) {
      emit(cell(begin, k));
      checkStates();
    });
  loop(b.getInt64(0), b.CreateLShr(count, 6), "block", [&](llvm::Value *block) {
    llvm::Value *first = b.CreateNSWAdd(begin, b.CreateShl(block, 6), "first");
    for (size_t draw : body->drawsOfCells())
      block64([&](llvm::Value *k) { body->emitParameter(b, draw, laneOf(first, k)); });
    body->fillBlocks(b, first);
    stages(first);
  }, std::nullopt);
}

void KernelLowering::block64(const LoopBody &inside, uint32_t groups, uint64_t blocks) {
  loop(b.getInt64(0), b.getInt64(64 * blocks), "k", inside, groups);
}

Place KernelLowering::cell(llvm::Value *first, llvm::Value *k) {
  Place place;
  place.i = place.element = b.CreateNSWAdd(first, k, "i");
  place.counter = k;
  place.padding = b.CreateSub(cellLimit, first);
  return place;
}

Place KernelLowering::laneOf(llvm::Value *first, llvm::Value *k) {
  Place place = cell(first, k);
  place.lane = k;
  return place;
}

/// 64 cells from `first` on, function calls between the stages.
void KernelLowering::stages(llvm::Value *first) {
  if (!body->lastStage())
    return block64([&](llvm::Value *k) {
      emit(laneOf(first, k));
      checkStates();
    });
  for (uint32_t stage = 0; stage <= body->lastStage(); ++stage) {
    block64([&](llvm::Value *k) {
      note(body->emitStage(b, laneOf(first, k), stage));
      checkStates();
    });
    for (const Body::Batch &batch : body->functionBatches())
      if (batch.stage == stage)
        block64([&](llvm::Value *k) { body->emitCall(b, batch, k); }, groupsOfCalls, batch.calls.size());
  }
}

/// States become infinite or NaN only where they are stored: looked at here, they need not be loaded again.
void KernelLowering::checkStates() {
  llvm::Value *bits = body->finiteBits();
  if (!bits)
    return;
  if (!finite) {
    finite = entry.CreateAlloca(bits->getType(), nullptr, "zeros");
    entry.CreateStore(llvm::ConstantInt::get(bits->getType(), 0), finite);
  }
  b.CreateStore(b.CreateOr(b.CreateLoad(bits->getType(), finite), bits), finite);
}

llvm::Value *KernelLowering::notFinite() {
  llvm::Type *type = finite->getAllocatedType();
  const bool wide = type->isIntegerTy(64);
  llvm::Value *exponent = b.CreateAnd(b.CreateLoad(type, finite),
                                      llvm::ConstantInt::get(type, wide ? 0x7ff0000000000000u : 0x7f800000u));
  return b.CreateICmpNE(exponent, llvm::ConstantInt::get(type, 0));
}

llvm::Value *KernelLowering::listed(llvm::Value *list, llvm::Value *k, const char *name) {
  return b.CreateSExt(memory.table(b, b.getInt32Ty(), list, k, name), b.getInt64Ty());
}

void KernelLowering::eventCells() {
  llvm::Value *events = memory.field(entry, Events);
  loop(memory.field(entry, Begin), memory.field(entry, End), "event", [&](llvm::Value *k) {
    Place place;
    place.i = place.element = listed(events, k, "i");
    emit(place);
  });
}

llvm::Function *lowerKernel(ModuleContext &context, uint32_t k, const std::string &name) {
  return KernelLowering(context, k, name).run();
}

} // namespace snn::codegen
