// Reporting of syntax errors and recovery.
#include "compiler/frontend/parse/Errors.h"

#include "compiler/frontend/parse/Slips.h"
#include "compiler/frontend/parse/Words.h"

#include "SnnLexer.h"
#include "SnnParser.h"
#include <algorithm>

namespace snn::parse {

namespace {

using L = SnnLexer;
using P = SnnParser;

bool isComparison(size_t type) {
  return type == L::EQ || type == L::NE || type == L::LT || type == L::LE || type == L::GT || type == L::GE ||
         type == L::CROSSES;
}
bool isWord(size_t type) { return type == L::NAME || (type >= L::IMPORT && type <= L::OVER); }
bool endsStatement(size_t type) { return type == L::NL || type == L::SEMI || type == antlr4::Token::EOF; }

/// Rules that are a list of statements, one to a line.
bool isList(size_t rule) {
  return rule == P::RuleModule || rule == P::RuleMemberBlock || rule == P::RuleNetBlock || rule == P::RuleBlock ||
         rule == P::RuleTestBlock;
}

/// Whether a block belongs to what is being parsed: then the error in its head does not cost the block.
bool announcesBlock(antlr4::RuleContext *ctx) {
  for (; ctx; ctx = static_cast<antlr4::RuleContext *>(ctx->parent)) {
    const size_t rule = ctx->getRuleIndex();
    if (isList(rule) || rule == P::RuleSep)
      return false;
    if (rule == P::RuleConditional || dynamic_cast<P::ForStmtContext *>(ctx) || dynamic_cast<P::WhileStmtContext *>(ctx) ||
        dynamic_cast<P::AfterSweepStmtContext *>(ctx) || dynamic_cast<P::MinimiseStmtContext *>(ctx) ||
        dynamic_cast<P::SpikeMemberContext *>(ctx) || dynamic_cast<P::EventMemberContext *>(ctx) ||
        dynamic_cast<P::EveryMemberContext *>(ctx) || dynamic_cast<P::ForPartContext *>(ctx) ||
        dynamic_cast<P::ModelDeclContext *>(ctx) || dynamic_cast<P::NetworkDeclContext *>(ctx) ||
        dynamic_cast<P::ExperimentDeclContext *>(ctx) || dynamic_cast<P::TestDeclContext *>(ctx))
      return true;
  }
  return false;
}

/// What could have followed where prediction failed.
antlr4::misc::IntervalSet expectedAt(antlr4::Parser *parser, const antlr4::NoViableAltException &e) {
  antlr4::misc::IntervalSet set;
  if (const antlr4::atn::ATNConfigSet *configs = e.getDeadEndConfigs(); configs && e.getOffendingToken() != e.getStartToken()) {
    for (const auto &config : configs->configs)
      set.addAll(parser->getATN().nextTokens(config->state));
    return set;
  }
  return parser->getExpectedTokens();
}

antlr4::Token *tokenBefore(antlr4::Parser *parser, antlr4::Token *token) {
  const size_t index = token->getTokenIndex();
  return index ? parser->getTokenStream()->get(index - 1) : nullptr;
}

/// Whether the statement around the current token began with a word that leads to a block of statements.
bool headOfBlock(antlr4::Parser *parser) {
  const size_t list = parser->getContext()->getRuleIndex();
  if (list != P::RuleMemberBlock && list != P::RuleBlock && list != P::RuleTestBlock)
    return false;
  antlr4::TokenStream *stream = parser->getTokenStream();
  const size_t first = stream->get(statementBegin(*stream, parser->getCurrentToken()->getTokenIndex()))->getType();
  return first == L::SPIKE || first == L::IF || first == L::WHILE || first == L::FOR || first == L::EVERY || first == L::EACH ||
         first == L::ON;
}

} // namespace

std::string ErrorStrategy::message(antlr4::Parser *parser, antlr4::Token *found,
                                   const antlr4::misc::IntervalSet &expected) const {
  antlr4::Token *before = tokenBefore(parser, found);
  const std::string wanted = expectedWords(parser, expected, before ? before->getType() : antlr4::Token::EOF);
  const std::string have = spelling(parser, tokens, found);
  if (wanted.empty())
    return have + " does not fit here";
  std::string text = "expected " + wanted;
  if (before && !endsStatement(before->getType()) && before->getType() != L::LC && before->getType() != L::RC)
    text += " after " + spelling(parser, tokens, before);
  return text + ", found " + have;
}

/// Errors that deserve more than "expected … found …".
bool ErrorStrategy::special(antlr4::Parser *parser, antlr4::Token *found) {
  if (reportSlip(parser, tokens, found, diagnostics))
    return true;
  antlr4::Token *before = tokenBefore(parser, found);
  const size_t type = found->getType();
  const size_t after = parser->getTokenStream()->LA(2);
  if (before && before->getType() == L::NUMBER && type == L::NAME && after != L::ASSIGN && after != L::LC) {
    const std::string name(tokens.text(found));
    std::string near;
    for (const std::string &unit : tokens.units())
      if (std::ranges::equal(unit, name, [](char a, char b) { return std::tolower(a) == std::tolower(b); }))
        near = unit;
    if (near.empty())
      near = diag::didYouMean(name, {tokens.units().begin(), tokens.units().end()});
    diag::Diagnostic &d = diagnostics.report(diag::Id::unknownUnit, tokens.range(found), "`{}` is not a unit", name);
    if (!near.empty())
      d.fix(tokens.range(found), near);
    else
      d.mend("only a unit may stand directly after a number; a product is written with `*`");
    return true;
  }
  if (before && before->getType() == L::BY && dynamic_cast<P::ConnectPartContext *>(parser->getContext())) {
    // `connect a -> b.x by Pulse`: the word `by` was taken for the pattern's name.
    diagnostics.report(diag::Id::missingPattern, tokens.range(parser->getContext()->getStart(), before),
                       "a connect needs a pattern: all_to_all, one_to_one, random(p = …), fixed_in(k), fixed_out(k), fixed_total(n), distance(r) or pairs(list)")
        .mend("write the pattern before `by`, as in `connect a -> b.x all_to_all by Pulse(w = 1 mV)`");
    return true;
  }
  if (isComparison(type) && before && !isComparison(before->getType())) {
    if (const auto *statement = dynamic_cast<P::StatementContext *>(parser->getContext()); type == L::EQ && statement && statement->children.size() == 1) {
      diagnostics.report(diag::Id::syntax, tokens.range(found), "`==` compares, and a statement does something")
          .mend("a value is assigned by `=`");
      return true;
    }
    diagnostics.report(diag::Id::chainedComparison, tokens.range(found), "comparisons do not chain")
        .mend("write `a < b and b < c`");
    return true;
  }
  antlr4::Token *first = parser->getContext()->getStart();
  const bool atStart = !before || (endsStatement(before->getType()) || before->getType() == L::LC);
  const bool afterFirst = before && before == first && (isWord(type) || type == L::STRING || type == L::NUMBER);
  antlr4::Token *word = atStart ? found : afterFirst ? first : nullptr;
  if (!word || word->getType() != L::NAME)
    return false;
  const std::vector<std::string> words = beginnings(parser->getContext()->getRuleIndex());
  const std::string near = diag::didYouMean(std::string(tokens.text(word)), words);
  if (near.empty())
    return false;
  diagnostics.report(diag::Id::syntax, tokens.range(word), "nothing here begins with `{}`", tokens.text(word))
      .fix(tokens.range(word), near);
  return true;
}

/// Whether a word of the statement so far asks for something that holds or not.
static bool inCondition(antlr4::Parser *parser, antlr4::Token *at) {
  auto &stream = *parser->getTokenStream();
  static constexpr size_t words[] = {SnnLexer::IF, SnnLexer::WHILE, SnnLexer::WHEN, SnnLexer::UNTIL, SnnLexer::WHERE, SnnLexer::ASSERT, SnnLexer::AND, SnnLexer::OR, SnnLexer::NOT};
  for (size_t k = statementBegin(stream, at->getTokenIndex()); k < at->getTokenIndex(); ++k)
    if (std::ranges::find(words, stream.get(k)->getType()) != std::end(words))
      return true;
  return false;
}

void ErrorStrategy::report(antlr4::Parser *parser, antlr4::Token *found, const antlr4::misc::IntervalSet &expected) {
  if (found->getTokenIndex() == lastIndex)
    return;
  lastIndex = found->getTokenIndex();
  if (diagnostics.errors() >= maxErrors)
    throw antlr4::ParseCancellationException("too many errors");
  if (isReserved(found->getType())) {
    antlr4::Token *declaring = tokenBefore(parser, found);
    if (asNames.contains(std::string(tokens.text(found))))
      return;
    if (declaring && declaresName(declaring->getType()))
      asNames.emplace(tokens.text(found));
  }
  if (special(parser, found))
    return;
  diag::Diagnostic &d = diagnostics.report(diag::Id::syntax, tokens.range(found), message(parser, found, expected));
  antlr4::Token *before = tokenBefore(parser, found);
  if (const std::string_view mend = mendFor(before ? tokens.text(before) : std::string_view{}, tokens.text(found), found->getType(), inCondition(parser, found));
      !mend.empty())
    d.mend(std::string(mend));
}

void ErrorStrategy::reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &e) {
  report(parser, e.getOffendingToken(), expectedAt(parser, e));
}

