// Experiments: options, settings, the network that they run on.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>
#include <set>

namespace snn::elaborate {

using diag::Id;
using model::VarKind;

namespace {

/// The name of an experiment, the text of a test.
std::string nameOf(const ast::Experiment &e) {
  return std::string(e.isTest ? e.name.text.substr(1, e.name.text.size() - 2) : e.name.text);
}

} // namespace

bool isFlagOfEveryProgram(std::string_view name) {
  static constexpr std::string_view flags[] = {"help",  "version", "output",     "dt",               "seed",   "precision", "set",
                                               "quiet", "profile", "checkpoint", "checkpoint_every", "resume", "threads",   "device"};
  return std::ranges::find(flags, name) != std::end(flags);
}

/// An option without a value, bound to its name.
Var &Elaborator::newOption(const ast::Name &name, Scope &scope) {
  Var &var = current->vars.emplace_back();
  var.id = static_cast<uint32_t>(current->vars.size() - 1);
  var.name = std::string(name.text);
  var.kind = VarKind::Option;
  var.range = name.range;
  var.unit = "1";
  var.storage = model::Storage::Uniform;
  model::Option option;
  option.var = &var;
  option.flag = var.name;
  std::ranges::replace(option.flag, '_', '-');
  current->options.push_back(std::move(option));
  Symbol symbol;
  symbol.kind = Symbol::Var;
  symbol.var = &var;
  symbol.declared = name.range;
  scope.add(name.text, symbol);
  constants.insert(&var);
  return var;
}

/// Whoever reads the name means the population.
void Elaborator::refusePartOfNetwork(const ast::Name &name, const Scope &scope) {
  if (const Symbol *there = scope.find(name.text);
      there && (there->kind == Symbol::Population || there->kind == Symbol::Projection || there->kind == Symbol::Part))
    diagnostics.report(Id::redeclared, name.range, "`{}` is declared already", name.text).note(there->declared, "here");
}

/// An option, or what is swept, does not change a value of the network by its name alone: `on Net(n = n)` does.
void Elaborator::refuseValueOfNetwork(const ast::Name &name, const ast::Experiment &e, const Scope &scope) {
  const Symbol *there = scope.find(name.text);
  if (!there || there->kind != Symbol::Var || std::ranges::any_of(e.args, [&](const ast::Arg &a) { return a.name.text == name.text; }))
    return;
  diagnostics.report(Id::redeclared, name.range, "`{}` is a value of the network already, which this would not change", name.text)
      .note(there->declared, "here")
      .mend(there->var->kind == VarKind::Param ? fmt::format("give it to the network: `on {0}({1} = {1})`", network->name, name.text) : "choose another name");
}

void Elaborator::option(const ast::Stmt &s, const ast::Experiment &e, Scope &scope) {
  if (e.isTest)
    diagnostics.report(Id::badStatement, s.range, "a test has no flags, so no `option`").mend("write `let`");
  const ast::Variable &v = s.variables[0];
  if (const Symbol *there = scope.findHere(v.name.text))
    diagnostics.report(Id::redeclared, v.name.range, "`{}` is declared twice", v.name.text).note(there->declared, "here");
  refusePartOfNetwork(v.name, scope);
  refuseValueOfNetwork(v.name, e, scope);
  Var &var = newOption(v.name, scope);
  if (isFlagOfEveryProgram(v.name.text))
    diagnostics.report(Id::redeclared, v.name.range, "every program has a flag `--{}` already", current->options.back().flag).mend("give the option another name");
  typeVariable(var, v, &scope, Place{Place::Setup, &scope}, v.value, nullptr);
  settle(var);
  model::Option &option = current->options.back();
  option.help = s.help;
  option.initial = var.init;
  if (option.initial && option.initial->kind != expr::Kind::Const && option.initial->kind != expr::Kind::Text)
    diagnostics.report(Id::notConstant, option.initial->range, "the default of an option is a constant");
  var.init = nullptr;
}

/// Options and sweeps, each of which may read the options before it.
void Elaborator::options(const ast::Experiment &e, Scope &scope) {
  for (const ast::Stmt &s : e.body)
    if (s.kind == ast::StmtKind::Sweep)
      sweep(s, e, scope);
    else if (s.kind == ast::StmtKind::Option)
      option(s, e, scope);
}

void Elaborator::setting(const ast::Stmt &s, const Place &place) {
  const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
  for (const ast::Variable &v : s.variables) {
    const std::string_view n = v.name.text;
    if (std::ranges::any_of(current->sweeps, [&](const model::Sweep &sweep) { return sweep.target != model::SweepTarget::Option && sweep.name == n; }))
      diagnostics.report(Id::badSetting, v.name.range, "`{}` is swept, so that each cell of the sweep has another one", n);
    if (n == "dt")
      current->dt = lowering.lowerAs(v.value, place, expr::Type{expr::Base::Real, time}, "`dt`");
    else if (n == "seed")
      current->seed = lowering.lowerAs(v.value, place, expr::Type{expr::Base::Int, {}}, "`seed`");
    else if (n == "threads")
      current->threads = lowering.lowerAs(v.value, place, expr::Type{expr::Base::Int, {}}, "`threads`");
    else if (n == "precision") {
      const auto *name = ast::dynCast<ast::NameExpr>(v.value);
      if (!name || (name->name.text != "float" && name->name.text != "double"))
        diagnostics.report(Id::badSetting, v.value->range, "`precision` is float or double");
      else
        current->doublePrecision = name->name.text == "double";
    } else {
      const std::string near = diag::didYouMean(n, {"dt", "seed", "threads", "precision"});
      diag::Diagnostic &d = diagnostics.report(Id::badSetting, v.name.range, "there is no setting `{}`: dt, seed, threads and precision are", n);
      if (!near.empty())
        d.fix(v.name.range, near);
    }
  }
}

void Elaborator::networkArgs(const ast::Experiment &e, const Place &place) {
  const Symbol *n = e.args.empty() ? nullptr : symbolAt(e.network, &program.mainScope(), Symbol::Network, "network");
  if (!n)
    return;
  const std::map<std::string_view, const ast::Arg *> given = partArgs(*n->network, e.args);
  for (Var &var : network->vars) {
    const auto arg = var.kind == VarKind::Param ? given.find(var.name) : given.end();
    if (arg == given.end())
      continue;
    if (expr::ExprPtr value = lowering.lowerAs(arg->second->value, place, var.type, fmt::format("`{}`", var.name)))
      current->networkArgs.emplace_back(&var, value);
  }
}

/// Builds the network that the experiment runs on; the scope in which its members are seen, or null after an error.
Scope *Elaborator::networkOf(const ast::Experiment &e) {
  if (e.ownNetwork) {
    if (!e.network.names.empty())
      diagnostics.report(Id::badStatement, e.ownNetwork->range, "the test names a network already: `on {}`", e.network.text())
          .mend("leave out one of the two");
    Scope &inside = ownedScopes.emplace_back(&program.mainScope());
    wholeNetwork(*e.ownNetwork, inside);
    return &inside;
  }
  if (e.network.names.empty())
    return &ownedScopes.emplace_back(&program.mainScope());
  const Symbol *n = symbolAt(e.network, &program.mainScope(), Symbol::Network, "network");
  if (!n)
    return nullptr;
  Scope &inside = ownedScopes.emplace_back(n->scope);
  wholeNetwork(*n->network, inside);
  return &inside;
}

/// Options, settings and sweeps hold for the whole experiment, so they stand before what it does.
void Elaborator::checkHead(const ast::Experiment &e) {
  using K = ast::StmtKind;
  bool head = true;
  std::set<std::string_view> set;
  for (const ast::Stmt &s : e.body) {
    const bool declares = s.kind == K::Set || s.kind == K::Option || s.kind == K::Sweep;
    if (declares && !head)
      diagnostics.report(Id::badStatement, s.range, "`{}` stands at the head of the experiment, before its other statements",
                         s.kind == K::Set ? "set" : s.kind == K::Sweep ? "sweep" : "option");
    head = head && declares;
    if (head && s.kind == K::Set)
      for (const ast::Variable &v : s.variables)
        if (!set.insert(v.name.text).second)
          diagnostics.report(Id::badSetting, v.name.range, "`{}` is set twice", v.name.text);
  }
}

std::optional<model::Program> Elaborator::experiment(const ast::Experiment &e) {
  const size_t before = diagnostics.errors();
  model::Program out;
  out.network = std::make_unique<model::Network>();
  network = out.network.get();
  current = &out.experiment;
  constants.clear(); // of one that had errors: its variables are gone
  current->name = nameOf(e);
  current->isTest = e.isTest;
  current->doc = e.doc;
  current->range = e.range;
  Scope *inside = networkOf(e);
  if (!inside)
    return std::nullopt;
  Scope &scope = ownedScopes.emplace_back(inside);
  options(e, scope);
  Place place{Place::Experiment, &scope};
  place.drawSites = &current->drawSites;
  place.network = network;
  networkArgs(e, place);
  checkHead(e);
  for (const ast::Stmt &s : e.body)
    if (s.kind == ast::StmtKind::Set)
      setting(s, place);
  for (const ast::Stmt &s : e.body)
    if (s.kind == ast::StmtKind::AfterSweep && &s == &e.body.back() && !current->sweeps.empty())
      afterSweep(e, s, scope);
    else if (s.kind != ast::StmtKind::Set && s.kind != ast::StmtKind::Option && s.kind != ast::StmtKind::Sweep)
      hostStatement(s, place, scope, 0, current->body);
  if (diagnostics.errors() == before)
    checkCurves();
  plottedCurves.clear();
  settleStorage();
  warnOfStaleParams();
  if (diagnostics.errors() != before)
    return std::nullopt;
  warnOfRecordsInVain();
  warnOfUnreadOptions();
  noteUnreadTargets();
  out.loaded = lowering.loaded;
  return out;
}

std::optional<model::Module> run(const sema::TypedProgram &program, diag::Engine &diagnostics) {
  model::Module out;
  out.arena = std::make_shared<support::Arena>();
  Elaborator elaborator(program, diagnostics, *out.arena);
  std::map<std::string_view, source::Range> tests; // by name, with its quotes
  for (const ast::Experiment &e : program.main().experiments) {
    if (const auto [first, isNew] = tests.try_emplace(e.name.text, e.name.range); e.isTest && !isNew)
      diagnostics.report(Id::redeclared, e.name.range, "two tests are called {}", e.name.text).note(first->second, "this is the other one");
    if (auto p = elaborator.experiment(e))
      out.programs.push_back(std::move(*p));
  }
  elaborator.warnOfUnreadTargets();
  elaborator.checkUnused();
  if (diagnostics.hasErrors())
    return std::nullopt;
  return out;
}

} // namespace snn::elaborate
