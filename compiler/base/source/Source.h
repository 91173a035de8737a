// Source files: their text, and places in it as lines and columns.
#pragma once

#include "compiler/base/source/Range.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace snn::source {

/// Line and column from 1; the column counts characters, not bytes.
struct Place {
  uint32_t line = 1, column = 1;
};

class File {
public:
  File(uint32_t id, std::string path, std::string text);
  uint32_t id() const { return number; }
  const std::string &path() const { return name; }
  std::string_view text() const { return content; }
  Place place(uint32_t byte) const;
  /// The text of a line (from 1) without its end.
  std::string_view line(uint32_t number) const;
  uint32_t lineStart(uint32_t number) const { return starts[number - 1]; }
  uint32_t lines() const { return static_cast<uint32_t>(starts.size()); }

private:
  uint32_t number;
  std::string name, content;
  std::vector<uint32_t> starts;
};

/// Why a file could not become source text.
struct LoadError {
  enum Kind { None, NotFound, NotAFile, TooBig, Unreadable, NotUtf8, HasNul } kind = None;
  std::string detail;
  uint32_t byte = 0; ///< NotUtf8, HasNul: where
};

/// Largest source file, in bytes.
inline constexpr uint64_t maxFileSize = uint64_t{8} << 20;

/// Owns all files of a compilation.
class Manager {
public:
  /// Reads a regular file of at most maxFileSize bytes of UTF-8 without NUL; a byte order mark is dropped. Null and
  /// `error` filled on failure (a file that is not UTF-8 is nevertheless kept so that the place can be shown).
  const File *load(const std::string &path, LoadError &error);
  /// Text that comes from elsewhere; checked like a file's.
  const File *add(std::string path, std::string text, LoadError &error);
  const File *file(uint32_t id) const { return id && id <= files.size() ? &files[id - 1] : nullptr; }
  std::string_view text(Range range) const;
  /// "model.snn:12:3", or "" without a place.
  std::string where(Range range) const;

private:
  std::deque<File> files;
};

/// First byte of `text` that is not valid UTF-8 (overlong forms and surrogates are not), or npos.
size_t findInvalidUtf8(std::string_view text);

} // namespace snn::source
