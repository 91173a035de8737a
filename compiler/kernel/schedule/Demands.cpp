// What must hold of values that are known before the run: of numbers it is asked here, of the rest when the network is built.
#include "compiler/kernel/schedule/Scheduler.h"

#include "compiler/base/units/Units.h"
#include "compiler/model/expr/Print.h"

#include <algorithm>

namespace snn::schedule {

namespace {

double numberOf(expr::ExprPtr e) { return expr::cast<expr::Const>(e).value; }

/// As it stands in the model, on one line.
std::string sourceText(source::Range range, expr::ExprPtr otherwise, const source::Manager &sources) {
  const std::string_view text = sources.text(range);
  return text.empty() || text.find('\n') != std::string_view::npos ? expr::print(otherwise) : std::string(text);
}

} // namespace

/// A warning, as nobody may ever come there. False if the operands are no numbers.
bool Scheduler::askedOfNumbers(const model::Demand &demand) {
  const auto rule = static_cast<abi::Rule>(demand.rule);
  const auto &operands = demand.operands;
  if (!std::ranges::all_of(operands, [](expr::ExprPtr e) { return e->kind == expr::Kind::Const; }))
    return false;
  if (!abi::holds(rule, numberOf(operands.front()), numberOf(operands.back())))
    diagnostics.report(diag::Id::outsideItsRange, demand.range, "{}", abi::says(rule));
  return true;
}

abi::Demand::Operand Scheduler::operandOf(expr::ExprPtr e) {
  if (e->kind == expr::Kind::Const)
    return {abi::none, numberOf(e), {}, {}, 1};
  const units::Unit unit = units::shown(e->type.dimension);
  return {host(e), 0, sourceText(e->range, e, diagnostics.sources()), unit.name, unit.scale};
}

std::vector<abi::Demand> Scheduler::demandsOf(const model::Dynamics &owner) {
  std::vector<abi::Demand> out;
  for (const model::Demand &demand : owner.demands) {
    if (askedOfNumbers(demand))
      continue;
    abi::Demand asked{static_cast<abi::Rule>(demand.rule), sourceText(demand.range, demand.operands.front(), diagnostics.sources()), {}};
    for (const expr::ExprPtr operand : demand.operands)
      asked.operands.push_back(operandOf(operand));
    out.push_back(std::move(asked));
  }
  return out;
}

} // namespace snn::schedule
