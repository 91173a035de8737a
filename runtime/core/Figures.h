// What the report's figures show, collected while the network runs, in memory that does not grow with the run: when a
// figure is full, every second of its points is dropped and from then on every second one is taken.
#pragma once

#include "runtime/core/Taps.h"
#include "runtime/host/Bytes.h"

#include <map>

namespace snn::rt {

/// Points of one figure. Raster: time and cell of spikes. Trace, Curve: `width` values for each time.
struct Figure {
  abi::HostPlotKind kind = abi::HostPlotKind::Raster;
  std::string title, name, unit = "1";
  double unitScale = 1;
  std::string across, acrossUnit = "1"; ///< Curve over something else than time
  double acrossScale = 1;
  std::vector<double> times;       ///< ms; of a curve over something its places there, in `acrossUnit`
  std::vector<int32_t> cells;      ///< Raster: of each spike; Trace: of each column
  std::vector<double> values;      ///< Trace, Curve: [times, width], in `unit`; Weights: [rows, columns]
  int64_t width = 1;
  std::vector<int64_t> shape;      ///< Weights: [pre, post], or [edges]; Curve: of one sample
  std::vector<int64_t> sourceShape; ///< Weights: of the source population
  int64_t keepEvery = 1, skipped = 0; ///< of what came, one in keepEvery is kept
  bool shown = false;              ///< the plot statement was executed
  int64_t lowest = 0, highest = -1; ///< Raster: cells that it shows, whether they spiked or not
  double until = 0;                ///< ms: when the run ended
};

class Figures final : public Sink {
public:
  Figures(const abi::HostProgram &program, uint32_t firstKey);

  /// Keys of taps that belong to a plot of the program are firstKey + number of the plot; other keys are records, of
  /// which curves take what has their name.
  Status open(uint32_t key, const Recorded &what) override;
  Status spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) override;
  Status sample(uint32_t key, double timeMs, std::span<const double> values) override;
  bool immediate() const override { return false; }

  /// Whether some curve shows the record of this name.
  bool wants(const std::string &name) const;
  void setArray(uint32_t plot, std::vector<int64_t> shape, std::span<const int64_t> sourceShape,
                  std::vector<double> canonical);
  /// y, [points] or [points, lines], over x; in canonical units.
  void setCurve(uint32_t plot, std::vector<double> x, std::vector<double> y, std::vector<int64_t> shape);
  void setRows(uint32_t plot, int64_t lowest, int64_t highest);
  void endAt(double timeMs);
  void show(uint32_t plot) { figures[plot].shown = true; }
  bool anyShown() const;
  const std::vector<Figure> &all() const { return figures; }

  void save(host::ByteWriter &w) const;
  void load(host::ByteReader &r); ///< throws host::Failure

private:
  uint32_t firstKey;
  std::vector<Figure> figures;
  std::map<uint32_t, std::vector<uint32_t>> byKey; ///< plots that a key feeds

  static void add(Figure &figure, double timeMs, std::span<const double> values);
  static void thin(Figure &figure);
};

} // namespace snn::rt
