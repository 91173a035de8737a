// The holes of texts: "{cells.V in mV:.3f}".
#pragma once

#include "compiler/frontend/parse/Tokens.h"

#include "compiler/frontend/ast/Ast.h"

namespace snn::parse {

/// Position of the brace that ends the hole beginning at `from` (which the lexer has made sure of).
size_t holeEnd(std::string_view text, size_t from);
/// Position of the last ':' outside brackets and inner texts, or npos.
size_t formatColon(std::string_view hole);
/// Parses the text of a hole that stands at byte `begin` of the tokens' file; a failed one gives a zero and an error.
ast::ExprPtr parseHole(const TokenList &outer, uint32_t begin, std::string_view text, support::Arena &arena,
                       diag::Engine &diagnostics, ast::ExprPtr &unit);

} // namespace snn::parse
