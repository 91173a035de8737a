// Builds one function of bytecode: instructions, slots, and the lowering of expressions.
#pragma once

#include "compiler/codegen/host/HostBuilder.h"

#include <set>

namespace snn::codegen::host {

inline constexpr uint32_t none = abi::hostNone;

class CellReaders; ///< LowerEach.cpp

class FunctionBuilder {
public:
  FunctionBuilder(HostBuilder &owner, std::string name);

  abi::HostInstr &emit(abi::HostOp op, source::Range range, uint32_t a = none, uint32_t b = none, uint32_t c = none,
                       uint32_t sub = 0);
  uint32_t here() const { return static_cast<uint32_t>(function.code.size()); }
  /// Makes the jump at instruction `at` lead here.
  void land(uint32_t at);

  /// A slot that is kept to the function's end.
  uint32_t fresh() { return local(function.slots++); }
  /// A slot that `release` gives back.
  uint32_t temp();
  /// Gives back all temporaries; between statements.
  void release();
  /// While set, temporaries are not shared with other code of the function.
  bool keepTemps = false;

  uint32_t slotOf(const model::Var *var);
  void bind(const model::Var *var, uint32_t slot) { locals[var] = slot; }
  /// Whether what was lowered so far reads or writes it.
  bool names(const model::Var *var) const { return named.count(var) != 0; }

  /// Slot that holds the value of `e`. `shape`: slot with a shape in which scalar draws are made, or none.
  uint32_t lower(expr::ExprPtr e, uint32_t shape = none);
  /// Index parts as they stand in instructions: kind, x, y, z each.
  std::vector<uint32_t> lowerParts(std::span<const expr::IndexPart> parts);
  uint32_t lowerCells(const expr::Cells &cells);
  uint32_t constant(expr::Type type, double value, source::Range range);
  uint32_t textSlot(std::string_view text, source::Range range);
  /// Moves the finished function into the program and returns its number.
  uint32_t close();
  HostBuilder &builder() { return owner; }

private:
  HostBuilder &owner;
  abi::HostFunction function;
  std::map<const model::Var *, uint32_t> locals;
  std::set<const model::Var *> named;
  std::vector<uint32_t> freeTemps, usedTemps;
  uint32_t cell = none; ///< slot of the number of the cell for which a value is computed, see lowerEach
  std::map<expr::ExprPtr, uint32_t> ofAllCells; ///< slots of what was computed before the loop over cells

  static uint32_t local(uint32_t k) { return k | abi::hostLocalBit; }
  uint32_t lowerValue(expr::ExprPtr e, uint32_t shape);
  uint32_t lowerLoaded(expr::ExprPtr e);
  uint32_t lowerCall(const expr::Call &e, uint32_t shape);
  uint32_t lowerLazy(const expr::Call &e, uint32_t shape);
  uint32_t lowerSpecial(const expr::Special &e);
  uint32_t lowerText(const expr::Text &e);
  uint32_t lowerHostCall(const expr::HostCall &e);
  uint32_t numbers(expr::ExprPtr e, uint32_t slot);
  uint32_t lowerEach(const expr::HostCall &e);
  void lowerOfAllCells(expr::ExprPtr e, CellReaders &readers);
  uint32_t lowerCellsValue(const expr::CellsValue &e);
  uint32_t lowerEdgesValue(const expr::EdgesValue &e);
  uint32_t lowerPairs(const expr::EdgesValue &e, const std::vector<const model::Projection *> &pairs);
  std::vector<uint32_t> beginnings(const std::vector<const model::Projection *> &parts, double axis, source::Range range);
  bool networkExists(source::Range range);
  std::vector<uint32_t> lowerAll(std::span<const expr::ExprPtr> args, uint32_t shape);
};

abi::HostConstant::Kind kindOf(const expr::Type &type);
abi::HostFn fnOf(expr::Op op);
/// Whether an operand is computed only where its value is asked for.
bool lazy(const expr::Call &e);

} // namespace snn::codegen::host
