// Plain and gzipped files.
#include "runtime/data/InputFile.h"
#include "runtime/data/FileBytes.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <limits>
#include <zlib.h>

namespace snn::rt::data {

struct InputFile::Impl {
  std::shared_ptr<FileBytes> file;
  uint64_t consumed = 0; ///< bytes of the file
  bool gzip = false, streamOpen = false, ended = false;
  z_stream stream{};
  std::vector<uint8_t> input;

  ~Impl() {
    if (streamOpen)
      inflateEnd(&stream);
  }

  Result<size_t> raw(uint8_t *out, size_t bytes);
  Result<size_t> unpacked(uint8_t *out, size_t bytes, uint64_t position);
  Status refill();
};

Result<size_t> InputFile::Impl::raw(uint8_t *out, size_t bytes) {
  const ssize_t n = file->some(consumed, out, bytes);
  if (n < 0)
    return file->failed(consumed, errno);
  consumed += static_cast<uint64_t>(n);
  return static_cast<size_t>(n);
}

Status InputFile::Impl::refill() {
  const Result<size_t> n = raw(input.data(), input.size());
  if (!n.ok())
    return n.error();
  if (n.value() == 0)
    return Error{ExitCode::badData,
                 fmt::format("'{}' is truncated: the gzip stream breaks off after {} packed bytes",
                             file->path(), consumed)};
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(n.value());
  return {};
}

Result<size_t> InputFile::Impl::unpacked(uint8_t *out, size_t bytes, uint64_t position) {
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
      if (stream.avail_in == 0 && consumed >= file->size())
        ended = true;
      else if (inflateReset(&stream) != Z_OK)
        return Error{ExitCode::internal, "zlib cannot be reset"};
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return Error{ExitCode::badData,
                   fmt::format("'{}' is damaged: {} near unpacked byte {}", file->path(),
                               stream.msg ? stream.msg : "bad gzip data", position)};
    }
  }
  return wanted - stream.avail_out;
}

Result<size_t> InputFile::some(uint8_t *out, size_t bytes) {
  return impl->gzip ? impl->unpacked(out, bytes, position()) : impl->raw(out, bytes);
}

InputFile::InputFile(const std::string &path) : Input(path), impl(std::make_unique<Impl>()) {}
InputFile::InputFile(InputFile &&) noexcept = default;
InputFile &InputFile::operator=(InputFile &&) noexcept = default;
InputFile::~InputFile() = default;

Result<InputFile> InputFile::open(const std::string &path) {
  Result<std::shared_ptr<FileBytes>> opened = FileBytes::open(path);
  if (!opened.ok())
    return opened.error();
  InputFile file(path);
  Impl &f = *file.impl;
  f.file = std::move(opened.value());
  uint8_t magic[2] = {0, 0};
  f.gzip = f.file->some(0, magic, 2) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  if (f.gzip) {
    f.input.resize(1 << 16);
    if (inflateInit2(&f.stream, 16 + MAX_WBITS) != Z_OK)
      return Error{ExitCode::resources, "no memory for unpacking gzip data"};
    f.streamOpen = true;
  }
  return file;
}

bool InputFile::packed() const { return impl->gzip; }

uint64_t InputFile::mostLeft() const {
  uint64_t most = impl->file->size();
  if (impl->gzip && __builtin_mul_overflow(most, highestRatio, &most))
    most = std::numeric_limits<uint64_t>::max();
  return most - std::min(most, position());
}

} // namespace snn::rt::data
