// Replaces a file as a whole: after a crash at any point the old or the new content is there, never a mixture.
#include "runtime/checkpoint/Format.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace snn::rt::checkpoint {

namespace {

Error failure(const std::string &path, std::string_view doing, int number) {
  return {ExitCode::io, fmt::format("cannot {} '{}': {}", doing, path, std::strerror(number))};
}

std::string folderOf(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

bool beginsAsState(const std::string &path) {
  char begin[8] = {};
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const bool got = fd >= 0 && ::read(fd, begin, sizeof begin) == sizeof begin;
  if (fd >= 0)
    ::close(fd);
  return got && std::memcmp(begin, format::magic, sizeof begin) == 0;
}

Status checkRoom(const std::string &path, uint64_t bytes) {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && bytes > limit.rlim_cur)
    return Error{ExitCode::io, fmt::format("cannot write '{}': {} bytes are needed, the limit of file sizes is {}", path,
                                           bytes, static_cast<uint64_t>(limit.rlim_cur))};
  struct statvfs disk {};
  if (statvfs(folderOf(path).c_str(), &disk) != 0)
    return failure(path, "write", errno);
  const uint64_t room = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (disk.f_blocks != 0 && bytes > room)
    return Error{ExitCode::io, fmt::format("cannot write '{}': {} bytes are needed beside what is there, {} are free", path,
                                           bytes, room)};
  return {};
}

bool writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), std::min<size_t>(text.size(), 1 << 30));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      if (n == 0)
        errno = EIO;
      return false;
    }
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

/// Writes and synchronises the new file; 0 or errno.
int writeNew(int fd, std::string_view head, std::string_view body) {
  int error = 0;
  if (!writeAll(fd, head) || !writeAll(fd, body) || fsync(fd) != 0)
    error = errno;
  if (::close(fd) != 0 && error == 0)
    error = errno;
  return error;
}

/// The name's entry in its folder reaches the disk.
int syncFolder(const std::string &path) {
  const int folder = ::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return errno;
  // Some file systems cannot synchronise folders and say EINVAL; there is nothing more to do there.
  const int error = fsync(folder) != 0 && errno != EINVAL ? errno : 0;
  ::close(folder);
  return error;
}

} // namespace

Status checkReplaceable(const std::string &path) {
  struct stat old {};
  if (::stat(path.c_str(), &old) == 0) {
    if (!S_ISREG(old.st_mode))
      return Error{ExitCode::io, fmt::format("cannot write '{}': it is {}", path,
                                             S_ISDIR(old.st_mode) ? "a folder" : "not a regular file")};
    if (old.st_size > 0 && !beginsAsState(path))
      return Error{ExitCode::io, fmt::format("cannot write '{}': it is there already and holds something else than a saved "
                                             "state",
                                             path)};
  }
  if (::access(folderOf(path).c_str(), W_OK | X_OK) != 0)
    return failure(path, "write", errno);
  return {};
}

Status replaceFile(const std::string &path, std::string_view head, std::string_view body) {
  struct stat old {};
  if (::stat(path.c_str(), &old) == 0 && !S_ISREG(old.st_mode))
    return Error{ExitCode::io, fmt::format("cannot write '{}': it is not a regular file", path)};
  if (Status s = checkRoom(path, head.size() + body.size()); !s.ok())
    return s;
  const std::string fresh = fmt::format("{}.{}.tmp", path, gettid()); // simulations side by side may save to one name
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0)
    return failure(fresh, "write", errno);
  if (const int error = writeNew(fd, head, body)) {
    ::unlink(fresh.c_str());
    return failure(path, "write", error);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return failure(path, "replace", error);
  }
  if (const int error = syncFolder(path))
    return failure(path, "synchronise the folder of", error);
  return {};
}

} // namespace snn::rt::checkpoint
