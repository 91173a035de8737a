// Collects the declarations of every module into scopes.
#include "compiler/frontend/sema/Check.h"

#include "compiler/frontend/sema/Builtins.h"
#include "compiler/frontend/sema/Lower.h"

namespace snn::sema {

namespace {

class Binder {
public:
  Binder(Scope &s, diag::Engine &d) : scope(s), diagnostics(d) {}

  void declare(const ast::Name &name, Symbol symbol) {
    symbol.declared = name.range;
    symbol.scope = &scope;
    const Symbol *there = scope.findHere(name.text);
    if (there && there->declared.file == name.range.file) {
      diagnostics.report(diag::Id::redeclared, name.range, "`{}` is declared twice", name.text)
          .note(there->declared, "it was declared here");
      return;
    }
    const std::string_view meaning = symbol.kind == Symbol::Constant                                     ? meaningOf(name.text)
                                     : symbol.kind == Symbol::Function && (functionNamed(name.text) || distributionNamed(name.text)) ? "it is a function of the language"
                                                                                                          : "";
    refuseMeaning(name, meaning, diagnostics);
    scope.add(name.text, std::move(symbol));
  }

private:
  Scope &scope;
  diag::Engine &diagnostics;
};

void bindUnits(const ast::Module &module, Scope &scope, Binder &binder, diag::Engine &diagnostics) {
  for (const ast::UnitDecl &u : module.units) {
    support::Arena arena;
    Lowering lowering(arena, diagnostics);
    Symbol symbol;
    symbol.kind = Symbol::Unit;
    if (std::optional<units::Unit> unit = lowering.unitOf(u.value, &scope)) {
      symbol.unit = *unit;
      symbol.unit.name = std::string(u.name.text);
      binder.declare(u.name, std::move(symbol));
    }
  }
}

void bindModule(const ast::Module &module, Scope &scope, diag::Engine &diagnostics) {
  Binder binder(scope, diagnostics);
  bindUnits(module, scope, binder, diagnostics);
  for (const ast::Variable &c : module.constants) {
    Symbol s;
    s.kind = Symbol::Constant;
    s.constant = &c;
    binder.declare(c.name, std::move(s));
  }
  for (const ast::Function &f : module.functions) {
    Symbol s;
    s.kind = Symbol::Function;
    s.function = &f;
    binder.declare(f.name, std::move(s));
  }
  for (const ast::Model &m : module.models) {
    Symbol s;
    s.kind = Symbol::Model;
    s.model = &m;
    binder.declare(m.name, std::move(s));
  }
  for (const ast::Network &n : module.networks) {
    Symbol s;
    s.kind = Symbol::Network;
    s.network = &n;
    binder.declare(n.name, std::move(s));
  }
  for (const ast::Experiment &e : module.experiments)
    if (!e.isTest) {
      Symbol s;
      s.kind = Symbol::Experiment;
      binder.declare(e.name, std::move(s));
    }
}

/// Own declarations of an imported module become visible under their plain names.
void importNames(const ast::Module &module, const ast::Module &from, const Scope &theirs, Scope &scope,
                 diag::Engine &diagnostics) {
  const auto take = [&](const ast::Name &name) {
    const Symbol *symbol = theirs.findHere(name.text);
    if (!symbol)
      return;
    if (const Symbol *there = scope.findHere(name.text); there && there->declared != symbol->declared) {
      source::Range at{module.file, 0, 0};
      for (const ast::Import &import : module.imports)
        if (import.module != SIZE_MAX)
          at = import.range;
      diagnostics.report(diag::Id::redeclared, at, "two imports declare `{}`", name.text)
          .note(there->declared, "here")
          .note(symbol->declared, "and here");
      return;
    }
    scope.add(name.text, *symbol);
  };
  for (const auto &x : from.units)
    take(x.name);
  for (const auto &x : from.constants)
    take(x.name);
  for (const auto &x : from.functions)
    take(x.name);
  for (const auto &x : from.models)
    take(x.name);
  for (const auto &x : from.networks)
    take(x.name);
}

} // namespace

std::optional<TypedProgram> check(ast::Program program, diag::Engine &diagnostics) {
  TypedProgram out;
  out.program = std::move(program);
  for (const ast::Module &module : out.program.modules) {
    Scope &scope = out.scopes.emplace_back();
    for (const bool ofLibrary : {true, false}) { // a file's names win over the library's, which may grow
      Scope names;
      for (const ast::Import &import : module.imports)
        if (import.file.empty() == ofLibrary)
          importNames(module, out.program.modules[import.module], out.scopes[import.module], names, diagnostics);
      for (auto &[name, symbol] : names.here())
        scope.add(name, symbol);
    }
    bindModule(module, scope, diagnostics);
  }
  return out;
}

} // namespace snn::sema
