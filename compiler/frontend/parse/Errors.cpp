// What a syntax error says: after what, what was found, what was expected, and how to mend common slips.
#include "compiler/frontend/parse/Errors.h"

#include "SnnLexer.h"
#include "SnnParser.h"

namespace snn::parse {

namespace {

using L = SnnLexer;
using P = SnnParser;

std::string spellingOf(antlr4::Parser *parser, size_t type) {
  if (type == antlr4::Token::EOF)
    return "the end of the file";
  if (type == L::NL || type == L::SEMI)
    return "the end of the line";
  if (type == L::NAME)
    return "a name";
  if (type == L::NUMBER)
    return "a number";
  if (type == L::STRING)
    return "a text in quotes";
  const std::string literal = parser->getVocabulary().getLiteralName(type);
  return literal.size() > 2 ? "`" + literal.substr(1, literal.size() - 2) + "`" : "something else";
}

std::string foundText(antlr4::Parser *parser, const TokenList &tokens, antlr4::Token *token) {
  const size_t type = token->getType();
  if (type == antlr4::Token::EOF || type == L::NL)
    return spellingOf(parser, type);
  return "`" + std::string(tokens.text(token).substr(0, 60)) + "`";
}

/// What a rule stands for, when anything that begins one would do.
std::string_view ruleWords(size_t rule) {
  switch (rule) {
  case P::RuleModule:
  case P::RuleDeclaration:
    return "a declaration: import, unit, const, fn, neuron, encoder, synapse, rule, network, experiment or test";
  case P::RuleMember:
  case P::RulePlainMember:
    return "a member: param, state, input, weight, let, an equation such as `V' = …`, spike when, on, each step, every, "
           "solver";
  case P::RuleNetMember:
  case P::RuleNetBlock:
    return "a member of the network: param, let, population, connect, …";
  case P::RuleStatement:
  case P::RuleBlock:
    return "a statement";
  case P::RuleType:
  case P::RuleUnitFactor:
    return "a unit or a type (`mV`, `mV/ms`, `int`, `real[10]`)";
  case P::RuleClause:
    return "a clause: learning, where, delay, procedural or as";
  default:
    return {};
  }
}

} // namespace

std::string ErrorStrategy::expectation(antlr4::Parser *parser, antlr4::Token *found) const {
  antlr4::misc::IntervalSet expected;
  try {
    expected = parser->getExpectedTokens();
  } catch (const std::exception &) {
    return {};
  }
  const auto has = [&](size_t type) { return expected.contains(type); };
  if (has(L::NUMBER) && has(L::LP) && !has(L::LET))
    return "an expression";
  if (has(L::LET) || has(L::NEURON)) {
    if (const std::string_view words = ruleWords(parser->getRuleContext()->getRuleIndex()); !words.empty())
      return std::string(words);
    if (!has(L::PLUS))
      return "a statement";
  }
  if (const std::string_view words = ruleWords(parser->getRuleContext()->getRuleIndex());
      !words.empty() && has(L::NAME) && !has(L::PLUS))
    return std::string(words);
  std::string out;
  int listed = 0;
  for (size_t type : {L::RP, L::RB, L::RC, L::LC, L::ASSIGN, L::ARROW, L::BY, L::WHEN, L::IN, L::COLON, L::LP, L::COMMA}) {
    if (!has(type) || listed == 3)
      continue;
    out += (listed ? " or " : "") + spellingOf(parser, type);
    ++listed;
  }
  if (!listed && has(L::NAME))
    return "a name";
  if (!listed && (has(L::NL) || has(L::SEMI)))
    return "the end of the line";
  if (listed && has(L::NL) && found->getType() != L::NL)
    return "the end of the line" + (listed < 3 ? " or " + out : std::string());
  return out;
}

void ErrorStrategy::report(antlr4::Parser *parser, antlr4::Token *found) {
  if (found->getTokenIndex() == lastIndex)
    return;
  lastIndex = found->getTokenIndex();
  if (diagnostics.errors() >= maxErrors)
    throw antlr4::ParseCancellationException("too many errors");
  const std::string wanted = expectation(parser, found), have = foundText(parser, tokens, found);
  antlr4::Token *before = found->getTokenIndex() ? parser->getTokenStream()->LT(-1) : nullptr;
  std::string message = wanted.empty() ? "found " + have + ", which does not fit here" : "expected " + wanted;
  if (before && before->getType() != L::NL && !wanted.empty())
    message += " after `" + std::string(tokens.text(before).substr(0, 60)) + "`";
  if (!wanted.empty())
    message += ", found " + have;
  const size_t type = found->getType();
  const bool second = type == L::EQ || type == L::NE || type == L::LT || type == L::LE || type == L::GT || type == L::GE ||
                      type == L::CROSSES;
  if (second && parser->getRuleContext()->getRuleIndex() != P::RuleAtom) {
    diagnostics.report(diag::Id::chainedComparison, tokens.range(found), "comparisons do not chain")
        .mend("write `a < b and b < c`");
    return;
  }
  diag::Diagnostic &d = diagnostics.report(diag::Id::syntax, tokens.range(found), std::move(message));
  if (type == L::PRIMED)
    d.mend("an equation stands on a line of its own: `V' = …` or `tau * V' = …`");
  else if (type == antlr4::Token::EOF)
    d.mend("a bracket or brace that was opened is not closed");
}

void ErrorStrategy::reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &e) {
  report(parser, e.getOffendingToken());
}
void ErrorStrategy::reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &e) {
  report(parser, e.getOffendingToken());
}
void ErrorStrategy::reportUnwantedToken(antlr4::Parser *parser) {
  if (inErrorRecoveryMode(parser))
    return;
  beginErrorCondition(parser);
  report(parser, parser->getCurrentToken());
}
void ErrorStrategy::reportMissingToken(antlr4::Parser *parser) { reportUnwantedToken(parser); }

/// A missing token is never invented: that would hide where the statement really ends.
antlr4::Token *ErrorStrategy::recoverInline(antlr4::Parser *parser) {
  throw antlr4::InputMismatchException(parser);
}

/// Skips to the end of the statement, over whole blocks, and lets the default strategy find the rule that goes on there.
void ErrorStrategy::recover(antlr4::Parser *parser, std::exception_ptr e) {
  int open = 0;
  for (;;) {
    const size_t type = parser->getTokenStream()->LA(1);
    if (type == antlr4::Token::EOF || (!open && (type == L::NL || type == L::SEMI || type == L::RC)))
      break;
    open += type == L::LC;
    open -= type == L::RC;
    parser->consume();
  }
  DefaultErrorStrategy::recover(parser, e);
}

} // namespace snn::parse
