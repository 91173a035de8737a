// Random numbers for 64 cells at once (runtime/device/Blocks.h): four cells share a Philox block, and the loop over the cells
// only reads them. The numbers are the same as one by one.
#include "compiler/codegen/llvm/Body.h"
#include "runtime/device/DeviceApi.h"

#include <set>

namespace snn::codegen {

using kernel::Op;
using kernel::Type;

/// Draws that a standard number makes, and Poisson numbers whose mean is known before; all others are made one by one.
void Body::findBlockDraws() {
  const std::vector<bool> known = knownBefore();
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
      if (!known[i.a])
        continue;
      draw.block = uniform[i.a] ? "block_poisson" : "block_poissons";
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
    if (i.op == Op::DrawPoisson)
      addPoisson(draw, uniform[i.a]);
    blocks[n] = draw;
  }
}

void Body::addPoisson(BlockDraw &draw, bool oneMean) {
  draw.table = entry.CreateAlloca(llvm::ArrayType::get(entry.getInt8Ty(), SNN_DEV_POISSON_TABLE), nullptr, "table");
  draw.table->setAlignment(llvm::Align(64));
  entry.CreateStore(llvm::ConstantFP::getNaN(entry.getDoubleTy()), draw.table);
  if (oneMean)
    return;
  draw.means = entry.CreateAlloca(llvm::ArrayType::get(draw.type, 64), nullptr, "means");
  draw.means->setAlignment(llvm::Align(64));
}

/// Which values can be had for a cell before the body runs: they read params, and states that the body does not change.
std::vector<bool> Body::knownBefore() const {
  std::set<uint32_t> changed;
  for (const kernel::Instr &i : kernel.body)
    if (i.op == Op::Store || i.op == Op::Accumulate)
      changed.insert(i.object);
  std::vector<bool> known(kernel.body.size());
  const auto operand = [&](kernel::ValueId v) { return v == kernel::noValue || known[v]; };
  for (size_t n = 0; n < known.size(); ++n) {
    const kernel::Instr &i = kernel.body[n];
    const bool arithmetic = i.op >= Op::Add && i.op <= Op::Convert && operand(i.a) && operand(i.b) && operand(i.c);
    known[n] = uniform[n] || i.op == Op::I || arithmetic || (i.op == Op::Load && known[i.index] && !changed.contains(i.object));
  }
  return known;
}

std::vector<size_t> Body::drawsOfCells() const {
  std::vector<size_t> out;
  for (const auto &[n, draw] : blocks)
    if (draw.means)
      out.push_back(n);
  return out;
}

llvm::Value *Body::slice(kernel::ValueId v) {
  if (v == kernel::noValue || values[v])
    return nullptr;
  const kernel::Instr &i = kernel.body[v];
  for (kernel::ValueId operand : {i.a, i.b, i.c, i.index})
    slice(operand);
  return values[v] = one(i);
}

void Body::emitParameter(Builder &at, size_t draw, const Place &where) {
  b = &at;
  place = &where;
  values = uniform;
  const kernel::Instr &i = kernel.body[draw];
  slice(i.a);
  const BlockDraw &block = blocks.at(draw);
  memory.storeLocal(at, convert(at, values[i.a], block.type), block.means, where.lane);
}

void Body::fillBlocks(Builder &at, llvm::Value *first) {
  for (const auto &[n, draw] : blocks) {
    const kernel::Instr &i = kernel.body[n];
    std::vector<llvm::Value *> arguments{draw.numbers};
    if (draw.means)
      arguments.push_back(draw.means);
    else if (!draw.from)
      arguments.push_back(convert(at, uniform[i.a], draw.type));
    if (draw.table)
      arguments.push_back(draw.table);
    arguments.insert(arguments.end(), {seed, memory.stream(entry, i.object), step, first});
    const std::string name = draw.type->isIntegerTy() ? std::string("snn_dev_") + draw.block : deviceName(draw.block, draw.type);
    callDevice(at, name, at.getVoidTy(), arguments);
  }
}

llvm::Value *Body::drawFromBlock(const kernel::Instr &instr, const BlockDraw &draw) {
  llvm::Value *number = memory.local(*b, draw.type, draw.numbers, place->lane);
  if (!draw.from)
    return convert(*b, number, type(instr.type));
  llvm::Type *parameter = draw.type->isIntegerTy() ? b->getFloatTy() : draw.type;
  std::vector<llvm::Value *> arguments = parameters(instr, parameter);
  arguments.push_back(number);
  llvm::Type *result = instr.op == Op::DrawBernoulli ? b->getInt32Ty() : parameter;
  return convert(*b, callDevice(*b, deviceName(draw.from, parameter), result, arguments), type(instr.type));
}

} // namespace snn::codegen
