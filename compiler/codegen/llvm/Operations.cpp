// The operations of the Kernel IR as LLVM instructions: strict IEEE arithmetic, no fast-math flags.
#include "compiler/codegen/llvm/Body.h"

#include "runtime/abi/snn_abi.h"

#include <llvm/IR/Intrinsics.h>

namespace snn::codegen {

using kernel::Op;
using kernel::Type;

llvm::Value *Body::one(const kernel::Instr &instr) {
  switch (instr.op) {
  case Op::I: return convert(*b, place->i, type(instr.type));
  case Op::Src: return convert(*b, place->src, type(instr.type));
  case Op::Tgt: return convert(*b, place->tgt, type(instr.type));
  case Op::Edge: return convert(*b, place->edge, type(instr.type));
  case Op::Moment: return convert(*b, place->moment, type(instr.type));
  case Op::Event: return convert(*b, place->event, type(instr.type));
  case Op::StepNumber: return convert(*b, place->step, type(instr.type));
  case Op::Const: case Op::ConstInt: case Op::ScalarValue: case Op::Dt: case Op::Time:
    return uniformValue(*b, instr);
  case Op::PairOut: pairOut(instr); return nullptr;
  case Op::SetScalar:
    memory.storeScalar(*b, instr.object, convert(*b, value(instr.a), b->getDoubleTy()));
    return nullptr;
  case Op::Loop: openLoop(instr); return nullptr;
  case Op::Carry: return carry(instr);
  case Op::While: leaveUnless(instr); return nullptr;
  case Op::Next: next(instr); return nullptr;
  case Op::EndLoop: closeLoop(); return nullptr;
  case Op::Load: return load(instr);
  case Op::Store: store(instr); return nullptr;
  case Op::Accumulate: accumulate(instr); return nullptr;
  case Op::Check: check(b->CreateNot(value(instr.a)), static_cast<int32_t>(instr.imm64)); return nullptr;
  case Op::Add: case Op::Sub: case Op::Mul: case Op::Div: case Op::Mod: case Op::Neg: case Op::Fma: case Op::Min:
  case Op::Max: case Op::Abs: case Op::Floor: case Op::Ceil: case Op::Round: case Op::Sqrt:
    return type(instr.type)->isFloatingPointTy() ? real(instr) : integer(instr);
  case Op::Exp: return call(instr, "exp", 1);
  case Op::Log: return call(instr, "log", 1);
  case Op::Log1p: return call(instr, "log1p", 1);
  case Op::Expm1: return call(instr, "expm1", 1);
  case Op::Exprel: return call(instr, "exprel", 1);
  case Op::Exprelr: return call(instr, "exprelr", 1);
  case Op::Pow: return call(instr, "pow", 2);
  case Op::Sin: return call(instr, "sin", 1);
  case Op::Cos: return call(instr, "cos", 1);
  case Op::Tan: return call(instr, "tan", 1);
  case Op::Asin: return call(instr, "asin", 1);
  case Op::Acos: return call(instr, "acos", 1);
  case Op::Atan: return call(instr, "atan", 1);
  case Op::Atan2: return call(instr, "atan2", 2);
  case Op::Sinh: return call(instr, "sinh", 1);
  case Op::Cosh: return call(instr, "cosh", 1);
  case Op::Tanh: return call(instr, "tanh", 1);
  case Op::Sigmoid: return call(instr, "sigmoid", 1);
  case Op::Lgamma: return call(instr, "lgamma", 1);
  case Op::Lt: case Op::Le: case Op::Eq: case Op::Ne: return compare(instr);
  case Op::And: return b->CreateAnd(value(instr.a), value(instr.b));
  case Op::Or: return b->CreateOr(value(instr.a), value(instr.b));
  case Op::Not: return b->CreateNot(value(instr.a));
  case Op::Select: return b->CreateSelect(value(instr.a), value(instr.b), value(instr.c));
  case Op::Convert: return convert(*b, value(instr.a), type(instr.type));
  case Op::DrawUniform: return draw(instr, "draw_uniform");
  case Op::DrawNormal: return draw(instr, "draw_normal");
  case Op::DrawExponential: return draw(instr, "draw_exponential");
  case Op::DrawGamma: return draw(instr, "draw_gamma");
  case Op::DrawLogNormal: return draw(instr, "draw_lognormal");
  case Op::DrawPoisson: return draw(instr, "draw_poisson");
  case Op::DrawBernoulli: return draw(instr, "draw_bernoulli");
  }
  return nullptr;
}

llvm::Value *Body::real(const kernel::Instr &instr) {
  llvm::Value *x = value(instr.a);
  llvm::Value *y = instr.b == kernel::noValue ? nullptr : value(instr.b);
  switch (instr.op) {
  case Op::Add: return b->CreateFAdd(x, y);
  case Op::Sub: return b->CreateFSub(x, y);
  case Op::Mul: return b->CreateFMul(x, y);
  case Op::Div: return b->CreateFDiv(x, y);
  case Op::Mod: return call(instr, "mod", 2);
  case Op::Neg: return b->CreateFNeg(x);
  case Op::Fma: return b->CreateIntrinsic(llvm::Intrinsic::fma, {x->getType()}, {x, y, value(instr.c)});
  case Op::Min: return b->CreateSelect(b->CreateFCmpOLT(x, y), x, y);
  case Op::Max: return b->CreateSelect(b->CreateFCmpOGT(x, y), x, y);
  case Op::Abs: return b->CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
  case Op::Floor: return b->CreateUnaryIntrinsic(llvm::Intrinsic::floor, x);
  case Op::Ceil: return b->CreateUnaryIntrinsic(llvm::Intrinsic::ceil, x);
  case Op::Round: return b->CreateUnaryIntrinsic(llvm::Intrinsic::round, x);
  default: return b->CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x);
  }
}

