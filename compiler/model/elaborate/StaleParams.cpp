// A param that is computed from another one, `param tau = C / g`, is computed once, before the run. An experiment that assigns C leaves
// tau as it is, and edges as they are that were made with C: a warning, as whoever writes `C = …` may mean both.
#include "compiler/model/elaborate/Elaborator.h"

#include "compiler/model/expr/Build.h"

namespace snn::elaborate {

using diag::Id;
using model::VarKind;

namespace {

bool computedFrom(expr::ExprPtr e, const Var *param) {
  return e && expr::anyPart(e, [&](expr::ExprPtr part) {
           const auto *r = expr::dynCast<expr::Ref>(part);
           return r && (r->var == param || (r->var->kind == VarKind::Param && computedFrom(r->var->init, param)));
         });
}

} // namespace

void Elaborator::warnOfStaleParams() {
  const auto warn = [&](const std::deque<Var> &vars, const Var *param, source::Range place) {
    for (const Var &other : vars)
      if (other.kind == VarKind::Param && !other.assigned && &other != param && computedFrom(other.init, param))
        diagnostics.report(Id::staleParam, place, "`{}` was computed from `{}` before the run, and keeps its value", other.name, param->name)
            .note(other.range, "here")
            .mend(fmt::format("`let {} = …` follows; or assign `{}` as well", other.name, other.name));
  };
  const auto warnOfEdges = [&](const model::Projection &p, const Var *param, source::Range place) {
    for (const expr::ExprPtr made : {p.pattern.amount, p.pattern.within, p.where, p.delay})
      if (computedFrom(made, param))
        diagnostics.report(Id::staleParam, place, "the edges of `{}` were made with `{}` before the run, and stay as they are", p.name, param->name)
            .note(made->range, "here")
            .mend(fmt::format("give `{}` its values where the population is declared", param->name));
  };
  for (const auto &[param, place] : assignedParams) {
    for (const model::Population &p : network->populations)
      warn(p.vars, param, place);
    for (const model::Projection &p : network->projections) {
      warn(p.vars, param, place);
      warnOfEdges(p, param, place);
    }
  }
  assignedParams.clear();
}

} // namespace snn::elaborate
