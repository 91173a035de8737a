// The words of syntax errors: what a set of tokens, a rule or a token is called.
#pragma once

#include "compiler/frontend/parse/Tokens.h"

namespace snn::parse {

/// "`+`", "the end of the line".
std::string spelling(antlr4::Parser *parser, const TokenList &tokens, antlr4::Token *token);
/// What may stand there, in words: "an expression", "`)` or `,`"; empty when there is nothing useful to say.
/// `before` is the type of the token in front.
std::string expectedWords(antlr4::Parser *parser, const antlr4::misc::IntervalSet &expected, size_t before);
/// The words that may begin a declaration, member or statement where the parser is; empty elsewhere.
std::vector<std::string> beginnings(size_t rule);
/// How to mend a common slip, or "".
std::string_view mendFor(std::string_view before, std::string_view found, size_t foundType, bool inCondition);

} // namespace snn::parse
