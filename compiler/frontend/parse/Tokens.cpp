// The token filter: one pass over the lexer's tokens with a stack of open brackets.
#include "compiler/frontend/parse/Tokens.h"

#include "SnnLexer.h"
#include "compiler/frontend/parse/Parse.h"

#include <algorithm>

namespace snn::parse {

namespace {

using L = SnnLexer;

/// Reports characters that begin no token.
class LexerErrors : public antlr4::BaseErrorListener {
public:
  LexerErrors(const std::vector<uint32_t> &offsets, const source::File &f, uint32_t b, diag::Engine &d)
      : byteOf(offsets), file(f), base(b), diagnostics(d) {}
  void syntaxError(antlr4::Recognizer *recognizer, antlr4::Token *, size_t, size_t, const std::string &,
                   std::exception_ptr) override {
    const size_t at = static_cast<L *>(recognizer)->tokenStartCharIndex;
    const uint32_t byte = base + byteOf[std::min(at, byteOf.size() - 1)];
    const char c = byte < file.text().size() ? file.text()[byte] : ' ';
    uint32_t end = byte + 1;
    while (end < file.text().size() && (static_cast<unsigned char>(file.text()[end]) & 0xc0) == 0x80)
      ++end;
    const source::Range range{file.id(), byte, end};
    if (c == '"') {
      diagnostics.report(diag::Id::badString, range, "this text in quotes does not end on its line")
          .mend("close it with `\"`; a brace that is not a hole is written `\\{`");
      return;
    }
    diagnostics.report(diag::Id::badCharacter, range, "the character `{}` is not used by the language",
                       file.text().substr(byte, end - byte));
  }

private:
  const std::vector<uint32_t> &byteOf;
  const source::File &file;
  uint32_t base;
  diag::Engine &diagnostics;
};

bool continues(size_t type) { // a binary operator or assignment sign: the line goes on after it
  switch (type) {
  case L::PLUS: case L::MINUS: case L::STAR: case L::SLASH: case L::PERCENT: case L::CARET:
  case L::EQ: case L::NE: case L::LT: case L::LE: case L::GT: case L::GE: case L::AND: case L::OR:
  case L::ARROW: case L::ASSIGN: case L::ADD_TO: case L::SUB_FROM: case L::MUL_BY: case L::DIV_BY:
    return true;
  default:
    return false;
  }
}

bool isClause(size_t type) {
  return type == L::BY || type == L::LEARNING || type == L::WHERE || type == L::DELAY || type == L::PROCEDURAL ||
         type == L::AS;
}

/// Open brackets, and how many recursive constructs the statement at each level holds.
class Nesting {
public:
  int depth() const { return static_cast<int>(open.size()); }
  bool inBrackets() const { return !open.empty() && open.back() != L::LC; }
  void enter(size_t type) {
    open.push_back(type);
    constructs.push_back(0);
  }
  bool leave(size_t type) {
    const size_t wanted = type == L::RP ? L::LP : type == L::RB ? L::LB : L::LC;
    if (open.empty() || open.back() != wanted)
      return false;
    open.pop_back();
    constructs.pop_back();
    return true;
  }
  void statementEnds() { constructs.back() = 0; }
  int recursive() { return ++constructs.back(); }

private:
  std::vector<size_t> open;
  std::vector<int> constructs{0};
};

} // namespace

struct TokenList::Raw {
  std::unique_ptr<antlr4::ANTLRInputStream> input;
  std::unique_ptr<L> lexer;
  std::vector<std::unique_ptr<antlr4::Token>> tokens;
  std::vector<uint32_t> byteOf; ///< code point → byte
  std::string name;
};

TokenList::TokenList(const source::File &file, std::string_view text, uint32_t base, const UnitNames &units,
                     diag::Engine &diagnostics)
    : source(file), baseByte(base), unitNames(units), raw(std::make_unique<Raw>()) {
  lex(text, diagnostics);
  filter(diagnostics);
}
TokenList::~TokenList() = default;

void TokenList::lex(std::string_view text, diag::Engine &diagnostics) {
  for (uint32_t k = 0; k < text.size(); ++k)
    if ((static_cast<unsigned char>(text[k]) & 0xc0) != 0x80)
      raw->byteOf.push_back(k);
  raw->byteOf.push_back(static_cast<uint32_t>(text.size()));
  raw->name = source.path();
  raw->input = std::make_unique<antlr4::ANTLRInputStream>(std::string(text));
  raw->lexer = std::make_unique<L>(raw->input.get());
  LexerErrors errors(raw->byteOf, source, baseByte, diagnostics);
  raw->lexer->removeErrorListeners();
  raw->lexer->addErrorListener(&errors);
  raw->tokens = raw->lexer->getAllTokens();
  raw->lexer->removeErrorListeners();
}

void TokenList::filter(diag::Engine &diagnostics) {
  Nesting nesting;
  bool inConnect = false;
  size_t before = L::NL; // type of the last token kept
  const auto &tokens = raw->tokens;
  const auto typeAfter = [&](size_t k) {
    while (++k < tokens.size())
      if (tokens[k]->getType() != L::NL && tokens[k]->getChannel() == 0)
        return tokens[k]->getType();
    return antlr4::Token::EOF;
  };
  const auto refuse = [&](const antlr4::Token *at) {
    diagnostics.report(diag::Id::tooDeep, range(at), "nested more than {} deep here", maxNesting)
        .mend("name parts of it with `let`");
    good = false;
  };
  for (size_t k = 0; k < tokens.size() && good; ++k) {
    antlr4::Token *token = tokens[k].get();
    size_t type = token->getType();
    if (token->getChannel() != 0)
      continue;
    if (type == L::NL) {
      const size_t after = typeAfter(k);
      if (nesting.inBrackets() || before == L::NL || before == L::COMMA || continues(before) || continues(after) ||
          after == L::LC || (before == L::RC && after == L::ELSE) || (inConnect && isClause(after)))
        continue;
      inConnect = false;
      nesting.statementEnds();
    } else if (type == L::SEMI) {
      inConnect = false;
      nesting.statementEnds();
    } else if (type == L::COMMA) {
      nesting.statementEnds();
    } else if (type == L::LP || type == L::LB || type == L::LC) {
      if (type == L::LC)
        inConnect = false;
      nesting.enter(type);
      if (nesting.depth() > maxNesting)
        refuse(token);
    } else if (type == L::RP || type == L::RB || type == L::RC) {
      if (type == L::RC)
        inConnect = false;
      if (!nesting.leave(type)) {
        diagnostics.report(diag::Id::unmatchedBracket, range(token), "`{}` closes nothing that is open here",
                           token->getText());
        good = false;
      }
    } else if (type == L::CONNECT && (before == L::NL || before == L::SEMI || before == L::LC)) {
      inConnect = true;
    } else if (type == L::NAME && before == L::NUMBER && unitNames.contains(token->getText())) {
      type = L::UNIT_NAME;
      static_cast<antlr4::CommonToken *>(token)->setType(L::UNIT_NAME);
    }
    const bool prefix = type == L::NOT || (type == L::MINUS && (continues(before) || before == L::LP));
    if ((prefix || type == L::CARET || type == L::ELSE || type == L::IF) && nesting.recursive() > maxNesting)
      refuse(token);
    before = type;
    kept.push_back(k);
  }
}

source::Range TokenList::range(const antlr4::Token *from, const antlr4::Token *to) const {
  const auto byte = [&](size_t codePoint) {
    return baseByte + raw->byteOf[std::min(codePoint, raw->byteOf.size() - 1)];
  };
  if (!from || from->getType() == antlr4::Token::EOF) {
    const uint32_t end = baseByte + raw->byteOf.back();
    return {source.id(), end, end};
  }
  const size_t last = to && to->getType() != antlr4::Token::EOF && to->getStopIndex() + 1 > from->getStartIndex()
                          ? to->getStopIndex()
                          : from->getStopIndex();
  return {source.id(), byte(from->getStartIndex()), byte(last + 1)};
}

std::string_view TokenList::text(const antlr4::Token *token) const {
  const source::Range r = range(token);
  return source.text().substr(r.begin, r.end - r.begin);
}

std::string TokenList::docAbove(const antlr4::Token *token) const {
  uint32_t line = source.place(range(token).begin).line;
  std::vector<std::string_view> lines;
  while (line > 1) {
    std::string_view text = source.line(--line);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.starts_with("##"))
      break;
    text.remove_prefix(2);
    if (text.starts_with(' '))
      text.remove_prefix(1);
    lines.push_back(text);
  }
  std::string doc;
  for (auto it = lines.rbegin(); it != lines.rend(); ++it)
    doc.append(doc.empty() ? "" : "\n").append(*it);
  return doc;
}

std::unique_ptr<antlr4::Token> TokenList::nextToken() {
  if (next < kept.size())
    return std::make_unique<antlr4::CommonToken>(raw->tokens[kept[next++]].get());
  auto end = std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF);
  end->setStartIndex(raw->byteOf.size() - 1);
  end->setStopIndex(raw->byteOf.size() - 1);
  return end;
}

size_t TokenList::getLine() const { return 0; }
size_t TokenList::getCharPositionInLine() { return 0; }
antlr4::CharStream *TokenList::getInputStream() { return raw->input.get(); }
std::string TokenList::getSourceName() { return raw->name; }
antlr4::TokenFactory<antlr4::CommonToken> *TokenList::getTokenFactory() {
  return antlr4::CommonTokenFactory::DEFAULT.get();
}

} // namespace snn::parse
