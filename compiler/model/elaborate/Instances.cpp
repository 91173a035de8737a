// One use of a model: its members with those of its bases, their scopes, types of variables.
#include "compiler/frontend/sema/Library.h"
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;

void Elaborator::refuse(source::Range range, std::string_view what) {
  diagnostics.report(Id::notInThisVersion, range, "{} not in this version", what);
}

void Elaborator::addFailed(Scope &scope, const ast::Name &name) {
  Symbol s;
  s.declared = name.range;
  if (!name.text.empty())
    scope.add(name.text, s);
}

/// The module of the standard library that declares the name; empty if none does.
static std::string moduleWith(std::string_view name) {
  for (const char *module : {"std.neurons", "std.encoders", "std.synapses", "std.rules", "std.networks"}) {
    const std::optional<std::string> text = sema::libraryModule(module);
    for (std::string_view kind : {"neuron", "encoder", "synapse", "rule", "network"})
      for (const char after : {' ', '{'})
        if (text && text->find(fmt::format("\n{} {}{}", kind, name, after)) != std::string::npos)
          return module;
  }
  return {};
}

const Symbol *Elaborator::symbolAt(const ast::Path &path, const Scope *scope, Symbol::Kind kind, std::string_view what) {
  const ast::Name &name = path.names.back();
  const Symbol *symbol = scope->find(name.text);
  if (!symbol) {
    const std::string near = diag::didYouMean(name.text, scope->names());
    diag::Diagnostic &d = diagnostics.report(Id::unknownName, path.range, "there is no {} `{}`", what, path.text());
    if (const std::string module = moduleWith(name.text); !module.empty())
      d.mend(fmt::format("it is in the standard library: `import {}`", module));
    else if (!near.empty())
      d.fix(name.range, near);
    else if (kind == Symbol::Model)
      d.mend("is an `import` missing? std.neurons, std.synapses, std.rules, std.encoders");
    else if (kind == Symbol::Population)
      d.mend(fmt::format("declare it before it is connected: `population {} = Model[n]`", name.text));
    else if (kind == Symbol::Network)
      d.mend("is it in another file? write `import \"file.snn\"`");
    return nullptr;
  }
  if (symbol->kind == Symbol::None)
    return nullptr;
  if (symbol->kind != kind) {
    diagnostics.report(Id::wrongKind, path.range, "`{}` is no {}", path.text(), what).note(symbol->declared, "it is declared here");
    return nullptr;
  }
  return symbol;
}

std::optional<Instance> Elaborator::instance(const ast::Path &path, const Scope *scope, std::initializer_list<ast::ModelKind> kinds) {
  const Symbol *symbol = symbolAt(path, scope, Symbol::Model, "model");
  if (!symbol)
    return std::nullopt;
  if (std::ranges::find(kinds, symbol->model->kind) == kinds.end()) {
    diagnostics.report(Id::wrongKind, path.range, "a {} is needed here, `{}` is a {}", spelling(*kinds.begin()), path.text(),
                       spelling(symbol->model->kind));
    return std::nullopt;
  }
  Instance out;
  out.model = symbol->model;
  out.use = path.range;
  std::vector<const ast::Model *> open;
  if (!flatten(*symbol->model, symbol->scope, out.members, open))
    return std::nullopt;
  out.scopes[symbol->scope] = std::make_unique<Scope>(symbol->scope);
  for (const FlatMember &m : out.members)
    if (!out.scopes.count(m.module))
      out.scopes[m.module] = std::make_unique<Scope>(m.module);
  defineConstsAndFunctions(out);
  return out;
}

void Elaborator::missingParam(const ast::Variable &param, const Instance &inst) {
  diagnostics.report(Id::wrongArguments, inst.use, "the param `{}` of `{}` has no value", param.name.text, inst.model->name.text)
      .note(param.range, "it is declared without a default here")
      .mend(fmt::format("give it one behind `{}`: `({} = …)`", inst.model->name.text, param.name.text));
}

void Elaborator::defineConstsAndFunctions(Instance &inst) {
  for (const FlatMember &m : inst.members) {
    Symbol s;
    s.scope = inst.scopeOf(m);
    if (m.member->kind == ast::MemberKind::Const) {
      s.kind = Symbol::Constant;
      for (const ast::Variable &v : m.member->variables) {
        s.constant = &v;
        s.declared = v.name.range;
        inst.add(v.name.text, s);
      }
    } else if (m.member->kind == ast::MemberKind::Fn) {
      s.kind = Symbol::Function;
      s.function = &m.member->function;
      s.declared = m.member->function.name.range;
      inst.add(m.member->function.name.text, s);
    }
  }
}

Var &Elaborator::declare(std::deque<Var> &vars, const ast::Variable &v, model::VarKind kind, std::string name) {
  for (const Var &there : vars)
    if (there.name == name)
      diagnostics.report(Id::redeclared, v.name.range, "`{}` is declared twice", v.name.text).note(there.range, "it was declared here");
  Var &var = vars.emplace_back();
  var.id = static_cast<uint32_t>(vars.size() - 1);
  var.name = std::move(name);
  var.kind = kind;
  var.unit = "1";
  var.range = v.name.range;
  var.doc = v.doc;
  return var;
}

