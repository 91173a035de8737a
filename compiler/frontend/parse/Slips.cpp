// The slips, one function each: it looks at the statement around the error and says what is written here.
#include "compiler/frontend/parse/SlipStatement.h"

namespace snn::parse {

namespace slips {

Statement::Statement(antlr4::Parser *parser, const TokenList &t, antlr4::Token *found) : tokens(t) {
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

namespace {

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

/// param tau = 20 ms  state V : mV = 0
Found twoOnOneLine(const Statement &s) {
  if (s.at == 0 || s.type(s.at) == L::NAME || !isWord(s.type(s.at)) || (!isWord(s.type(s.at + 1)) && s.type(s.at + 1) != L::STRING))
    return std::nullopt;
  const bool begins = s.begins(s.at, s.rule) && s.begins(0, s.rule);
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

/// def f(x):, from std.neurons import LIF, k++
Found otherWords(const Statement &s) {
  const std::string_view first = s.word(0);
  if (first == "from" && s.at <= 1 && s.mentions("import", 1)) {
    size_t end = 1;
    while (s.type(end) != L::IMPORT)
      ++end;
    return Slip{s.range(0, 0), "an import does not begin with `from`", "write `import " + s.text(1, end) + "`: all of its models are known by their names then", {}};
  }
  if (s.at > 0 && s.type(s.at) == L::STRING && s.word(s.at - 1) == "f")
    return Slip{s.range(s.at - 1, s.at - 1), "a text has no letter in front", "leave out the `f`: every text has holes", {}};
  if (s.at > 1 && s.type(s.at) == L::IF && s.type(s.at - 1) == L::ASSIGN)
    return Slip{s.range(s.at, s.at), "a value does not begin with `if`", "a choice of values is written `" + s.text(0, s.at) + " a if c else b`", {}};
  if (s.type(0) == L::FN && s.word(s.at - (s.at > 0)) == "return" && s.at > 0)
    return Slip{s.range(s.at - 1, s.at - 1), "a function has no statements", "it is one value: `fn f(x) = " + s.text(s.at, s.size()) + "`", {}};
  if (first == "return" && s.at <= 1)
    return Slip{s.range(0, 0), "there is no `return`", "a function is one value: `fn f(x) = " + s.text(1, s.size()) + "`", {}};
  if ((first == "def" || first == "function" || first == "func") && s.at <= 1 && isWord(s.type(1)))
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

} // namespace slips

using slips::endsStatement;
using slips::isBrace;
using L = SnnLexer;

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
  static constexpr slips::Found (*all[])(const slips::Statement &) = {
      slips::derivative,  slips::sumOfTerms,   slips::spikeMember,   slips::assignment, slips::unitAfterBracket, slips::pythonBlock,
      slips::rangeSigns,  slips::eachInterval, slips::blockWithoutBraces, slips::durations,    slips::printedValues, slips::clauseOrder, slips::clauseWithoutValue, slips::clauseWord,
      slips::twoOnOneLine, slips::reservedWord, slips::otherWords,   slips::misplaced};
  const slips::Statement statement(parser, tokens, found);
  for (const auto recognise : all)
    if (const slips::Found slip = recognise(statement)) {
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
