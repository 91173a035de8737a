// The recording of a sweep as a sink: an adapter over runtime/record. What the cells recorded comes cell after cell.
#pragma once

#include "runtime/core/FileSink.h"
#include "runtime/core/Spool.h"
#include "runtime/core/SweepGrid.h"

namespace snn::rt {

class SweepFile final : public Sink {
public:
  static Result<std::unique_ptr<SweepFile>> create(const RecordingHeader &header, const SweepGrid &grid);
  ~SweepFile() override;

  /// Writes what the cell recorded, so that it can be read.
  Status add(size_t cell, const Spool &recorded);
  Status close();

  Status open(uint32_t key, const Recorded &what) override;
  Status spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) override;
  Status sample(uint32_t key, double timeMs, std::span<const double> values) override;
  bool immediate() const override { return false; }

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  explicit SweepFile(std::unique_ptr<Impl> i);
};

} // namespace snn::rt
