// Unions in experiments: what is said of `a + b` is said of a and of b.
//   before:  (a + b).V = -65 mV;  record (a + b).spikes       after:  a.V = -65 mV;  b.V = -65 mV;  record a.spikes, b.spikes
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

bool Elaborator::namesCells(ast::ExprPtr e, const Scope &scope) const {
  if (const Symbol *s = sema::Lowering::memberSymbol(e, &scope))
    return s->kind == Symbol::Population || (s->kind == Symbol::Value && s->value && s->value->kind == expr::Kind::Cells);
  if (const auto *slice = ast::dynCast<ast::IndexExpr>(e))
    return namesCells(slice->base, scope);
  const auto *sum = ast::dynCast<ast::Binary>(e);
  return sum && sum->op == ast::BinaryOp::Add && namesCells(sum->lhs, scope) && namesCells(sum->rhs, scope);
}

/// The operands of a union, or of a variable of one; of anything else, itself.
std::vector<ast::ExprPtr> Elaborator::operandsOf(ast::ExprPtr e, const Scope &scope) {
  if (const auto *sum = ast::dynCast<ast::Binary>(e); sum && namesCells(e, scope)) {
    std::vector<ast::ExprPtr> all = operandsOf(sum->lhs, scope);
    std::ranges::copy(operandsOf(sum->rhs, scope), std::back_inserter(all));
    return all;
  }
  const auto *member = ast::dynCast<ast::Member>(e);
  if (!member || sema::Lowering::memberSymbol(e, &scope))
    return {e};
  std::vector<ast::ExprPtr> all = operandsOf(member->base, scope);
  if (all.size() == 1)
    return {e};
  for (ast::ExprPtr &operand : all)
    operand = lowering.arena.make<ast::Member>(e->range, operand, member->name);
  return all;
}

/// The statements that a statement about unions stands for; empty if it names none.
std::vector<ast::Stmt> Elaborator::perOperand(const ast::Stmt &s, const Scope &scope) {
  std::vector<ast::Stmt> all;
  const auto each = [&](ast::ExprPtr e, const auto &put) {
    const std::vector<ast::ExprPtr> operands = e ? operandsOf(e, scope) : std::vector<ast::ExprPtr>{};
    for (ast::ExprPtr operand : operands)
      if (operands.size() > 1)
        put(operand);
  };
  if (s.kind == ast::StmtKind::Assign)
    each(s.place, [&](ast::ExprPtr operand) { all.emplace_back(s).place = operand; });
  const auto *call = s.kind == ast::StmtKind::Plot ? ast::dynCast<ast::CallExpr>(s.value) : nullptr;
  if (call && call->args.size() == 1 && !call->args[0].arrow)
    each(call->args[0].value, [&](ast::ExprPtr operand) {
      const std::vector<ast::Arg> args{{call->args[0].name, operand, nullptr}};
      all.emplace_back(s).value = lowering.arena.make<ast::CallExpr>(call->range, call->callee, lowering.arena.copy(args));
    });
  ast::Stmt one = s;
  one.recorded.clear();
  one.items.clear();
  for (const ast::Recorded &r : s.recorded)
    for (ast::ExprPtr operand : operandsOf(r.value, scope))
      one.recorded.push_back({r.name, operand});
  for (ast::ExprPtr item : s.items)
    std::ranges::copy(operandsOf(item, scope), std::back_inserter(one.items));
  if (one.recorded.size() != s.recorded.size() || one.items.size() != s.items.size())
    all.push_back(std::move(one));
  return all;
}

/// Carries out a statement that names unions; false if it names none.
bool Elaborator::ofUnions(const ast::Stmt &s, const Place &place, Scope &scope, int loops, model::HostBody &out) {
  const std::vector<ast::Stmt> all = perOperand(s, scope);
  if (s.kind == ast::StmtKind::Assign && !all.empty())
    if (const expr::ExprPtr value = lowering.lower(s.value, place); !value || value->type.rank != 0) {
      if (value)
        diagnostics.report(diag::Id::badAssignment, s.value->range, "a union takes one value for all its cells, this is an array")
            .mend("assign to each population by itself");
      return true;
    }
  for (const ast::Stmt &one : all)
    hostStatement(one, place, scope, loops, out);
  return !all.empty();
}

} // namespace snn::elaborate
