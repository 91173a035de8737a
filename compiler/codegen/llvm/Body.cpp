// The flat body of a kernel: values that are uniform, memory, and which lowering an operation has.
#include "compiler/codegen/llvm/Body.h"
#include "runtime/device/Convert.h"

#include <algorithm>
#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/Support/ErrorHandling.h>

namespace snn::codegen {

using kernel::Op;
using kernel::Type;

Body::Body(ModuleContext &c, Memory &m, const kernel::Kernel &k, Builder &e, bool everyStep)
    : context(c), memory(m), kernel(k), entry(e), uniform(k.body.size(), nullptr) {
  if (std::ranges::any_of(k.body, [](const kernel::Instr &i) { return i.op >= Op::DrawUniform; })) {
    seed = memory.field(entry, Seed);
    step = memory.field(entry, Step);
  }
  begin = memory.field(entry, Begin);
  findUniform();
  if (everyStep && k.space == abi::Space::Cells) {
    findBlockDraws();
    findStages();
  }
}

/// What is the same for all elements of a call is computed before the loop.
void Body::findUniform() {
  const std::vector<bool> same = kernel::uniformValues(kernel);
  b = &entry;
  values.assign(kernel.body.size(), nullptr);
  for (size_t n = 0; n < kernel.body.size(); ++n) {
    if (same[n])
      uniform[n] = kernel.body[n].op >= Op::Add ? one(kernel.body[n]) : uniformValue(entry, kernel.body[n]);
    values[n] = uniform[n];
  }
}

llvm::Value *Body::uniformValue(Builder &at, const kernel::Instr &instr) {
  llvm::Type *to = type(instr.type);
  switch (instr.op) {
  case Op::Dt:
    return convert(at, memory.field(at, Dt), to);
  case Op::StepNumber:
    return convert(at, memory.field(at, Step), to);
  case Op::Time:
    return convert(at, at.CreateFMul(at.CreateSIToFP(memory.field(at, TimeStep), at.getDoubleTy()),
                                     memory.field(at, Dt)), to);
  case Op::ScalarValue:
    return convert(at, memory.loadScalar(at, instr.object, kernel.space != abi::Space::Once), to);
  case Op::Const:
    return to->isFloatingPointTy() ? llvm::ConstantFP::get(to, to->isFloatTy() ? float(instr.imm) : instr.imm)
           : to->isIntegerTy(1)    ? llvm::ConstantInt::getBool(to, instr.imm != 0)
                                   : llvm::ConstantInt::getSigned(to, device::toInteger(instr.imm));
  case Op::ConstInt:
    return to->isFloatingPointTy() ? static_cast<llvm::Constant *>(llvm::ConstantFP::get(to, double(instr.imm64)))
           : to->isIntegerTy(1)    ? llvm::ConstantInt::getBool(to, instr.imm64 != 0)
                                   : llvm::ConstantInt::getSigned(to, instr.imm64);
  default:
    llvm::report_fatal_error("codegen: not a uniform value");
  }
}

/// Between number types and Bool. Reals become integers by truncation (saturating, so that nothing is undefined).
llvm::Value *Body::convert(Builder &at, llvm::Value *v, llvm::Type *to) {
  llvm::Type *from = v->getType();
  if (from == to)
    return v;
  if (to->isIntegerTy(1))
    return from->isFloatingPointTy() ? at.CreateFCmpUNE(v, llvm::ConstantFP::get(from, 0.0))
                                     : at.CreateICmpNE(v, llvm::ConstantInt::get(from, 0));
  if (from->isIntegerTy(1))
    return to->isFloatingPointTy() ? at.CreateUIToFP(v, to) : at.CreateZExt(v, to);
  if (from->isIntegerTy())
    return to->isFloatingPointTy() ? at.CreateSIToFP(v, to) : at.CreateSExtOrTrunc(v, to);
  if (to->isFloatingPointTy())
    return at.CreateFPCast(v, to);
  return at.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {to, from}, {v});
}

llvm::Value *Body::index(const kernel::Instr &instr) const {
  return instr.index == kernel::noValue ? b->getInt64(0) : value(instr.index);
}

llvm::Value *Body::load(const kernel::Instr &instr) {
  llvm::Value *v = memory.loadElement(*b, instr.object, index(instr));
  return convert(*b, v, type(instr.type));
}

