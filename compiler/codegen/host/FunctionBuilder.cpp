// Instructions, slots and constants of one function of bytecode.
#include "compiler/codegen/host/FunctionBuilder.h"

#include <cassert>

namespace snn::codegen::host {

FunctionBuilder::FunctionBuilder(HostBuilder &o, std::string name) : owner(o) { function.name = std::move(name); }

abi::HostInstr &FunctionBuilder::emit(abi::HostOp op, source::Range range, uint32_t a, uint32_t b, uint32_t c,
                                      uint32_t sub) {
  abi::HostInstr instr;
  instr.op = op;
  instr.sub = static_cast<uint16_t>(sub);
  instr.a = a, instr.b = b, instr.c = c;
  instr.where = owner.line(range);
  return function.code.emplace_back(std::move(instr));
}

void FunctionBuilder::land(uint32_t at) {
  abi::HostInstr &jump = function.code[at];
  (jump.op == abi::HostOp::Jump ? jump.a : jump.b) = here();
}

uint32_t FunctionBuilder::temp() {
  if (keepTemps)
    return fresh();
  uint32_t slot;
  if (freeTemps.empty()) {
    slot = fresh();
  } else {
    slot = freeTemps.back();
    freeTemps.pop_back();
  }
  usedTemps.push_back(slot);
  return slot;
}

void FunctionBuilder::release() {
  // Lowest numbers first, so that programs stay readable.
  freeTemps.insert(freeTemps.end(), usedTemps.rbegin(), usedTemps.rend());
  usedTemps.clear();
}

uint32_t FunctionBuilder::slotOf(const model::Var *var) {
  named.insert(var);
  const auto found = locals.find(var);
  return found != locals.end() ? found->second : owner.global(var);
}

uint32_t FunctionBuilder::constant(expr::Type type, double value, source::Range range) {
  const uint32_t slot = temp();
  emit(abi::HostOp::Const, range, slot, owner.numberConstant(kindOf(type), value));
  return slot;
}

uint32_t FunctionBuilder::textSlot(std::string_view text, source::Range range) {
  const uint32_t slot = temp();
  emit(abi::HostOp::Const, range, slot, owner.textConstant(text));
  return slot;
}

uint32_t FunctionBuilder::close() {
  owner.out.functions.push_back(std::move(function));
  return static_cast<uint32_t>(owner.out.functions.size() - 1);
}

abi::HostConstant::Kind kindOf(const expr::Type &type) {
  switch (type.base) {
  case expr::Base::Int:
    return abi::HostConstant::Int;
  case expr::Base::Bool:
    return abi::HostConstant::Bool;
  case expr::Base::Text:
    return abi::HostConstant::Text;
  case expr::Base::Real:
  case expr::Base::DataSet:
  case expr::Base::Samples:
  case expr::Base::Range:
  case expr::Base::Cells:
  case expr::Base::Edges:
  case expr::Base::Spikes:
    return abi::HostConstant::Real;
  }
  return abi::HostConstant::Real;
}

} // namespace snn::codegen::host
