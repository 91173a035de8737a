// The recording of a sweep: the layout of a single run's (docs/formats/recording.md), with an axis for each sweep before
// the others. Cells are added one after the other, in order, so that equal sweeps give equal files.
#pragma once

#include "runtime/record/Recorder.h"

namespace snn::rt::record {

/// /sweep/NAME: the values along an axis.
struct SweptAxis {
  std::string name, unit = "1";
  double unitScale = 1;
  Type type = Type::F64;
  std::vector<double> values; ///< canonical
};

class SweepRecorder {
public:
  /// Makes a new file, replacing an old one.
  static Result<std::unique_ptr<SweepRecorder>> create(const std::string &path, const RunInfo &info, const std::vector<SweptAxis> &axes);
  ~SweepRecorder();

  /// What follows is of this cell; the last axis counts fastest.
  void begin(uint64_t cell);
  /// /spikes/POP, with a data set `sweep` beside `node_ids`: the cell of the sweep.
  Result<uint32_t> addSpikes(const std::string &population);
  /// /states/OBJECT/VARIABLE, of which the cell has `samples`.
  Result<uint32_t> addState(const StateInfo &info, uint64_t samples);
  /// /values/NAME
  Result<uint32_t> addValue(const ValueInfo &info, uint64_t samples);
  Status appendSpikes(uint32_t stream, double timeMs, std::span<const int32_t> ids);
  Status append(uint32_t stream, double timeMs, std::span<const double> values);
  /// The cell is written and can be read when this returns.
  Status end();
  Status close();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  explicit SweepRecorder(std::unique_ptr<Impl> i);
};

} // namespace snn::rt::record
