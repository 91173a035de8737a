// A data file being read from front to back, plain or gzipped; the file's own claims are never used as a length before
// they were compared with its size.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::data {

class InputFile {
public:
  /// Opens regular files alone; gzip is recognised by its first bytes. ExitCode::badData with the reason.
  static Result<InputFile> open(const std::string &path);
  InputFile(InputFile &&) noexcept;
  InputFile &operator=(InputFile &&) noexcept;
  ~InputFile();

  const std::string &path() const;
  /// Position in the (unpacked) content.
  uint64_t position() const;
  /// The most bytes that the content can still have: exact for plain files, what the packed size allows for gzip (whose
  /// ratio is at most 1032).
  uint64_t mostLeft() const;
  bool packed() const;
  /// Exactly `bytes` bytes, or an error that tells position, expected and found.
  Status read(void *out, uint64_t bytes);
  /// `bytes` bytes in pieces, so that a lie about the length costs no more memory than what is there.
  Status read(std::vector<uint8_t> &out, uint64_t bytes);
  Status skip(uint64_t bytes);
  /// An error if anything is left.
  Status expectEnd();
  /// "'file': what at byte N", as ExitCode::badData.
  Error wrong(std::string_view what) const;
  Error wrongAt(uint64_t position, std::string_view what) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  InputFile();
};

} // namespace snn::rt::data
