// The report's page: it holds its data and asks for nothing, text of the user stays text, numbers
// that are not finite stay JSON, and the file is replaced as a whole. With SNN_REPORT_PAGE=FOLDER
// the pages are left there, for check_page.py.
#include "runtime/core/ReportPage.h"
#include "runtime/report/Escape.h"
#include "runtime/report/Page.h"
#include "runtime/report/Weights.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <sstream>
#include <unistd.h>

namespace snn::rt {
namespace {

namespace fs = std::filesystem;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
const std::string hostile = "</script><script>alert(1)</script><!-- & \" ' \u2028 \\ \n\x01 \xff "
                            "<img src=x onerror=alert(2)>";
constexpr uint32_t records = 1; ///< keys below it are records, of which curves take theirs

abi::HostPlot plotOf(abi::HostPlotKind kind, std::string text, std::string name, std::string unit) {
  abi::HostPlot p;
  p.kind = kind;
  p.text = std::move(text);
  p.name = std::move(name);
  p.unit = std::move(unit);
  return p;
}

Recorded stateOf(std::vector<int64_t> ids) {
  Recorded what;
  what.kind = abi::HostRecordKind::State;
  what.ids = std::move(ids);
  return what;
}

Recorded valueOf(std::string name, std::string unit, std::vector<int64_t> shape) {
  Recorded what;
  what.kind = abi::HostRecordKind::Value;
  what.name = std::move(name);
  what.unit = std::move(unit);
  what.shape = std::move(shape);
  return what;
}

class Report : public ::testing::Test {
protected:
  void SetUp() override {
    const char *keep = std::getenv("SNN_REPORT_PAGE");
    kept = keep != nullptr;
    folder = kept ? fs::path(keep)
                  : fs::temp_directory_path() / ("snn-report-" + std::to_string(getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override {
    if (!kept)
      fs::remove_all(folder);
  }
  std::string at(const std::string &name) const { return (folder / name).string(); }
  static std::string contents(const std::string &path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  static size_t countOf(const std::string &text, const std::string &part) {
    size_t n = 0;
    for (size_t k = text.find(part); k != text.npos; k = text.find(part, k + 1))
      ++n;
    return n;
  }
  static void showAll(Figures &figures) {
    for (uint32_t k = 0; k < figures.all().size(); ++k)
      figures.show(k);
  }

  fs::path folder;
  bool kept = false;
};

/// One figure of each kind, small.
Figures smallFigures(const std::string &text) {
  abi::HostProgram program;
  program.plots = {
      plotOf(abi::HostPlotKind::Raster, "plot raster(cells)" + text, "", "1"),
      plotOf(abi::HostPlotKind::Trace, "plot trace(cells[0, 3].V)" + text, "V" + text, "mV"),
      plotOf(abi::HostPlotKind::Weights, "plot weights(a -> b)" + text, "w" + text, "nS"),
      plotOf(abi::HostPlotKind::Curve, "plot curve(rate)" + text, "rate", "")};
  Figures figures(program, records);
  EXPECT_TRUE(figures.open(records + 1, stateOf({0, 3})).ok());
  EXPECT_TRUE(figures.open(records, stateOf({})).ok());
  EXPECT_TRUE(figures.open(0, valueOf("rate", "Hz", {})).ok());
  for (int k = 0; k < 300; ++k) {
    const double t = 0.5 * k;
    const double v[] = {-65 + 10 * std::sin(t / 9), k % 50 == 7 ? nan : -60 + 8 * std::cos(t / 14)};
    EXPECT_TRUE(figures.sample(records + 1, t, v).ok());
    const int32_t ids[] = {k * 7 % 20, 20 + k * 11 % 13};
    EXPECT_TRUE(figures.spikes(records, t, ids).ok());
    const double rate[] = {k == 100 ? infinity : 12 + std::sqrt(k)};
    if (k % 20 == 0) {
      EXPECT_TRUE(figures.sample(0, t, rate).ok());
    }
  }
  std::vector<double> weights(12 * 20);
  for (size_t k = 0; k < weights.size(); ++k)
    weights[k] =
        k == 17 ? nan
                : std::exp(-0.5 * static_cast<double>(k % 20)) + 0.01 * static_cast<double>(k / 20);
  figures.setArray(2, {12, 20}, std::vector<int64_t>{3, 4}, weights);
  return figures;
}

TEST_F(Report, PageHoldsEverything) {
  Figures figures = smallFigures("");
  showAll(figures);
  ASSERT_TRUE(writeReport(at("small.html"), "two populations", figures).ok());
  const std::string page = contents(at("small.html"));
  EXPECT_NE(page.find("<h1>two populations</h1>"), page.npos);
  EXPECT_NE(page.find("small.html &#183; 4 figures"), page.npos);
  for (const char *kind : {"raster", "trace", "weights", "curve"})
    EXPECT_EQ(countOf(page, std::string("{\"kind\":\"") + kind + "\""), 1u) << kind;
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
  EXPECT_EQ(countOf(page, "src=\""), 0u);
  EXPECT_EQ(countOf(page, "href=\"http"), 0u);
  EXPECT_NE(page.find("Copyright 2010"), page.npos) << "the licence of D3";
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    EXPECT_EQ(entry.path().string().find(".tmp"), std::string::npos) << entry.path();
}

TEST_F(Report, ShowsOnlyWhatWasPlotted) {
  Figures figures = smallFigures("");
  figures.show(3);
  ASSERT_TRUE(writeReport(at("one.html"), "", figures).ok());
  const std::string page = contents(at("one.html"));
  EXPECT_EQ(countOf(page, "{\"kind\":"), 1u);
  EXPECT_NE(page.find("<h1>one.html</h1>"), page.npos) << "without a title the file's name";
  EXPECT_NE(page.find("1 figure<"), page.npos);
}

TEST_F(Report, TextOfTheUserStaysText) {
  const auto pageOf = [&](const std::string &name, const std::string &text) {
    Figures figures = smallFigures(text);
    showAll(figures);
    EXPECT_TRUE(writeReport(at(name), text, figures).ok());
    return contents(at(name));
  };
  const std::string page = pageOf("hostile.html", hostile), plain = pageOf("plain.html", "plain");
  for (const char *part : {"<script", "</script", "<!--", "-->", "<img", "\u2028", "\xff", "\x01"})
    EXPECT_EQ(countOf(page, part), countOf(plain, part)) << part;
  EXPECT_NE(page.find("\\u003c/script\\u003e"), page.npos);
  EXPECT_NE(page.find("&#60;/script&#62;"), page.npos);
}

TEST_F(Report, NumbersThatAreNotFiniteAreNull) {
  Figures figures = smallFigures("");
  showAll(figures);
  ASSERT_TRUE(writeReport(at("small.html"), "t", figures).ok());
  const std::string page = contents(at("small.html"));
  const size_t begin = page.find("id=\"data\">"), end = page.find("</script>", begin);
  const std::string data = page.substr(begin, end - begin);
  EXPECT_EQ(countOf(data, "null"), 8u); // six of the trace, one weight, one of the curve
  for (const char *part : {"nan", "inf", "NaN"})
    EXPECT_EQ(countOf(data, part), 0u) << part;
}

TEST_F(Report, UnwritablePlaceIsAStatus) {
  const Figures figures = smallFigures("");
  for (const std::string &path : {at("missing/out.html"), folder.string()}) {
    const Status s = writeReport(path, "t", figures);
    ASSERT_FALSE(s.ok());
    EXPECT_EQ(s.error().code, ExitCode::io);
    EXPECT_NE(s.error().message.find(path), std::string::npos) << s.error().message;
  }
}

TEST_F(Report, EmptyAndSingleFigures) {
  abi::HostProgram program;
  for (const char *unit : {"mV", "1"}) {
    program.plots.push_back(plotOf(abi::HostPlotKind::Raster, "raster", "", "1"));
    program.plots.push_back(plotOf(abi::HostPlotKind::Trace, "trace", "V", unit));
    program.plots.push_back(plotOf(abi::HostPlotKind::Weights, "weights", "w", unit));
    program.plots.push_back(plotOf(abi::HostPlotKind::Curve, "curve", unit, unit));
  }
  Figures figures(program, records);
  const double one[] = {3.0};
  const int32_t cell[] = {5};
  EXPECT_TRUE(figures.open(records, stateOf({})).ok() &&
              figures.open(records + 1, stateOf({5})).ok());
  EXPECT_TRUE(figures.open(0, valueOf("mV", "mV", {})).ok());
  EXPECT_TRUE(figures.spikes(records, 12.5, cell).ok() &&
              figures.sample(records + 1, 0.1, one).ok() && figures.sample(0, 1e5, one).ok());
  figures.setArray(2, {1, 1}, {}, {-2.5e-9});
  figures.setArray(6, {0}, {}, {});
  showAll(figures);
  EXPECT_TRUE(writeReport(at("edges.html"), "nothing and one", figures).ok());
}

TEST_F(Report, ManyPointsAndMatrices) {
  abi::HostProgram program;
  program.plots = {
      plotOf(abi::HostPlotKind::Raster, "raster(cells)", "", "1"),
      plotOf(abi::HostPlotKind::Trace, "trace(cells.V)", "V", "mV"),
      plotOf(abi::HostPlotKind::Weights, "weights(image -> cells)", "w", "1"),
      plotOf(abi::HostPlotKind::Weights, "weights(exc -> inh)", "w", "uS"),
      plotOf(abi::HostPlotKind::Curve, "curve(spikes_per_image)", "spikes_per_image", "1")};
  Figures figures(program, records);
  std::vector<int64_t> all(64);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_TRUE(figures.open(records, stateOf({})).ok() &&
              figures.open(records + 1, stateOf(all)).ok());
  EXPECT_TRUE(figures.open(0, valueOf("spikes_per_image", "1", {2, 3})).ok());
  uint32_t x = 1;
  const auto draw = [&] {
    return static_cast<double>((x = x * 1664525u + 1013904223u) >> 8) / 16777216.0;
  };
  for (int k = 0; k < 20'000; ++k) {
    std::vector<int32_t> ids;
    for (int c = 0; c < 4000; ++c)
      if (c % 97 == k % 97 && draw() < 0.4 + 0.4 * std::sin(k * 0.003))
        ids.push_back(c);
    EXPECT_TRUE(figures.spikes(records, k * 0.5, ids).ok());
    std::vector<double> v(64);
    for (size_t c = 0; c < v.size(); ++c)
      v[c] = -70 + 0.2 * static_cast<double>(c) + 4 * std::sin(k * 0.002 + static_cast<double>(c)) +
             draw();
    EXPECT_TRUE(figures.sample(records + 1, k * 0.5, v).ok());
    if (k % 40 == 0) {
      EXPECT_TRUE(figures.sample(0, k * 0.5, std::vector<double>(v.begin(), v.begin() + 6)).ok());
    }
  }
  std::vector<double> image(784 * 400), edges(1'000'000);
  for (size_t k = 0; k < image.size(); ++k) {
    const double row = static_cast<double>(k / 400 / 28) - 14,
                 column = static_cast<double>(k / 400 % 28) - 14;
    image[k] = draw() * 0.3 + std::exp(-(row * row + column * column) / 60);
  }
  for (double &w : edges)
    w = 1e-4 * (draw() + draw() + draw() - 1.6);
  figures.setArray(2, {784, 400}, std::vector<int64_t>{28, 28}, image);
  figures.setArray(3, {1'000'000}, {}, edges);
  showAll(figures);
  EXPECT_TRUE(writeReport(at("large.html"), "large", figures).ok());
  EXPECT_LT(fs::file_size(at("large.html")), 16'000'000u);
}

TEST(ReportPath, StandsBesideTheRecording) {
  EXPECT_EQ(reportPath("out.h5"), "out.html");
  EXPECT_EQ(reportPath("runs.d/out"), "runs.d/out.html");
  EXPECT_EQ(reportPath("a/.h5"), "a/.h5.html");
  EXPECT_EQ(reportPath("out.html"), "out.report.html");
}

TEST(ReportWeights, HistogramHoldsEveryFiniteValue) {
  for (const std::vector<double> &values :
       std::vector<std::vector<double>>{{},
                                        {0},
                                        {nan, infinity},
                                        {1, 1, 1},
                                        {-1e308, 1e308, 1},
                                        {0, 5e-324},
                                        {1, 1 + 1e-15},
                                        {0.1, 0.2, 0.30000000000000004},
                                        {-3, nan, 5, 5, 5},
                                        {1e-310, 2e-310}}) {
    const report::Histogram h = report::histogramOf(values);
    const int64_t finite =
        std::count_if(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
    EXPECT_EQ(h.finite, finite);
    EXPECT_EQ(std::accumulate(h.counts.begin(), h.counts.end(), int64_t{0}), finite);
    EXPECT_LE(h.counts.size(), 100u);
    EXPECT_GT(h.step, 0);
  }
}

TEST(ReportWeights, BlocksAreMeansOfWhatIsFinite) {
  const std::vector<double> values = {1, 3, 10, 5, nan, 20, nan, 7, infinity};
  const report::Blocks b = report::blocksOf(values, 3, 3, 2);
  EXPECT_EQ(b.rows, 2);
  EXPECT_EQ(b.columns, 2);
  EXPECT_EQ(b.values[0], 3);
  EXPECT_EQ(b.values[1], 15);
  EXPECT_EQ(b.values[2], 7);
  EXPECT_TRUE(std::isnan(b.values[3]));
}

TEST(ReportEscape, KeepsCharactersAndDropsWhatIsNone) {
  EXPECT_EQ(report::jsonText("a\"\\\n<&>"), "\"a\\u0022\\u005c\\u000a\\u003c\\u0026\\u003e\"");
  EXPECT_EQ(report::jsonText("µ😀"), "\"\\u00b5\\ud83d\\ude00\"");
  EXPECT_EQ(report::jsonText("\xc0\xaf\xed\xa0\x80\xf0\x9f"),
            "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
  EXPECT_EQ(report::htmlText("<b>&'\"µ"), "&#60;b&#62;&#38;&#39;&#34;&#181;");
}

} // namespace
} // namespace snn::rt
