// Puts the page together.
#include "runtime/report/Page.h"

#include "runtime/report/Assets.h"
#include "runtime/report/Escape.h"

#include <fmt/format.h>
#include <iterator>

namespace snn::rt::report {

namespace {

// The policy forbids every request, should some text ever find its way into the markup after all.
// The empty icon keeps browsers from asking for one.
constexpr std::string_view headText = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
)";

std::string countOf(size_t figures) {
  return fmt::format("{} figure{}", figures, figures == 1 ? "" : "s");
}

std::string tableText(const Table &table) {
  if (table.rows.empty())
    return {};
  const auto row = [](const std::vector<std::string> &cells, std::string_view tag) {
    std::string out = "<tr>";
    for (const std::string &cell : cells)
      out += fmt::format("<{0}>{1}</{0}>", tag, htmlText(cell));
    return out + "</tr>\n";
  };
  std::string out = "<table class=\"cells\">\n<thead>\n" + row(table.head, "th") + "</thead>\n<tbody>\n";
  for (const auto &cells : table.rows)
    out += row(cells, "td");
  return out + "</tbody>\n</table>\n";
}

} // namespace

std::string html(const Page &page) {
  const std::string title = htmlText(page.title), data = figuresJson(page.figures);
  std::string out;
  out.reserve(data.size() + d3().size() + 64'000);
  const auto script = [&](std::string_view text) {
    (out += "<script>\n").append(text) += "\n</script>\n";
  };
  (out += headText) +=
      fmt::format("<meta name=\"generator\" content=\"snnc\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n", title, style());
  out += fmt::format("<header>\n<h1>{}</h1>\n<p class=\"about\">", title);
  if (!page.about.empty())
    out += htmlText(page.about) + " &#183; ";
  out += countOf(page.figures.size()) +
         "</p>\n</header>\n" + tableText(page.table) + "<main id=\"figures\">\n<noscript><p>The figures are drawn by "
         "this page's own script, which is switched off here.</p></noscript>\n</main>\n";
  (out += "<script type=\"application/json\" id=\"data\">").append(data) += "</script>\n";
  (out += "<!--\n").append(d3Licence()) += "-->\n";
  script(d3());
  for (std::string_view part : {drawingScript(), pointsScript(), weightsScript(), fieldsScript(), pageScript()})
    script(part);
  return out += "</body>\n</html>\n";
}

} // namespace snn::rt::report
