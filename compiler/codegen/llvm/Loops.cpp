// The loops around a kernel's body, one shape for each index space (runtime/abi/Spaces.def).
#include "compiler/codegen/llvm/Body.h"
#include "compiler/codegen/llvm/Target.h"
#include "runtime/abi/snn_abi.h"

#include <llvm/Support/ErrorHandling.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace snn::codegen {


namespace {

class KernelLowering {
public:
  KernelLowering(ModuleContext &c, uint32_t k, const std::string &name)
      : context(c), kernel(c.program.kernels[k]), role(kernel::roleOf(c.program, k)),
        function(llvm::Function::Create(
            llvm::FunctionType::get(llvm::Type::getInt32Ty(c.context), {llvm::PointerType::get(c.context, 0)}, false),
            llvm::GlobalValue::InternalLinkage, name, c.module)),
        entryBlock(llvm::BasicBlock::Create(c.context, "entry", function)),
        loopsBlock(llvm::BasicBlock::Create(c.context, "loops", function)), entry(entryBlock), b(loopsBlock),
        memory(c, kernel, argument()) {}

  llvm::Function *run() {
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

  llvm::Argument *argument() {
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

  /// The hardware fetches what follows the first lines of a row by itself.
  static constexpr int linesAhead = 2;
  /// Segments of drawn delays are short and lie anywhere in memory: so many are on their way at a time.
  static constexpr int segmentsAhead = 8;
  using LoopBody = std::function<void(llvm::Value *index)>;

  llvm::Metadata *hint(const char *name, llvm::Constant *value) {
    llvm::Metadata *property[] = {llvm::MDString::get(context.context, name), llvm::ConstantAsMetadata::get(value)};
    return llvm::MDNode::get(context.context, property);
  }

  /// Tells the vectoriser about the loop that `back` closes: `groups` registers full of cells at once.
  void setHints(llvm::BranchInst *back, uint32_t groups) {
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
  bool hasLoop() const {
    return std::ranges::any_of(kernel.body, [](const kernel::Instr &i) { return i.op == kernel::Op::Loop; });
  }

  /// Reals fill a register. Left alone, the vectoriser lets the widest type of the loop decide, which halves the width of
  /// float cells that count steps in 64 bits (holds, time of the last spike).
  uint32_t lanes() const {
    const uint32_t bits = targetText(context.options.cpu).wide ? 512 : 256;
    return bits / (context.options.doublePrecision || kernel.doublePrecision ? 64 : 32);
  }

  /// A function is a long chain of operations that wait for each other: more groups of cells fill the gaps.
  static constexpr uint32_t groupsOfCalls = 4;

  /// for (index = first; index < last; ++index), signed.
  /// `groups`: for the vectoriser; none for loops around loops.
  void loop(llvm::Value *first, llvm::Value *last, const char *name, const LoopBody &inside, std::optional<uint32_t> groups = 1) {
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

  void emit(const Place &place) { note(body->emit(b, place)); }

  /// `met`: what checks have met, or null.
  void note(llvm::Value *met) {
    if (met)
      b.CreateStore(b.CreateOr(b.CreateLoad(b.getInt32Ty(), failure), met), failure);
  }

  llvm::Value *pairElement(llvm::Value *src, llvm::Value *targets, llvm::Value *tgt) {
    return b.CreateAdd(b.CreateMul(src, targets), tgt);
  }

  void space() {
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
  void cells() {
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

  void block64(const LoopBody &inside, uint32_t groups = 1, uint64_t blocks = 1) {
    loop(b.getInt64(0), b.getInt64(64 * blocks), "k", inside, groups);
  }

  Place cell(llvm::Value *first, llvm::Value *k) {
    Place place;
    place.i = place.element = b.CreateNSWAdd(first, k, "i");
    place.counter = k;
    place.padding = b.CreateSub(cellLimit, first);
    return place;
  }

  Place laneOf(llvm::Value *first, llvm::Value *k) {
    Place place = cell(first, k);
    place.lane = k;
    return place;
  }

  /// 64 cells from `first` on, function calls between the stages.
  void stages(llvm::Value *first) {
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
  void checkStates() {
    llvm::Value *bits = body->finiteBits();
    if (!bits)
      return;
    if (!finite) {
      finite = entry.CreateAlloca(bits->getType(), nullptr, "zeros");
      entry.CreateStore(llvm::ConstantInt::get(bits->getType(), 0), finite);
    }
    b.CreateStore(b.CreateOr(b.CreateLoad(bits->getType(), finite), bits), finite);
  }

  llvm::Value *notFinite() {
    llvm::Type *type = finite->getAllocatedType();
    const bool wide = type->isIntegerTy(64);
    llvm::Value *exponent = b.CreateAnd(b.CreateLoad(type, finite),
                                        llvm::ConstantInt::get(type, wide ? 0x7ff0000000000000u : 0x7f800000u));
    return b.CreateICmpNE(exponent, llvm::ConstantInt::get(type, 0));
  }

  llvm::Value *listed(llvm::Value *list, llvm::Value *k, const char *name) {
    return b.CreateSExt(memory.table(b, b.getInt32Ty(), list, k, name), b.getInt64Ty());
  }

  void eventCells() {
    llvm::Value *events = memory.field(entry, Events);
    loop(memory.field(entry, Begin), memory.field(entry, End), "event", [&](llvm::Value *k) {
      Place place;
      place.i = place.element = listed(events, k, "i");
      emit(place);
    });
  }

  void pairs() {
    Place place;
    place.src = memory.field(entry, PairSource);
    llvm::Value *targets = memory.field(entry, TargetEnd);
    loop(memory.field(entry, Begin), memory.field(entry, End), "tgt", [&](llvm::Value *tgt) {
      place.tgt = tgt;
      place.element = pairElement(place.src, targets, tgt);
      emit(place);
    });
  }

  struct EdgeLists {
    llvm::Value *rowBegin, *target, *target16, *denseFirst, *targets;
  };

  EdgeLists edgeLists() {
    EdgeLists lists{};
    lists.rowBegin = memory.edgeField(entry, RowBegin);
    lists.target = memory.edgeField(entry, Target);
    lists.target16 = memory.edgeField(entry, Target16);
    lists.denseFirst = memory.edgeField(entry, DenseFirst);
    lists.targets = memory.edgeField(entry, Targets);
    return lists;
  }

  llvm::Value *rowStart(const EdgeLists &lists, llvm::Value *src) {
    return memory.table(b, b.getInt64Ty(), lists.rowBegin, src, "row");
  }

  /// The edges [first, last) of source cell `src`: one loop for each way in which their targets may be stored.
  void row(const EdgeLists &lists, llvm::Value *src, llvm::Value *first, llvm::Value *last) {
    auto *after = llvm::BasicBlock::Create(context.context, "row.end", function);
    if (role.rows != abi::Rows::Dense) {
      sparseRow(lists, lists.target16, b.getInt16Ty(), src, first, last, after);
      if (role.rows == abi::Rows::Sparse) {
        edgesOf(lists, lists.target, b.getInt32Ty(), src, first, last);
      } else {
        sparseRow(lists, lists.target, b.getInt32Ty(), src, first, last, after);
      }
    }
    if (role.rows != abi::Rows::Sparse)
      denseRow(lists, src, first, last);
    b.CreateBr(after);
    b.SetInsertPoint(after);
  }

  void denseRow(const EdgeLists &lists, llvm::Value *src, llvm::Value *first, llvm::Value *last) {
    llvm::Value *shift = b.CreateSub(lists.denseFirst, rowStart(lists, src), "shift"); // target = edge + shift
    loop(first, last, "edge", [&](llvm::Value *edge) {
      Place place;
      place.src = src;
      place.edge = edge;
      place.tgt = b.CreateNSWAdd(edge, shift, "tgt");
      place.element = pairElement(src, lists.targets, place.tgt);
      emit(place);
    });
  }

  /// Goes over the row if the targets are stored in `list`, and then on to `after`.
  void sparseRow(const EdgeLists &lists, llvm::Value *list, llvm::Type *type, llvm::Value *src, llvm::Value *first, llvm::Value *last,
                 llvm::BasicBlock *after) {
    auto *stored = llvm::BasicBlock::Create(context.context, "row.stored", function);
    auto *otherwise = llvm::BasicBlock::Create(context.context, "row.otherwise", function);
    b.CreateCondBr(b.CreateIsNull(list), otherwise, stored);
    b.SetInsertPoint(stored);
    edgesOf(lists, list, type, src, first, last);
    b.CreateBr(after);
    b.SetInsertPoint(otherwise);
  }

  void edgesOf(const EdgeLists &lists, llvm::Value *list, llvm::Type *type, llvm::Value *src, llvm::Value *first, llvm::Value *last) {
    loop(first, last, "edge", [&](llvm::Value *edge) {
      Place place;
      place.src = src;
      place.edge = edge;
      llvm::Value *target = memory.table(b, type, list, edge, "tgt");
      place.tgt = type->isIntegerTy(16) ? b.CreateZExt(target, b.getInt64Ty()) : b.CreateSExt(target, b.getInt64Ty());
      place.element = pairElement(src, lists.targets, place.tgt);
      emit(place);
    });
  }

  /// Asks for the beginning of a row that comes next: its targets, and what is stored for each edge.
  void fetchAhead(const EdgeLists &lists, llvm::Value *first) {
    if (role.rows == abi::Rows::Sparse) {
      llvm::Value *narrow = b.CreateInBoundsGEP(b.getInt16Ty(), lists.target16, first);
      llvm::Value *wide = b.CreateInBoundsGEP(b.getInt32Ty(), lists.target, first);
      fetch(b.CreateSelect(b.CreateIsNull(lists.target16), wide, narrow));
    }
    for (llvm::Value *buffer : memory.edgeBuffers(b, first))
      fetch(buffer);
  }

  void fetch(llvm::Value *address) {
    for (int line = 0; line < linesAhead; ++line)
      b.CreateIntrinsic(llvm::Intrinsic::prefetch, {b.getPtrTy()},
                        {b.CreateConstGEP1_64(b.getInt8Ty(), address, 64 * line), b.getInt32(0), b.getInt32(3), b.getInt32(1)});
  }

  void rowEdges() {
    const EdgeLists lists = edgeLists();
    llvm::Value *segments = memory.field(entry, Segments), *first = memory.field(entry, Begin), *last = memory.field(entry, End);
    const auto member = [&](llvm::Value *k, unsigned which) { return memberOf(context.segmentType, segments, k, which); };
    const auto ahead = [&](llvm::Value *k) { // beyond the last: the one that is only fetched
      llvm::Value *then = b.CreateNSWAdd(k, b.getInt64(segmentsAhead));
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, then, last);
    };
    loop(first, ahead(first), "early", [&](llvm::Value *k) { fetchAhead(lists, member(k, 0)); });
    loop(first, last, "segment", [&](llvm::Value *k) {
      llvm::Value *src = wide(member(k, 2));
      fetchAhead(lists, member(ahead(k), 0));
      row(lists, src, member(k, 0), member(k, 1));
    });
  }

  /// A member of the k-th struct of one of the runtime's tables.
  llvm::Value *memberOf(llvm::StructType *type, llvm::Value *list, llvm::Value *k, unsigned which) {
    llvm::Value *at = b.CreateStructGEP(type, b.CreateInBoundsGEP(type, list, k), which);
    return memory.table(b, type->getElementType(which), at, b.getInt64(0), "member");
  }

  llvm::Value *wide(llvm::Value *number) { return b.CreateSExt(number, b.getInt64Ty()); }

  void moments() {
    llvm::Value *list = memory.field(entry, MomentList);
    loop(memory.field(entry, Begin), memory.field(entry, End), "moment", [&](llvm::Value *k) {
      Place place;
      place.moment = k;
      place.step = memberOf(context.momentType, list, k, 0);
      place.src = place.element = wide(memberOf(context.momentType, list, k, 1));
      emit(place);
    });
  }

  /// An edge may come several times, each time with the next of its events.
  void replayedEdges() {
    llvm::Value *list = memory.field(entry, ReplayedList), *moments = memory.field(entry, MomentList);
    llvm::Value *targetOf = memory.field(entry, EventTarget), *targets = memory.edgeField(entry, Targets);
    loop(memory.field(entry, Begin), memory.field(entry, End), "replayed", [&](llvm::Value *k) {
      Place place;
      place.edge = memberOf(context.replayedType, list, k, 0);
      place.moment = wide(memberOf(context.replayedType, list, k, 1));
      place.event = wide(memberOf(context.replayedType, list, k, 2));
      place.step = memberOf(context.momentType, moments, place.moment, 0);
      place.src = wide(memberOf(context.momentType, moments, place.moment, 1));
      place.tgt = listed(targetOf, place.event, "tgt");
      place.element = pairElement(place.src, targets, place.tgt);
      emit(place);
    });
  }

  void columnEdges() {
    llvm::Value *events = memory.field(entry, Events), *begins = memory.edgeField(entry, ColumnBegin);
    const EdgeLists lists = edgeLists();
    loop(memory.field(entry, Begin), memory.field(entry, End), "event", [&](llvm::Value *k) {
      llvm::Value *tgt = listed(events, k, "tgt");
      if (role.rows == abi::Rows::Dense)
        return denseColumn(lists, tgt);
      if (role.rows == abi::Rows::Sparse)
        return indexedColumn(lists, begins, tgt);
      auto *dense = llvm::BasicBlock::Create(context.context, "column.dense", function);
      auto *indexed = llvm::BasicBlock::Create(context.context, "column.indexed", function);
      auto *after = llvm::BasicBlock::Create(context.context, "column.after", function);
      b.CreateCondBr(b.CreateIsNull(begins), dense, indexed);
      b.SetInsertPoint(dense);
      denseColumn(lists, tgt);
      b.CreateBr(after);
      b.SetInsertPoint(indexed);
      indexedColumn(lists, begins, tgt);
      b.CreateBr(after);
      b.SetInsertPoint(after);
    });
  }

  /// The incoming edges of a target whose rows are dense: one of each row that is long enough.
  void denseColumn(const EdgeLists &lists, llvm::Value *tgt) {
    llvm::Value *offset = b.CreateSub(tgt, lists.denseFirst, "offset");
    loop(b.getInt64(0), memory.edgeField(entry, Sources), "src", [&](llvm::Value *src) {
      llvm::Value *first = rowStart(lists, src), *next = rowStart(lists, b.CreateNSWAdd(src, b.getInt64(1)));
      auto *inside = llvm::BasicBlock::Create(context.context, "row.covers", function);
      auto *after = llvm::BasicBlock::Create(context.context, "row.after", function);
      b.CreateCondBr(b.CreateICmpULT(offset, b.CreateSub(next, first)), inside, after);
      b.SetInsertPoint(inside);
      Place place;
      place.src = src;
      place.tgt = tgt;
      place.edge = b.CreateNSWAdd(first, offset, "edge");
      place.element = pairElement(src, lists.targets, tgt);
      emit(place);
      b.CreateBr(after);
      b.SetInsertPoint(after);
    });
  }

  void indexedColumn(const EdgeLists &lists, llvm::Value *begins, llvm::Value *tgt) {
    llvm::Value *edgeOf = memory.edgeField(entry, ColumnEdge), *sourceOf = memory.edgeField(entry, ColumnSource);
    llvm::Value *first = memory.table(b, b.getInt64Ty(), begins, tgt, "column");
    llvm::Value *last = memory.table(b, b.getInt64Ty(), begins, b.CreateNSWAdd(tgt, b.getInt64(1)), "column.end");
    loop(first, last, "incoming", [&](llvm::Value *incoming) {
      Place place;
      place.tgt = tgt;
      place.edge = memory.table(b, b.getInt64Ty(), edgeOf, incoming, "edge");
      place.src = listed(sourceOf, incoming, "src");
      place.element = pairElement(place.src, lists.targets, tgt);
      emit(place);
    });
  }
};

} // namespace

llvm::Function *lowerKernel(ModuleContext &context, uint32_t k, const std::string &name) {
  return KernelLowering(context, k, name).run();
}

} // namespace snn::codegen
