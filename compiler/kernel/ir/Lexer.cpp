// The cursor over a text of the Kernel IR.
#include "compiler/kernel/ir/Lexer.h"

#include "runtime/abi/Image.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace snn::kernel::text {

void Lexer::fail(std::string message) const { throw Failure{{line, std::move(message)}}; }

void Lexer::skip(bool lines) {
  while (at < text.size()) {
    const char c = text[at];
    if (c == '#') {
      const size_t end = std::min(text.find('\n', at), text.size());
      comment = std::string(text.substr(at + 1, end - at - 1));
      comment.erase(0, comment.find_first_not_of(' '));
      at = end;
    } else if (c == '\n' && lines) {
      ++line;
      ++at;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else {
      return;
    }
  }
}

bool Lexer::atEnd() {
  skip(true);
  return at == text.size();
}

bool Lexer::atLineEnd() {
  skip();
  return at == text.size() || text[at] == '\n';
}

void Lexer::endLine() {
  if (!atLineEnd())
    fail(fmt::format("the line goes on with `{}`", text.substr(at, std::min<size_t>(20, text.find('\n', at) - at))));
}

bool Lexer::sees(std::string_view token) {
  skip();
  return text.substr(at).starts_with(token);
}

bool Lexer::accept(std::string_view token) {
  if (!sees(token))
    return false;
  at += token.size();
  return true;
}

void Lexer::expect(std::string_view token) {
  if (!accept(token))
    fail(fmt::format("`{}` is expected", token));
}

bool Lexer::peek(char c) {
  skip();
  return at < text.size() && text[at] == c;
}

std::string_view Lexer::word() {
  skip();
  const size_t begin = at;
  while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_'))
    ++at;
  if (begin == at)
    fail("a word is expected");
  return text.substr(begin, at - begin);
}

std::string Lexer::string() {
  expect("\"");
  std::string out;
  for (; at < text.size() && text[at] != '"'; ++at) {
    char c = text[at];
    if (c == '\n')
      fail("the text does not end");
    if (c == '\\' && ++at < text.size())
      c = text[at] == 'n' ? '\n' : text[at];
    out += c;
  }
  expect("\"");
  return out;
}

std::string_view Lexer::number() {
  skip();
  const size_t begin = at;
  while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '.' || text[at] == '-' ||
                              (text[at] == '+' && at > begin)))
    ++at;
  if (begin == at)
    fail("a number is expected");
  return text.substr(begin, at - begin);
}

double Lexer::real() {
  const std::string_view n = number();
  double x = 0;
  const auto [end, error] = std::from_chars(n.data(), n.data() + n.size(), x);
  if (end != n.data() + n.size() || error == std::errc::invalid_argument)
    fail(fmt::format("`{}` is not a number", n));
  return x;
}

int64_t Lexer::integer() {
  const std::string_view n = number();
  int64_t x = 0;
  const auto [end, error] = std::from_chars(n.data(), n.data() + n.size(), x);
  if (end != n.data() + n.size() || error != std::errc())
    fail(fmt::format("`{}` is not a whole number", n));
  return x;
}

uint32_t Lexer::count() {
  if (accept("none"))
    return abi::none;
  const int64_t n = integer();
  if (n < 0 || n >= abi::none)
    fail(fmt::format("{} is out of range", n));
  return static_cast<uint32_t>(n);
}

} // namespace snn::kernel::text