bool Elaborator::typeFromAnnotation(Var &var, const ast::Variable &v, const Scope *scope, const expr::Type *weight) {
  if (!v.type)
    return false;
  if (const auto a = lowering.annotation(*v.type, scope, weight)) {
    var.type = a->type;
    var.unit = a->unit;
    var.unitScale = a->scale;
    var.type.rank = 0;
    if (!a->shape.empty())
      diagnostics.report(Id::misplacedValue, v.type->range, "`{}` is a single value of each cell or edge: only experiments have arrays", v.name.text)
          .mend("several are declared one by one, `state x1 = 0, x2 = 0`, or are cells of a population");
  } else {
    lowering.failed.insert(&var);
  }
  return true;
}

void Elaborator::typeVariable(Var &var, const ast::Variable &v, const Scope *scope, const Place &valuePlace, ast::ExprPtr value,
                              const expr::Type *weight) {
  const bool annotated = typeFromAnnotation(var, v, scope, weight);
  // States, params, weights are real unless declared otherwise; a let takes the type of its definition.
  const bool real = var.kind != model::VarKind::Let && var.kind != model::VarKind::Const && var.kind != model::VarKind::Local &&
                    var.kind != model::VarKind::Option;
  Var *target = &var;
  const Place place = valuePlace;
  Place own = place; // where the default is written
  own.scope = scope;
  const ast::ExprPtr byDefault = annotated || v.value == value ? nullptr : v.value;
  lowering.pending[target] = [this, target, annotated, real, place, value, own, byDefault] {
    if (!value)
      return;
    const expr::ExprPtr standard = byDefault ? defaultOf(byDefault, own) : nullptr;
    target->init = lowering.elements(lowering.lower(value, place));
    if (standard && target->init && !fitsDefault(*standard, *target, value->range)) {
      target->type = standard->type; // what reads it goes on with what the model declares
      target->init = nullptr;
      return;
    }
    if (place.arrays && target->init)
      target->init = perCell(target->init, *place.cells, target->name);
    if (!target->init) {
      if (!annotated)
        lowering.failed.insert(target);
      return;
    }
    expr::Type from = target->init->type;
    if (from.rank != 0 && (place.where == Place::Cell || place.where == Place::Edge)) { // has single values
      expr::Type single = from;
      single.rank = 0;
      lowering.fits(from, single, target->init->range, fmt::format("the value of `{}`", target->name));
      target->init = nullptr;
      lowering.failed.insert(target);
      return;
    }
    if (annotated) {
      expr::Type want = target->type;
      want.rank = target->type.rank ? from.rank : 0;
      if (!lowering.fits(from, want, target->init->range, fmt::format("the value of `{}`", target->name), target->range))
        target->init = nullptr;
      else
        target->init = lowering.literalAs(target->init, target->type);
      return;
    }
    const bool ofDefault = standard && standard->type.isNumber() && from.anyDimension && !standard->type.anyDimension; // t_ref = 0
    if (ofDefault) {
      from.dimension = standard->type.dimension;
      from.anyDimension = false;
    }
    const int rank = from.rank;
    target->type = from;
    target->type.anyDimension = generic && from.anyDimension && target->init->kind != expr::Kind::Const;
    if (real && from.isNumber())
      target->type.base = expr::Base::Real;
    target->type.rank = rank;
    target->init = lowering.literalAs(target->init, target->type);
    if (target->type.isNumber())
      writtenUnit(*target, ofDefault ? byDefault : value, ofDefault ? own.scope : place.scope);
  };
}

/// The parts of an expression that may have its dimension, in the order of the text.
static std::vector<ast::ExprPtr> partsOf(ast::ExprPtr e) {
  if (const auto *minus = ast::dynCast<ast::Unary>(e))
    return {minus->operand};
  if (const auto *b = ast::dynCast<ast::Binary>(e))
    return {b->lhs, b->rhs};
  if (const auto *c = ast::dynCast<ast::Conditional>(e))
    return {c->value, c->otherwise};
  std::vector<ast::ExprPtr> out;
  if (const auto *call = ast::dynCast<ast::CallExpr>(e))
    for (const ast::Arg &arg : call->args)
      out.push_back(arg.value);
  if (const auto *list = ast::dynCast<ast::ArrayExpr>(e))
    out.assign(list->items.begin(), list->items.end());
  return out;
}

/// The unit of the first quantity in the expression that has this dimension.
std::optional<units::Unit> Elaborator::unitIn(ast::ExprPtr value, const units::Dimension &dimension, const Scope *scope) {
  if (const auto *n = ast::dynCast<ast::Number>(value)) {
    const auto named = n->unit.text.empty() || n->exponent != 1 ? std::nullopt : lowering.unitNamed(n->unit.text, scope);
    return named && named->dimension == dimension ? named : std::nullopt;
  }
  for (ast::ExprPtr part : value ? partsOf(value) : std::vector<ast::ExprPtr>())
    if (std::optional<units::Unit> found = unitIn(part, dimension, scope))
      return found;
  return std::nullopt;
}