llvm::Value *Body::integer(const kernel::Instr &instr) {
  llvm::Value *x = value(instr.a);
  llvm::Value *y = instr.b == kernel::noValue ? nullptr : value(instr.b);
  switch (instr.op) {
  case Op::Add: return b->CreateAdd(x, y);
  case Op::Sub: return b->CreateSub(x, y);
  case Op::Mul: return b->CreateMul(x, y);
  case Op::Mod: { // 0 where the machine would trap: by 0, and the smallest number by -1
    llvm::Value *zero = llvm::ConstantInt::get(x->getType(), 0), *one = llvm::ConstantInt::get(x->getType(), 1);
    llvm::Value *traps = b->CreateICmpULE(b->CreateAdd(y, one), one);
    llvm::Value *rest = b->CreateSRem(x, b->CreateSelect(traps, one, y));
    llvm::Value *wrong = b->CreateAnd(b->CreateICmpNE(rest, zero), b->CreateICmpSLT(b->CreateXor(rest, y), zero));
    return b->CreateAdd(rest, b->CreateSelect(wrong, y, zero));
  }
  case Op::Neg: return b->CreateNeg(x);
  case Op::Fma: return b->CreateAdd(b->CreateMul(x, y), value(instr.c));
  case Op::Min: return b->CreateSelect(b->CreateICmpSLT(x, y), x, y);
  case Op::Max: return b->CreateSelect(b->CreateICmpSGT(x, y), x, y);
  case Op::Abs: return b->CreateBinaryIntrinsic(llvm::Intrinsic::abs, x, b->getFalse());
  default: return x; // floor, ceil, round of an integer
  }
}

