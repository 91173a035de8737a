// Parsing of the holes of texts with the same lexer, filter and grammar.
#include "compiler/frontend/parse/Holes.h"

#include "compiler/frontend/parse/Builder.h"
#include "compiler/frontend/parse/Errors.h"

namespace snn::parse {

size_t holeEnd(std::string_view text, size_t from) {
  bool quoted = false;
  for (size_t k = from; k < text.size(); ++k) {
    if (text[k] == '"')
      quoted = !quoted;
    else if (text[k] == '}' && !quoted)
      return k;
  }
  return text.size();
}

size_t formatColon(std::string_view hole) {
  size_t colon = std::string_view::npos;
  int open = 0;
  bool quoted = false;
  for (size_t k = 0; k < hole.size(); ++k) {
    const char c = hole[k];
    if (c == '"')
      quoted = !quoted;
    if (quoted)
      continue;
    open += c == '(' || c == '[';
    open -= c == ')' || c == ']';
    if (c == ':' && open == 0)
      colon = k;
  }
  return colon;
}

ast::ExprPtr parseHole(const TokenList &outer, uint32_t begin, std::string_view text, support::Arena &arena,
                       diag::Engine &diagnostics, ast::ExprPtr &unit) {
  const size_t errorsBefore = diagnostics.errors();
  if (text.find_first_not_of(" \t") == std::string_view::npos)
    diagnostics.report(diag::Id::badString, {outer.file().id(), begin - 1, begin + static_cast<uint32_t>(text.size()) + 1}, "an empty hole")
        .mend("a hole holds a value: `{x}`; braces of the text itself are written `\\{` and `\\}`");
  TokenList tokens(outer.file(), text, begin, outer.units(), diagnostics);
  if (tokens.usable() && diagnostics.errors() == errorsBefore) {
    antlr4::CommonTokenStream stream(&tokens);
    SnnParser parser(&stream);
    parser.removeErrorListeners();
    parser.setErrorHandler(std::make_shared<ErrorStrategy>(tokens, diagnostics, errorsBefore + 1));
    try {
      auto *tree = parser.hole();
      if (diagnostics.errors() == errorsBefore)
        return Builder(tokens, arena, diagnostics).hole(tree, unit);
    } catch (const antlr4::ParseCancellationException &) {
      // reported already
    }
  }
  const source::Range range{outer.file().id(), begin, begin + static_cast<uint32_t>(text.size())};
  return arena.make<ast::Number>(range, "0", ast::Name{});
}

} // namespace snn::parse
