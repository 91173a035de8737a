// Recordings: an HDF5 file in the SONATA layout (docs/formats/recording.md), streamed in chunks so that memory does not
// grow with the run. Equal runs give equal files, byte by byte, however often they are flushed.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace snn::rt::record {

enum class Type : uint8_t { F32, F64, I64, Bool };

/// Root attributes.
struct RunInfo {
  std::string snnVersion, modelSource, modelSha256;
  std::string options; ///< JSON
  std::optional<uint64_t> seed; ///< nothing: it differs within the recording
};

struct StateInfo {
  std::string object, variable;
  std::string unit = "1";
  double unitScale = 1;          ///< canonical value / unitScale is in `unit`
  Type type = Type::F32;
  std::vector<uint64_t> shape;   ///< of one sample
  bool hasIds = true;            ///< of cells; edges have none
  std::vector<uint64_t> ids;
};

struct ValueInfo {
  std::string name;
  std::string unit = "1";
  double unitScale = 1;
  Type type = Type::F64;
  std::vector<uint64_t> shape;
};

/// A file being recorded. After a failed write (ExitCode::io) every further call returns that error, except close(), which
/// saves all that came before. One recorder is used by one thread at a time; several may exist side by side.
class Recorder {
public:
  /// Makes a new file, replacing an old one.
  static Result<std::unique_ptr<Recorder>> create(const std::string &path, const RunInfo &info);
  /// Opens the recording of an interrupted run and cuts it to `cursor`; streams are then added again and go on there.
  /// ExitCode::badData if the file is not this model's recording or is shorter than the cursor says.
  static Result<std::unique_ptr<Recorder>> resume(const std::string &path, const RunInfo &info, const std::string &cursor);
  ~Recorder();

  /// /spikes/POP; the same population may be added twice and then shares one stream.
  Result<uint32_t> addSpikes(const std::string &population);
  /// /states/OBJECT/VARIABLE
  Result<uint32_t> addState(const StateInfo &info);
  /// /values/NAME
  Result<uint32_t> addValue(const ValueInfo &info);

  /// Times ascend from call to call; ids of one time may come in several calls and are sorted, each once.
  Status appendSpikes(uint32_t stream, double timeMs, std::span<const int32_t> ids);
  /// One sample, in canonical units: as many values as the shape has elements.
  Status append(uint32_t stream, double timeMs, std::span<const double> values);

  /// Everything so far can be read by other programs when this returns, also if the process is killed then; with `toDisk`
  /// also if the power fails.
  Status flush(bool toDisk = false);
  /// Flushes to the disk and says how long each stream is, in text; for resume().
  Result<std::string> cursor();
  Status close();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  explicit Recorder(std::unique_ptr<Impl> i);
};

/// A name as a link in the file: '/' and '%' are written %2F and %25, "." and ".." are escaped too.
std::string escapeName(const std::string &name);

} // namespace snn::rt::record
