// A regular file that is read at any place through pread(): a file that shrinks meanwhile is an
// error, not a signal as with mmap.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>

namespace snn::rt::data {

class FileBytes {
public:
  /// Opens regular files alone; ExitCode::badData with the reason.
  static Result<std::shared_ptr<FileBytes>> open(const std::string &path);
  FileBytes(const FileBytes &) = delete;
  FileBytes &operator=(const FileBytes &) = delete;
  ~FileBytes();

  const std::string &path() const { return name; }
  /// When it was opened.
  uint64_t size() const { return bytes; }
  /// As pread(2), but never interrupted.
  ssize_t some(uint64_t at, void *out, size_t n) const;
  /// Exactly n bytes, or an error that tells position, expected and found.
  Status read(uint64_t at, void *out, uint64_t n) const;
  /// "cannot read 'file' at byte N: …"
  Error failed(uint64_t at, int number) const;

private:
  FileBytes(std::string path, int fd) : name(std::move(path)), fd(fd) {}
  std::string name;
  int fd;
  uint64_t bytes = 0;
};

} // namespace snn::rt::data
