// What recordings of single runs and of sweeps write in the same way.
#pragma once

#include "runtime/record/Recorder.h"
#include "runtime/record/RecordingFile.h"

namespace snn::rt::record {

/// The attributes of the root.
Status writeInfo(RecordingFile &file, const RunInfo &info);
Element elementOf(Type type);
/// Canonical values as bytes of memoryType(elementOf(type)), in the unit of which `unitScale` is the canonical value.
void encode(Type type, double unitScale, std::span<const double> values, std::vector<uint8_t> &out);
/// Takes the cells that spiked at one time out of `waiting`, where several calls have put them: ascending, each once.
std::vector<uint64_t> takeIds(std::vector<int32_t> &waiting);

} // namespace snn::rt::record
