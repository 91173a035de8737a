// One data set of a sweep's recording: an axis for each sweep, then samples, then the axes of one sample. Cells of the sweep
// may have more or fewer samples than others, and samples of another size: the data set has the largest extents, and what a
// cell does not have is NaN, of whole numbers and truth values 0.
#pragma once

#include "runtime/record/RecordingFile.h"

#include <span>

namespace snn::rt::record {

class GridSet {
public:
  /// `grid`: extents of the sweeps; `shape`: of a sample of the first cell, which has `samples` of them, so that chunks fit.
  static Result<GridSet> create(RecordingFile &file, const std::string &path, Element element, std::vector<uint64_t> grid,
                                const std::vector<uint64_t> &shape, uint64_t samples, const std::string &unit);

  /// From now on samples of the cell `place` of the grid come, of this shape, which has as many axes as the first one.
  Status begin(RecordingFile &file, std::vector<uint64_t> place, std::vector<uint64_t> shape);
  /// One sample, as memoryType(element).
  Status append(RecordingFile &file, const void *sample);
  /// Writes what waits.
  Status end(RecordingFile &file);
  size_t rank() const { return sample.size(); }

private:
  std::string name;
  Handle set;
  size_t elementBytes = 0;
  std::vector<hsize_t> dims, chunk;
  std::vector<uint64_t> cell, sample; ///< at hand: its place, and the shape of its samples
  uint64_t sampleBytes = 0, written = 0;
  std::vector<uint8_t> waiting;       ///< samples behind those that are written
};

/// A data set that does not grow; an empty unit: no attribute `units`.
Status writeList(RecordingFile &file, const std::string &path, Element element, const std::vector<uint64_t> &shape, const void *data,
                 size_t bytes, const std::string &unit);

} // namespace snn::rt::record
