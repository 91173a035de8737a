// Files of named, typed, checksummed arrays: what `save` and checkpoints are written in. Data only: nothing in such a file
// names code. Layout: docs/formats/checkpoint.md.
#pragma once

#include "runtime/core/Status.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt::checkpoint {

enum class Type : uint8_t { F64 = 1, F32, I64, I32, U64, U32, U16, U8 };
/// Bytes of one element.
size_t sizeOf(Type type);

/// Collects sections and writes them all at once.
class Writer {
public:
  /// `kind` says what the file is for, e.g. "checkpoint"; a reader that wants another kind refuses it.
  explicit Writer(std::string_view kind) : kind(kind) {}
  /// Copies `data`: the product of `shape` elements. Names are unique and not empty.
  Status add(std::string_view name, Type type, std::span<const uint64_t> shape, const void *data);
  /// Replaces `path` as a whole or leaves it as it was: a file beside it is written, synchronised and renamed. Fails with
  /// ExitCode::io before anything is written if there is no room for the second copy.
  Status commit(const std::string &path) const;

private:
  struct Section {
    std::string name;
    Type type;
    std::vector<uint64_t> shape;
    uint64_t offset, bytes;
    uint32_t checksum;
  };
  std::string kind;
  std::vector<Section> sections;
  std::string body;

  std::string header() const;
};

/// One section of a file that was read.
struct Section {
  std::string name;
  Type type = Type::U8;
  std::vector<uint64_t> shape;
  std::span<const uint8_t> data; ///< owned by the reader
};

/// Reads a whole file and believes nothing of it: every length, name and checksum is verified before it is used.
class Reader {
public:
  Reader(Reader &&) = default;
  Reader &operator=(Reader &&) = default;
  /// ExitCode::io if the file cannot be opened, badData for everything that is wrong inside.
  static Result<Reader> open(const std::string &path, std::string_view kind);
  /// Null if there is none of this name.
  const Section *find(std::string_view name) const;
  const std::vector<Section> &sections() const { return all; }

private:
  Reader() = default;
  std::vector<uint8_t> bytes;
  std::vector<Section> all; ///< point into bytes
};

/// Whether a state file may be written to `path`: its folder is there and open for writing, and what has this name now, if
/// anything, is a state file too. ExitCode::io with the reason otherwise.
Status checkReplaceable(const std::string &path);
/// Writes `content` to `path` atomically (see Writer::commit).
Status replaceFile(const std::string &path, std::string_view head, std::string_view body);

} // namespace snn::rt::checkpoint
