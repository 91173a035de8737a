// The report: one HTML file with figures, which holds its data, script and style and asks the
// network for nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace snn::rt::report {

enum class Kind { Raster, Trace, Weights, Curve, Image };

/// What one figure shows. The spans are the caller's and must outlive the page's writing. Texts may
/// hold anything: they are escaped.
struct Figure {
  Kind kind = Kind::Raster;
  std::string title;              ///< as the plot statement is written
  std::string name, unit = "1";   ///< of the quantity; "1": none
  std::string across, acrossUnit = "1"; ///< Curve: what it is over; empty: time
  std::span<const double> times;  ///< ms, or places on the axis of `across`
  double until = 0;               ///< ms: when the run ended
  int64_t lowest = 0, highest = -1; ///< Raster: the cells that it is of
  std::span<const int32_t> cells; ///< Raster: cell of each spike; Trace: cell of each line
  std::span<const double>
      values; ///< Trace, Curve: [times, width]; Weights, Image: as `shape` says. Need not be finite.
  int64_t width = 1;               ///< lines of a trace or curve
  std::vector<int64_t> shape;      ///< Weights: [pre, post] or [edges]; Image: [rows, columns], [pictures, rows, columns]; Curve: of one value
  std::vector<int64_t> sourceShape; ///< Weights: of the pre cells; [rows, columns] shows receptive fields
  int64_t keepEvery = 1, seen = 0; ///< of `seen` spikes or samples, one in keepEvery is here
};

/// Texts in rows, e.g. a row for each cell of a sweep.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

struct Page {
  std::string title;
  std::string about; ///< a line below the title, e.g. the name of the file
  Table table;       ///< above the figures; without rows there is none
  std::vector<Figure> figures;
};

/// The whole page as UTF-8.
std::string html(const Page &page);

/// The data that the page's script draws, as JSON without '<', '>' and '&'.
std::string figuresJson(const std::vector<Figure> &figures);

} // namespace snn::rt::report
