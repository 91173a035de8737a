// Content being read from front to back: a plain or gzipped file, a member of an archive. What the
// content claims about itself is never used as a length before it was compared with what can be
// there.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::data {

/// Of deflate: bytes that one packed byte can stand for, at most.
inline constexpr uint64_t highestRatio = 1032;

class Input {
public:
  virtual ~Input() = default;

  /// What errors call it: the file, or file/member.
  const std::string &path() const { return name; }
  /// Position in the (unpacked) content.
  uint64_t position() const { return done; }
  /// The most bytes that the content can still have: exact if it is not packed, else what the
  /// packed size allows.
  virtual uint64_t mostLeft() const = 0;
  virtual bool packed() const = 0;
  /// Exactly `bytes` bytes, or an error that tells position, expected and found.
  Status read(void *out, uint64_t bytes);
  /// `bytes` bytes in pieces, so that a lie about the length costs no more memory than what is
  /// there.
  Status read(std::vector<uint8_t> &out, uint64_t bytes);
  /// All that is left, in pieces.
  Status readRest(std::vector<uint8_t> &out);
  Status skip(uint64_t bytes);
  /// An error if anything is left, or if a checksum says that what was read is not what was
  /// written.
  Status expectEnd();
  /// "'file', byte N: what", as ExitCode::badData.
  Error wrong(std::string_view what) const;
  Error wrongAt(uint64_t position, std::string_view what) const;

protected:
  explicit Input(std::string path) : name(std::move(path)) {}
  Input(Input &&) noexcept = default;
  Input &operator=(Input &&) noexcept = default;
  /// Some of the next bytes, at least one; 0 at the end.
  virtual Result<size_t> some(uint8_t *out, size_t bytes) = 0;
  /// Of content that was read to its end.
  virtual Status checkSum() { return {}; }

private:
  std::string name;
  uint64_t done = 0;
};

} // namespace snn::rt::data
