// Between lexer and parser: newlines that end nothing are dropped, unit names after numbers become UNIT_NAME, and what
// would nest too deeply is refused (grammar/filter.md).
#pragma once

#include "compiler/base/diag/Diag.h"

#include <antlr4-runtime.h>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace snn::parse {

/// Which names count as units after a number: the table's and those declared in sight.
using UnitNames = std::set<std::string, std::less<>>;

/// The tokens of one text, ready for the parser; owns what they refer to.
class TokenList : public antlr4::TokenSource {
public:
  /// `base`: byte at which `text` begins in file `file` (holes of strings are texts of their own).
  TokenList(const source::File &file, std::string_view text, uint32_t base, const UnitNames &units,
            diag::Engine &diagnostics);
  ~TokenList() override;

  /// False when the text cannot be parsed at all (nested too deeply, brackets that do not match).
  bool usable() const { return good; }
  source::Range range(const antlr4::Token *from, const antlr4::Token *to) const;
  source::Range range(const antlr4::Token *token) const { return range(token, token); }
  /// `##` lines directly above the line of the token, joined.
  std::string docAbove(const antlr4::Token *token) const;
  /// The UTF-8 text of a token or of all between two.
  std::string_view text(const antlr4::Token *token) const;
  const source::File &file() const { return source; }
  const UnitNames &units() const { return unitNames; }

  std::unique_ptr<antlr4::Token> nextToken() override;
  size_t getLine() const override;
  size_t getCharPositionInLine() override;
  antlr4::CharStream *getInputStream() override;
  std::string getSourceName() override;
  antlr4::TokenFactory<antlr4::CommonToken> *getTokenFactory() override;

private:
  struct Raw;
  const source::File &source;
  uint32_t baseByte;
  const UnitNames &unitNames;
  std::unique_ptr<Raw> raw;
  std::vector<size_t> kept; ///< indices of raw tokens that the parser sees
  size_t next = 0;
  bool good = true;

  void lex(std::string_view text, diag::Engine &diagnostics);
  void filter(diag::Engine &diagnostics);
};

} // namespace snn::parse
