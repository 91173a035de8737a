// Sweeps: the axes at the head of an experiment, and what `after sweep` sees of the cells.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using expr::Base;
using model::SweepTarget;
using model::VarKind;

/// Settings that differ between the cells of a sweep: `sweep seed in range(5)`, `sweep dt in [0.1 ms, 0.05 ms]`.
bool Elaborator::sweptSetting(const ast::Name &name, model::Sweep &sweep) {
  if (name.text != "seed" && name.text != "dt")
    return false;
  const bool seed = name.text == "seed";
  sweep.target = seed ? SweepTarget::Seed : SweepTarget::Dt;
  sweep.type = seed ? expr::Type{Base::Int, {}} : expr::Type{Base::Real, units::Dimension::of(units::BaseUnit::Second)};
  sweep.unit = seed ? "1" : "ms";
  return true;
}

/// The option of that name, or a new one that has no flag.
Var &Elaborator::sweptOption(const ast::Name &name, const ast::Experiment &e, const expr::Type &element, Scope &scope) {
  if (const Symbol *there = scope.findHere(name.text); there && there->kind == Symbol::Var && there->var->kind == VarKind::Option)
    return *there->var;
  refusePartOfNetwork(name, scope);
  refuseValueOfNetwork(name, e, scope);
  Var &var = newOption(name, scope);
  var.type = element;
  var.type.anyDimension = false;
  return var;
}

/// The values of an axis: single numbers, which depend on nothing that is swept itself. Null after an error.
expr::ExprPtr Elaborator::sweptValues(ast::ExprPtr written, const Scope &scope) {
  const expr::ExprPtr values = lowering.lower(written, Place{Place::Setup, &scope});
  if (!values)
    return nullptr;
  const expr::Type &type = values->type;
  if (type.base != Base::Range && !(type.isNumber() && (type.rank == 1 || type.rank < 0))) {
    diagnostics.report(Id::typeMismatch, values->range, "a sweep goes over single numbers: `range(n)` or a list of values");
    return nullptr;
  }
  const Var *swept = nullptr;
  expr::forEachRef(values, [&](const Var *var) {
    if (std::ranges::any_of(current->sweeps, [&](const model::Sweep &other) { return other.var == var; }))
      swept = var;
  });
  if (swept)
    diagnostics.report(Id::notConstant, values->range, "the values of a sweep cannot depend on `{}`, which is swept itself", swept->name)
        .mend("each combination of the values is simulated; leave some out in the experiment with `if`");
  return values;
}

/// Gives the axis what it goes over, and the unit of its first value to a new name; false after an error.
bool Elaborator::sweptTarget(const ast::Stmt &s, const ast::Experiment &e, const expr::Type &element, Scope &scope, model::Sweep &sweep) {
  const ast::Name &name = s.names[0];
  if (sweptSetting(name, sweep))
    return true;
  if (isFlagOfEveryProgram(name.text)) {
    diagnostics.report(Id::badSetting, name.range, "`{}` cannot be swept: it is a flag of every program", name.text)
        .mend("options, `seed` and `dt` can be swept");
    return false;
  }
  const bool isNew = !scope.findHere(name.text);
  Var &var = sweptOption(name, e, element, scope);
  if (isNew)
    writtenUnit(var, s.value, &scope);
  sweep.var = &var;
  sweep.type = var.type;
  sweep.unit = var.unit;
  sweep.unitScale = var.unitScale;
  return true;
}

void Elaborator::sweep(const ast::Stmt &s, const ast::Experiment &e, Scope &scope) {
  const ast::Name &name = s.names[0];
  if (std::ranges::any_of(current->sweeps, [&](const model::Sweep &other) { return other.name == name.text; })) {
    diagnostics.report(Id::redeclared, name.range, "`{}` is swept twice", name.text);
    return;
  }
  model::Sweep sweep;
  sweep.name = std::string(name.text);
  sweep.range = name.range;
  sweep.values = sweptValues(s.value, scope);
  if (!sweep.values)
    return addFailed(scope, name);
  expr::Type element = sweep.values->type.base == Base::Range ? expr::Type{Base::Int, {}} : sweep.values->type;
  element.rank = 0;
  if (!sweptTarget(s, e, element, scope, sweep))
    return;
  lowering.fits(element, sweep.type, sweep.values->range, fmt::format("a value of `{}`", name.text));
  current->sweeps.push_back(std::move(sweep));
}

