// What people write who know other languages, or textbooks: recognised at a syntax error, and answered with what is
// written here.
#pragma once

#include "compiler/frontend/parse/Tokens.h"

namespace snn::parse {

/// Index of the first token of the statement that token number `index` belongs to.
size_t statementBegin(antlr4::TokenStream &stream, size_t index);

/// Reports the slip at the token `found`; false if it is none that is known.
bool reportSlip(antlr4::Parser *parser, const TokenList &tokens, antlr4::Token *found, diag::Engine &diagnostics);

/// What is written for a character that the language does not use, or "".
std::string_view wordForCharacter(std::string_view character);

/// A word that is no name anywhere.
bool isReserved(size_t type);
/// Whether the name of something new stands after a token of that kind.
bool declaresName(size_t type);

} // namespace snn::parse
