// The recording file: streams are added when a record is opened, values in the run's precision.
#include "runtime/core/FileSink.h"

namespace snn::rt {

struct FileSink::Impl {
  std::unique_ptr<record::Recorder> recorder;
  Precision precision = Precision::Float;
  std::map<uint32_t, uint32_t> streams; ///< key of the record → stream of the file

  record::Type type(abi::ValueType of) const { return fileTypeOf(of, precision); }
};

record::Type fileTypeOf(abi::ValueType type, Precision precision) {
  switch (type) {
  case abi::ValueType::Int:
    return record::Type::I64;
  case abi::ValueType::Bool:
    return record::Type::Bool;
  case abi::ValueType::Real:
    break;
  }
  return precision == Precision::Float ? record::Type::F32 : record::Type::F64;
}

FileSink::FileSink(std::unique_ptr<Impl> i) : impl(std::move(i)) {}
FileSink::~FileSink() = default;

Result<std::unique_ptr<FileSink>> FileSink::create(const RecordingHeader &header, const std::string *cursor) {
  const record::RunInfo info{header.version, header.modelSource, header.modelSha256, header.options, header.seed};
  Result<std::unique_ptr<record::Recorder>> made = cursor ? record::Recorder::resume(header.path, info, *cursor)
                                                          : record::Recorder::create(header.path, info);
  if (!made.ok())
    return made.error();
  auto impl = std::make_unique<Impl>();
  impl->recorder = std::move(made.value());
  impl->precision = header.precision;
  return std::unique_ptr<FileSink>(new FileSink(std::move(impl)));
}

Status FileSink::open(uint32_t key, const Recorded &what) {
  const std::vector<uint64_t> shape(what.shape.begin(), what.shape.end()), ids(what.ids.begin(), what.ids.end());
  Result<uint32_t> stream = 0u;
  switch (what.kind) {
  case abi::HostRecordKind::Spikes:
    stream = impl->recorder->addSpikes(what.object);
    break;
  case abi::HostRecordKind::State:
  case abi::HostRecordKind::EdgeState: {
    const bool cells = what.kind == abi::HostRecordKind::State;
    stream = impl->recorder->addState(
        {what.object, what.name, what.unit, what.unitScale, impl->type(what.type), shape, cells, ids});
    break;
  }
  case abi::HostRecordKind::Value:
    stream = impl->recorder->addValue({what.name, what.unit, what.unitScale, impl->type(what.type), shape});
    break;
  }
  if (!stream.ok())
    return stream.error();
  impl->streams[key] = stream.value();
  return {};
}

Status FileSink::spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) {
  return impl->recorder->appendSpikes(impl->streams.at(key), timeMs, ids);
}

Status FileSink::sample(uint32_t key, double timeMs, std::span<const double> values) {
  return impl->recorder->append(impl->streams.at(key), timeMs, values);
}

Result<std::string> FileSink::cursor() { return impl->recorder->cursor(); }
Status FileSink::close() { return impl->recorder->close(); }

} // namespace snn::rt
