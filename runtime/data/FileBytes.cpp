// Regular files by their descriptor.
#include "runtime/data/FileBytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace snn::rt::data {

FileBytes::~FileBytes() { ::close(fd); }

Result<std::shared_ptr<FileBytes>> FileBytes::open(const std::string &path) {
  const auto wrong = [&](const char *why) {
    return Error{ExitCode::badData, fmt::format("cannot read '{}': {}", path, why)};
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); // a FIFO must not block
  if (fd < 0)
    return wrong(std::strerror(errno));
  std::shared_ptr<FileBytes> file(new FileBytes(path, fd));
  struct stat info {};
  if (fstat(fd, &info) != 0)
    return wrong(std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    return wrong(S_ISDIR(info.st_mode) ? "it is a folder" : "it is not a regular file");
  file->bytes = static_cast<uint64_t>(info.st_size);
  return file;
}

ssize_t FileBytes::some(uint64_t at, void *out, size_t n) const {
  for (;;) {
    const ssize_t got = ::pread(fd, out, std::min<size_t>(n, 1 << 30), static_cast<off_t>(at));
    if (got >= 0 || errno != EINTR)
      return got;
  }
}

Status FileBytes::read(uint64_t at, void *out, uint64_t n) const {
  uint8_t *to = static_cast<uint8_t *>(out);
  for (uint64_t got = 0; got < n;) {
    const ssize_t more = some(at + got, to + got, n - got);
    if (more < 0)
      return failed(at + got, errno);
    if (more == 0)
      return Error{ExitCode::badData,
                   fmt::format("'{}' is truncated: {} bytes expected from byte {} on, {} found",
                               name, n, at, got)};
    got += static_cast<uint64_t>(more);
  }
  return {};
}

Error FileBytes::failed(uint64_t at, int number) const {
  return {ExitCode::badData,
          fmt::format("cannot read '{}' at byte {}: {}", name, at, std::strerror(number))};
}

} // namespace snn::rt::data
