// Hands the figures of a session to the report and replaces the page's file as a whole.
#include "runtime/core/ReportPage.h"

#include "runtime/checkpoint/Container.h"
#include "runtime/report/Page.h"

#include <algorithm>
#include <fstream>
#include <fmt/format.h>

namespace snn::rt {

namespace {

report::Kind kindOf(abi::HostPlotKind kind) {
  switch (kind) {
  case abi::HostPlotKind::Raster:
    return report::Kind::Raster;
  case abi::HostPlotKind::Trace:
    return report::Kind::Trace;
  case abi::HostPlotKind::Weights:
    return report::Kind::Weights;
  case abi::HostPlotKind::Image:
    return report::Kind::Image;
  case abi::HostPlotKind::Curve:
    return report::Kind::Curve;
  }
  return report::Kind::Raster;
}

std::string_view fileName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

report::Figure figureOf(const Figure &figure) {
  report::Figure out;
  out.kind = kindOf(figure.kind);
  out.title = figure.title;
  out.name = figure.name;
  out.unit = figure.unit;
  out.across = figure.across;
  out.acrossUnit = figure.acrossUnit;
  out.until = figure.until;
  out.lowest = figure.lowest;
  out.highest = figure.highest;
  out.times = figure.times;
  out.cells = figure.cells;
  out.values = figure.values;
  out.width = figure.width;
  out.shape = figure.shape;
  out.sourceShape = figure.sourceShape;
  out.keepEvery = figure.keepEvery;
  out.seen = figure.skipped;
  return out;
}

/// The table without the columns that no cell fills: recorded arrays are no single numbers.
report::Table filledColumns(const SweepReport &sweep) {
  report::Table table;
  table.rows.resize(sweep.rows.size());
  for (size_t k = 0; k < sweep.head.size(); ++k) {
    if (std::ranges::all_of(sweep.rows, [k](const std::vector<std::string> &row) { return row[k].empty(); }))
      continue;
    table.head.push_back(sweep.head[k]);
    for (size_t row = 0; row < sweep.rows.size(); ++row)
      table.rows[row].push_back(sweep.rows[row][k]);
  }
  return table;
}

/// A page that something else has written stays.
Status replace(const std::string &path, const std::string &page) {
  std::string begin(1024, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (file.gcount() > 0 && begin.find("content=\"snnc\"") == std::string::npos)
    return Error{ExitCode::io, fmt::format("cannot write the report '{}': this file is there already and is no report; remove it, or give another name by --output", path)};
  return checkpoint::replaceFile(path, page, {});
}

} // namespace

std::string reportPath(const std::string &output) {
  const std::string_view name = fileName(output);
  const size_t dot = name.rfind('.');
  const std::string stem =
      output.substr(0, output.size() - (dot == name.npos || dot == 0 ? 0 : name.size() - dot));
  const std::string path = stem + ".html";
  return path == output ? stem + ".report.html" : path; // the page must not replace the recording
}

Status writeReport(const std::string &path, const std::string &title, const SweepReport &sweep) {
  report::Page page;
  page.title = title.empty() ? std::string(fileName(path)) : title;
  page.about = fileName(path);
  if (sweep.cells.size() < sweep.rows.size())
    page.about += fmt::format("; figures of the first {} of {} cells of the sweep", sweep.cells.size(), sweep.rows.size());
  page.table = filledColumns(sweep);
  for (const Figure &figure : sweep.together)
    page.figures.push_back(figureOf(figure));
  size_t most = 0;
  for (const SweepReport::Cell &cell : sweep.cells)
    most = std::max(most, cell.figures.size());
  for (size_t k = 0; k < most; ++k) // the same figure of all cells side by side
    for (const SweepReport::Cell &cell : sweep.cells)
      if (k < cell.figures.size()) {
        page.figures.push_back(figureOf(cell.figures[k]));
        page.figures.back().title += ", " + cell.name;
      }
  return replace(path, report::html(page));
}

Status writeReport(const std::string &path, const std::string &title, const Figures &figures) {
  report::Page page;
  page.title = title.empty() ? std::string(fileName(path)) : title;
  page.about = fileName(path);
  for (const Figure &figure : figures.all())
    if (figure.shown)
      page.figures.push_back(figureOf(figure));
  return replace(path, report::html(page));
}

} // namespace snn::rt
