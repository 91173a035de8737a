// `solver …` of a model: which method each equation asks for.
#include "compiler/model/elaborate/Elaborator.h"
#include "compiler/model/expr/Build.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;

/// The tolerance of a method that controls its error; null for others, and after an error.
expr::ExprPtr Elaborator::tolerance(const ast::SolverItem &item, model::Method method, const Place &place) {
  const bool wanted = method == model::Method::Rk45;
  if (item.args.size() != (wanted ? 1u : 0u) || (wanted && !item.args[0].name.text.empty() && item.args[0].name.text != "tol")) {
    if (wanted)
      diagnostics.report(Id::wrongArguments, item.solver.range, "`{}` takes one argument, its tolerance", item.solver.text)
          .mend("write `rk45(1e-6)`: the error that a substep may have, relative to 1 of the state's unit plus its size");
    else
      diagnostics.report(Id::wrongArguments, item.solver.range, "`{}` takes no arguments", item.solver.text);
    return nullptr;
  }
  if (!wanted)
    return nullptr;
  const expr::ExprPtr value = lowering.lowerAs(item.args[0].value, place, expr::Type{expr::Base::Real, {}}, "the tolerance");
  expr::Builder build(lowering.arena);
  const auto unlessSet = [](expr::ExprPtr x) { // the value of a param as long as nobody sets it
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && r->var->kind == model::VarKind::Param ? r->var->init : nullptr;
  };
  if (value && varies(value))
    diagnostics.report(Id::notConstant, value->range, "the tolerance must be the same for all cells");
  else if (const auto *number = expr::dynCast<expr::Const>(value ? constantOf(build.rewrite(value, unlessSet)) : nullptr); number && !(number->value > 0 && number->value < 1))
    diagnostics.report(Id::wrongArguments, item.args[0].value->range, "a tolerance lies between 0 and 1");
  return value;
}

void Elaborator::solvers(std::span<model::Equation> equations, const ast::ModelMember &m, const Place &place) {
  static constexpr std::string_view spellings[] = {
#define METHOD(NAME, SPELLING) SPELLING,
#include "compiler/model/solve/Methods.def"
#undef METHOD
  };
  std::map<std::string_view, source::Range> chosen;
  for (const ast::SolverItem &item : m.solvers) {
    for (const ast::Name &state : item.states)
      if (const auto [first, isNew] = chosen.try_emplace(state.text, state.range); !isNew)
        diagnostics.report(Id::redeclared, state.range, "`{}` has two solvers", state.text).note(first->second, "the other one");
    const auto known = std::ranges::find(spellings, item.solver.text);
    if (known == std::end(spellings)) {
      diagnostics.report(Id::unknownSolver, item.solver.range, "there is no solver `{}`", item.solver.text)
          .mend(fmt::format("there are {}", fmt::join(spellings, ", ")));
      continue;
    }
    const auto method = static_cast<model::Method>(known - std::begin(spellings));
    const expr::ExprPtr limit = tolerance(item, method, place);
    const auto choose = [&](model::Equation &e) {
      e.requested = method;
      e.tolerance = limit;
    };
    if (item.states.empty())
      std::ranges::for_each(equations, choose);
    for (const ast::Name &state : item.states) {
      const Symbol *symbol = place.scope->find(state.text);
      const auto eq = std::ranges::find_if(equations, [&](const model::Equation &e) { return symbol && e.state == symbol->var; });
      if (eq == equations.end())
        diagnostics.report(Id::unknownName, state.range, "`{}` has no equation", state.text);
      else
        choose(*eq);
    }
  }
}

} // namespace snn::elaborate
