// The time constants of equations, as far as they are known before the run.
#include "compiler/model/expr/Build.h"
#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Network.h"

#include <set>

namespace snn::model {

/// Of a `let` it would have to be known what else it reads.
bool isUniform(expr::ExprPtr e) {
  return !expr::anyPart(e, [](expr::ExprPtr part) {
    const auto *r = expr::dynCast<expr::Ref>(part);
    return r ? r->var->kind != VarKind::Param || r->var->storage != Storage::Uniform : part->kind != expr::Kind::Const && part->kind != expr::Kind::Call;
  });
}

std::vector<expr::ExprPtr> timeConstants(std::span<const Equation> equations) {
  const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
  std::vector<expr::ExprPtr> out;
  std::set<std::string> seen;
  for (const Equation &equation : equations)
    expr::anyPart(equation.rhs, [&](expr::ExprPtr part) {
      const auto *quotient = expr::dynCast<expr::Call>(part);
      if (quotient && quotient->op == expr::Op::Div && quotient->args[1]->type.dimension == time && isUniform(quotient->args[1]) &&
          seen.insert(expr::print(quotient->args[1])).second)
        out.push_back(quotient->args[1]);
      return false;
    });
  return out;
}

} // namespace snn::model
