// Diagnostics: how they look, order, repetition, floods, pages.
#include "compiler/base/diag/Diag.h"

#include <gtest/gtest.h>

namespace {

namespace diag = snn::diag;
namespace source = snn::source;
using diag::Id;

struct Fixture {
  source::Manager sources;
  diag::Engine engine{sources};
  explicit Fixture(const char *text) {
    source::LoadError error;
    sources.add("m.snn", text, error);
  }
};

TEST(Diag, ShowsPlaceLineMarkNotesAndFix) {
  Fixture f("param τ = 3\nparam b = tua\n");
  f.engine.report(Id::unknownName, {1, 23, 26}, "`{}` is not declared", "tua").note({1, 6, 8}, "declared here").fix({1, 23, 26}, "τ");
  EXPECT_EQ(f.engine.print(false), "m.snn:2:11: error[E0201]: `tua` is not declared\n"
                                   "  |\n2 | param b = tua\n  |           ^^^\n"
                                   "  note: m.snn:1:7: declared here\n"
                                   "  |\n1 | param τ = 3\n  |       ^\n"
                                   "  fix: write `τ`\n1 error\n");
}

TEST(Diag, OrdersByPlaceAndDropsRepetitions) {
  Fixture f("abc\n");
  f.engine.report(Id::unknownName, {1, 2, 3}, "second");
  f.engine.report(Id::unknownName, {1, 0, 1}, "first");
  f.engine.report(Id::unknownName, {1, 2, 3}, "second");
  EXPECT_EQ(f.engine.errors(), 2u);
  const std::string text = f.engine.print(false);
  EXPECT_LT(text.find("first"), text.find("second"));
}

TEST(Diag, CountsBeyondWhatItShows) {
  Fixture f("abc\n");
  for (int k = 0; k < 5000; ++k)
    f.engine.report(Id::syntax, {1, 0, 1}, "error {}", k);
  EXPECT_EQ(f.engine.errors(), 5000u);
  const std::string text = f.engine.print(false, 20);
  EXPECT_NE(text.find("and 4980 more\n5000 errors\n"), std::string::npos);
}

TEST(Diag, ControlCharactersDoNotReachTheTerminal) {
  Fixture f("a\x1b[31m\xe2\x80\xae" "b\n");
  f.engine.report(Id::badCharacter, {1, 1, 2}, "found \x1b[0m");
  const std::string text = f.engine.print(false);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
}

TEST(Diag, VeryLongLinesAreCut) {
  Fixture f(std::string(100000, 'x').c_str());
  f.engine.report(Id::syntax, {1, 70000, 70001}, "here");
  EXPECT_LT(f.engine.print(false).size(), 800u);
}

TEST(Diag, NearestNames) {
  EXPECT_EQ(diag::didYouMean("tua_m", {"tau_m", "tau_s", "V"}), "tau_m");
  EXPECT_EQ(diag::didYouMean("LIFExq", {"LIF", "LIFExp"}), "LIFExp");
  EXPECT_EQ(diag::didYouMean("v", {"A", "V"}), "V");
  EXPECT_EQ(diag::didYouMean("I", {"i"}), "");
  EXPECT_EQ(diag::didYouMean("y", {"A", "V"}), "");
  EXPECT_EQ(diag::didYouMean("completely", {"other"}), "");
}

TEST(Diag, EachCodeHasAPageThatNamesIt) {
  constexpr std::string_view codes[] = {
#define DIAG(CODE, NAME, SEVERITY, TITLE) #CODE,
#include "compiler/base/diag/Diagnostics.def"
#undef DIAG
  };
  for (const std::string_view code : codes)
    EXPECT_TRUE(diag::explain(code).starts_with("# " + std::string(code) + ": ")) << code;
  EXPECT_EQ(diag::explain("E9999"), "");
}

} // namespace
