// The pass over the lexer's tokens that decides which of them the parser sees (grammar/filter.md).
#pragma once

#include "compiler/frontend/parse/Tokens.h"

#include <functional>
#include <optional>

namespace snn::parse {

/// Drops newlines that end nothing, marks units, refuses what the lexer could not read and what nests too deeply, and
/// closes brackets that were left open, so that one missing bracket costs one message.
class Filter {
public:
  using Tokens = std::vector<std::unique_ptr<antlr4::Token>>;
  using RangeOf = std::function<source::Range(const antlr4::Token *)>;

  Filter(Tokens &t, const UnitNames &u, RangeOf r, diag::Engine &d)
      : tokens(t), units(u), range(std::move(r)), diagnostics(d) {}

  /// Indices of the tokens that the parser sees, or nothing when they nest too deeply. Closing brackets that are
  /// missing are appended to the tokens.
  std::optional<std::vector<size_t>> run();

private:
  /// An open bracket (the first level has none) and the recursive constructs of the statement in it.
  struct Level {
    size_t type = 0;
    const antlr4::Token *token = nullptr;
    int prefixes = 0;  ///< unary operators and `^` since the last binary operator
    int elses = 0;     ///< `else` of the statement
    int operators = 0; ///< binary operators since the last comma or statement end
  };

  Tokens &tokens;
  const UnitNames &units;
  RangeOf range;
  diag::Engine &diagnostics;
  std::vector<size_t> kept;
  std::vector<Level> levels{Level{}};
  int nested = 0; ///< brackets, prefixes and elses that are open at once
  bool inConnect = false;
  bool good = true;
  size_t before = antlr4::Token::EOF; ///< type of the last token kept

  void take(size_t k);
  bool isUnit(size_t k);
  bool foreignComment(size_t &k);
  bool newlineCounts(size_t k);
  bool bracket(size_t k, size_t type);
  void count(size_t k, size_t type);
  void refuse(size_t k);
  void endOperand();
  void endStatement();
  void pop();
  void keep(size_t k, size_t type);
  void closeInnermost();
  void closeAtDeclaration(size_t k, size_t type);
  void endList();
  void insert(size_t type, std::string_view text);
  void badText(size_t k, size_t type);
  bool inBrackets() const;
  size_t nextOnLine(size_t k) const;
  size_t typeAfter(size_t k) const;
  bool beginsStatement(size_t k) const;
};

} // namespace snn::parse
