// Plain and gzipped files through read(): a file that shrinks meanwhile is an error, not a signal as with mmap.
#include "runtime/data/InputFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace snn::rt::data {

namespace {

constexpr uint64_t highestRatio = 1032; // of deflate
constexpr size_t piece = 1 << 20;

} // namespace

struct InputFile::Impl {
  std::string path;
  int fd = -1;
  uint64_t size = 0, consumed = 0, position = 0;
  bool gzip = false, streamOpen = false, ended = false;
  z_stream stream{};
  std::vector<uint8_t> input;

  ~Impl() {
    if (streamOpen)
      inflateEnd(&stream);
    if (fd >= 0)
      ::close(fd);
  }

  /// Bytes read, 0 at the end, or -1 with errno.
  ssize_t readRaw(void *out, size_t bytes) {
    for (;;) {
      const ssize_t n = ::read(fd, out, std::min<size_t>(bytes, 1 << 30));
      if (n < 0 && errno == EINTR)
        continue;
      if (n > 0)
        consumed += static_cast<uint64_t>(n);
      return n;
    }
  }

  Error failed(int number) const {
    return {ExitCode::badData, fmt::format("cannot read '{}' at byte {}: {}", path, position, std::strerror(number))};
  }

  Result<size_t> some(uint8_t *out, size_t bytes);
  Result<size_t> someUnpacked(uint8_t *out, size_t bytes);
  Status refill();
};

Status InputFile::Impl::refill() {
  const ssize_t n = readRaw(input.data(), input.size());
  if (n < 0)
    return failed(errno);
  if (n == 0)
    return Error{ExitCode::badData, fmt::format("'{}' is truncated: the gzip stream breaks off after {} packed bytes", path,
                                                consumed)};
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(n);
  return {};
}

Result<size_t> InputFile::Impl::someUnpacked(uint8_t *out, size_t bytes) {
  stream.next_out = out;
  stream.avail_out = static_cast<uInt>(std::min<size_t>(bytes, 1 << 30));
  const size_t wanted = stream.avail_out;
  while (stream.avail_out == wanted && !ended) {
    if (stream.avail_in == 0)
      if (Status s = refill(); !s.ok())
        return s.error();
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      // A gzip file may hold several members; what comes behind is the next one.
      if (stream.avail_in == 0 && consumed >= size)
        ended = true;
      else if (inflateReset(&stream) != Z_OK)
        return Error{ExitCode::internal, "zlib cannot be reset"};
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return Error{ExitCode::badData, fmt::format("'{}' is damaged: {} near unpacked byte {}", path,
                                                  stream.msg ? stream.msg : "bad gzip data", position)};
    }
  }
  return wanted - stream.avail_out;
}

Result<size_t> InputFile::Impl::some(uint8_t *out, size_t bytes) {
  if (gzip)
    return someUnpacked(out, bytes);
  const ssize_t n = readRaw(out, bytes);
  if (n < 0)
    return failed(errno);
  return static_cast<size_t>(n);
}

InputFile::InputFile() : impl(std::make_unique<Impl>()) {}
InputFile::InputFile(InputFile &&) noexcept = default;
InputFile &InputFile::operator=(InputFile &&) noexcept = default;
InputFile::~InputFile() = default;

Result<InputFile> InputFile::open(const std::string &path) {
  InputFile file;
  Impl &f = *file.impl;
  f.path = path;
  f.fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); // a FIFO must not block
  if (f.fd < 0)
    return Error{ExitCode::badData, fmt::format("cannot read '{}': {}", path, std::strerror(errno))};
  struct stat info {};
  if (fstat(f.fd, &info) != 0)
    return Error{ExitCode::badData, fmt::format("cannot read '{}': {}", path, std::strerror(errno))};
  if (!S_ISREG(info.st_mode))
    return Error{ExitCode::badData, fmt::format("cannot read '{}': it is {}", path,
                                                S_ISDIR(info.st_mode) ? "a folder" : "not a regular file")};
  f.size = static_cast<uint64_t>(info.st_size);
  uint8_t magic[2] = {0, 0};
  f.gzip = pread(f.fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  if (f.gzip) {
    f.input.resize(1 << 16);
    if (inflateInit2(&f.stream, 16 + MAX_WBITS) != Z_OK)
      return Error{ExitCode::resources, "no memory for unpacking gzip data"};
    f.streamOpen = true;
  }
  return file;
}

const std::string &InputFile::path() const { return impl->path; }
uint64_t InputFile::position() const { return impl->position; }
bool InputFile::packed() const { return impl->gzip; }

uint64_t InputFile::mostLeft() const {
  uint64_t most = impl->size;
  if (impl->gzip && __builtin_mul_overflow(most, highestRatio, &most))
    most = std::numeric_limits<uint64_t>::max();
  return most - std::min(most, impl->position);
}

Status InputFile::read(void *out, uint64_t bytes) {
  uint8_t *to = static_cast<uint8_t *>(out);
  const uint64_t begin = impl->position;
  while (impl->position - begin < bytes) {
    const uint64_t got = impl->position - begin;
    const Result<size_t> n = impl->some(to + got, bytes - got);
    if (!n.ok())
      return n.error();
    if (n.value() == 0)
      return Error{ExitCode::badData, fmt::format("'{}' is truncated: {} bytes expected from byte {} on, {} found", path(),
                                                  bytes, begin, got)};
    impl->position += n.value();
  }
  return {};
}

Status InputFile::read(std::vector<uint8_t> &out, uint64_t bytes) {
  if (bytes > mostLeft())
    return Error{ExitCode::badData, fmt::format("'{}' is truncated: {} bytes expected from byte {} on, {}{} found", path(),
                                                bytes, impl->position, packed() ? "at most " : "", mostLeft())};
  out.clear();
  if (!packed()) // the size is known to be there, so one allocation will do
    out.reserve(bytes);
  const uint64_t begin = impl->position;
  while (out.size() < bytes) {
    const size_t old = out.size();
    const uint64_t n = std::min<uint64_t>(bytes - old, piece);
    out.resize(old + n);
    if (Status s = read(out.data() + old, n); !s.ok())
      return Error{s.error().code, impl->position == begin + bytes ? s.error().message
                                   : fmt::format("{} ({} bytes expected from byte {} on)", s.error().message, bytes, begin)};
  }
  return {};
}

Status InputFile::skip(uint64_t bytes) {
  std::vector<uint8_t> scratch(std::min<uint64_t>(bytes, 1 << 16));
  while (bytes > 0) {
    const uint64_t n = std::min<uint64_t>(bytes, scratch.size());
    if (Status s = read(scratch.data(), n); !s.ok())
      return s;
    bytes -= n;
  }
  return {};
}

Status InputFile::expectEnd() {
  uint8_t extra;
  const Result<size_t> n = impl->some(&extra, 1);
  if (!n.ok())
    return n.error();
  if (n.value() != 0)
    return Error{ExitCode::badData, fmt::format("'{}': the content should end at byte {}, but there is more", path(),
                                                impl->position)};
  return {};
}

Error InputFile::wrong(std::string_view what) const { return wrongAt(impl->position, what); }

Error InputFile::wrongAt(uint64_t position, std::string_view what) const {
  return {ExitCode::badData, fmt::format("'{}', byte {}: {}", path(), position, what)};
}

} // namespace snn::rt::data
