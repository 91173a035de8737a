// What the functions that recognise a slip look at, and what they say. One function each: the first that finds its slip tells of it.
#pragma once

#include "compiler/frontend/parse/Slips.h"
#include "compiler/frontend/parse/Words.h"

#include "SnnLexer.h"
#include "SnnParser.h"

#include <algorithm>
#include <optional>

namespace snn::parse::slips {

using L = SnnLexer;
using P = SnnParser;

inline bool isBrace(size_t type) { return type == L::LC || type == L::RC; }
inline bool endsStatement(size_t type) { return type == L::NL || type == L::SEMI || type == antlr4::Token::EOF; }
inline bool isWord(size_t type) { return type == L::NAME || (type >= L::IMPORT && type <= L::OVER); }
inline bool isComparison(size_t type) { return (type >= L::EQ && type <= L::GT) || type == L::CROSSES; }

/// The statement around an error, up to its block.
class Statement {
public:
  Statement(antlr4::Parser *parser, const TokenList &t, antlr4::Token *found);
  size_t size() const { return list.size(); }
  size_t type(size_t k) const { return k < list.size() ? list[k]->getType() : antlr4::Token::EOF; }
  std::string_view word(size_t k) const { return k < list.size() ? tokens.text(list[k]) : std::string_view{}; }
  source::Range range(size_t first, size_t last) const { return tokens.range(list[first], list[last]); }
  /// The text of tokens [from, to), or "…" where there is none that fits into a message.
  std::string text(size_t from, size_t to) const {
    constexpr size_t longest = 80;
    to = std::min(to, list.size());
    if (from >= to)
      return "…";
    const source::Range r = tokens.range(list[from], list[to - 1]);
    const std::string_view out = tokens.file().text().substr(r.begin, r.end - r.begin);
    return out.size() > longest || out.find('\n') != std::string_view::npos ? "…" : std::string(out);
  }
  /// What follows token k, without a sign or word in between that other languages have there.
  std::string after(size_t k) const {
    for (++k; type(k) == L::ASSIGN || type(k) == L::COLON || type(k) == L::WHEN || type(k) == L::IF;)
      ++k;
    return text(k, size());
  }
  bool mentions(std::string_view name, size_t from) const {
    for (size_t k = from; k < size(); ++k)
      if (word(k) == name)
        return true;
    return false;
  }
  /// Whether token k begins something in that list.
  bool begins(size_t k, size_t list) const {
    const std::vector<std::string> words = beginnings(list);
    return std::ranges::find(words, word(k)) != words.end();
  }
  bool has(bool (*what)(size_t)) const {
    return std::ranges::any_of(list, [&](antlr4::Token *t) { return what(t->getType()); });
  }

  const TokenList &tokens;
  size_t at = 0;   ///< the token found
  size_t rule = 0; ///< the list that the statement is in

private:
  std::vector<antlr4::Token *> list;
};

struct Slip {
  source::Range range;
  std::string message, help, fix;
};
using Found = std::optional<Slip>;

// ---- SlipsOfModels.cpp
Found derivative(const Statement &s);
Found spikeMember(const Statement &s);
Found assignment(const Statement &s);
Found sumOfTerms(const Statement &s);
Found eachInterval(const Statement &s);
// ---- SlipsOfNetworks.cpp
Found clauseWithoutValue(const Statement &s);
Found clauseOrder(const Statement &s);
Found clauseWord(const Statement &s);
Found misplaced(const Statement &s);
// ---- SlipsOfExperiments.cpp
Found rangeSigns(const Statement &s);
Found pythonBlock(const Statement &s);
Found durations(const Statement &s);
Found printedValues(const Statement &s);
Found blockWithoutBraces(const Statement &s);

} // namespace snn::parse::slips
