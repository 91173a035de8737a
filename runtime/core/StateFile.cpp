// State files over checkpoint::Writer and Reader. A file belongs to a model: its sha256 is a section.
#include "runtime/core/StateFile.h"

#include "runtime/checkpoint/Container.h"

#include <fmt/format.h>

namespace snn::rt {

namespace {

/// Real is stored in the width that it has in memory, which the size of the network's precision tells.
checkpoint::Type typeOf(abi::Elem elem, Precision precision) {
  switch (elem) {
  case abi::Elem::Real:
    return precision == Precision::Float ? checkpoint::Type::F32 : checkpoint::Type::F64;
  case abi::Elem::F64:
    return checkpoint::Type::F64;
  case abi::Elem::I32:
    return checkpoint::Type::I32;
  case abi::Elem::I64:
    return checkpoint::Type::I64;
  case abi::Elem::U8:
    return checkpoint::Type::U8;
  }
  return checkpoint::Type::U8;
}

constexpr std::string_view modelSection = "model";

} // namespace

Status writeStateFile(const std::string &path, const std::string &kind, const std::string &modelSha256,
                      Precision precision, const std::function<Status(const Network::Put &)> &fill) {
  checkpoint::Writer writer(kind);
  const uint64_t length = modelSha256.size();
  if (Status s = writer.add(modelSection, checkpoint::Type::U8, {&length, 1}, modelSha256.data()); !s.ok())
    return s;
  const Network::Put put = [&](std::string_view name, abi::Elem elem, const void *data, int64_t count) {
    const uint64_t extent = static_cast<uint64_t>(count);
    return writer.add(name, typeOf(elem, precision), {&extent, 1}, data);
  };
  if (Status s = fill(put); !s.ok())
    return s;
  return writer.commit(path);
}

Status readStateFile(const std::string &path, const std::string &kind, const std::string &modelSha256,
                     const std::function<Status(const Network::Get &)> &take) {
  const Result<checkpoint::Reader> reader = checkpoint::Reader::open(path, kind);
  if (!reader.ok())
    return reader.error();
  const Network::Get get = [&](std::string_view name) -> Result<std::vector<uint8_t>> {
    const checkpoint::Section *section = reader.value().find(name);
    if (!section)
      return Error{ExitCode::badData, fmt::format("it lacks the section {}", name)};
    return std::vector<uint8_t>(section->data.begin(), section->data.end());
  };
  const Result<std::vector<uint8_t>> model = get(modelSection);
  if (!model.ok())
    return model.error();
  if (!modelSha256.empty() && std::string(model.value().begin(), model.value().end()) != modelSha256)
    return Error{ExitCode::badData, fmt::format("'{}' was written by another model, or by this one before it was changed", path)};
  return take(get);
}

} // namespace snn::rt
