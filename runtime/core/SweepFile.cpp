// What the cells of a sweep recorded, into one file.
#include "runtime/core/SweepFile.h"

#include "runtime/record/SweepRecorder.h"

namespace snn::rt {

struct SweepFile::Impl {
  std::unique_ptr<record::SweepRecorder> recorder;
  Precision precision = Precision::Float;
  std::map<uint32_t, uint32_t> streams; ///< key of the record → stream of the file
  const Spool *recorded = nullptr;      ///< by the cell at hand

  record::Type type(abi::ValueType of) const { return fileTypeOf(of, precision); }
};

SweepFile::SweepFile(std::unique_ptr<Impl> i) : impl(std::move(i)) {}
SweepFile::~SweepFile() = default;

Result<std::unique_ptr<SweepFile>> SweepFile::create(const RecordingHeader &header, const SweepGrid &grid) {
  const record::RunInfo info{header.version, header.modelSource, header.modelSha256, header.options, header.seed};
  std::vector<record::SweptAxis> axes;
  for (const SweepGrid::Axis &axis : grid.axes()) {
    const auto kind = static_cast<abi::HostConstant::Kind>(axis.sweep->type);
    const record::Type type = kind == abi::HostConstant::Bool  ? record::Type::Bool
                              : kind == abi::HostConstant::Int ? record::Type::I64
                                                               : record::Type::F64;
    axes.push_back({axis.sweep->name, axis.sweep->unit, axis.sweep->unitScale, type, axis.values});
  }
  Result<std::unique_ptr<record::SweepRecorder>> made = record::SweepRecorder::create(header.path, info, axes);
  if (!made.ok())
    return made.error();
  auto impl = std::make_unique<Impl>();
  impl->recorder = std::move(made.value());
  impl->precision = header.precision;
  return std::unique_ptr<SweepFile>(new SweepFile(std::move(impl)));
}

Status SweepFile::add(size_t cell, const Spool &recorded) {
  impl->recorded = &recorded;
  impl->streams.clear();
  impl->recorder->begin(cell);
  if (Status s = recorded.replay(*this); !s.ok())
    return s;
  return impl->recorder->end();
}

Status SweepFile::open(uint32_t key, const Recorded &what) {
  const std::vector<uint64_t> shape(what.shape.begin(), what.shape.end()), ids(what.ids.begin(), what.ids.end());
  const uint64_t samples = static_cast<uint64_t>(impl->recorded->samples(key));
  Result<uint32_t> stream = 0u;
  switch (what.kind) {
  case abi::HostRecordKind::Spikes:
    stream = impl->recorder->addSpikes(what.object);
    break;
  case abi::HostRecordKind::State:
  case abi::HostRecordKind::EdgeState: {
    const bool cells = what.kind == abi::HostRecordKind::State;
    stream = impl->recorder->addState({what.object, what.name, what.unit, what.unitScale, impl->type(what.type), shape, cells, ids}, samples);
    break;
  }
  case abi::HostRecordKind::Value:
    stream = impl->recorder->addValue({what.name, what.unit, what.unitScale, impl->type(what.type), shape}, samples);
    break;
  }
  if (!stream.ok())
    return stream.error();
  impl->streams[key] = stream.value();
  return {};
}

Status SweepFile::spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) {
  return impl->recorder->appendSpikes(impl->streams.at(key), timeMs, ids);
}

Status SweepFile::sample(uint32_t key, double timeMs, std::span<const double> values) {
  return impl->recorder->append(impl->streams.at(key), timeMs, values);
}

Status SweepFile::close() { return impl->recorder->close(); }

} // namespace snn::rt
