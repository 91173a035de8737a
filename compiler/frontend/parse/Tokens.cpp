// The tokens of one text: lexing, places, documentation.
#include "compiler/frontend/parse/Tokens.h"

#include "compiler/frontend/parse/Filter.h"
#include "compiler/frontend/parse/Parse.h"

#include "SnnLexer.h"
#include <algorithm>

namespace snn::parse {

namespace {

using L = SnnLexer;

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
  raw->lexer->removeErrorListeners(); // the grammar's last rule takes what no other does
  for (auto token = raw->lexer->nextToken(); token->getType() != antlr4::Token::EOF; token = raw->lexer->nextToken()) {
    raw->tokens.push_back(std::move(token));
    if (raw->tokens.size() <= maxTokens)
      continue;
    diagnostics
        .report(diag::Id::fileTooBig, range(raw->tokens.back().get()), "more than {} words and signs in one file", maxTokens)
        .mend("keep large tables in a data file and read it with `load`");
    good = false;
    return;
  }
}

void TokenList::filter(diag::Engine &diagnostics) {
  if (!good)
    return;
  Filter pass(raw->tokens, unitNames, [this](const antlr4::Token *t) { return range(t); }, diagnostics);
  std::optional<std::vector<size_t>> seen = pass.run();
  good = seen.has_value();
  if (good)
    kept = std::move(*seen);
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
