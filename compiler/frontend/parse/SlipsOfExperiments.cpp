// Loops, runs and texts as other languages write them.
#include "compiler/frontend/parse/SlipStatement.h"

namespace snn::parse::slips {

/// for k in 0..3, for k in 1:10
Found rangeSigns(const Statement &s) {
  const bool dots = s.at >= 2 && s.type(s.at) == L::DOT && s.type(s.at - 1) == L::DOT;
  const bool colon = s.type(0) == L::FOR && s.type(s.at) == L::COLON && s.at + 1 < s.size();
  if (!dots && !colon)
    return std::nullopt;
  const size_t left = dots ? s.at - 2 : s.at - 1, right = s.at + 1;
  std::string meant = "range(from, to)";
  if (dots && right + 1 == s.size() && (s.type(right) == L::NUMBER || isWord(s.type(right))) &&
      (s.type(left) == L::NUMBER || isWord(s.type(left))))
    meant = "range(" + (s.word(left) == "0" ? "" : std::string(s.word(left)) + ", ") + std::string(s.word(right)) + ")";
  return Slip{s.range(dots ? s.at - 1 : s.at, s.at), std::string("a range is not written with `") + (dots ? ".." : ":") + "`",
              "write `" + meant + "`: whole numbers, the last one left out", {}};
}

/// for k in range(3):
Found pythonBlock(const Statement &s) {
  static constexpr size_t heads[] = {L::FOR,  L::WHILE, L::IF,   L::ELSE,  L::NEURON, L::ENCODER, L::SYNAPSE, L::RULE, L::NETWORK,
                                     L::EXPERIMENT, L::TEST, L::SPIKE, L::ON, L::EACH, L::EVERY};
  const bool isElse = s.type(0) == L::ELSE && s.at == 0 && s.type(1) == L::COLON;
  const size_t colon = isElse ? 1 : s.at;
  const bool follows = colon + 1 < s.size() && s.begins(colon + 1, P::RuleBlock);
  if (s.type(colon) != L::COLON || colon == 0 || (colon + 1 != s.size() && !follows) || std::ranges::find(heads, s.type(0)) == std::end(heads))
    return std::nullopt;
  return Slip{s.range(colon, colon), "no block begins with `:`",
              "a block stands in braces: `" + s.text(0, colon) + " { " + (follows ? s.text(colon + 1, s.size()) : "…") + " }`", {}};
}

/// run 10 ms until c, run until c for 10 ms, run for 10 ms; hold 2 ms
Found durations(const Statement &s) {
  const size_t type = s.type(s.at);
  if (s.type(0) == L::HOLD && s.at == 1 && type == L::NUMBER)
    return Slip{s.range(1, 1), "`hold` needs the state that is held", "write `hold V for " + s.text(1, s.size()) + "`", {}};
  if (s.type(0) != L::RUN || s.at == 0 || (type != L::UNTIL && type != L::FOR))
    return std::nullopt;
  const std::string rest = s.text(s.at + 1, s.size());
  std::string meant = "run " + rest;
  if (type == L::UNTIL)
    meant = "run until " + rest + " max " + s.text(1, s.at);
  else if (s.type(1) == L::UNTIL)
    meant = "run until " + s.text(2, s.at) + " max " + rest;
  else if (s.at != 1)
    return std::nullopt;
  return Slip{s.range(s.at, s.at), "`" + std::string(s.word(s.at)) + "` cannot stand here", "write `" + meant + "`", {}};
}

/// for k in range(3) run 10 ms: a block without braces.
Found blockWithoutBraces(const Statement &s) {
  const bool head = s.type(0) == L::FOR || s.type(0) == L::IF || s.type(0) == L::WHILE;
  if (!head || s.at < 2 || (s.rule != P::RuleBlock && s.rule != P::RuleNetBlock) || !isWord(s.type(s.at)) || !s.begins(s.at, s.rule))
    return std::nullopt;
  return Slip{s.range(s.at, s.at), "`" + std::string(s.word(s.at)) + "` begins a block here, which stands in braces",
              "write `" + s.text(0, s.at) + " { " + s.text(s.at, s.size()) + " }`", {}};
}

/// print "V", x, y
Found printedValues(const Statement &s) {
  if (s.type(0) != L::PRINT || s.type(1) != L::STRING || s.at != 2 || s.type(2) != L::COMMA || s.size() < 4)
    return std::nullopt;
  std::string text(s.word(1).substr(0, s.word(1).size() - 1));
  int depth = 0;
  for (size_t first = 3, k = 3; k <= s.size(); ++k) {
    const size_t type = s.type(k);
    depth += (type == L::LP || type == L::LB) - (type == L::RP || type == L::RB);
    if (k < s.size() && (type != L::COMMA || depth > 0))
      continue;
    text += " {" + s.text(first, k) + "}";
    first = k + 1;
  }
  return Slip{s.range(2, 2), "`print` takes one text", "values stand in its holes: `print " + text + "\"`", {}};
}

} // namespace snn::parse::slips
