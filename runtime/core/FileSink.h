// The recording file as a sink: an adapter over runtime/record.
#pragma once

#include "runtime/core/Taps.h"
#include "runtime/record/Recorder.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace snn::rt {

struct RecordingHeader {
  std::string path;
  std::string version, modelSource, modelSha256;
  std::optional<uint64_t> seed;      ///< nothing: the cells of a sweep have different ones
  std::string options;               ///< JSON
  Precision precision = Precision::Float;
};

/// How values are stored: reals in the run's precision.
record::Type fileTypeOf(abi::ValueType type, Precision precision);

class FileSink final : public Sink {
public:
  /// Makes a new file; or, with the cursor of a checkpoint, opens the old one and cuts it there.
  static Result<std::unique_ptr<FileSink>> create(const RecordingHeader &header, const std::string *cursor);
  ~FileSink() override;

  Status open(uint32_t key, const Recorded &what) override;
  Status spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) override;
  Status sample(uint32_t key, double timeMs, std::span<const double> values) override;
  bool immediate() const override { return false; }
  /// Writes out everything and gives the place to which a resumed run cuts the file.
  Result<std::string> cursor();
  Status close();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  explicit FileSink(std::unique_ptr<Impl> i);
};

} // namespace snn::rt
