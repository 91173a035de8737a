// The check stage: declarations of all modules with their names bound. Expressions are typed where they are used
// (Lower.h), because synapses, rules and functions are checked anew at each use.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/frontend/sema/Scope.h"

#include <deque>
#include <optional>

namespace snn::sema {

struct TypedProgram {
  ast::Program program;
  /// One for each module: its declarations and what it imports.
  std::deque<Scope> scopes;
  const ast::Module &main() const { return program.modules.back(); }
  const Scope &mainScope() const { return scopes.back(); }
};

/// Binds declarations; reports names declared twice and bad units. Such errors do not keep the rest from being checked:
/// elaboration goes on and gives nothing in the end if there was any error.
std::optional<TypedProgram> check(ast::Program program, diag::Engine &diagnostics);

} // namespace snn::sema
