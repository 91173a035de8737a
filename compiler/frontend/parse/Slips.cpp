// The slips, one function each: it looks at the statement around the error and says what is written here.
#include "compiler/frontend/parse/Slips.h"

#include "compiler/frontend/parse/Words.h"

#include "SnnLexer.h"
#include "SnnParser.h"
#include <algorithm>
#include <optional>

namespace snn::parse {

namespace {

using L = SnnLexer;
using P = SnnParser;

bool endsStatement(size_t type) { return type == L::NL || type == L::SEMI || type == antlr4::Token::EOF; }
bool isBrace(size_t type) { return type == L::LC || type == L::RC; }
bool isWord(size_t type) { return type == L::NAME || (type >= L::IMPORT && type <= L::OVER); }
bool isComparison(size_t type) { return (type >= L::EQ && type <= L::GT) || type == L::CROSSES; }

/// The statement around an error, up to its block.
class Statement {
public:
  Statement(antlr4::Parser *parser, const TokenList &t, antlr4::Token *found) : tokens(t) {
    auto &stream = static_cast<antlr4::BufferedTokenStream &>(*parser->getTokenStream());
    stream.fill();
    const size_t index = found->getTokenIndex(), first = statementBegin(stream, index);
    at = index - first;
    for (size_t k = first; k < stream.size(); ++k) {
      antlr4::Token *token = stream.get(k);
      if (k >= index && (endsStatement(token->getType()) || isBrace(token->getType())))
        break;
      list.push_back(token);
    }
    for (antlr4::RuleContext *c = parser->getContext(); c; c = static_cast<antlr4::RuleContext *>(c->parent))
      if (const size_t r = c->getRuleIndex();
          r == P::RuleModule || r == P::RuleMemberBlock || r == P::RuleNetBlock || r == P::RuleBlock || r == P::RuleTestBlock) {
        rule = r == P::RuleTestBlock ? P::RuleBlock : r;
        return;
      }
  }
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

/// dV/dt = …, d(V)/dt = …, tau * dV/dt = …
Found derivative(const Statement &s) {
  for (size_t k = 0; k <= s.at; ++k) {
    const bool bracket = s.word(k) == "d" && s.type(k + 1) == L::LP && s.type(k + 2) == L::NAME && s.type(k + 3) == L::RP;
    const size_t slash = bracket ? k + 4 : k + 1;
    if (s.type(k) != L::NAME || !s.word(k).starts_with('d') || s.type(slash) != L::SLASH || s.word(slash + 1) != "dt" ||
        s.type(slash + 2) != L::ASSIGN || s.at > slash)
      continue;
    const std::string name(bracket ? s.word(k + 2) : s.word(k).substr(1));
    if (name.empty())
      continue;
    const std::string factor = k ? s.text(0, k) + " " : "";
    return Slip{s.range(k, slash + 1), "a derivative is not written `" + s.text(k, slash + 2) + "`",
                "a derivative is written with a prime: `" + factor + name + "' = " + s.text(slash + 3, s.size()) + "`", {}};
  }
  return std::nullopt;
}

/// threshold, reset, refractory, spike if, when: all that a spike has to do with.
Found spikeMember(const Statement &s) {
  if (s.rule != P::RuleMemberBlock || s.size() == 0)
    return std::nullopt;
  const std::string_view first = s.word(0);
  const std::string rest = s.after(0);
  const std::string none = "nothing here begins with `" + std::string(first) + "`";
  const bool refractory = first.starts_with("refractory");
  if ((first == "threshold" || first == "reset" || refractory) && s.at > 1 && s.type(1) != L::ASSIGN && s.type(1) != L::COLON)
    return std::nullopt; // a name of the model's own
  if (first == "threshold")
    return Slip{s.range(0, 0), none,
                std::string("a threshold is written `spike when ") + (s.has(isComparison) ? "" : "V > ") + rest + " { … }`", {}};
  if (first == "reset")
    return Slip{s.range(0, 0), none, "what a spike does to the cell stands in its body: `spike when … { " + rest + " }`", {}};
  if (refractory)
    return Slip{s.range(0, 0), none, "a refractory period stands in the body of the spike: `hold V for " + rest + "`", {}};
  if (s.type(0) == L::SPIKE && s.at == 1)
    return Slip{s.range(1, 1), "expected `when` after `spike`, found `" + std::string(s.word(1)) + "`",
                "write `spike when " + rest + "`", {}};
  if (s.type(0) == L::WHEN && s.at == 1)
    return Slip{s.range(0, 0), none, "a threshold is written `spike when " + rest + " { … }`", {}};
  if (s.type(0) == L::IF)
    return Slip{s.range(0, 0), "`if` stands in a body, not among the members",
                "a threshold is written `spike when " + rest + " { … }`, another condition `each step { if " + rest + " { … } }`", {}};
  return std::nullopt;
}

/// V = … where only declarations may stand.
Found assignment(const Statement &s) {
  const bool defines = s.type(1) == L::COLON && s.type(2) == L::ASSIGN;
  if (s.at > 1 || !isWord(s.type(0)) || (s.type(1) != L::ASSIGN && !defines))
    return std::nullopt;
  const std::vector<std::string> words = beginnings(s.rule);
  if (std::ranges::find(words, s.word(0)) != words.end()) // `const = 3` lacks its name
    return std::nullopt;
  const std::string name(s.word(0)), value = s.after(0), written = name + " = " + value;
  const std::string message = "`" + name + " " + (defines ? ":=" : "=") + "` begins nothing here";
  switch (s.rule) {
  case P::RuleMemberBlock:
    return Slip{s.range(0, 1), message,
                "an equation is written `" + name + "' = …`, what happens in each step `each step { " + written + " }`" +
                    (s.mentions(name, 2) ? "" : ", a name for a value `let " + written + "`"), {}};
  case P::RuleNetBlock:
    return Slip{s.range(0, 1), message,
                s.type(3) == L::LB || s.type(3) == L::LP ? "cells are declared `population " + written + "`"
                                                         : "write `param " + written + "` or `let " + written + "`", {}};
  case P::RuleModule:
    return Slip{s.range(0, 1), message, "write `const " + written + "`", {}};
  default:
    return defines ? Found(Slip{s.range(1, 2), "an assignment is not written `:=`", "write `" + written + "`", {}}) : std::nullopt;
  }
}

/// Index of the bracket that token `close` closes, or npos.
size_t openingOf(const Statement &s, size_t close) {
  int depth = 0;
  for (size_t k = close + 1; k-- > 0;) {
    depth += s.type(k) == L::RP || s.type(k) == L::RB;
    depth -= s.type(k) == L::LP || s.type(k) == L::LB;
    if (depth == 0)
      return k;
  }
  return std::string::npos;
}

/// The plain numbers of tokens (open, close) with the unit behind each of them; nothing if there is something else.
std::optional<std::string> withUnits(const Statement &s, size_t open, size_t close, std::string_view unit) {
  std::string out;
  for (size_t k = open + 1; k < close; ++k) {
    if (s.type(k) == L::MINUS)
      out += s.word(k++);
    if (s.type(k) != L::NUMBER || (k + 1 < close && s.type(k + 1) != L::COMMA))
      return std::nullopt;
    out += std::string(s.word(k)) + " " + std::string(unit);
    if (++k < close)
      out += ", ";
  }
  return out;
}

/// normal(200, 20) pA, [1, 2] pA, (3 + 4) pA
Found unitAfterBracket(const Statement &s) {
  if (s.at == 0 || s.type(s.at) != L::NAME || !s.tokens.units().contains(s.word(s.at)) ||
      (s.type(s.at - 1) != L::RP && s.type(s.at - 1) != L::RB))
    return std::nullopt;
  const size_t close = s.at - 1, open = openingOf(s, close);
  if (open == std::string::npos)
    return std::nullopt;
  const std::string unit(s.word(s.at)), message = "the unit `" + unit + "` stands after `" + std::string(s.word(close)) + "`, not after a number";
  const std::string_view callee = open ? s.word(open - 1) : std::string_view{};
  const bool ofName = open && (isWord(s.type(open - 1)) || s.type(open - 1) == L::RP || s.type(open - 1) == L::RB);
  const bool draw = s.type(open) == L::LP && (callee == "uniform" || callee == "normal" || callee == "exponential");
  const size_t first = draw ? open - 1 : open;
  if (draw || (s.type(open) == L::LB && !ofName))
    if (const auto inner = withUnits(s, open, close, unit))
      return Slip{s.range(first, s.at), message, {}, s.text(first, open + 1) + *inner + std::string(s.word(close))};
  return Slip{s.range(s.at, s.at), message, "multiply by one of it: `" + (ofName ? "…" : s.text(open, s.at)) + " * " + unit + "`", {}};
}

/// for k in 0..3, for k in 1:10
Found rangeSigns(const Statement &s) {
  const bool dots = s.at >= 2 && s.type(s.at) == L::DOT && s.type(s.at - 1) == L::DOT;
  const bool colon = s.type(0) == L::FOR && s.type(s.at) == L::COLON && s.at + 1 < s.size();
  if (!dots && !colon)
    return std::nullopt;
  const size_t left = dots ? s.at - 2 : s.at - 1, right = s.at + 1;
  std::string meant = "range(from, to)";
  if (dots && right + 1 == s.size() && (s.type(right) == L::NUMBER || isWord(s.type(right))) &&
      (s.type(left) == L::NUMBER || isWord(s.type(left))))
    meant = "range(" + (s.word(left) == "0" ? "" : std::string(s.word(left)) + ", ") + std::string(s.word(right)) + ")";
  return Slip{s.range(dots ? s.at - 1 : s.at, s.at), std::string("a range is not written with `") + (dots ? ".." : ":") + "`",
              "write `" + meant + "`: whole numbers, the last one left out", {}};
}

/// for k in range(3):
Found pythonBlock(const Statement &s) {
  static constexpr size_t heads[] = {L::FOR,  L::WHILE, L::IF,   L::ELSE,  L::NEURON, L::ENCODER, L::SYNAPSE, L::RULE, L::NETWORK,
                                     L::EXPERIMENT, L::TEST, L::SPIKE, L::ON, L::EACH, L::EVERY};
  const bool isElse = s.type(0) == L::ELSE && s.at == 0 && s.type(1) == L::COLON;
  const size_t colon = isElse ? 1 : s.at;
  if (s.type(colon) != L::COLON || colon == 0 || colon + 1 != s.size() || std::ranges::find(heads, s.type(0)) == std::end(heads))
    return std::nullopt;
  return Slip{s.range(colon, colon), "no block begins with `:`",
              "a block stands in braces: `" + s.text(0, colon) + " { … }`", {}};
}

/// run 10 ms until c, run until c for 10 ms, run for 10 ms; hold 2 ms
Found durations(const Statement &s) {
  const size_t type = s.type(s.at);
  if (s.type(0) == L::HOLD && s.at == 1 && type == L::NUMBER)
    return Slip{s.range(1, 1), "`hold` needs the state that is held", "write `hold V for " + s.text(1, s.size()) + "`", {}};
  if (s.type(0) != L::RUN || s.at == 0 || (type != L::UNTIL && type != L::FOR))
    return std::nullopt;
  const std::string rest = s.text(s.at + 1, s.size());
  std::string meant = "run " + rest;
  if (type == L::UNTIL)
    meant = "run until " + rest + " max " + s.text(1, s.at);
  else if (s.type(1) == L::UNTIL)
    meant = "run until " + s.text(2, s.at) + " max " + rest;
  else if (s.at != 1)
    return std::nullopt;
  return Slip{s.range(s.at, s.at), "`" + std::string(s.word(s.at)) + "` cannot stand here", "write `" + meant + "`", {}};
}

/// delay as rec, learning as rec: the next clause stands where the value should.
Found clauseWithoutValue(const Statement &s) {
  const size_t type = s.at > 1 ? s.type(s.at - 1) : antlr4::Token::EOF, clause = s.at > 1 ? s.type(s.at - 2) : antlr4::Token::EOF;
  if (s.type(0) != L::CONNECT || (type != L::AS && type != L::LEARNING && type != L::DELAY) || (clause != L::DELAY && clause != L::WHERE))
    return std::nullopt;
  const std::string word(s.word(s.at - 2));
  return Slip{s.range(s.at - 2, s.at - 2), "`" + word + "` needs a value",
              clause == L::DELAY ? "write `delay 1 ms " + s.text(s.at - 1, s.size()) + "`" : "write a condition: `where pre.i != post.i`", {}};
}

/// param tau = 20 ms  state V : mV = 0
Found twoOnOneLine(const Statement &s) {
  if (s.at == 0 || s.type(s.at) == L::NAME || !isWord(s.type(s.at)) || !isWord(s.type(s.at + 1)))
    return std::nullopt;
  const std::vector<std::string> words = beginnings(s.rule);
  const bool begins = std::ranges::find(words, s.word(s.at)) != words.end() && std::ranges::find(words, s.word(0)) != words.end();
  const size_t before = s.type(s.at - 1);
  const bool ended = before == L::NUMBER || before == L::UNIT_NAME || before == L::NAME || before == L::RP || before == L::RB || before == L::STRING;
  if (!begins || !ended || s.at < 2)
    return std::nullopt;
  return Slip{s.range(s.at, s.at), "`" + std::string(s.word(s.at)) + "` begins on a line of its own",
              "separate the two with `;`, or begin a new line", {}};
}

/// population in = …
Found reservedWord(const Statement &s) {
  if (s.at == 0 || !isReserved(s.type(s.at)) || !declaresName(s.type(s.at - 1)))
    return std::nullopt;
  return Slip{s.range(s.at, s.at), "`" + std::string(s.word(s.at)) + "` is a reserved word and cannot be a name", "choose another name", {}};
}

/// def f(x):, k++
Found otherWords(const Statement &s) {
  const std::string_view first = s.word(0);
  if ((first == "def" || first == "function" || first == "func") && s.at == 1 && isWord(s.type(1)))
    return Slip{s.range(0, 0), "nothing here begins with `" + std::string(first) + "`",
                "a function is written `fn " + std::string(s.word(1)) + "(x) = …`" +
                    (s.rule == P::RuleBlock ? ", and stands outside of experiments" : ""), {}};
  const size_t sign = s.type(s.at);
  if ((sign == L::PLUS || sign == L::MINUS) && s.at > 0 && s.type(s.at + 1) == sign && s.at + 2 == s.size())
    return Slip{s.range(s.at, s.at + 1), "there is no `" + s.text(s.at, s.at + 2) + "`",
                "write `" + s.text(0, s.at) + (sign == L::PLUS ? " +" : " -") + "= 1`", {}};
  return std::nullopt;
}

} // namespace

bool isReserved(size_t type) { return type >= L::AND && type <= L::FALSE; }

bool declaresName(size_t type) {
  static constexpr size_t words[] = {L::POPULATION, L::PARAM, L::STATE, L::INPUT, L::DATA,   L::WEIGHT, L::CONST,  L::OPTION, L::PART,
                                     L::SIGNAL,     L::AS,    L::NEURON, L::ENCODER, L::SYNAPSE, L::RULE, L::NETWORK, L::EXPERIMENT};
  return std::ranges::find(words, type) != std::end(words);
}

size_t statementBegin(antlr4::TokenStream &stream, size_t index) {
  while (index > 0 && !endsStatement(stream.get(index - 1)->getType()) && !isBrace(stream.get(index - 1)->getType()))
    --index;
  return index;
}

bool reportSlip(antlr4::Parser *parser, const TokenList &tokens, antlr4::Token *found, diag::Engine &diagnostics) {
  static constexpr Found (*all[])(const Statement &) = {derivative,  spikeMember, assignment, unitAfterBracket,
                                                        rangeSigns,  pythonBlock, durations,  clauseWithoutValue,
                                                        twoOnOneLine, reservedWord, otherWords};
  const Statement statement(parser, tokens, found);
  for (const auto recognise : all)
    if (const Found slip = recognise(statement)) {
      diag::Diagnostic &d = diagnostics.report(diag::Id::syntax, slip->range, slip->message);
      if (!slip->help.empty())
        d.mend(slip->help);
      if (!slip->fix.empty())
        d.fix(slip->range, slip->fix);
      return true;
    }
  return false;
}

std::string_view wordForCharacter(std::string_view character) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"&", "write `and`"},
      {"|", "write `or`"},
      {"!", "write `not`, or `!=` for `not equal`"},
      {"?", "a choice is written `a if c else b`"},
      {"'", "texts stand in double quotes, and a derivative is written `V'`"},
      {"`", "texts stand in double quotes, and a derivative is written `V'`"},
      {"\u201c", "texts stand in double quotes, and a derivative is written `V'`"},
      {"\u201d", "texts stand in double quotes, and a derivative is written `V'`"},
      {"\u2212", "write the minus sign `-`"},
      {"\u2013", "write the minus sign `-`"},
      {"\u00d7", "write `*`"},
      {"\u00b7", "write `*`"},
      {"\u00f7", "write `/`"},
      {"\u2264", "write `<=`"},
      {"\u2265", "write `>=`"},
      {"\u2260", "write `!=`"},
      {"\u2192", "write `->`"},
      {"\u00b2", "a power is written `^2`"},
      {"\u00b3", "a power is written `^3`"},
      {"\u00b0", "a temperature is given in `K`"},
  };
  const auto *found = std::ranges::find(words, character, [](const auto &w) { return w.first; });
  return found == std::end(words) ? std::string_view{} : found->second;
}

} // namespace snn::parse
