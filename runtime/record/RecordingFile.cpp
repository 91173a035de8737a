// Opens recordings and takes room on the disk ahead of writing.
#include "runtime/record/RecordingFile.h"

#include "runtime/record/Hdf5Driver.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace snn::rt::record {

namespace {

/// What HDF5 needs beyond the data: nodes of chunk indices, object heads, the superblock.
constexpr uint64_t slack = 128 << 10;
/// Room is taken in steps of this size where there is enough.
constexpr uint64_t stride = 4 << 20;
/// Of one data set: pages with its head, its chunk index and the ends of what is written again.
constexpr size_t pagesOfSet = 8;

Handle access(AtomicFile &bytes) {
  Handle plist(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(plist, H5F_CLOSE_STRONG);
  // Allocation must not depend on when the file is flushed or reopened: nothing is handed out from
  // blocks kept in memory.
  H5Pset_meta_block_size(plist, 0);
  H5Pset_small_data_block_size(plist, 0);
  return useAtomicFile(plist, bytes) ? std::move(plist) : Handle();
}

bool isRegular(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

/// Whether a file may be replaced by a recording: an HDF5 file, or one that was killed before it became one.
bool mayReplace(int fd) {
  char begin[8] = {};
  if (::pread(fd, begin, sizeof begin, 0) <= 0)
    return true;
  return std::memcmp(begin, "\x89HDF\r\n\x1a\n", sizeof begin) == 0 || std::ranges::all_of(begin, [](char c) { return c == 0; });
}

/// As HDF5 itself has it, for file systems whose locks do not work.
bool wantsLock() {
  const char *use = std::getenv("HDF5_USE_FILE_LOCKING");
  return !use || (std::strcmp(use, "FALSE") != 0 && std::strcmp(use, "0") != 0);
}

} // namespace

RecordingFile::RecordingFile(std::string path, int fd)
    : name(std::move(path)), bytes(std::make_unique<AtomicFile>(std::make_unique<RawFile>(fd))) {}

Error RecordingFile::failed(const char *doing) const {
  const int error = bytes ? bytes->error() : 0;
  return {ExitCode::io,
          fmt::format("recording '{}': {} failed{}{}; what was recorded before can be read", name,
                      doing, error ? ": " : "", error ? std::strerror(error) : "")};
}

bool RecordingFile::openHdf5(bool create) {
  const Handle plist = access(*bytes);
  if (create) {
    Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation, false);
    // A root of the old format would become one of the new at the first name in UTF-8, of which the
    // superblock learns when the file is opened again: a resumed run would leave other bytes there.
    H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED);
    file = Handle(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation, plist), H5Fclose);
  } else {
    file = Handle(H5Fopen(name.c_str(), H5F_ACC_RDWR, plist), H5Fclose);
  }
  return file.valid();
}

Result<RecordingFile> RecordingFile::create(const std::string &path) {
  const auto cannot = [&](const char *why) {
    return Error{ExitCode::io, fmt::format("cannot write the recording '{}': {}", path, why)};
  };
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (fd < 0)
    return cannot(std::strerror(errno));
  RecordingFile result(path, fd);
  if (!isRegular(fd))
    return cannot("it is not a regular file");
  if (wantsLock() && !result.bytes->lock())
    return cannot("another program has it open");
  if (!mayReplace(fd))
    return cannot("this file is there already and is no HDF5 file; remove it, or give another name by --output");
  if (!result.bytes->clear())
    return cannot(std::strerror(result.bytes->error()));
  if (Status s = result.reserve(slack); !s.ok())
    return s.error();
  prepareHdf5();
  if (!result.openHdf5(true))
    return cannot("HDF5 refuses to make it");
  return result;
}

Result<RecordingFile> RecordingFile::open(const std::string &path) {
  const auto cannot = [&](ExitCode code, const char *why) {
    return Error{code, fmt::format("cannot go on with the recording '{}': {}", path, why)};
  };
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return cannot(ExitCode::io, std::strerror(errno));
  RecordingFile result(path, fd);
  if (!isRegular(fd))
    return cannot(ExitCode::io, "it is not a regular file");
  if (wantsLock() && !result.bytes->lock())
    return cannot(ExitCode::badData, "another program has it open");
  if (!result.bytes->recover())
    return cannot(ExitCode::io, std::strerror(result.bytes->error()));
  result.reserved = result.bytes->size();
  prepareHdf5();
  if (!result.openHdf5(false))
    return cannot(ExitCode::badData, "it is damaged or no HDF5 file");
  result.bytes->settle();
  if (Status s = result.reserve(0); !s.ok())
    return s.error();
  return result;
}

Status RecordingFile::reserveTo(uint64_t end) {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      end > limit.rlim_cur)
    return Error{
        ExitCode::io,
        fmt::format("recording '{}': the limit of file sizes, {} bytes, is reached; what was "
                    "recorded before can be read",
                    name, static_cast<uint64_t>(limit.rlim_cur))};
  int error = 0;
  if (canReserve) {
    while (fallocate(bytes->descriptor(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved),
                     static_cast<off_t>(end - reserved)) != 0)
      if ((error = errno) != EINTR)
        break;
      else
        error = 0;
    canReserve = error != EOPNOTSUPP && error != ENOSYS;
  }
  if (!canReserve) { // the second best: at least there is room now
    struct statvfs disk {};
    error =
        fstatvfs(bytes->descriptor(), &disk) == 0 && disk.f_bavail * disk.f_frsize < end - reserved
            ? ENOSPC
            : 0;
  }
  if (error != 0)
    return Error{
        ExitCode::io,
        fmt::format("recording '{}': {} bytes more cannot be written: {}; what was recorded before "
                    "can be read",
                    name, end - reserved, std::strerror(error))};
  reserved = end;
  return {};
}

Status RecordingFile::reserve(uint64_t more) {
  const uint64_t end = bytes->needs() + rewritten + more + slack;
  if (end <= reserved)
    return {};
  if (reserveTo(end + stride).ok())
    return {};
  return reserveTo(end);
}

void RecordingFile::willRewrite(uint64_t n) {
  rewritten += journal::room(n / journal::pageBytes + pagesOfSet);
}

Status RecordingFile::flush(bool toDisk) {
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) {
    bytes->abandon(EIO); // a part of HDF5's notes may be missing
    return failed("writing");
  }
  return bytes->commit(toDisk) ? Status() : failed("writing");
}

Status RecordingFile::close() {
  if (!file.valid())
    return {};
  const bool closed = file.close(), trimmed = bytes->trim();
  const Status result = closed && trimmed && !bytes->error() ? Status() : failed("closing");
  bytes.reset(); // and the lock
  return result;
}

RecordingFile::~RecordingFile() {
  const std::lock_guard guard(hdf5Lock());
  (void)close();
}

} // namespace snn::rt::record
