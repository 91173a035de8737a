// The loops over edges: by rows, by columns, replayed ones; and over pairs of cells and over moments.
#include "compiler/codegen/llvm/KernelLowering.h"

namespace snn::codegen {

namespace {

/// The hardware fetches what follows the first lines of a row by itself.
constexpr int linesAhead = 2;
/// Segments of drawn delays are short and lie anywhere in memory: so many are on their way at a time.
constexpr int segmentsAhead = 8;

} // namespace

llvm::Value *KernelLowering::pairElement(llvm::Value *src, llvm::Value *targets, llvm::Value *tgt) {
  return b.CreateAdd(b.CreateMul(src, targets), tgt);
}

void KernelLowering::pairs() {
  Place place;
  place.src = memory.field(entry, PairSource);
  llvm::Value *targets = memory.field(entry, TargetEnd);
  loop(memory.field(entry, Begin), memory.field(entry, End), "tgt", [&](llvm::Value *tgt) {
    place.tgt = tgt;
    place.element = pairElement(place.src, targets, tgt);
    emit(place);
  });
}

KernelLowering::EdgeLists KernelLowering::edgeLists() {
  EdgeLists lists{};
  lists.rowBegin = memory.edgeField(entry, RowBegin);
  lists.target = memory.edgeField(entry, Target);
  lists.target16 = memory.edgeField(entry, Target16);
  lists.denseFirst = memory.edgeField(entry, DenseFirst);
  lists.targets = memory.edgeField(entry, Targets);
  return lists;
}

llvm::Value *KernelLowering::rowStart(const EdgeLists &lists, llvm::Value *src) {
  return memory.table(b, b.getInt64Ty(), lists.rowBegin, src, "row");
}

/// The edges [first, last) of source cell `src`: one loop for each way in which their targets may be stored.
void KernelLowering::row(const EdgeLists &lists, llvm::Value *src, llvm::Value *first, llvm::Value *last) {
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

void KernelLowering::denseRow(const EdgeLists &lists, llvm::Value *src, llvm::Value *first, llvm::Value *last) {
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
void KernelLowering::sparseRow(const EdgeLists &lists, llvm::Value *list, llvm::Type *type, llvm::Value *src, llvm::Value *first,
                               llvm::Value *last, llvm::BasicBlock *after) {
  auto *stored = llvm::BasicBlock::Create(context.context, "row.stored", function);
  auto *otherwise = llvm::BasicBlock::Create(context.context, "row.otherwise", function);
  b.CreateCondBr(b.CreateIsNull(list), otherwise, stored);
  b.SetInsertPoint(stored);
  edgesOf(lists, list, type, src, first, last);
  b.CreateBr(after);
  b.SetInsertPoint(otherwise);
}

void KernelLowering::edgesOf(const EdgeLists &lists, llvm::Value *list, llvm::Type *type, llvm::Value *src, llvm::Value *first,
                             llvm::Value *last) {
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
void KernelLowering::fetchAhead(const EdgeLists &lists, llvm::Value *first) {
  if (role.rows == abi::Rows::Sparse) {
    llvm::Value *narrow = b.CreateInBoundsGEP(b.getInt16Ty(), lists.target16, first);
    llvm::Value *wide = b.CreateInBoundsGEP(b.getInt32Ty(), lists.target, first);
    fetch(b.CreateSelect(b.CreateIsNull(lists.target16), wide, narrow));
  }
  for (llvm::Value *buffer : memory.edgeBuffers(b, first))
    fetch(buffer);
}

void KernelLowering::fetch(llvm::Value *address) {
  for (int line = 0; line < linesAhead; ++line)
    b.CreateIntrinsic(llvm::Intrinsic::prefetch, {b.getPtrTy()},
                      {b.CreateConstGEP1_64(b.getInt8Ty(), address, 64 * line), b.getInt32(0), b.getInt32(3), b.getInt32(1)});
}

void KernelLowering::rowEdges() {
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
llvm::Value *KernelLowering::memberOf(llvm::StructType *type, llvm::Value *list, llvm::Value *k, unsigned which) {
  llvm::Value *at = b.CreateStructGEP(type, b.CreateInBoundsGEP(type, list, k), which);
  return memory.table(b, type->getElementType(which), at, b.getInt64(0), "member");
}

void KernelLowering::moments() {
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
void KernelLowering::replayedEdges() {
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

void KernelLowering::columnEdges() {
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
void KernelLowering::denseColumn(const EdgeLists &lists, llvm::Value *tgt) {
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

void KernelLowering::indexedColumn(const EdgeLists &lists, llvm::Value *begins, llvm::Value *tgt) {
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

} // namespace snn::codegen