void Body::store(const kernel::Instr &instr) {
  const abi::Elem elem = context.program.tables.buffers[instr.object].elem;
  llvm::Type *memoryType = context.element(elem);
  llvm::Value *v = value(instr.a);
  if (elem == abi::Elem::U8 && v->getType()->isIntegerTy(1))
    v = b->CreateZExt(v, memoryType);
  v = convert(*b, v, memoryType);
  if (instr.predicate != kernel::noValue) // select, not a branch: keeps loops flat; the element is ours to rewrite
    v = b->CreateSelect(value(instr.predicate), v, memory.loadElement(*b, instr.object, index(instr)));
  memory.storeElement(*b, instr.object, index(instr), v);
  if (context.program.tables.buffers[instr.object].finiteCheck && memoryType->isFloatingPointTy())
    checked.push_back(v);
}

llvm::Value *Body::finiteBits() {
  // 0 * state, summed from the last to the first: membrane potentials tend to stand first and to be known last, so that the
  // sum waits for them with one operation only.
  llvm::Value *zeros = nullptr;
  for (llvm::Value *v : llvm::reverse(checked)) {
    llvm::Value *zero = llvm::ConstantFP::get(v->getType(), 0.0);
    zeros = zeros ? b->CreateIntrinsic(llvm::Intrinsic::fma, {v->getType()}, {v, zero, zeros}) : b->CreateFMul(v, zero);
  }
  return zeros ? b->CreateBitCast(zeros, b->getIntNTy(zeros->getType()->getPrimitiveSizeInBits())) : nullptr;
}

void Body::accumulate(const kernel::Instr &instr) {
  llvm::Type *memoryType = context.element(context.program.tables.buffers[instr.object].elem);
  llvm::Value *old = memory.loadElement(*b, instr.object, index(instr));
  llvm::Value *v = convert(*b, value(instr.a), memoryType);
  llvm::Value *sum = memoryType->isFloatingPointTy() ? b->CreateFAdd(old, v) : b->CreateAdd(old, v);
  if (instr.predicate != kernel::noValue)
    sum = b->CreateSelect(value(instr.predicate), sum, old);
  memory.storeElement(*b, instr.object, index(instr), sum);
}

void Body::pairOut(const kernel::Instr &instr) {
  llvm::Value *v = value(instr.a);
  if (v->getType()->isIntegerTy(1))
    v = b->CreateZExt(v, b->getInt8Ty());
  else
    v = convert(*b, v, type(Type::Real));
  memory.storePair(*b, b->CreateSub(place->tgt, begin), v);
}

/// Not unrolled and not vectorised: cells differ in their numbers of rounds.
void Body::openLoop(const kernel::Instr &instr) {
  llvm::BasicBlock *before = b->GetInsertBlock();
  llvm::Function *function = before->getParent();
  loop.head = llvm::BasicBlock::Create(context.context, "rounds", function);
  loop.after = llvm::BasicBlock::Create(context.context, "rounds.end", function);
  loop.rounds = b->getInt64(static_cast<uint64_t>(instr.imm64));
  if (place->counter) // padding makes none
    loop.rounds = b->CreateSelect(b->CreateICmpSLT(place->counter, place->padding), loop.rounds, b->getInt64(0));
  b->CreateBr(loop.head);
  b->SetInsertPoint(loop.head);
  loop.round = b->CreatePHI(b->getInt64Ty(), 2, "round");
  loop.round->addIncoming(b->getInt64(0), before);
}

llvm::Value *Body::carry(const kernel::Instr &instr) {
  llvm::PHINode *phi = b->CreatePHI(type(instr.type), 2, "carry");
  phi->addIncoming(value(instr.a), loop.round->getIncomingBlock(0));
  return phi;
}

void Body::leaveUnless(const kernel::Instr &instr) {
  llvm::Value *goesOn = b->CreateAnd(value(instr.a), b->CreateICmpSLT(loop.round, loop.rounds));
  auto *inside = llvm::BasicBlock::Create(context.context, "round", b->GetInsertBlock()->getParent());
  b->CreateCondBr(goesOn, inside, loop.after);
  b->SetInsertPoint(inside);
}

void Body::next(const kernel::Instr &instr) {
  llvm::cast<llvm::PHINode>(value(instr.a))->addIncoming(value(instr.b), b->GetInsertBlock());
}

void Body::closeLoop() {
  loop.round->addIncoming(b->CreateNSWAdd(loop.round, b->getInt64(1)), b->GetInsertBlock());
  b->CreateBr(loop.head);
  b->SetInsertPoint(loop.after);
}

llvm::Value *Body::emit(Builder &at, const Place &where) {
  b = &at;
  place = &where;
  failed = nullptr;
  checked.clear();
  values.assign(kernel.body.size(), nullptr);
  for (size_t n = 0; n < kernel.body.size(); ++n)
    values[n] = uniform[n] ? uniform[n] : one(kernel.body[n]);
  return failed;
}

} // namespace snn::codegen
