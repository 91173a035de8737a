// Attributes, numbers and spikes as they are written.
#include "runtime/record/Encode.h"

#include <algorithm>
#include <functional>

namespace snn::rt::record {

Element elementOf(Type type) {
  switch (type) {
  case Type::F32:
    return Element::F32;
  case Type::F64:
    return Element::F64;
  case Type::I64:
    return Element::I64;
  case Type::Bool:
    return Element::Bool;
  }
  return Element::F64;
}

void encode(Type type, double unitScale, std::span<const double> values, std::vector<uint8_t> &out) {
  const auto fill = [&]<class T>(T, auto of) {
    out.resize(values.size() * sizeof(T));
    T *to = reinterpret_cast<T *>(out.data());
    for (size_t k = 0; k < values.size(); ++k)
      to[k] = of(values[k]);
  };
  switch (type) {
  case Type::F32:
    return fill(float{}, [&](double x) { return static_cast<float>(x / unitScale); });
  case Type::F64:
    return fill(double{}, [&](double x) { return x / unitScale; });
  case Type::I64:
    return fill(int64_t{}, [](double x) { return static_cast<int64_t>(x); });
  case Type::Bool:
    return fill(int8_t{}, [](double x) { return static_cast<int8_t>(x != 0); });
  }
}

std::vector<uint64_t> takeIds(std::vector<int32_t> &waiting) {
  if (!std::ranges::is_sorted(waiting, std::less_equal())) { // several calls for one time
    std::ranges::sort(waiting);
    const auto rest = std::ranges::unique(waiting);
    waiting.erase(rest.begin(), rest.end());
  }
  std::vector<uint64_t> ids(waiting.begin(), waiting.end());
  waiting.clear();
  return ids;
}

Status writeInfo(RecordingFile &file, const RunInfo &info) {
  if (Status s = file.reserve(info.modelSource.size() + info.options.size() + (16 << 10)); !s.ok())
    return s;
  const uint32_t magic = 0x0A7A, version[2] = {0, 1}; // SONATA's
  const Handle root(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose);
  const bool good = writeNumbers(root, "magic", H5T_STD_U32LE, &magic, 1, true) &&
                    writeNumbers(root, "version", H5T_STD_U32LE, version, 2, false) &&
                    writeText(root, "snn_version", info.snnVersion) &&
                    writeText(root, "model_source", info.modelSource) &&
                    writeText(root, "model_sha256", info.modelSha256) &&
                    (!info.seed || writeNumbers(root, "seed", H5T_STD_U64LE, &*info.seed, 1, true)) &&
                    writeText(root, "options", info.options);
  return good ? Status() : file.failed("writing attributes");
}

} // namespace snn::rt::record
