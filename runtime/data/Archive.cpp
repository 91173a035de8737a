// Members of zip archives. minizip finds its way through the archive and unpacks; sizes that a
// member claims are compared here with what its packed bytes can hold.
#include "runtime/data/Archive.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <minizip/unzip.h>

namespace snn::rt::data {

namespace {

constexpr uLong encrypted = 1, stored = 0, deflated = 8;
constexpr size_t longestName = 4096;

/// minizip's view of a file: a position that moves.
struct Stream {
  std::shared_ptr<FileBytes> file;
  uint64_t at = 0;
  bool failed = false;
};

Stream &of(voidpf p) { return *static_cast<Stream *>(p); }

uLong readStream(voidpf, voidpf p, void *out, uLong n) {
  Stream &s = of(p);
  uLong got = 0;
  while (got < n) {
    const ssize_t more = s.file->some(s.at, static_cast<uint8_t *>(out) + got, n - got);
    s.failed = s.failed || more < 0;
    if (more <= 0)
      break;
    got += static_cast<uLong>(more);
    s.at += static_cast<uint64_t>(more);
  }
  return got;
}

ZPOS64_T tellStream(voidpf, voidpf p) { return of(p).at; }

long seekStream(voidpf, voidpf p, ZPOS64_T offset, int origin) {
  Stream &s = of(p);
  const uint64_t from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                        : origin == ZLIB_FILEFUNC_SEEK_CUR ? s.at
                                                           : s.file->size();
  uint64_t to = 0;
  if (__builtin_add_overflow(from, static_cast<uint64_t>(offset), &to) || to > s.file->size())
    return -1;
  s.at = to;
  return 0;
}

/// An archive as minizip has it open.
struct Opened {
  Stream stream;
  unzFile zip = nullptr;
  explicit Opened(std::shared_ptr<FileBytes> file) : stream{std::move(file)} {
    zlib_filefunc64_def calls{};
    calls.opaque = &stream;
    calls.zopen64_file = [](voidpf opaque, const void *, int) { return opaque; };
    calls.zread_file = readStream;
    calls.ztell64_file = tellStream;
    calls.zseek64_file = seekStream;
    calls.zclose_file = [](voidpf, voidpf) { return 0; };
    calls.zerror_file = [](voidpf, voidpf p) { return of(p).failed ? 1 : 0; };
    zip = unzOpen2_64("", &calls);
  }
  Opened(const Opened &) = delete;
  Opened &operator=(const Opened &) = delete;
  ~Opened() {
    if (zip)
      unzClose(zip);
  }
};

Error damaged(const std::string &path, std::string_view what) {
  return {ExitCode::badData, fmt::format("'{}' is damaged: {}", path, what)};
}

} // namespace

struct ArchiveMember::Impl {
  Opened archive;
  uint64_t size = 0;  ///< as claimed, which its packed bytes can hold
  uint64_t begin = 0; ///< of the packed bytes in the archive
  bool deflated = false, closed = false;
  explicit Impl(std::shared_ptr<FileBytes> file) : archive(std::move(file)) {}

