// A file by its descriptor: reads and writes that are done as a whole or fail with errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/types.h>

namespace snn::rt::record {

/// Owns the descriptor of a regular file that nobody else makes longer. What fails returns false
/// and leaves errno.
class RawFile {
public:
  explicit RawFile(int fd);
  RawFile(const RawFile &) = delete;
  RawFile &operator=(const RawFile &) = delete;
  virtual ~RawFile();

  int descriptor() const { return fd; }
  uint64_t size() const { return bytes; }
  /// False with EWOULDBLOCK if another program holds it; file systems without locks are fine.
  bool lock();
  /// What lies behind the file's end is read as zeros.
  bool read(uint64_t at, void *to, size_t n) const;
  bool write(uint64_t at, const void *from, size_t n);
  bool writeZeros(uint64_t from, uint64_t to);
  bool resize(uint64_t n);
  /// Content and length reach the disk.
  bool sync();

protected:
  /// As pwrite(2).
  virtual ssize_t writeSome(const void *from, size_t n, off_t at);

private:
  int fd;
  uint64_t bytes = 0;
};

} // namespace snn::rt::record
