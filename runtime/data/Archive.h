// Zip archives, as NumPy writes its .npz files: members by name, read through minizip.
#pragma once

#include "runtime/data/FileBytes.h"
#include "runtime/data/Input.h"

#include <memory>
#include <optional>
#include <vector>

namespace snn::rt::data {

/// A member being read; its checksum is compared at its end.
class ArchiveMember final : public Input {
public:
  ArchiveMember(ArchiveMember &&) noexcept;
  ArchiveMember &operator=(ArchiveMember &&) noexcept;
  ~ArchiveMember() override;

  uint64_t mostLeft() const override;
  bool packed() const override;
  /// Where the content begins in the archive's file, if it is stored there as it is.
  std::optional<uint64_t> storedAt() const;

protected:
  Result<size_t> some(uint8_t *out, size_t bytes) override;
  Status checkSum() override;

private:
  friend class Archive;
  struct Impl;
  std::unique_ptr<Impl> impl;
  ArchiveMember(const std::string &path, std::unique_ptr<Impl> impl);
};

class Archive {
public:
  /// Reads the list of members.
  static Result<Archive> open(const std::string &path);

  const std::string &path() const { return file->path(); }
  const std::shared_ptr<FileBytes> &bytes() const { return file; }
  /// In the archive's order.
  const std::vector<std::string> &members() const { return names; }
  /// The first member of that name, which must be one of members(). Stored and deflated ones can be
  /// read.
  Result<ArchiveMember> member(const std::string &name) const;

private:
  std::shared_ptr<FileBytes> file;
  std::vector<std::string> names;
};

} // namespace snn::rt::data
