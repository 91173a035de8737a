// The token filter: one pass with a stack of open brackets.
#include "compiler/frontend/parse/Filter.h"

#include "compiler/base/units/Spellings.h"
#include "compiler/frontend/ast/Expr.h"
#include "compiler/frontend/parse/Parse.h"
#include "compiler/frontend/parse/Slips.h"

#include "SnnLexer.h"
#include <algorithm>

namespace snn::parse {

namespace {

using L = SnnLexer;

bool isComparison(size_t type) {
  return type == L::EQ || type == L::NE || type == L::LT || type == L::LE || type == L::GT || type == L::GE;
}
bool isAssignment(size_t type) {
  return type == L::ASSIGN || type == L::ADD_TO || type == L::SUB_FROM || type == L::MUL_BY || type == L::DIV_BY;
}
bool isArithmetic(size_t type) {
  return type == L::PLUS || type == L::MINUS || type == L::STAR || type == L::SLASH || type == L::PERCENT;
}
/// A binary operator or assignment sign: a line goes on after it and before it.
bool continues(size_t type) {
  return isArithmetic(type) || isComparison(type) || isAssignment(type) || type == L::CARET || type == L::AND ||
         type == L::OR || type == L::ARROW;
}
bool isClause(size_t type) {
  return type == L::BY || type == L::LEARNING || type == L::WHERE || type == L::DELAY || type == L::PROCEDURAL ||
         type == L::AS;
}
/// A word that means something only in its place.
bool isSoftWord(size_t type) { return type >= L::IMPORT && type <= L::OVER; }
bool isWord(size_t type) { return type == L::NAME || isSoftWord(type); }
/// After these a value is complete, so that `-` is a binary operator.
bool endsValue(size_t type) {
  return isWord(type) || type == L::NUMBER || type == L::UNIT_NAME || type == L::STRING || type == L::TRUE ||
         type == L::FALSE || type == L::RP || type == L::RB;
}
bool opens(size_t type) { return type == L::LP || type == L::LB || type == L::LC; }
bool closes(size_t type) { return type == L::RP || type == L::RB || type == L::RC; }
size_t partner(size_t type) {
  return type == L::LP ? L::RP : type == L::LB ? L::RB : type == L::LC ? L::RC : type == L::RP ? L::LP
         : type == L::RB ? L::LB : L::LC;
}
std::string_view spelling(size_t type) {
  return type == L::LP ? "(" : type == L::LB ? "[" : type == L::LC ? "{" : type == L::RP ? ")"
         : type == L::RB ? "]" : "}";
}

/// The operator that is meant by a character of other languages; 0 if none is.
size_t standsFor(std::string_view character) {
  static constexpr std::pair<std::string_view, size_t> signs[] = {
      {"&", L::AND},       {"|", L::OR},        {"!", L::NOT},       {"\u00d7", L::STAR}, {"\u00b7", L::STAR}, {"\u00f7", L::SLASH},
      {"\u2212", L::MINUS}, {"\u2013", L::MINUS}, {"\u2264", L::LE}, {"\u2265", L::GE},   {"\u2260", L::NE},   {"\u2192", L::ARROW},
  };
  const auto *found = std::ranges::find(signs, character, [](const auto &s) { return s.first; });
  return found == std::end(signs) ? 0 : found->second;
}

} // namespace

std::optional<std::vector<size_t>> Filter::run() {
  const size_t count = tokens.size(); // closing brackets are appended behind
  before = L::NL;
  for (size_t k = 0; k < count && good; ++k)
    if (tokens[k]->getChannel() == 0 && !foreignComment(k))
      take(k);
  while (good && levels.size() > 1)
    closeInnermost();
  endList();
  return good ? std::optional(std::move(kept)) : std::nullopt;
}

void Filter::take(size_t k) {
  const size_t type = tokens[k]->getType();
  if (type == L::BAD_STRING || type == L::BAD_CHARACTER)
    return badText(k, type);
  if (type == L::NL) {
    if (!newlineCounts(k))
      return;
    inConnect = false;
    endStatement();
    return keep(k, type);
  }
  if (type == L::SEMI) {
    while (inBrackets())
      closeInnermost();
    inConnect = false;
    endStatement();
  } else if (opens(type) || closes(type)) {
    if (!bracket(k, type))
      return;
  } else if (before == L::NL || before == L::SEMI || before == L::LC) {
    inConnect = inConnect || type == L::CONNECT;
    closeAtDeclaration(k, type);
  }
  count(k, type);
  if (type == L::NAME && before == L::NUMBER && isUnit(k)) {
    static_cast<antlr4::CommonToken *>(tokens[k].get())->setType(L::UNIT_NAME);
    return keep(k, L::UNIT_NAME);
  }
  keep(k, type);
}

/// Whether the name after a number is a unit, or stands for one (µs, volt): that is reported, and the statement goes on.
bool Filter::isUnit(size_t k) {
  const std::string name = tokens[k]->getText();
  if (units.contains(name))
    return true;
  const std::string meant = units::meant(name);
  if (meant.empty())
    return false;
  const source::Range at = range(tokens[k].get());
  diagnostics.report(diag::Id::unknownUnit, at, "`{}` is not a unit", name).fix(at, meant);
  return true;
}

/// `// …` and `/* … */`: reported and skipped; k becomes the last token of it.
bool Filter::foreignComment(size_t &k) {
  source::Range at = range(tokens[k].get());
  at.end = at.begin + 2;
  const std::string_view sign = diagnostics.sources().text(at);
  if (tokens[k]->getType() != L::SLASH || (sign != "//" && sign != "/*"))
    return false;
  const bool block = sign == "/*";
  const size_t divisor = nextOnLine(k + 1); // 7 // 2
  const bool division = !block && endsValue(before) && divisor < tokens.size() && nextOnLine(divisor) == tokens.size();
  diagnostics.report(diag::Id::syntax, at, "`{}` begins no comment", sign)
      .mend(division ? "a comment begins with `#`; a whole-number division is `floor(a / b)`"
                     : "a comment begins with `#` and reaches to the end of the line");
  const std::string_view text = diagnostics.sources().file(at.file)->text();
  const size_t close = block ? text.find("*/", at.end) : std::string_view::npos;
  while (k + 1 < tokens.size() && (close == std::string_view::npos ? tokens[k + 1]->getType() != L::NL
                                                                   : range(tokens[k + 1].get()).begin < close + 2))
    ++k;
  return true;
}

/// Whether the line end ends a statement. One before what can only be a new statement does, whatever is left open.
bool Filter::newlineCounts(size_t k) {
  if (before == L::NL)
    return false;
  const size_t after = typeAfter(k);
  if ((inBrackets() || continues(before) || before == L::COMMA) && after != antlr4::Token::EOF && beginsStatement(k)) {
    while (inBrackets())
      closeInnermost();
    return true;
  }
  return !(inBrackets() || before == L::COMMA || continues(before) || continues(after) || after == L::LC ||
           (before == L::RC && after == L::ELSE) || (inConnect && isClause(after)));
}

/// False when the bracket is dropped because it closes nothing.
bool Filter::bracket(size_t k, size_t type) {
  if (type == L::LC || type == L::RC)
    inConnect = false;
  if (opens(type)) {
    levels.push_back({type, tokens[k].get()});
    if (++nested > maxNesting)
      refuse(k);
    return true;
  }
  // The innermost partner; a parenthesis does not reach out of a block.
  size_t level = levels.size() - 1;
  while (level > 0 && levels[level].type != partner(type) && (type == L::RC || levels[level].type != L::LC))
    --level;
  if (level == 0 || levels[level].type != partner(type)) {
    diagnostics.report(diag::Id::unmatchedBracket, range(tokens[k].get()), "`{}` closes nothing that is open here",
                       spelling(type));
    return false;
  }
  while (levels.size() - 1 > level)
    closeInnermost();
  if (type == L::RC)
    endList();
  pop();
  return true;
}

/// Reports the innermost open bracket and closes it.
void Filter::closeInnermost() {
  const Level &level = levels.back();
  diagnostics.report(diag::Id::unmatchedBracket, range(level.token), "this `{}` is never closed", spelling(level.type));
  const size_t type = partner(level.type);
  if (type == L::RC)
    endList();
  pop();
  insert(type, spelling(type));
}

/// `network N {` at the beginning of a line cannot stand in a block: the block was left open.
void Filter::closeAtDeclaration(size_t k, size_t type) {
  if (levels.size() == 1 || type < L::NEURON || type > L::TEST)
    return;
  const size_t name = nextOnLine(k), then = name < tokens.size() ? nextOnLine(name) : tokens.size();
  if (then >= tokens.size())
    return;
  const size_t nameType = tokens[name]->getType(), thenType = tokens[then]->getType();
  if (!(isWord(nameType) || nameType == L::STRING) || !(thenType == L::LC || thenType == L::EXTENDS || thenType == L::ON))
    return;
  while (levels.size() > 1)
    closeInnermost();
  endList();
}

/// Ends the last statement of a block or of the file, so that each statement has an end of its own.
void Filter::endList() {
  if (before == L::NL || before == L::SEMI || before == L::LC)
    return;
  insert(L::SEMI, ";");
}

/// A token without text behind the last one kept.
void Filter::insert(size_t type, std::string_view text) {
  auto token = std::make_unique<antlr4::CommonToken>(type, std::string(text));
  const size_t at = kept.empty() ? 0 : tokens[kept.back()]->getStopIndex() + 1;
  token->setStartIndex(at);
  token->setStopIndex(at - 1);
  tokens.push_back(std::move(token));
  keep(tokens.size() - 1, type);
}

/// Counts what makes the parser or a later stage recurse.
void Filter::count(size_t k, size_t type) {
  Level &level = levels.back();
  const bool prefix = type == L::NOT || type == L::CARET || (type == L::MINUS && !endsValue(before));
  if (type == L::COMMA)
    endStatement();
  else if (prefix || type == L::ELSE) {
    ++(prefix ? level.prefixes : level.elses);
    if (++nested > maxNesting)
      refuse(k);
  } else if (continues(type) || type == L::CROSSES) {
    endOperand();
    if (static_cast<uint32_t>(++level.operators) > ast::maxHeight && good) {
      good = false;
      diagnostics
          .report(diag::Id::tooDeep, range(tokens[k].get()), "an expression of more than {} operations", ast::maxHeight)
          .mend("name parts of it with `let`");
    }
  }
}

void Filter::refuse(size_t k) {
  if (!std::exchange(good, false))
    return;
  diagnostics.report(diag::Id::tooDeep, range(tokens[k].get()), "nested more than {} deep here", maxNesting)
      .mend("name parts of it with `let`");
}

void Filter::endOperand() {
  nested -= levels.back().prefixes;
  levels.back().prefixes = 0;
}

void Filter::endStatement() {
  endOperand();
  nested -= levels.back().elses;
  levels.back().elses = levels.back().operators = 0;
}

void Filter::pop() {
  endStatement();
  --nested;
  levels.pop_back();
}

void Filter::keep(size_t k, size_t type) {
  before = type;
  kept.push_back(k);
}

void Filter::badText(size_t k, size_t type) {
  const source::Range at = range(tokens[k].get());
  if (type == L::BAD_STRING) {
    diagnostics.report(diag::Id::badString, at, "this text in quotes does not end on its line, or holds a stray brace")
        .mend("close it with `\"`; a brace that is not a hole is written `\\{` or `\\}`");
    static_cast<antlr4::CommonToken *>(tokens[k].get())->setType(L::STRING); // so that the statement can go on
    return keep(k, L::STRING);
  }
  if (k && tokens[k - 1]->getStopIndex() + 1 == tokens[k]->getStartIndex() &&
      (tokens[k - 1]->getType() == L::BAD_CHARACTER || standsFor(tokens[k - 1]->getText())))
    return; // one message for a run of them
  const std::string character = tokens[k]->getText();
  const bool visible = static_cast<unsigned char>(character[0]) > 0x20 && character[0] != 0x7f;
  diag::Diagnostic &d =
      visible ? diagnostics.report(diag::Id::badCharacter, at, "the language does not use the character `{}`", character)
              : diagnostics.report(diag::Id::badCharacter, at, "the language does not use the character with the code {}",
                                   static_cast<int>(static_cast<unsigned char>(character[0])));
  const bool second = character == "'" && k && tokens[k - 1]->getType() == SnnLexer::PRIMED && tokens[k - 1]->getStopIndex() + 1 == tokens[k]->getStartIndex();
  if (const std::string_view word = second ? "a second derivative is that of a state of its own: `x' = v` and `v' = …`" : wordForCharacter(character); !word.empty())
    d.mend(std::string(word));
  // `a && b` goes on as `a and b`: what stands on both sides is checked in its own right.
  const size_t meant = standsFor(character);
  if (!meant)
    return;
  static_cast<antlr4::CommonToken *>(tokens[k].get())->setType(meant);
  count(k, meant);
  keep(k, meant);
}

bool Filter::inBrackets() const { return levels.back().type == L::LP || levels.back().type == L::LB; }

size_t Filter::nextOnLine(size_t k) const {
  while (++k < tokens.size() && tokens[k]->getChannel() != 0)
    ;
  return k < tokens.size() && tokens[k]->getType() != L::NL ? k : tokens.size();
}

size_t Filter::typeAfter(size_t k) const {
  while (++k < tokens.size())
    if (tokens[k]->getType() != L::NL && tokens[k]->getChannel() == 0)
      return tokens[k]->getType();
  return antlr4::Token::EOF;
}

/// Whether the line after the line end k can only be a statement or the end of a block.
bool Filter::beginsStatement(size_t k) const {
  size_t first = k;
  while (first < tokens.size() && (tokens[first]->getType() == L::NL || tokens[first]->getChannel() != 0))
    ++first;
  if (first == tokens.size())
    return true;
  const size_t type = tokens[first]->getType();
  if (type == L::RC || type == L::LET || type == L::VAR || type == L::FN || type == L::FOR || type == L::WHILE ||
      type == L::PRIMED)
    return true;
  const size_t second = nextOnLine(first);
  if (second >= tokens.size() || !isWord(type) || type == L::CROSSES)
    return false;
  const size_t then = tokens[second]->getType();
  if (then == L::ADD_TO || then == L::SUB_FROM || then == L::MUL_BY || then == L::DIV_BY)
    return true;
  return isSoftWord(type) && (isWord(then) || then == L::NUMBER || then == L::STRING) && then != L::CROSSES;
}

} // namespace snn::parse
