// Loading and checking of source files; lines and columns.
#include "compiler/base/source/Source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace snn::source {

File::File(uint32_t id, std::string path, std::string text)
    : number(id), name(std::move(path)), content(std::move(text)), starts{0} {
  for (size_t k = 0; k < content.size(); ++k)
    if (content[k] == '\n')
      starts.push_back(static_cast<uint32_t>(k + 1));
}

Place File::place(uint32_t byte) const {
  byte = std::min<uint32_t>(byte, static_cast<uint32_t>(content.size()));
  const auto after = std::upper_bound(starts.begin(), starts.end(), byte);
  const uint32_t line = static_cast<uint32_t>(after - starts.begin());
  uint32_t column = 1;
  for (uint32_t k = starts[line - 1]; k < byte; ++k)
    column += (static_cast<unsigned char>(content[k]) & 0xc0) != 0x80;
  return {line, column};
}

std::string_view File::line(uint32_t number) const {
  const uint32_t begin = starts[number - 1];
  size_t end = content.find('\n', begin);
  if (end == std::string::npos)
    end = content.size();
  std::string_view text = std::string_view(content).substr(begin, end - begin);
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  return text;
}

size_t findInvalidUtf8(std::string_view text) {
  const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
  for (size_t k = 0; k < text.size();) {
    const unsigned char lead = byte(k);
    if (lead < 0x80) {
      ++k;
      continue;
    }
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || k + length > text.size())
      return k;
    uint32_t point = lead & (0x7f >> length);
    for (size_t j = 1; j < length; ++j) {
      if ((byte(k + j) & 0xc0) != 0x80)
        return k;
      point = point << 6 | (byte(k + j) & 0x3f);
    }
    const bool overlong = point < (length == 4 ? 0x10000u : length == 3 ? 0x800u : 0x80u);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return k;
    k += length;
  }
  return std::string_view::npos;
}

const File *Manager::add(std::string path, std::string text, LoadError &error) {
  if (text.size() > maxFileSize) {
    error = {LoadError::TooBig, fmt::format("{} bytes", text.size())};
    return nullptr;
  }
  if (text.starts_with("\xef\xbb\xbf"))
    text.erase(0, 3);
  const size_t invalid = findInvalidUtf8(text), nul = text.find('\0');
  files.emplace_back(static_cast<uint32_t>(files.size() + 1), std::move(path), std::move(text));
  if (invalid != std::string::npos)
    error = {LoadError::NotUtf8, {}, static_cast<uint32_t>(invalid)};
  else if (nul != std::string::npos)
    error = {LoadError::HasNul, {}, static_cast<uint32_t>(nul)};
  return &files.back();
}

const File *Manager::load(const std::string &path, LoadError &error) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    error = {errno == ENOENT ? LoadError::NotFound : LoadError::Unreadable, std::strerror(errno)};
    return nullptr;
  }
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    error = {LoadError::NotAFile, S_ISDIR(info.st_mode) ? "a directory" : "not a regular file"};
    close(fd);
    return nullptr;
  }
  if (static_cast<uint64_t>(info.st_size) > maxFileSize) {
    error = {LoadError::TooBig, fmt::format("{} bytes", static_cast<int64_t>(info.st_size))};
    close(fd);
    return nullptr;
  }
  std::string text(static_cast<size_t>(info.st_size), '\0');
  size_t have = 0;
  ssize_t got = 0;
  while (have < text.size() && (got = read(fd, text.data() + have, text.size() - have)) > 0)
    have += static_cast<size_t>(got);
  const int failure = got < 0 ? errno : 0;
  close(fd);
  if (failure) {
    error = {LoadError::Unreadable, std::strerror(failure)};
    return nullptr;
  }
  text.resize(have);
  return add(path, std::move(text), error);
}

std::string_view Manager::text(Range range) const {
  const File *f = file(range.file);
  if (!f || range.end < range.begin || range.end > f->text().size())
    return {};
  return f->text().substr(range.begin, range.end - range.begin);
}

std::string Manager::where(Range range) const {
  const File *f = file(range.file);
  if (!f)
    return {};
  const Place place = f->place(range.begin);
  return fmt::format("{}:{}:{}", f->path(), place.line, place.column);
}

} // namespace snn::source
