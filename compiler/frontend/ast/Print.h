// The syntax tree as source text.
#pragma once

#include "compiler/frontend/ast/Ast.h"

#include <string>

namespace snn::ast {

/// A module as .snn text that parses to the same tree: declarations grouped by kind, documentation kept, ordinary
/// comments lost, parentheses only where they are needed. Printing what was parsed from it gives the same text.
std::string print(const Module &module);
std::string print(ExprPtr expr);

} // namespace snn::ast
