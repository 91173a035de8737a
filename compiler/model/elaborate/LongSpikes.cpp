// `spike when V > c` without anything that brings V back: such a cell spikes in each step while V is above c. A warning, as whoever
// writes a model that makes its own spikes, such as Hodgkin and Huxley's, means `crosses`.
#include "compiler/model/elaborate/Elaborator.h"

#include "compiler/model/expr/Build.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;

namespace {

/// Whether a body, in whatever branch, assigns or holds the variable.
bool changes(const model::Body &body, const Var *var) {
  return std::ranges::any_of(body, [&](const model::Stmt &s) {
    return s.var == var || std::ranges::find(s.held, var) != s.held.end() || changes(s.then, var) || changes(s.otherwise, var);
  });
}

/// The state with an equation of its own that the condition compares, `V > …` or `… < V`, or null.
const expr::Ref *comparedState(const model::Population &p) {
  const auto *compared = expr::dynCast<expr::Call>(p.spike->condition);
  if (!compared || compared->args.size() != 2)
    return nullptr;
  const bool above = compared->op == expr::Op::Gt || compared->op == expr::Op::Ge, below = compared->op == expr::Op::Lt || compared->op == expr::Op::Le;
  const auto *state = above || below ? expr::dynCast<expr::Ref>(compared->args[above ? 0 : 1]) : nullptr;
  const auto follows = [&](const model::Equation &e) { return e.state == state->var; };
  return state && std::ranges::any_of(p.equations, follows) ? state : nullptr;
}

} // namespace

void Elaborator::warnOfLongSpikes(const model::Population &p) {
  const expr::Ref *state = p.spike ? comparedState(p) : nullptr;
  if (!state)
    return;
  const auto movesBack = [&](const Var *var) {
    return changes(p.spike->body, var) || std::ranges::any_of(p.updates, [&](const model::Update &u) { return changes(u.body, var); });
  };
  const bool ends = expr::anyPart(p.spike->condition, [&](expr::ExprPtr e) {
    const auto *r = expr::dynCast<expr::Ref>(e);
    return (r && movesBack(r->var)) || e->kind == expr::Kind::Draw || e->kind == expr::Kind::Reduce;
  });
  if (!ends)
    diagnostics.report(Id::longSpike, p.spike->condition->range, "the cell spikes in each step in which this is true, and nothing that happens at a spike ends it")
        .mend(fmt::format("write `{} crosses …` for one spike when it comes to exceed that, or a body that resets: `{{ {} = … }}`", state->var->name, state->var->name));
}

} // namespace snn::elaborate
