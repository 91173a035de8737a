// What the page's script draws, as JSON: numbers with as many digits as a figure can show.
#include "runtime/report/Escape.h"
#include "runtime/report/Page.h"
#include "runtime/report/Weights.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <numeric>

namespace snn::rt::report {

namespace {

constexpr int timeDigits = 9, valueDigits = 7, heatDigits = 4;
constexpr int64_t mostRows = 1024; ///< of a heat map, and its columns: more than a screen resolves

const char *nameOf(Kind kind) {
  switch (kind) {
  case Kind::Raster:
    return "raster";
  case Kind::Trace:
    return "trace";
  case Kind::Weights:
    return "weights";
  case Kind::Curve:
    return "curve";
  case Kind::Image:
    return "image";
  }
  return "";
}

/// Every `stride`-th number from `first` on.
void appendNumbers(std::string &out, std::span<const double> values, int digits, size_t first = 0,
                   size_t stride = 1) {
  out += '[';
  for (size_t k = first; k < values.size(); k += stride) {
    if (k != first)
      out += ',';
    appendNumber(out, values[k], digits);
  }
  out += ']';
}

template <class T> void appendIntegers(std::string &out, const T &values) {
  fmt::format_to(std::back_inserter(out), "[{}]", fmt::join(values, ","));
}

/// "lines": one list for each column of values.
void appendLines(std::string &out, const Figure &f) {
  const size_t width = static_cast<size_t>(std::max<int64_t>(f.width, 0));
  out += ",\"lines\":[";
  for (size_t c = 0; c < width; ++c) {
    out += c == 0 ? "" : ",\n";
    appendNumbers(out, f.values, valueDigits, c, width);
  }
  out += ']';
}

void appendHeat(std::string &out, const Blocks &b) {
  fmt::format_to(std::back_inserter(out),
                 ",\"heat\":{{\"rows\":{},\"columns\":{},\"high\":{},\"wide\":{},\"values\":",
                 b.rows, b.columns, b.high, b.wide);
  appendNumbers(out, b.values, heatDigits);
  out += '}';
}

/// Several pictures are what receptive fields are: a column for each, a row for each place.
void appendPictures(std::string &out, const Figure &f) {
  const int64_t count = f.shape[0], places = f.shape[1] * f.shape[2];
  std::vector<double> columns(f.values.size());
  for (int64_t k = 0; k < count; ++k)
    for (int64_t p = 0; p < places; ++p)
      columns[static_cast<size_t>(p * count + k)] = f.values[static_cast<size_t>(k * places + p)];
  appendHeat(out, blocksOf(columns, places, count, std::max(places, count)));
  out += ",\"fields\":";
  appendIntegers(out, std::vector<int64_t>{f.shape[1], f.shape[2]});
}

void appendWeights(std::string &out, const Figure &f) {
  const Histogram h = histogramOf(f.values);
  const auto number = [&](const char *name, double x) {
    fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    appendNumber(out, x, 15); // edges of bins are added to
  };
  out += ",\"histogram\":{\"counts\":";
  appendIntegers(out, h.counts);
  number("lo", h.lo), number("step", h.step);
  out += '}';
  number("least", h.least), number("greatest", h.greatest), number("mean", h.mean);
  fmt::format_to(std::back_inserter(out), ",\"count\":{},\"finite\":{}", f.values.size(), h.finite);
  const bool pictures = f.kind == Kind::Image && f.shape.size() == 3;
  const int64_t count = std::accumulate(f.shape.begin(), f.shape.end(), int64_t{1}, std::multiplies<>());
  if ((f.shape.size() != 2 && !pictures) || f.values.empty() || count != static_cast<int64_t>(f.values.size()))
    return;
  if (pictures)
    return appendPictures(out, f);
  const Blocks b = blocksOf(f.values, f.shape[0], f.shape[1], mostRows);
  appendHeat(out, b);
  if (f.sourceShape.size() == 2 && f.sourceShape[0] > 1 && f.sourceShape[1] > 1 &&
      f.sourceShape[0] * f.sourceShape[1] == f.shape[0] && b.high == 1 && b.wide == 1) {
    out += ",\"fields\":";
    appendIntegers(out, f.sourceShape);
  }
}

void appendFigure(std::string &out, const Figure &f) {
  fmt::format_to(
      std::back_inserter(out),
      "{{\"kind\":\"{}\",\"title\":{},\"name\":{},\"unit\":{},\"keepEvery\":{},\"seen\":{}",
      nameOf(f.kind), jsonText(f.title), jsonText(f.name), jsonText(f.unit), f.keepEvery, f.seen);
  out += ",\"shape\":";
  appendIntegers(out, f.shape);
  if (f.kind == Kind::Weights || f.kind == Kind::Image) {
    appendWeights(out, f);
  } else {
    if (!f.across.empty())
      fmt::format_to(std::back_inserter(out), ",\"across\":{{\"name\":{},\"unit\":{}}}", jsonText(f.across), jsonText(f.acrossUnit));
    out += ",\"until\":";
    appendNumber(out, f.until, timeDigits);
    if (f.kind == Kind::Raster && f.lowest <= f.highest)
      fmt::format_to(std::back_inserter(out), ",\"rows\":[{},{}]", f.lowest, f.highest);
    out += ",\"times\":";
    appendNumbers(out, f.times, timeDigits);
    out += ",\"cells\":";
    appendIntegers(out, f.cells);
    if (f.kind != Kind::Raster)
      appendLines(out, f);
  }
  out += '}';
}

} // namespace

std::string figuresJson(const std::vector<Figure> &figures) {
  std::string out = "{\"figures\":[";
  for (const Figure &f : figures) {
    out += out.back() == '[' ? "\n" : ",\n";
    appendFigure(out, f);
  }
  return out + "\n]}";
}

} // namespace snn::rt::report
