// Reads containers, of which nothing is believed before it is checked.
#include "runtime/checkpoint/Format.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace snn::rt::checkpoint {

namespace {

Error damaged(const std::string &path, uint64_t position, std::string_view what) {
  return {ExitCode::badData, fmt::format("'{}' is damaged at byte {}: {}", path, position, what)};
}

Result<std::vector<uint8_t>> readAll(const std::string &path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return Error{ExitCode::io, fmt::format("cannot read '{}': {}", path, std::strerror(errno))};
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return Error{ExitCode::io, fmt::format("cannot read '{}': it is not a regular file", path)};
  }
  std::vector<uint8_t> bytes(static_cast<size_t>(info.st_size));
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = ::read(fd, bytes.data() + got, bytes.size() - got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    got += static_cast<size_t>(n);
  }
  ::close(fd);
  if (got < bytes.size())
    return Error{ExitCode::io, fmt::format("cannot read '{}': {} of {} bytes arrived", path, got, bytes.size())};
  return bytes;
}

/// Takes numbers and texts from the header, never beyond its end.
class HeaderReader {
public:
  HeaderReader(const uint8_t *data, size_t size) : data(data), size(size) {}
  template <class T> T number() {
    T x{};
    if (size - at < sizeof x) {
      good = false;
      return x;
    }
    std::memcpy(&x, data + at, sizeof x);
    at += sizeof x;
    return x;
  }
  std::string text() {
    const size_t length = number<uint32_t>();
    if (!good || length > format::largestName || length > size - at) {
      good = false;
      return {};
    }
    at += length;
    return {reinterpret_cast<const char *>(data + at - length), length};
  }
  bool good = true;
  size_t position() const { return format::preamble + at; }
  bool finished() const { return at == size; }

private:
  const uint8_t *data;
  size_t size, at = 0;
};

struct Frame {
  uint32_t tableBytes = 0;
  uint64_t bodyBytes = 0;
};

Result<Frame> readFrame(const std::string &path, const std::vector<uint8_t> &bytes) {
  if (bytes.size() < format::preamble)
    return damaged(path, bytes.size(), fmt::format("the file ends within the first {} bytes", format::preamble));
  const uint8_t *p = bytes.data();
  if (std::memcmp(p, format::magic, 8) != 0)
    return Error{ExitCode::badData, fmt::format("'{}' is not a state file: it does not begin with {}", path, format::magic)};
  uint32_t version, tableSum, frameSum;
  Frame frame;
  std::memcpy(&version, p + 8, 4);
  std::memcpy(&frame.tableBytes, p + 12, 4);
  std::memcpy(&tableSum, p + 16, 4);
  std::memcpy(&frameSum, p + 20, 4);
  std::memcpy(&frame.bodyBytes, p + 24, 8);
  uint8_t covered[28];
  std::memcpy(covered, p, 20);
  std::memcpy(covered + 20, p + 24, 8);
  if (format::checksum(covered, sizeof covered) != frameSum)
    return damaged(path, 20, "the checksum of the first 32 bytes does not fit");
  if (version != format::version)
    return Error{ExitCode::badData, fmt::format("'{}' has version {} of the state format; this program reads version {}",
                                                path, version, format::version)};
  if (frame.tableBytes > format::largestHeader)
    return damaged(path, 12, "the header is longer than 1 MiB");
  const uint64_t rest = bytes.size() - format::preamble;
  if (frame.tableBytes > rest || frame.bodyBytes != rest - frame.tableBytes)
    return damaged(path, bytes.size(), fmt::format("{} bytes are announced, the file has {}",
                                                   format::preamble + frame.tableBytes + frame.bodyBytes, bytes.size()));
  if (format::checksum(p + format::preamble, frame.tableBytes) != tableSum)
    return damaged(path, format::preamble, "the checksum of the header does not fit");
  return frame;
}

/// Null, or what is wrong with the section.
const char *readSection(HeaderReader &in, Section &s, uint64_t expectedOffset, const uint8_t *body, uint64_t bodyBytes,
                        std::set<std::string> &names) {
  s.name = in.text();
  const uint8_t type = in.number<uint8_t>();
  const uint8_t axes = in.number<uint8_t>();
  if (!in.good || s.name.empty() || axes > format::mostAxes)
    return "a section's head is cut off or impossible";
  if (type < static_cast<uint8_t>(Type::F64) || type > static_cast<uint8_t>(Type::U8))
    return "unknown element type";
  s.type = static_cast<Type>(type);
  uint64_t product = sizeOf(s.type);
  for (uint8_t k = 0; k < axes; ++k) {
    s.shape.push_back(in.number<uint64_t>());
    if (__builtin_mul_overflow(product, s.shape.back(), &product))
      return "a section's shape overflows";
  }
  const uint64_t offset = in.number<uint64_t>(), bytes = in.number<uint64_t>();
  const uint32_t sum = in.number<uint32_t>();
  if (!in.good)
    return "a section's head is cut off";
  if (!names.insert(s.name).second)
    return "two sections have the same name";
  if (offset != expectedOffset || bytes != product || bytes > bodyBytes - offset)
    return "a section's place does not fit its shape";
  if (format::checksum(body + offset, bytes) != sum)
    return "a section's checksum does not fit";
  s.data = {body + offset, static_cast<size_t>(bytes)};
  return nullptr;
}

} // namespace

Result<Reader> Reader::open(const std::string &path, std::string_view kind) {
  Result<std::vector<uint8_t>> content = readAll(path);
  if (!content.ok())
    return content.error();
  Reader reader;
  reader.bytes = std::move(content.value());
  const Result<Frame> frame = readFrame(path, reader.bytes);
  if (!frame.ok())
    return frame.error();
  const auto [tableBytes, bodyBytes] = frame.value();
  HeaderReader in(reader.bytes.data() + format::preamble, tableBytes);
  const uint8_t *body = reader.bytes.data() + format::preamble + tableBytes;
  const std::string found = in.text();
  if (in.good && found != kind)
    return Error{ExitCode::badData, fmt::format("'{}' holds a {}, not a {}", path, found, kind)};
  const uint32_t count = in.number<uint32_t>();
  std::set<std::string> names;
  uint64_t offset = 0;
  for (uint32_t k = 0; in.good && k < count; ++k) {
    Section s;
    const size_t position = in.position();
    if (const char *wrong = readSection(in, s, offset, body, bodyBytes, names))
      return damaged(path, position, wrong);
    offset += s.data.size();
    reader.all.push_back(std::move(s));
  }
  if (!in.good || !in.finished() || offset != bodyBytes)
    return damaged(path, in.position(), "the header does not fit the sections");
  return reader;
}

const Section *Reader::find(std::string_view name) const {
  const auto found = std::ranges::find_if(all, [&](const Section &s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace snn::rt::checkpoint
