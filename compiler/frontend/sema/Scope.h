// Names and what they mean at a place of the program.
#pragma once

#include "compiler/base/units/Units.h"
#include "compiler/frontend/ast/Ast.h"
#include "compiler/model/ir/Experiment.h"

#include <map>
#include <string>

namespace snn::sema {

class Scope;

struct Symbol {
  enum Kind : uint8_t {
    None,       ///< a declaration with an error, which has been reported: what uses it is silent
    Var,        ///< something with storage; `side` says whose
    Value,      ///< a typed expression bound to a name: a function's parameter or let
    Constant,   ///< `const`: its expression, lowered anew in `scope` at each use
    Function,
    Model,
    Network,
    Experiment,
    Unit,
    Population,
    Projection,
    Part,       ///< a network in the network: `scope` holds its members
  } kind = None;
  source::Range declared;
  model::Var *var = nullptr;
  expr::Side side = expr::Side::Self;
  expr::ExprPtr value = nullptr;
  const ast::Variable *constant = nullptr;
  const ast::Function *function = nullptr;
  const ast::Model *model = nullptr;
  const ast::Network *network = nullptr;
  model::Population *population = nullptr;
  model::Projection *projection = nullptr;
  units::Unit unit;
  const Scope *scope = nullptr; ///< where Constant, Function, Model and Network were declared; Part: its members
};

class Scope {
public:
  explicit Scope(const Scope *p = nullptr) : parent(p) {}
  /// The nearest symbol of that name, or null.
  const Symbol *find(std::string_view name) const {
    for (const Scope *s = this; s; s = s->parent)
      if (const auto it = s->symbols.find(name); it != s->symbols.end())
        return &it->second;
    return nullptr;
  }
  const Symbol *findHere(std::string_view name) const {
    const auto it = symbols.find(name);
    return it == symbols.end() ? nullptr : &it->second;
  }
  const auto &here() const { return symbols; }
  void add(std::string_view name, Symbol symbol) { symbols[std::string(name)] = std::move(symbol); }
  /// All names in sight, for suggestions.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const Scope *s = this; s; s = s->parent)
      for (const auto &[name, symbol] : s->symbols)
        out.push_back(name);
    return out;
  }

  std::vector<std::string> namesHere() const {
    std::vector<std::string> out;
    for (const auto &[name, symbol] : symbols)
      out.push_back(name);
    return out;
  }

private:
  const Scope *parent;
  std::map<std::string, Symbol, std::less<>> symbols;
};

} // namespace snn::sema
