// What syntax errors say, and that one mistake costs one message.
#include "test/unit/parse/Support.h"

namespace {

using snn::test::Parsed;

/// All messages of a text, one to a line, as "line:column code message".
std::string messages(const std::string &text) {
  const auto p = Parsed::text(text);
  EXPECT_FALSE(p->program);
  std::string out;
  for (const auto &d : p->diagnostics.all()) {
    const auto place = p->sources.file(d.range.file)->place(d.range.begin);
    out += std::to_string(place.line) + ":" + std::to_string(place.column) + " " + std::string(snn::diag::code(d.id)) + " " +
           d.message;
    for (const auto &f : d.fixes)
      out += " [" + f.text + "]";
    if (!d.help.empty())
      out += " (" + d.help + ")";
    out += "\n";
  }
  return out;
}

TEST(Messages, SayWhatWasExpectedAfterWhat) {
  EXPECT_EQ(messages("const a = 3 +\n"), "1:14 E0101 expected an expression after `+`, found the end of the block\n");
  EXPECT_EQ(messages("const a = 3 +\nconst b = 2\n"), "1:14 E0101 expected an expression after `+`, found the end of the line\n");
  EXPECT_EQ(messages("network N { connect a -> b all_to_all by\n}"),
            "1:41 E0101 expected the name of a synapse after `by`, found the end of the line\n");
  EXPECT_EQ(messages("network N { connect a b all_to_all by S }"), "1:23 E0101 expected `->` after `a`, found `b`\n");
  EXPECT_EQ(messages("network N { connect a -> b all_to_all S }"), "1:39 E0101 expected `by` after `all_to_all`, found `S`\n");
  EXPECT_EQ(messages("experiment e { for x range(3) { step } }"), "1:22 E0101 expected `in` after `x`, found `range`\n");
}

TEST(Messages, KnowCommonSlips) {
  EXPECT_EQ(messages("nueron A { }"), "1:1 E0101 nothing here begins with `nueron` [neuron]\n");
  EXPECT_EQ(messages("network N { popluation a = B }"), "1:13 E0101 nothing here begins with `popluation` [population]\n");
  EXPECT_EQ(messages("const a = -65 mv"), "1:15 E0303 `mv` is not a unit [mV]\n");
  EXPECT_EQ(messages("const a = b < c < d"), "1:17 E0105 comparisons do not chain (write `a < b and b < c`)\n");
  EXPECT_NE(messages("const a = b ** 2").find("(a power is written `^`)"), std::string::npos);
  EXPECT_NE(messages("neuron A { spike when V = 3 { V = 2 } }").find("(to compare, write `==`)"), std::string::npos);
  EXPECT_NE(messages("experiment e { if a && b { step } }").find("(write `and`)"), std::string::npos);
  EXPECT_NE(messages("const a = .5").find("(a number begins with a digit: `0.5`)"), std::string::npos);
}

TEST(Messages, AnOpenBracketCostsOne) {
  EXPECT_EQ(messages("neuron A {\n  V' = (a - b\n  spike when V > 1 { V = 0 }\n}\n"), "2:8 E0107 this `(` is never closed\n");
  EXPECT_EQ(messages("neuron A {\n  param x = 1\nnetwork N {\n  population a = A\n}\n"), "1:10 E0107 this `{` is never closed\n");
  EXPECT_EQ(messages("neuron A {\n  let x = [1, 2\n}\n"), "2:11 E0107 this `[` is never closed\n");
  EXPECT_EQ(messages("neuron A {\n}\n}\n"), "3:1 E0107 `}` closes nothing that is open here\n");
  EXPECT_EQ(messages("const a = \"open\nconst b = 1\n").substr(0, 10), "1:11 E0103");
}

TEST(Messages, TwentyIndependentErrorsInOneRun) {
  std::string text = "neuron A {\n";
  for (int k = 0; k < 12; ++k)
    text += "  param p" + std::to_string(k) + " = 3 +\n  param q" + std::to_string(k) + " = 1\n";
  text += "}\nexperiment e {\n";
  for (int k = 0; k < 12; ++k)
    text += "  for k range(3) { run 3 ms }\n  run 3 ms\n";
  EXPECT_EQ(Parsed::text(text + "}\n")->errors(), 24u);
}

TEST(Messages, AnErrorInAHeadDoesNotHideTheBlock) {
  EXPECT_EQ(messages("experiment e {\n  while x < {\n    run 1 +\n  }\n  run *\n}\n"),
            "2:13 E0101 expected an expression after `<`, found `{`\n3:12 E0101 expected an expression after `+`, found the end of "
            "the line\n5:7 E0101 expected an expression after `run`, found `*`\n");
}

TEST(Messages, HoleErrorsAreAtTheirPlace) {
  EXPECT_EQ(messages("experiment e { print \"a {x +} b\" }").substr(0, 10), "1:29 E0101");
}

TEST(Messages, AFileThatIsNoProgramIsGivenUp) {
  std::string text;
  for (int k = 0; k < 5000; ++k)
    text += "lorem ipsum dolor\n";
  const auto p = Parsed::text(text);
  EXPECT_EQ(p->count(snn::diag::Id::tooManySyntaxErrors), 1u);
  EXPECT_LT(p->errors(), 150u);
}

} // namespace
