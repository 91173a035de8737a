// Writes containers.
#include "runtime/checkpoint/Format.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::rt::checkpoint {

size_t sizeOf(Type type) {
  switch (type) {
  case Type::F64:
  case Type::I64:
  case Type::U64:
    return 8;
  case Type::F32:
  case Type::I32:
  case Type::U32:
    return 4;
  case Type::U16:
    return 2;
  case Type::U8:
    return 1;
  }
  return 0;
}

Status Writer::add(std::string_view name, Type type, std::span<const uint64_t> shape, const void *data) {
  if (name.empty() || name.size() > format::largestName || shape.size() > format::mostAxes)
    return Error{ExitCode::internal, fmt::format("state file: bad section '{}'", name)};
  if (std::ranges::any_of(sections, [&](const Section &s) { return s.name == name; }))
    return Error{ExitCode::internal, fmt::format("state file: section '{}' is added twice", name)};
  uint64_t bytes = sizeOf(type);
  for (uint64_t n : shape)
    bytes *= n;
  sections.push_back({std::string(name), type, {shape.begin(), shape.end()}, body.size(), bytes,
                      format::checksum(data, bytes)});
  if (bytes != 0)
    body.append(static_cast<const char *>(data), bytes);
  return {};
}

std::string Writer::header() const {
  std::string out;
  format::putText(out, kind);
  format::put(out, static_cast<uint32_t>(sections.size()));
  for (const Section &s : sections) {
    format::putText(out, s.name);
    format::put(out, static_cast<uint8_t>(s.type));
    format::put(out, static_cast<uint8_t>(s.shape.size()));
    for (uint64_t n : s.shape)
      format::put(out, n);
    format::put(out, s.offset);
    format::put(out, s.bytes);
    format::put(out, s.checksum);
  }
  return out;
}

Status Writer::commit(const std::string &path) const {
  if (Status s = checkReplaceable(path); !s.ok())
    return s;
  const std::string table = header();
  if (table.size() > format::largestHeader)
    return Error{ExitCode::io, fmt::format("cannot write '{}': its table of {} sections exceeds 1 MiB", path,
                                           sections.size())};
  std::string head(format::magic, 8);
  format::put(head, format::version);
  format::put(head, static_cast<uint32_t>(table.size()));
  format::put(head, format::checksum(table.data(), table.size()));
  std::string length;
  format::put(length, static_cast<uint64_t>(body.size()));
  // The checksum covers the length too, which stands behind it.
  const std::string covered = head + length;
  format::put(head, format::checksum(covered.data(), covered.size()));
  head += length;
  head += table;
  return replaceFile(path, head, body);
}

} // namespace snn::rt::checkpoint
