// Collects the points of figures in bounded memory.
#include "runtime/core/Figures.h"

#include <algorithm>

namespace snn::rt {

namespace {

constexpr size_t mostSpikes = 200'000;  ///< points of one raster
constexpr size_t mostValues = 400'000;  ///< numbers of one trace or curve
constexpr int64_t mostCurves = 64;      ///< lines of one figure

} // namespace

Figures::Figures(const abi::HostProgram &program, uint32_t first) : firstKey(first) {
  for (const abi::HostPlot &plot : program.plots) {
    Figure figure;
    figure.kind = plot.kind;
    figure.title = plot.text;
    figure.name = plot.name;
    figure.unit = plot.unit.empty() ? "1" : plot.unit;
    figure.unitScale = plot.unitScale;
    figure.across = plot.across;
    figure.acrossUnit = plot.acrossUnit.empty() ? "1" : plot.acrossUnit;
    figure.acrossScale = plot.acrossScale;
    figures.push_back(std::move(figure));
  }
}

bool Figures::wants(const std::string &name) const {
  return std::ranges::any_of(figures, [&](const Figure &f) {
    return f.kind == abi::HostPlotKind::Curve && f.across.empty() && f.name == name;
  });
}

Status Figures::open(uint32_t key, const Recorded &what) {
  std::vector<uint32_t> &fed = byKey[key];
  fed.clear();
  if (key >= firstKey) {
    fed.push_back(key - firstKey);
    Figure &figure = figures[key - firstKey];
    if (figure.kind == abi::HostPlotKind::Trace && figure.times.empty()) {
      const size_t lines = std::min<size_t>(what.ids.size(), mostCurves);
      figure.cells.assign(what.ids.begin(), what.ids.begin() + static_cast<long>(lines));
      figure.width = static_cast<int64_t>(lines);
    }
    return {};
  }
  if (what.kind != abi::HostRecordKind::Value)
    return {};
  for (uint32_t k = 0; k < figures.size(); ++k)
    if (figures[k].kind == abi::HostPlotKind::Curve && figures[k].across.empty() && figures[k].name == what.name) {
      fed.push_back(k);
      figures[k].unit = what.unit;
      figures[k].unitScale = what.unitScale;
      figures[k].shape = what.shape;
      figures[k].width = std::min(host::countOf(what.shape), mostCurves);
    }
  return {};
}

void Figures::thin(Figure &figure) {
  figure.keepEvery *= 2;
  const size_t width = figure.kind == abi::HostPlotKind::Raster ? 0 : static_cast<size_t>(figure.width);
  size_t kept = 0;
  for (size_t k = 0; k < figure.times.size(); k += 2, ++kept) {
    figure.times[kept] = figure.times[k];
    if (width == 0)
      figure.cells[kept] = figure.cells[k];
    for (size_t c = 0; c < width; ++c)
      figure.values[kept * width + c] = figure.values[k * width + c];
  }
  figure.times.resize(kept);
  if (width == 0)
    figure.cells.resize(kept);
  figure.values.resize(kept * width);
}

void Figures::add(Figure &figure, double timeMs, std::span<const double> values) {
  if (figure.skipped++ % figure.keepEvery != 0)
    return;
  figure.times.push_back(timeMs);
  for (int64_t c = 0; c < figure.width; ++c)
    figure.values.push_back(values[static_cast<size_t>(c)] / figure.unitScale);
  if (figure.values.size() > mostValues && figure.times.size() > 2)
    thin(figure);
}

Status Figures::spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) {
  for (uint32_t k : byKey[key]) {
    Figure &figure = figures[k];
    for (int32_t cell : ids) {
      if (figure.skipped++ % figure.keepEvery != 0)
        continue;
      figure.times.push_back(timeMs);
      figure.cells.push_back(cell);
      if (figure.times.size() > mostSpikes)
        thin(figure);
    }
  }
  return {};
}

Status Figures::sample(uint32_t key, double timeMs, std::span<const double> values) {
  for (uint32_t k : byKey[key])
    add(figures[k], timeMs, values);
  return {};
}

void Figures::setArray(uint32_t plot, std::vector<int64_t> shape, std::span<const int64_t> sourceShape,
                         std::vector<double> canonical) {
  Figure &figure = figures[plot];
  for (double &w : canonical)
    w /= figure.unitScale;
  figure.shape = std::move(shape);
  figure.sourceShape.assign(sourceShape.begin(), sourceShape.end());
  figure.values = std::move(canonical);
}

void Figures::setCurve(uint32_t plot, std::vector<double> x, std::vector<double> y, std::vector<int64_t> shape) {
  Figure &figure = figures[plot];
  figure.width = shape.size() == 2 ? shape[1] : 1;
  figure.shape.assign(shape.begin() + 1, shape.end());
  for (double &at : x)
    at /= figure.acrossScale;
  for (double &value : y)
    value /= figure.unitScale;
  figure.skipped = static_cast<int64_t>(x.size());
  figure.times = std::move(x);
  figure.values = std::move(y);
}

void Figures::setRows(uint32_t plot, int64_t lowest, int64_t highest) {
  figures[plot].lowest = lowest;
  figures[plot].highest = highest;
}

void Figures::endAt(double timeMs) {
  for (Figure &figure : figures)
    figure.until = timeMs;
}

bool Figures::anyShown() const {
  return std::ranges::any_of(figures, [](const Figure &f) { return f.shown; });
}

void Figures::save(host::ByteWriter &w) const {
  w.integer(figures.size());
  for (const Figure &f : figures) {
    w.list(f.times);
    w.list(f.cells);
    w.list(f.values);
    w.list(f.shape);
    w.list(f.sourceShape);
    w.list(std::vector<int64_t>{f.width, f.keepEvery, f.skipped, f.shown});
  }
}

void Figures::load(host::ByteReader &r) {
  if (r.integer() != figures.size())
    host::failDamaged();
  for (Figure &f : figures) {
    f.times = r.list<double>();
    f.cells = r.list<int32_t>();
    f.values = r.list<double>();
    f.shape = r.list<int64_t>();
    f.sourceShape = r.list<int64_t>();
    const std::vector<int64_t> rest = r.exactly<int64_t>(4);
    const size_t points = f.times.size();
    const bool line = f.kind == abi::HostPlotKind::Trace || f.kind == abi::HostPlotKind::Curve;
    if (rest[0] < 0 || rest[0] > mostCurves || (line && f.values.size() != points * static_cast<size_t>(rest[0])) ||
        (f.kind == abi::HostPlotKind::Raster && f.cells.size() != points))
      host::failDamaged();
    f.width = rest[0], f.keepEvery = std::max<int64_t>(rest[1], 1), f.skipped = rest[2], f.shown = rest[3] != 0;
  }
}

} // namespace snn::rt
