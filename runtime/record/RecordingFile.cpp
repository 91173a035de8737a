// Opens recordings and takes room on the disk ahead of writing.
#include "runtime/record/RecordingFile.h"

#include <cerrno>
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

Handle access() {
  Handle plist(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(plist, H5F_CLOSE_STRONG);
  H5Pset_file_locking(plist, true, true); // file systems without locks are fine
  // Allocation must not depend on when the file is flushed or reopened: nothing is handed out from blocks kept in memory.
  H5Pset_meta_block_size(plist, 0);
  H5Pset_small_data_block_size(plist, 0);
  return plist;
}

} // namespace

RecordingFile::Descriptor::~Descriptor() {
  if (fd >= 0)
    ::close(fd);
}

Error RecordingFile::failed(const char *doing) const {
  return {ExitCode::io, fmt::format("recording '{}': {} failed; what was recorded before can be read", name, doing)};
}

Status RecordingFile::openHdf5(bool create) {
  const Handle plist = access();
  if (create) {
    Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation, false);
    // A root of the old format would become one of the new at the first name in UTF-8, of which the superblock learns when
    // the file is opened again: a resumed run would leave other bytes there.
    H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED);
    file = Handle(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation, plist), H5Fclose);
  } else {
    file = Handle(H5Fopen(name.c_str(), H5F_ACC_RDWR, plist), H5Fclose);
  }
  return {};
}

Result<RecordingFile> RecordingFile::create(const std::string &path) {
  // A first look by hand: HDF5 does not tell why it cannot open a file.
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  const int error = errno;
  if (fd < 0)
    return Error{ExitCode::io, fmt::format("cannot write the recording '{}': {}", path, std::strerror(error))};
  RecordingFile result(path, fd);
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
    return Error{ExitCode::io, fmt::format("cannot write the recording '{}': it is not a regular file", path)};
  if (Status s = result.reserve(slack); !s.ok())
    return s.error();
  prepareHdf5();
  if (Status s = result.openHdf5(true); !s.ok())
    return s.error();
  if (!result.file.valid())
    return Error{ExitCode::io, fmt::format("cannot write the recording '{}': another program has it open", path)};
  return result;
}

Result<RecordingFile> RecordingFile::open(const std::string &path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  const int error = errno;
  if (fd < 0)
    return Error{ExitCode::io, fmt::format("cannot go on with the recording '{}': {}", path, std::strerror(error))};
  RecordingFile result(path, fd);
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
    return Error{ExitCode::io, fmt::format("cannot go on with the recording '{}': it is not a regular file", path)};
  result.reserved = static_cast<uint64_t>(info.st_size);
  prepareHdf5();
  if (Status s = result.openHdf5(false); !s.ok())
    return s.error();
  if (!result.file.valid())
    return Error{ExitCode::badData, fmt::format("cannot go on with the recording '{}': it is damaged, no HDF5 file, or open "
                                                "in another program",
                                                path)};
  if (Status s = result.reserve(0); !s.ok())
    return s.error();
  return result;
}

Status RecordingFile::reserveTo(uint64_t end) {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && end > limit.rlim_cur)
    return Error{ExitCode::io, fmt::format("recording '{}': the limit of file sizes, {} bytes, is reached; what was "
                                           "recorded before can be read",
                                           name, static_cast<uint64_t>(limit.rlim_cur))};
  int error = 0;
  if (canReserve) {
    while (fallocate(descriptor.fd, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved),
                     static_cast<off_t>(end - reserved)) != 0)
      if ((error = errno) != EINTR)
        break;
      else
        error = 0;
    canReserve = error != EOPNOTSUPP && error != ENOSYS;
  }
  if (!canReserve) { // the second best: at least there is room now
    struct statvfs disk {};
    error = fstatvfs(descriptor.fd, &disk) == 0 && disk.f_bavail * disk.f_frsize < end - reserved ? ENOSPC : 0;
  }
  if (error != 0)
    return Error{ExitCode::io, fmt::format("recording '{}': {} bytes more cannot be written: {}; what was recorded before "
                                           "can be read",
                                           name, end - reserved, std::strerror(error))};
  reserved = end;
  return {};
}

Status RecordingFile::reserve(uint64_t bytes) {
  hsize_t size = 0;
  if (file.valid() && H5Fget_filesize(file, &size) < 0)
    return failed("asking for its size");
  const uint64_t end = size + bytes + slack;
  if (end <= reserved)
    return {};
  if (reserveTo(end + stride).ok())
    return {};
  return reserveTo(end);
}

/// HDF5 notes the file's new end before it makes the file that long: killed in between, it could not be opened any more.
Status RecordingFile::grow() {
  hsize_t size = 0;
  struct stat info {};
  if (H5Fget_filesize(file, &size) < 0 || fstat(descriptor.fd, &info) != 0)
    return failed("asking for its size");
  if (static_cast<off_t>(size) > info.st_size && ftruncate(descriptor.fd, static_cast<off_t>(size)) != 0)
    return failed("making it longer");
  return {};
}

Status RecordingFile::flush(bool toDisk) {
  if (Status s = grow(); !s.ok())
    return s;
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0)
    return failed("writing");
  if (toDisk && fdatasync(descriptor.fd) != 0)
    return Error{ExitCode::io, fmt::format("recording '{}': {}", name, std::strerror(errno))};
  return {};
}

Status RecordingFile::close() {
  if (!file.valid())
    return {};
  const Status grown = grow();
  if (!file.close())
    return failed("closing");
  // Gives back the room that was taken and not used.
  struct stat info {};
  if (fstat(descriptor.fd, &info) == 0 && ftruncate(descriptor.fd, info.st_size) != 0)
    return Error{ExitCode::io, fmt::format("recording '{}': {}", name, std::strerror(errno))};
  return grown;
}

RecordingFile::~RecordingFile() {
  const std::lock_guard guard(hdf5Lock());
  file.close();
}

} // namespace snn::rt::record