void ErrorStrategy::reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &e) {
  report(parser, e.getOffendingToken(), parser->getExpectedTokens());
}

antlr4::Token *ErrorStrategy::recoverInline(antlr4::Parser *parser) { throw antlr4::InputMismatchException(parser); }

/// In a list, what cannot begin an entry is reported and skipped, so that the list goes on.
void ErrorStrategy::sync(antlr4::Parser *parser) {
  if (!isList(parser->getContext()->getRuleIndex()))
    return;
  antlr4::atn::ATNState *state = parser->getATN().states[parser->getState()];
  const antlr4::misc::IntervalSet expected = parser->getATN().nextTokens(state);
  while (!expected.contains(parser->getTokenStream()->LA(1))) {
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      report(parser, parser->getCurrentToken(), expected);
    }
    if (parser->getTokenStream()->LA(1) == antlr4::Token::EOF)
      return;
    const bool hasBlock = headOfBlock(parser);
    skipStatement(parser, hasBlock);
    if (hasBlock && parser->getTokenStream()->LA(1) == L::LC) { // what went wrong was the head of a block
      endErrorCondition(parser);
      static_cast<P *>(parser)->block();
      beginErrorCondition(parser);
    }
    skipStatement(parser, false);
    while (!expected.contains(parser->getTokenStream()->LA(1)) && endsStatement(parser->getTokenStream()->LA(1)) &&
           parser->getTokenStream()->LA(1) != antlr4::Token::EOF)
      parser->consume();
    endErrorCondition(parser);
  }
}

/// To the line end, over whole blocks; or to the first `{`.
void ErrorStrategy::skipStatement(antlr4::Parser *parser, bool stopAtBlock) {
  int open = 0;
  for (;; parser->consume()) {
    const size_t type = parser->getTokenStream()->LA(1);
    if (type == antlr4::Token::EOF || (open == 0 && (endsStatement(type) || type == L::RC || (stopAtBlock && type == L::LC))))
      return;
    open += type == L::LC;
    open -= type == L::RC;
  }
}

/// The rule that failed ends here; those around it fail in silence until one can go on.
void ErrorStrategy::recover(antlr4::Parser *parser, std::exception_ptr) {
  skipStatement(parser, announcesBlock(parser->getContext()));
}

} // namespace snn::parse
