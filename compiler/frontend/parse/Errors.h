// Syntax errors in our own words.
#pragma once

#include "compiler/frontend/parse/Tokens.h"

namespace snn::parse {

/// Reports what was found, what was expected and where, instead of lists of tokens; recovers at statement ends.
class ErrorStrategy : public antlr4::DefaultErrorStrategy {
public:
  ErrorStrategy(const TokenList &t, diag::Engine &d, size_t most) : tokens(t), diagnostics(d), maxErrors(most) {}

  void reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &e) override;
  void reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &e) override;
  void reportUnwantedToken(antlr4::Parser *parser) override;
  void reportMissingToken(antlr4::Parser *parser) override;
  void recover(antlr4::Parser *parser, std::exception_ptr e) override;
  antlr4::Token *recoverInline(antlr4::Parser *parser) override;

private:
  const TokenList &tokens;
  diag::Engine &diagnostics;
  size_t maxErrors;
  size_t lastIndex = SIZE_MAX;

  void report(antlr4::Parser *parser, antlr4::Token *found);
  std::string expectation(antlr4::Parser *parser, antlr4::Token *found) const;
};

} // namespace snn::parse