/// Binds `name` to an array of what the cells of the sweep had, with an axis for each sweep before its own.
void Elaborator::gather(model::Gathered from, const ast::Name &name, expr::Type type, const Var *like, Scope &scope) {
  Var &var = hostLocal(name, type, scope, false);
  if (like) {
    var.unit = like->unit;
    var.unitScale = like->unitScale;
  }
  from.var = &var;
  current->gathered.push_back(std::move(from));
}

namespace {

/// Values that are recorded under a name, with their types.
void recordedNames(const model::HostBody &body, std::map<std::string, const model::HostStmt *> &out) {
  for (const model::HostStmt &s : body) {
    if (s.kind == model::HostStmtKind::Record && s.record == model::RecordKind::Value)
      out.try_emplace(s.name, &s);
    recordedNames(s.body, out);
    recordedNames(s.otherwise, out);
  }
}

} // namespace

void Elaborator::afterSweep(const ast::Experiment &e, const ast::Stmt &s, const Scope &experiment) {
  const int axes = static_cast<int>(current->sweeps.size());
  const auto ranked = [](expr::Type type, int more) {
    type.rank = type.rank < 0 ? -1 : type.rank + more;
    return type;
  };
  Scope &scope = ownedScopes.emplace_back(&program.mainScope());
  for (const model::Option &option : current->options)
    if (std::ranges::none_of(current->sweeps, [&](const model::Sweep &sweep) { return sweep.var == option.var; }))
      scope.add(option.var->name, *experiment.find(option.var->name));
  for (size_t k = 0; k < current->sweeps.size(); ++k) {
    const model::Sweep &sweep = current->sweeps[k];
    gather({nullptr, nullptr, {}, k}, ast::Name{lowering.arena.copy(std::string_view(sweep.name)), sweep.range}, ranked(sweep.type, 1), sweep.var, scope);
  }
  std::map<std::string, const model::HostStmt *> recorded;
  recordedNames(current->body, recorded);
  for (const auto &[name, record] : recorded)
    if (!experiment.findHere(name))
      gather({nullptr, nullptr, name, {}}, ast::Name{lowering.arena.copy(std::string_view(name)), record->range},
             ranked(record->value->type, axes + 1), nullptr, scope);
  for (const ast::Stmt &local : e.body)
    for (const ast::Variable &v : local.variables)
      if (const Symbol *symbol = experiment.findHere(v.name.text); symbol && symbol->kind == Symbol::Var && symbol->var->kind == VarKind::Local &&
                                                                   symbol->var->type.isNumber() && !lowering.failed.count(symbol->var))
        gather({nullptr, symbol->var, {}, {}}, v.name, ranked(symbol->var->type, axes), symbol->var, scope);
  Place place{Place::Experiment, &scope};
  place.drawSites = &current->drawSites;
  place.network = network;
  place.sweptScope = &experiment;
  afterSweeping = true;
  current->after = hostBody(s.body, place, 0);
  afterSweeping = false;
}

/// Statements that need the network, which is gone after the sweep.
bool Elaborator::refusedAfterSweep(const ast::Stmt &s) {
  using K = ast::StmtKind;
  const bool computes = s.kind == K::Let || s.kind == K::Var || s.kind == K::Assign || s.kind == K::If || s.kind == K::While || s.kind == K::For ||
                        s.kind == K::Break || s.kind == K::Continue || s.kind == K::Print || s.kind == K::Assert || s.kind == K::Plot;
  if (!afterSweeping || computes)
    return false;
  diagnostics.report(Id::badStatement, s.range, "this statement has no place after the sweep: each of its cells had a network of its own")
      .mend("it stands before `after sweep`, where it is executed in each cell");
  return true;
}

} // namespace snn::elaborate
