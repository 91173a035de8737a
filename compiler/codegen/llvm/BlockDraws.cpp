// Random numbers for 64 cells at once (runtime/device/Blocks.h): four cells share a Philox block, and the loop over the cells
// only reads them. The numbers are the same as one by one.
#include "compiler/codegen/llvm/Body.h"

namespace snn::codegen {

using kernel::Op;
using kernel::Type;

/// Draws that a standard number makes, and Poisson numbers of one mean; gamma and other Poisson numbers are made one by one.
void Body::findBlockDraws() {
  for (size_t n = 0; n < kernel.body.size(); ++n) {
    const kernel::Instr &i = kernel.body[n];
    BlockDraw draw;
    switch (i.op) {
    case Op::DrawUniform: draw.block = "block_uniform", draw.from = "from_uniform"; break;
    case Op::DrawNormal: draw.block = "block_normal", draw.from = "from_normal"; break;
    case Op::DrawLogNormal: draw.block = "block_normal", draw.from = "from_lognormal"; break;
    case Op::DrawExponential: draw.block = "block_open", draw.from = "from_exponential"; break;
    case Op::DrawBernoulli: draw.block = "block_uniform", draw.from = "from_bernoulli"; break;
    case Op::DrawPoisson:
      if (!uniform[i.a])
        continue;
      draw.block = "block_poisson";
      break;
    default: continue;
    }
    draw.type = typeOf(i.a) == Type::F64 ? entry.getDoubleTy() : type(Type::Real);
    if (i.op == Op::DrawBernoulli && draw.type->isFloatTy()) {
      draw.block = "block_words";
      draw.type = entry.getInt32Ty();
    }
    draw.numbers = entry.CreateAlloca(llvm::ArrayType::get(draw.type, 64), nullptr, draw.block);
    draw.numbers->setAlignment(llvm::Align(64));
    blocks[n] = draw;
  }
}

void Body::fillBlocks(Builder &at, llvm::Value *first) {
  for (const auto &[n, draw] : blocks) {
    const kernel::Instr &i = kernel.body[n];
    std::vector<llvm::Value *> arguments{draw.numbers};
    if (!draw.from)
      arguments.push_back(convert(at, uniform[i.a], draw.type));
    arguments.insert(arguments.end(), {seed, at.getInt32(i.object), step, first});
    std::vector<llvm::Type *> types;
    for (llvm::Value *argument : arguments)
      types.push_back(argument->getType());
    const std::string name = draw.type->isIntegerTy() ? std::string("snn_dev_") + draw.block : deviceName(draw.block, draw.type);
    at.CreateCall(context.device(name, at.getVoidTy(), types), arguments);
  }
}

llvm::Value *Body::drawFromBlock(const kernel::Instr &instr, const BlockDraw &draw) {
  llvm::Value *number = memory.local(*b, draw.type, draw.numbers, place->lane);
  if (!draw.from)
    return convert(*b, number, type(instr.type));
  llvm::Type *parameter = draw.type->isIntegerTy() ? b->getFloatTy() : draw.type;
  std::vector<llvm::Value *> arguments{convert(*b, value(instr.a), parameter)};
  if (instr.b != kernel::noValue)
    arguments.push_back(convert(*b, value(instr.b), parameter));
  if (instr.op == Op::DrawBernoulli)
    checkProbability(arguments[0]);
  arguments.push_back(number);
  std::vector<llvm::Type *> types;
  for (llvm::Value *argument : arguments)
    types.push_back(argument->getType());
  llvm::Type *result = instr.op == Op::DrawBernoulli ? b->getInt32Ty() : parameter;
  return convert(*b, b->CreateCall(context.device(deviceName(draw.from, parameter), result, types), arguments), type(instr.type));
}

} // namespace snn::codegen
