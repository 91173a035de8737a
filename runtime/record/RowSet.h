// One data set of a recording: rows along an unlimited first axis. The chunk being filled is held in memory and is given
// its place in the file with its first row, so that the file's layout does not depend on when it is flushed.
#pragma once

#include "runtime/record/RecordingFile.h"

#include <span>

namespace snn::rt::record {

class RowSet {
public:
  /// Makes /path with rows of `shape`; an empty unit: no attribute `units`.
  static Result<RowSet> create(RecordingFile &file, const std::string &path, Element element,
                               std::vector<uint64_t> shape, const std::string &unit);
  /// Opens an existing one, which must be as create() would make it, to go on behind `rows`; ExitCode::badData otherwise.
  /// Rows beyond stay until they are written again or trim() cuts them: a run that is resumed writes the same, and a file
  /// that only grows can be read after a kill at any moment.
  static Result<RowSet> open(RecordingFile &file, const std::string &path, Element element, std::vector<uint64_t> shape,
                             uint64_t rows);

  uint64_t rows() const { return count; }
  const std::string &path() const { return name; }
  /// Bytes of new chunks that appending `n` rows will begin.
  uint64_t newBytes(uint64_t n) const;
  /// Appends `n` rows of memoryType(element); room must be reserved before.
  Status append(RecordingFile &file, const void *rows, uint64_t n);
  /// Cuts what the file has beyond the last row.
  Status trim(RecordingFile &file);
  /// Writes the begun chunk.
  Status writeOut(RecordingFile &file);
  /// Whether a chunk was finished since the last call.
  bool takeFinished() { return std::exchange(finished, false); }

private:
  std::string name;
  Handle set;
  std::vector<hsize_t> dims, chunk;
  uint64_t rowBytes = 0, count = 0, written = 0, onFile = 0; ///< rows: appended, written, in the file
  std::vector<uint8_t> buffer; ///< the chunk that holds row `count`
  bool finished = false;

  RowSet(std::string path, Element element, std::vector<uint64_t> shape);
  Status writeChunk(RecordingFile &file, uint64_t firstRow);
  Status loadChunk(uint64_t firstRow);
  bool fits(Element element) const;
  uint64_t rewritten() const;
};

/// Writes a data set that does not grow.
Status writeFixed(RecordingFile &file, const std::string &path, std::span<const uint64_t> values);

} // namespace snn::rt::record
