// Clauses of connections out of their order or by other names, and statements where others stand.
#include "compiler/frontend/parse/SlipStatement.h"

namespace snn::parse::slips {

/// delay as rec, learning as rec: the next clause stands where the value should.
Found clauseWithoutValue(const Statement &s) {
  const size_t type = s.at > 1 ? s.type(s.at - 1) : antlr4::Token::EOF, clause = s.at > 1 ? s.type(s.at - 2) : antlr4::Token::EOF;
  if (s.type(0) != L::CONNECT || (type != L::AS && type != L::LEARNING && type != L::DELAY) || (clause != L::DELAY && clause != L::WHERE))
    return std::nullopt;
  const std::string word(s.word(s.at - 2));
  return Slip{s.range(s.at - 2, s.at - 2), "`" + word + "` needs a value",
              clause == L::DELAY ? "write `delay 1 ms " + s.text(s.at - 1, s.size()) + "`" : "write a condition: `where pre.i != post.i`", {}};
}

namespace {

/// Behind the name that token k is, with its arguments.
size_t endOfCall(const Statement &s, size_t k) {
  if (s.type(++k) != L::LP)
    return k;
  for (int depth = 0; k < s.size(); ++k) {
    depth += s.type(k) == L::LP;
    depth -= s.type(k) == L::RP;
    if (depth == 0)
      return k + 1;
  }
  return k;
}

bool isPattern(std::string_view word) {
  static constexpr std::string_view patterns[] = {"all_to_all", "one_to_one", "random", "fixed_in", "fixed_out", "fixed_total", "distance", "pairs"};
  return std::ranges::find(patterns, word) != std::end(patterns);
}

size_t find(const Statement &s, size_t type, size_t from) {
  while (from < s.size() && s.type(from) != type)
    ++from;
  return from;
}

} // namespace

/// connect a -> b by S all_to_all
static Found patternBehind(const Statement &s, size_t by) {
  if (by >= s.at || !isPattern(s.word(s.at)))
    return std::nullopt;
  const size_t end = endOfCall(s, s.at);
  return Slip{s.range(s.at, s.at), "the pattern stands before `by`",
              "write `" + s.text(0, by) + " " + s.text(s.at, end) + " " + s.text(by, s.at) + (end < s.size() ? " " + s.text(end, s.size()) : "") + "`", {}};
}

/// connect a -> b all_to_all where c by S, connect a -> b where c all_to_all by S
static Found clauseBefore(const Statement &s, size_t by) {
  const size_t type = s.type(s.at);
  if ((type != L::WHERE && type != L::IF && type != L::DELAY && type != L::LEARNING) || by >= s.size() || by < s.at)
    return std::nullopt;
  size_t pattern = s.at + 1;
  while (pattern < by && !isPattern(s.word(pattern)))
    ++pattern;
  const std::string clause = (type == L::IF ? "where" : std::string(s.word(s.at))) + " " + s.text(s.at + 1, pattern);
  return Slip{s.range(s.at, s.at), "`" + std::string(s.word(s.at)) + "` stands behind the synapse",
              "write `" + s.text(0, s.at) + " " + (pattern < by ? s.text(pattern, by) + " " : "") + s.text(by, s.size()) + " " + clause + "`", {}};
}

Found clauseOrder(const Statement &s) {
  if (s.type(0) != L::CONNECT || s.at < 2)
    return std::nullopt;
  const size_t by = find(s, L::BY, 1);
  const Found behind = patternBehind(s, by);
  return behind ? behind : clauseBefore(s, by);
}

/// connect … by S with Rule, connect … by S if c, connect … all_to_all with S
Found clauseWord(const Statement &s) {
  if (s.type(0) != L::CONNECT || s.at < 2)
    return std::nullopt;
  const std::string rest = s.text(s.at + 1, s.size()), word(s.word(s.at));
  const bool synapse = find(s, L::BY, 1) < s.at;
  if (s.type(s.at) == L::COMMA && synapse)
    return Slip{s.range(s.at, s.at), "no `,` stands between the parts of a connection", "leave it out: `… delay 1 ms learning Rule(…) where pre.i != post.i as name`", {}};
  if ((s.type(s.at) == L::IF || s.type(s.at) == L::WHEN) && synapse)
    return Slip{s.range(s.at, s.at), "which pairs of cells are connected is not told by `" + word + "`", "write `where " + rest + "`", {}};
  if ((word != "with" && word != "using") || s.type(s.at + 1) != L::NAME)
    return std::nullopt;
  return Slip{s.range(s.at, s.at), std::string(synapse ? "a learning rule" : "a synapse") + " does not follow `" + word + "`",
              std::string(synapse ? "write `learning " : "write `by ") + rest + "`", {}};
}

/// Words of few models, and `hold`, more closely than the list in which they begin.
static std::string_view closerPlace(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> places[] = {{"weight", "in a synapse"},
                                                                             {"data", "in an encoder"},
                                                                             {"spike", "in a neuron or an encoder"},
                                                                             {"input", "in a neuron"},
                                                                             {"hold", "in the body of a spike: `spike when … { hold V for 2 ms }`"}};
  const auto *found = std::ranges::find(places, word, [](const auto &p) { return p.first; });
  return found == std::end(places) ? std::string_view() : found->second;
}

/// connect … in an experiment, record … in a network: words that begin something elsewhere.
Found misplaced(const Statement &s) {
  static constexpr std::pair<size_t, std::string_view> places[] = {{P::RuleModule, "outside of all blocks"},
                                                                   {P::RuleMemberBlock, "in a neuron, synapse or rule"},
                                                                   {P::RuleNetBlock, "in a network"},
                                                                   {P::RuleBlock, "in an experiment"}};
  if ((s.rule == P::RuleNetBlock || s.rule == P::RuleBlock) && s.type(s.at) == L::PRIMED)
    return Slip{s.range(s.at, s.at), "an equation does not stand here", "it stands in a neuron, synapse or rule", {}};
  const bool followed = isWord(s.type(1)) || s.type(1) == L::STRING || s.type(1) == L::NUMBER;
  if (s.at > 1 || !isWord(s.type(0)) || (s.at == 1 && !followed) || s.begins(0, s.rule))
    return std::nullopt;
  const std::string_view closer = closerPlace(s.word(0));
  std::string where(closer);
  for (const auto &[rule, place] : places)
    if (closer.empty() && s.begins(0, rule))
      where += (where.empty() ? "" : " or ") + std::string(place);
  if (where.empty())
    return std::nullopt;
  return Slip{s.range(0, 0), "`" + std::string(s.word(0)) + "` does not stand here", "it stands " + where, {}};
}

} // namespace snn::parse::slips
