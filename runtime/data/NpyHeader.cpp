// Parses the header of .npy files; reads only what NumPy writes: texts, True and False, tuples of integers.
#include "runtime/data/NpyHeader.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace snn::rt::data {

namespace {

class Parser {
public:
  explicit Parser(std::string_view t) : text(t) {}
  std::string wrong;

  bool dictionary(NpyHeader &out) {
    if (!expect('{'))
      return false;
    while (!accept('}')) {
      std::string key;
      if (!quoted(key) || !expect(':') || !value(key, out))
        return false;
      if (!accept(',') && !peek('}'))
        return fail("',' or '}' expected");
    }
    skip();
    if (at != text.size())
      return fail("the header should end here");
    if (!hasType || !hasOrder || !hasShape)
      return fail("the header lacks descr, fortran_order or shape");
    return true;
  }

private:
  std::string_view text;
  size_t at = 0;
  bool hasType = false, hasOrder = false, hasShape = false;

  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n'))
      ++at;
  }
  bool peek(char c) {
    skip();
    return at < text.size() && text[at] == c;
  }
  bool accept(char c) {
    if (!peek(c))
      return false;
    ++at;
    return true;
  }
  bool expect(char c) { return accept(c) || fail(fmt::format("'{}' expected", c)); }
  bool fail(std::string_view what) {
    wrong = fmt::format("bad header, at its character {}: {}", at, what);
    return false;
  }
  bool quoted(std::string &out) {
    skip();
    const char mark = at < text.size() ? text[at] : 0;
    const size_t end = mark == '\'' || mark == '"' ? text.find(mark, at + 1) : std::string_view::npos;
    if (end == std::string_view::npos)
      return fail("a quoted text expected");
    out = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return true;
  }

  bool value(const std::string &key, NpyHeader &out) {
    if (key == "descr") {
      hasType = true;
      std::string type;
      if (peek('['))
        return fail("records with fields cannot be read");
      return quoted(type) && elementType(type, out);
    }
    if (key == "fortran_order") {
      hasOrder = true;
      skip();
      for (const std::string_view word : {"True", "False"})
        if (text.substr(at).starts_with(word)) {
          out.fortran = word == "True";
          at += word.size();
          return true;
        }
      return fail("True or False expected");
    }
    if (key == "shape") {
      hasShape = true;
      return tuple(out.shape);
    }
    return fail(fmt::format("unknown key '{}'", key));
  }

  bool elementType(const std::string &type, NpyHeader &out) {
    const std::string_view known[] = {"b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"};
    const bool ordered = type.size() == 3 && std::string_view("<>|=").find(type[0]) != std::string_view::npos;
    if (!ordered || std::ranges::find(known, type.substr(1)) == std::end(known))
      return fail(fmt::format("elements of type '{}' cannot be read (b1, i1 to i8, u1 to u8, f2, f4, f8 can)", type));
    out.bigEndian = type[0] == '>';
    out.kind = type[1];
    out.bytes = type[2] - '0';
    return true;
  }

  bool tuple(std::vector<int64_t> &out) {
    if (!expect('('))
      return false;
    out.clear();
    while (!accept(')')) {
      skip();
      int64_t n = 0;
      const auto [end, code] = std::from_chars(text.data() + at, text.data() + text.size(), n);
      if (code != std::errc() || n < 0)
        return fail("a length that is not negative expected");
      at = static_cast<size_t>(end - text.data());
      out.push_back(n);
      if (out.size() > 32)
        return fail("more than 32 axes");
      if (!accept(',') && !peek(')'))
        return fail("',' or ')' expected");
    }
    return true;
  }
};

} // namespace

std::optional<NpyHeader> parseNpyHeader(std::string_view text, std::string &wrong) {
  NpyHeader header;
  Parser parser(text);
  if (parser.dictionary(header))
    return header;
  wrong = parser.wrong;
  return std::nullopt;
}

} // namespace snn::rt::data