  Status open(const std::string &path);
};

/// Opens the archive's current member.
Status ArchiveMember::Impl::open(const std::string &path) {
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(archive.zip, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK)
    return damaged(path, "bad entry in the archive's list");
  if (info.flag & encrypted)
    return Error{ExitCode::badData, fmt::format("'{}' is encrypted and cannot be read", path)};
  if (info.compression_method != stored && info.compression_method != ::snn::rt::data::deflated)
    return Error{ExitCode::badData,
                 fmt::format("'{}' is packed by method {}; stored and deflated members can be read",
                             path, info.compression_method)};
  const uint64_t there = archive.stream.file->size();
  deflated = info.compression_method == ::snn::rt::data::deflated;
  size = info.uncompressed_size;
  if (info.compressed_size > there)
    return damaged(path, fmt::format("{} packed bytes are claimed, but the archive has {} bytes",
                                     info.compressed_size, there));
  uint64_t most = info.compressed_size;
  if (deflated && __builtin_mul_overflow(most, highestRatio, &most))
    most = size;
  if (size > most || (!deflated && size != most))
    return damaged(path, fmt::format("{} bytes are claimed, which its {} packed bytes cannot hold",
                                     size, info.compressed_size));
  if (unzOpenCurrentFile(archive.zip) != UNZ_OK)
    return damaged(path,
                   "the member does not begin where the archive's list says, or not as it says");
  begin = unzGetCurrentFileZStreamPos64(archive.zip);
  return {};
}

ArchiveMember::ArchiveMember(const std::string &path, std::unique_ptr<Impl> i)
    : Input(path), impl(std::move(i)) {}
ArchiveMember::ArchiveMember(ArchiveMember &&) noexcept = default;
ArchiveMember &ArchiveMember::operator=(ArchiveMember &&) noexcept = default;
ArchiveMember::~ArchiveMember() = default;

uint64_t ArchiveMember::mostLeft() const { return impl->size - std::min(impl->size, position()); }
bool ArchiveMember::packed() const { return impl->deflated; }

std::optional<uint64_t> ArchiveMember::storedAt() const {
  return impl->deflated ? std::nullopt : std::optional(impl->begin);
}

Result<size_t> ArchiveMember::some(uint8_t *out, size_t bytes) {
  const int n = unzReadCurrentFile(impl->archive.zip, out,
                                   static_cast<unsigned>(std::min<size_t>(bytes, 1 << 30)));
  if (impl->archive.stream.failed)
    return impl->archive.stream.file->failed(impl->archive.stream.at, EIO);
  if (n < 0)
    return damaged(path(), fmt::format("bad packed data near unpacked byte {}", position()));
  return static_cast<size_t>(n);
}

Status ArchiveMember::checkSum() {
  if (impl->closed)
    return {};
  impl->closed = true;
  if (mostLeft() > 0)
    return damaged(path(), fmt::format("{} bytes are claimed, {} found", impl->size, position()));
  if (unzCloseCurrentFile(impl->archive.zip) != UNZ_OK)
    return damaged(path(),
                   "its content does not have the checksum (CRC-32) that the archive notes");
  return {};
}

Result<Archive> Archive::open(const std::string &path) {
  Result<std::shared_ptr<FileBytes>> bytes = FileBytes::open(path);
  if (!bytes.ok())
    return bytes.error();
  Archive archive;
  archive.file = std::move(bytes.value());
  const Opened opened(archive.file);
  if (!opened.zip)
    return Error{
        ExitCode::badData,
        fmt::format("'{}' is not a zip archive, or it is cut: no list of members at its end",
                    path)};
  unz_global_info64 info{};
  unzGetGlobalInfo64(opened.zip, &info);
  std::string name(longestName, 0);
  for (ZPOS64_T k = 0; k < info.number_entry; ++k) {
    const int code = k == 0 ? unzGoToFirstFile(opened.zip) : unzGoToNextFile(opened.zip);
    if (code != UNZ_OK || unzGetCurrentFileInfo64(opened.zip, nullptr, name.data(), longestName - 1,
                                                  nullptr, 0, nullptr, 0) != UNZ_OK)
      return damaged(
          path, fmt::format("{} members expected in its list, {} found", info.number_entry, k));
    archive.names.emplace_back(name.c_str());
  }
  return archive;
}

Result<ArchiveMember> Archive::member(const std::string &name) const {
  const std::string path = file->path() + "/" + name;
  auto impl = std::make_unique<ArchiveMember::Impl>(file);
  const size_t number = static_cast<size_t>(std::ranges::find(names, name) - names.begin());
  int code = impl->archive.zip && number < names.size() ? unzGoToFirstFile(impl->archive.zip)
                                                        : UNZ_BADZIPFILE;
  for (size_t k = 0; k < number && code == UNZ_OK; ++k)
    code = unzGoToNextFile(impl->archive.zip);
  if (code != UNZ_OK)
    return damaged(
        file->path(),
        fmt::format("its list of members changed while it was in use, or lacks '{}'", name));
  if (Status s = impl->open(path); !s.ok())
    return s.error();
  return ArchiveMember(path, std::move(impl));
}

} // namespace snn::rt::data
