// Whole reads and writes over pread and pwrite.
#include "runtime/record/RawFile.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace snn::rt::record {

namespace {

/// The kernel takes less than 2 GiB at once.
constexpr size_t most = 1 << 30;

} // namespace

RawFile::RawFile(int fd) : fd(fd) {
  struct stat info {};
  if (fstat(fd, &info) == 0)
    bytes = static_cast<uint64_t>(info.st_size);
}

RawFile::~RawFile() { ::close(fd); }

bool RawFile::lock() {
  while (flock(fd, LOCK_EX | LOCK_NB) != 0)
    if (errno != EINTR)
      return errno != EWOULDBLOCK;
  return true;
}

ssize_t RawFile::writeSome(const void *from, size_t n, off_t at) {
  return ::pwrite(fd, from, n, at);
}

bool RawFile::read(uint64_t at, void *to, size_t n) const {
  auto *out = static_cast<uint8_t *>(to);
  while (n > 0) {
    const ssize_t got = ::pread(fd, out, std::min(n, most), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return false;
    if (got == 0) {
      std::memset(out, 0, n);
      return true;
    }
    out += got, at += static_cast<uint64_t>(got), n -= static_cast<size_t>(got);
  }
  return true;
}

bool RawFile::write(uint64_t at, const void *from, size_t n) {
  const auto *in = static_cast<const uint8_t *>(from);
  while (n > 0) {
    const ssize_t put = writeSome(in, std::min(n, most), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR)
      continue;
    if (put == 0)
      errno = EIO;
    if (put <= 0)
      return false;
    in += put, at += static_cast<uint64_t>(put), n -= static_cast<size_t>(put);
    bytes = std::max(bytes, at);
  }
  return true;
}

bool RawFile::writeZeros(uint64_t from, uint64_t to) {
  static constexpr std::array<uint8_t, 64 << 10> zeros{};
  for (; from < to; from += std::min<uint64_t>(zeros.size(), to - from))
    if (!write(from, zeros.data(), std::min<uint64_t>(zeros.size(), to - from)))
      return false;
  return true;
}

bool RawFile::resize(uint64_t n) {
  while (ftruncate(fd, static_cast<off_t>(n)) != 0)
    if (errno != EINTR)
      return false;
  bytes = n;
  return true;
}

bool RawFile::sync() {
  while (fdatasync(fd) != 0)
    if (errno != EINTR)
      return false;
  return true;
}

} // namespace snn::rt::record
