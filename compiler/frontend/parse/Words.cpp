// The words of syntax errors.
#include "compiler/frontend/parse/Words.h"

#include "SnnLexer.h"
#include "SnnParser.h"
#include <algorithm>

namespace snn::parse {

namespace {

using L = SnnLexer;
using P = SnnParser;

constexpr size_t longestQuoted = 60; // bytes of a token that a message repeats

std::string quoted(std::string_view text) {
  if (text.size() > longestQuoted) {
    size_t end = longestQuoted;
    while (end && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      --end;
    return "`" + std::string(text.substr(0, end)) + "…`";
  }
  return "`" + std::string(text) + "`";
}

std::string typeWord(antlr4::Parser *parser, size_t type) {
  if (type == antlr4::Token::EOF)
    return "the end of the file";
  if (type == L::NL || type == L::SEMI)
    return "the end of the line";
  const std::string literal = parser->getVocabulary().getLiteralName(type);
  return literal.size() > 2 ? "`" + literal.substr(1, literal.size() - 2) + "`" : "something else";
}

/// What a name after that token stands for.
std::string_view nameWord(size_t before, size_t rule) {
  switch (before) {
  case L::BY:
    return rule == P::RuleStatement ? "the name of an optimiser" : "the name of a synapse";
  case L::LEARNING:
    return "the name of a rule";
  case L::EXTENDS:
    return "the name of a model";
  case L::ON:
    return "`pre`, `post` or another name";
  case L::ASSIGN:
    return "the name of a model";
  case L::AS:
    return "a name for the projection";
  case L::COLON:
    return "a unit or a type (`mV`, `mV/ms`, `int`, `real[10]`)";
  case L::IMPORT:
    return "a module (`std.neurons`) or a file in quotes";
  default:
    return "a name";
  }
}

/// What a list of declarations, members or statements holds.
std::string_view listWord(size_t rule) {
  switch (rule) {
  case P::RuleModule:
  case P::RuleDeclaration:
    return "a declaration (import, unit, const, fn, neuron, encoder, synapse, rule, network, experiment or test)";
  case P::RuleMemberBlock:
  case P::RuleMember:
  case P::RulePlainMember:
    return "a member (param, state, input, weight, let, an equation like `V' = …`, spike when, on, each step, every, …)";
  case P::RuleNetBlock:
  case P::RuleNetMember:
    return "a member of a network (param, let, const, population, connect, signal, part, for)";
  case P::RuleBlock:
  case P::RuleTestBlock:
  case P::RuleStatement:
    return "a statement";
  default:
    return {};
  }
}

} // namespace

std::string spelling(antlr4::Parser *parser, const TokenList &tokens, antlr4::Token *token) {
  const size_t type = token->getType();
  const std::string_view text = tokens.text(token);
  if (type == antlr4::Token::EOF || type == L::NL || text.empty())
    return type == L::SEMI && text.empty() ? "the end of the block" : typeWord(parser, type);
  return quoted(text);
}

std::string expectedWords(antlr4::Parser *parser, const antlr4::misc::IntervalSet &expected, size_t before) {
  const auto has = [&](size_t type) { return expected.contains(type); };
  const size_t rule = parser->getContext()->getRuleIndex();
  if (has(L::LET) || has(L::NEURON))
    if (const std::string_view list = listWord(rule); !list.empty() && (before == L::NL || before == L::SEMI ||
                                                                         before == L::LC || before == L::RC ||
                                                                         before == antlr4::Token::EOF || before == L::OVERRIDE))
      return std::string(list);
  if (has(L::NUMBER) && has(L::LP)) // an expression may begin
    return before == L::LP && has(L::RP)   ? "an argument or `)`"
           : before == L::LB && has(L::RB) ? "an expression or `]`"
                                           : "an expression";
  if (has(L::NAME) && has(L::BY) && !has(L::IMPORT)) // no place of a name, where all words may stand
    return "a pattern or `by`";
  if (has(L::NAME) && !has(L::PLUS)) {
    if (has(L::NUMBER))
      return std::string(nameWord(L::COLON, rule));
    return std::string(nameWord(before, rule));
  }
  std::string out;
  int listed = 0;
  static constexpr size_t order[] = {L::NL,   L::ASSIGN, L::ARROW, L::BY, L::WHEN, L::STEP,  L::FOR,   L::IN,    L::OVER,
                                     L::LP,   L::RP,     L::LB,    L::RB, L::LC,   L::COLON, L::COMMA, L::RC,    L::ELSE,
                                     L::STRING, L::SWEEP, L::ADD_TO, L::NUMBER};
  for (size_t type : order) {
    if (!has(type) || listed == 3 || (has(L::PLUS) && (type == L::LP || type == L::LB || type == L::ADD_TO)))
      continue;
    out += listed ? " or " : "";
    out += type == L::STRING ? "a text in quotes" : type == L::NUMBER ? "a number" : typeWord(parser, type);
    ++listed;
  }
  return out;
}

std::vector<std::string> beginnings(size_t rule) {
  switch (rule) {
  case P::RuleModule:
  case P::RuleDeclaration:
    return {"import", "unit", "const", "fn", "neuron", "encoder", "synapse", "rule", "network", "experiment", "test"};
  case P::RuleMemberBlock:
  case P::RuleMember:
  case P::RulePlainMember:
    return {"param", "state", "input", "data",  "weight", "let",    "const",     "fn",
            "spike", "on",    "each",  "every", "solver", "surrogate", "override"};
  case P::RuleNetBlock:
  case P::RuleNetMember:
    return {"param", "let", "const", "fn", "signal", "population", "part", "connect", "for"};
  case P::RuleBlock:
  case P::RuleTestBlock:
  case P::RuleStatement:
    return {"option", "sweep", "after", "set",  "let",    "var",  "hold", "if",   "else",  "for",    "while", "break",   "continue",
            "run",    "step",  "record", "plot", "print", "assert", "save", "load", "reset", "freeze", "learn", "minimise"};
  default:
    return {};
  }
}

std::string_view mendFor(std::string_view before, std::string_view found, size_t foundType, bool inCondition) {
  if (before == "*" && found == "*")
    return "a power is written `^`";
  if (found == "=" && foundType == L::ASSIGN && inCondition)
    return "to compare, write `==`";
  if (found == "elif" || found == "elsif" || found == "elseif")
    return "write `else if`";
  if (found == "then" || found == "do")
    return "what follows stands in braces, without that word";
  if (found == "." && before != ")")
    return "a number begins with a digit: `0.5`";
  if (found == "++" || (before == "+" && found == "+"))
    return "write `x += 1`";
  if (foundType == L::PRIMED)
    return "an equation stands on a line of its own: `V' = …` or `tau * V' = …`";
  return {};
}

} // namespace snn::parse
