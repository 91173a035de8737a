// Syntax errors in our own words, and how the parser goes on after one.
#pragma once

#include "compiler/frontend/parse/Tokens.h"

#include <set>
#include <string>

namespace snn::parse {

/// Reports what was found, what was expected and where, instead of lists of tokens. After an error it skips to the end
/// of the statement, or to the block that the statement's head announces, and never invents or deletes a token.
class ErrorStrategy : public antlr4::DefaultErrorStrategy {
public:
  /// Throws ParseCancellationException when there are already `most` errors and another one comes.
  ErrorStrategy(const TokenList &t, diag::Engine &d, size_t most) : tokens(t), diagnostics(d), maxErrors(most) {}

  void reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &e) override;
  void reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &e) override;
  void recover(antlr4::Parser *parser, std::exception_ptr e) override;
  antlr4::Token *recoverInline(antlr4::Parser *parser) override;
  void sync(antlr4::Parser *parser) override;

private:
  const TokenList &tokens;
  diag::Engine &diagnostics;
  size_t maxErrors;
  size_t lastIndex = SIZE_MAX;
  std::set<std::string> asNames; ///< reserved words that the program declares as names: one error each

  void report(antlr4::Parser *parser, antlr4::Token *found, const antlr4::misc::IntervalSet &expected);
  std::string message(antlr4::Parser *parser, antlr4::Token *found, const antlr4::misc::IntervalSet &expected) const;
  bool special(antlr4::Parser *parser, antlr4::Token *found);
  void skipStatement(antlr4::Parser *parser, bool stopAtBlock);
};

} // namespace snn::parse