llvm::Value *Body::compare(const kernel::Instr &instr) {
  llvm::Value *x = value(instr.a), *y = value(instr.b);
  const bool real = x->getType()->isFloatingPointTy();
  switch (instr.op) {
  case Op::Lt: return real ? b->CreateFCmpOLT(x, y) : b->CreateICmpSLT(x, y);
  case Op::Le: return real ? b->CreateFCmpOLE(x, y) : b->CreateICmpSLE(x, y);
  case Op::Eq: return real ? b->CreateFCmpOEQ(x, y) : b->CreateICmpEQ(x, y);
  default: return real ? b->CreateFCmpUNE(x, y) : b->CreateICmpNE(x, y);
  }
}

std::string Body::deviceName(const char *name, llvm::Type *type) {
  return std::string("snn_dev_") + name + (type->isDoubleTy() ? "_f64" : "_f32");
}

/// The same text serves all back-ends, which is why their bits agree.
llvm::Value *Body::callDevice(Builder &at, const std::string &name, llvm::Type *result, llvm::ArrayRef<llvm::Value *> arguments) {
  std::vector<llvm::Type *> types;
  for (llvm::Value *argument : arguments)
    types.push_back(argument->getType());
  return at.CreateCall(context.device(name, result, types), arguments);
}

llvm::Value *Body::call(const kernel::Instr &instr, const char *name, unsigned operands) {
  llvm::Type *t = type(instr.type);
  std::vector<llvm::Value *> arguments{convert(*b, value(instr.a), t)};
  if (operands > 1)
    arguments.push_back(convert(*b, value(instr.b), t));
  return callDevice(*b, deviceName(name, t), t, arguments);
}

/// What is bad fails the call, but not in the padding.
void Body::check(llvm::Value *bad, int32_t code) {
  if (place->counter)
    bad = b->CreateAnd(bad, b->CreateICmpSLT(b->CreateTrunc(place->counter, b->getInt32Ty()), b->CreateTrunc(place->padding, b->getInt32Ty())));
  llvm::Value *met = code == 1 ? b->CreateZExt(bad, b->getInt32Ty())
                               : b->CreateSelect(bad, b->getInt32(static_cast<uint32_t>(code)), b->getInt32(0));
  failed = failed ? b->CreateOr(failed, met) : met;
}

/// A probability outside 0 to 1.
void Body::checkProbability(llvm::Value *p) {
  llvm::Value *zero = llvm::ConstantFP::get(p->getType(), 0), *one = llvm::ConstantFP::get(p->getType(), 1);
  check(b->CreateNot(b->CreateAnd(b->CreateFCmpOGE(p, zero), b->CreateFCmpOLE(p, one))), SNN_BAD_PROBABILITY);
}

/// The parameters of a draw, as numbers of one type.
std::vector<llvm::Value *> Body::parameters(const kernel::Instr &instr, llvm::Type *type) {
  std::vector<llvm::Value *> out{convert(*b, value(instr.a), type)};
  if (instr.b != kernel::noValue)
    out.push_back(convert(*b, value(instr.b), type));
  if (instr.op == Op::DrawBernoulli)
    checkProbability(out[0]);
  return out;
}

/// Counter-based: (seed, stream, step, element) name the draw, whatever the order of evaluation.
llvm::Value *Body::draw(const kernel::Instr &instr, const char *name) {
  if (const auto found = blocks.find(static_cast<size_t>(&instr - kernel.body.data())); found != blocks.end() && place->lane)
    return drawFromBlock(instr, found->second);
  llvm::Type *parameter = typeOf(instr.a) == Type::F64 ? b->getDoubleTy() : type(Type::Real);
  std::vector<llvm::Value *> arguments = parameters(instr, parameter);
  llvm::Value *element = instr.index == kernel::noValue ? place->element : instr.imm64 ? value(instr.index) : b->CreateAdd(place->element, value(instr.index));
  arguments.insert(arguments.end(), {seed, memory.stream(entry, instr.object), step, element});
  llvm::Type *result = instr.op == Op::DrawBernoulli ? b->getInt32Ty() : parameter;
  return convert(*b, callDevice(*b, deviceName(name, parameter), result, arguments), type(instr.type));
}

} // namespace snn::codegen
