// Statements of an experiment as bytecode with jumps.
#pragma once

#include "compiler/codegen/host/FunctionBuilder.h"

namespace snn::codegen::host {

class StatementLowering {
public:
  StatementLowering(HostBuilder &o, FunctionBuilder &fn) : owner(o), f(fn) {}
  void lower(const model::HostBody &body);
  /// Makes the descriptors of all plots below and the instructions that begin them; before the body.
  void beginPlots(const model::HostBody &body);

private:
  HostBuilder &owner;
  FunctionBuilder &f;
  /// Jumps that wait for the end (break) or the next turn (continue) of the innermost loop.
  struct Loop {
    std::vector<uint32_t> breaks;
    uint32_t next = 0;
  };
  std::vector<Loop> loops;
  std::map<const model::HostStmt *, uint32_t> plots;

  void lower(const model::HostStmt &s);
  void lowerLet(const model::HostStmt &s);
  void lowerAssign(const model::HostStmt &s);
  void lowerIf(const model::HostStmt &s);
  void lowerWhile(const model::HostStmt &s);
  void lowerFor(const model::HostStmt &s);
  void lowerRunUntil(const model::HostStmt &s);
  void lowerRecord(const model::HostStmt &s);
  uint32_t piece(expr::ExprPtr e);
  std::map<expr::ExprPtr, uint32_t> conditions; ///< of `record`: where their pieces begin
  void describeSize(const model::HostStmt &s, abi::HostRecord &r);
  bool describePlot(const model::HostStmt &s, const expr::HostCall &call, abi::HostPlot &p);
  void lowerPlot(const model::HostStmt &s);
  void lowerAssert(const model::HostStmt &s);
  void lowerSwitch(const model::HostStmt &s, bool learn);
  void lowerReset(const model::HostStmt &s);

  uint32_t jump(abi::HostOp op, source::Range range, uint32_t condition = none);
  uint32_t newValue(const model::HostStmt &s, uint32_t old, uint32_t shape);
  void assignLocal(const model::HostStmt &s, const expr::Ref &place);
  void assignIndex(const model::HostStmt &s, const expr::Index &place);
  void assignCells(const model::HostStmt &s, const expr::CellsValue &place);
  void assignEdges(const model::HostStmt &s, const expr::EdgesValue &place);
  void writeBack(expr::ExprPtr place, uint32_t slot, uint32_t cells);
  void closeLoop(uint32_t next);
};

} // namespace snn::codegen::host