void Elaborator::writtenUnit(Var &var, ast::ExprPtr value, const Scope *scope) {
  const units::Unit unit = unitIn(value, var.type.dimension, scope).value_or(units::readable(var.type.dimension));
  var.unit = unit.name;
  var.unitScale = unit.scale;
}

/// The default of a variable that is given another value: it says what kind of quantity is meant.
expr::ExprPtr Elaborator::defaultOf(ast::ExprPtr value, Place place) {
  uint32_t unused = 0; // its draws are never made
  if (place.drawSites)
    place.drawSites = &unused;
  return lowering.lower(value, place);
}

bool Elaborator::fitsDefault(const expr::Expr &standard, const Var &var, source::Range given) {
  const expr::Type &from = var.init->type, &to = standard.type;
  if (from.anyDimension || to.anyDimension || from.dimension == to.dimension || !from.isNumber() || !to.isNumber())
    return true;
  expr::Type want = to;
  want.base = expr::Base::Real;
  want.rank = from.rank;
  return lowering.fits(from, want, given, fmt::format("the value of `{}`", var.name), var.range);
}

void Elaborator::settle(Var &var) {
  if (lowering.pending.count(&var))
    lowering.ref(&var, expr::Side::Self, var.range);
}

std::map<std::string_view, const ast::Arg *> Elaborator::namedArgs(std::span<const ast::Arg> args, const Instance &inst,
                                                                   std::initializer_list<ast::VariablesKind> kinds) {
  std::vector<std::string> known;
  for (const FlatMember &m : inst.members)
    if (m.member->kind == ast::MemberKind::Variables && std::ranges::find(kinds, m.member->variablesKind) != kinds.end())
      for (const ast::Variable &v : m.member->variables)
        known.emplace_back(v.name.text);
  return argsAmong(known, args, inst.model->name, "model", [&](const ast::Name &arg) {
    return fmt::format("`{}` has no `{}` that can be set", inst.model->name.text, arg.text);
  });
}

std::map<std::string_view, const ast::Arg *> Elaborator::argsAmong(const std::vector<std::string> &known, std::span<const ast::Arg> args,
                                                                   const ast::Name &of, std::string_view kind,
                                                                   const std::function<std::string(const ast::Name &arg)> &unknown) {
  std::map<std::string_view, const ast::Arg *> out;
  for (const ast::Arg &a : args) {
    if (a.name.text.empty() || a.arrow) {
      diagnostics.report(Id::wrongArguments, a.value->range, "arguments of a {} are named: `{}({} = …)`", kind, of.text,
                         known.empty() ? "name" : known.front());
    } else if (std::ranges::find(known, a.name.text) == known.end()) {
      diag::Diagnostic &d = diagnostics.report(Id::wrongArguments, a.name.range, "{}", unknown(a.name));
      d.note(of.range, "it is declared here");
      static constexpr std::string_view clauses[] = {"delay", "learning", "where"};
      if (const std::string near = diag::didYouMean(a.name.text, known); !near.empty())
        d.fix(a.name.range, near);
      else if (std::ranges::find(clauses, a.name.text) != std::end(clauses))
        d.mend(fmt::format("it is a clause of the connection: `… by {}(…) {} {}`", of.text, a.name.text, diagnostics.sources().text(a.value->range)));
      else if (!known.empty())
        d.mend(fmt::format("what can be set: {}", fmt::join(known, ", ")));
    } else if (!out.emplace(a.name.text, &a).second) {
      diagnostics.report(Id::wrongArguments, a.name.range, "`{}` is given twice", a.name.text);
    }
  }
  return out;
}

namespace {

/// `seen` holds parts that do not vary: functions share their arguments, so that a part may be read from very many places.
bool varies(expr::ExprPtr e, std::set<expr::ExprPtr> &seen) {
  if (!e || !seen.insert(e).second)
    return false;
  switch (e->kind) {
  case expr::Kind::Draw:
  case expr::Kind::Reduce:
    return true;
  case expr::Kind::Special: {
    const auto v = expr::cast<expr::Special>(e).value;
    return v != expr::SpecialValue::Dt && v != expr::SpecialValue::Time && v != expr::SpecialValue::Seed;
  }
  case expr::Kind::Ref: {
    const Var *var = expr::cast<expr::Ref>(e).var;
    if (expr::cast<expr::Ref>(e).side != expr::Side::Self)
      return var->storage != model::Storage::Uniform;
    return var->storage != model::Storage::Uniform && !(var->kind == model::VarKind::Let && !varies(var->init, seen));
  }
  case expr::Kind::Call:
    return std::ranges::any_of(expr::cast<expr::Call>(e).args, [&](expr::ExprPtr a) { return varies(a, seen); });
  case expr::Kind::Lookup:
    return std::ranges::any_of(expr::cast<expr::Lookup>(e).indices, [&](expr::ExprPtr a) { return varies(a, seen); });
  default:
    return false;
  }
}

} // namespace

bool varies(expr::ExprPtr e) {
  std::set<expr::ExprPtr> seen;
  return varies(e, seen);
}

} // namespace snn::elaborate
