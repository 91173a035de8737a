// Writing, finding and applying journals.
#include "runtime/record/Journal.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <zlib.h>

namespace snn::rt::record::journal {

namespace {

struct Head {
  uint64_t offset = 0, length = 0;
};

struct Trailer {
  uint64_t bytes = 0;
  uint32_t sum = 0, zero = 0;
  char magic[8] = {};
};
static_assert(sizeof(Head) == 16 && sizeof(Trailer) == 24);

constexpr char magic[8] = {'S', 'N', 'N', '\r', 'J', 'R', 'N', 'L'};
constexpr size_t atOnce = 1 << 20;

uint32_t add(uint32_t sum, const void *data, size_t n) {
  return static_cast<uint32_t>(crc32_z(sum, static_cast<const Bytef *>(data), n));
}

void append(std::vector<uint8_t> &to, const void *data, size_t n) {
  const auto *from = static_cast<const uint8_t *>(data);
  to.insert(to.end(), from, from + n);
}

/// Calls `each(head, bytes)` for the pages of a journal; false if it is not well formed, or a call
/// or reading fails.
template <class Each> bool walk(const RawFile &file, uint64_t begin, uint64_t bytes, Each each) {
  uint8_t page[pageBytes];
  for (uint64_t at = begin; at < begin + bytes;) {
    Head head;
    const uint64_t left = begin + bytes - at;
    if (left < sizeof head || !file.read(at, &head, sizeof head))
      return false;
    if (head.length == 0 || head.length > pageBytes || head.length > left - sizeof head ||
        head.offset > begin || head.length > begin - head.offset ||
        !file.read(at + sizeof head, page, head.length) || !each(head, page))
      return false;
    at += sizeof head + head.length;
  }
  return true;
}

/// The trailer of a complete journal and where the journal begins.
bool find(const RawFile &file, Trailer &trailer, uint64_t &begin) {
  if (file.size() < sizeof trailer ||
      !file.read(file.size() - sizeof trailer, &trailer, sizeof trailer))
    return false;
  const uint64_t end = file.size() - sizeof trailer;
  if (std::memcmp(trailer.magic, magic, sizeof magic) != 0 || trailer.bytes > end ||
      trailer.bytes == 0)
    return false;
  begin = end - trailer.bytes;
  uint32_t sum = 0;
  const bool whole = walk(file, begin, trailer.bytes, [&](const Head &head, const uint8_t *page) {
    sum = add(add(sum, &head, sizeof head), page, head.length);
    return true;
  });
  return whole && add(sum, &trailer.bytes, sizeof trailer.bytes) == trailer.sum;
}

} // namespace

uint64_t room(size_t pages) { return pages * (sizeof(Head) + pageBytes) + sizeof(Trailer); }

bool write(RawFile &file, uint64_t behind, const Pages &pages) {
  Trailer trailer;
  for (const auto &[offset, page] : pages)
    trailer.bytes += sizeof(Head) + page.size();
  const uint64_t whole = trailer.bytes + sizeof trailer;
  uint64_t at = std::max(behind, file.size() - std::min(whole, file.size()));
  std::vector<uint8_t> buffer;
  buffer.reserve(std::min<uint64_t>(trailer.bytes, atOnce + pageBytes + sizeof(Head)));
  for (const auto &[offset, page] : pages) {
    const Head head{offset, page.size()};
    trailer.sum = add(add(trailer.sum, &head, sizeof head), page.data(), page.size());
    append(buffer, &head, sizeof head);
    append(buffer, page.data(), page.size());
    if (buffer.size() < atOnce && offset != pages.rbegin()->first)
      continue;
    if (!file.write(at, buffer.data(), buffer.size()))
      return false;
    at += buffer.size();
    buffer.clear();
  }
  trailer.sum = add(trailer.sum, &trailer.bytes, sizeof trailer.bytes);
  std::memcpy(trailer.magic, magic, sizeof magic);
  return file.write(at, &trailer, sizeof trailer);
}

bool apply(RawFile &file, const Pages &pages) {
  for (const auto &[offset, page] : pages)
    if (!file.write(offset, page.data(), page.size()))
      return false;
  return true;
}

bool dismiss(RawFile &file) { return file.writeZeros(file.size() - sizeof magic, file.size()); }

bool replay(RawFile &file) {
  Trailer trailer;
  uint64_t begin = 0;
  errno = 0;
  if (!find(file, trailer, begin))
    return errno == 0;
  return walk(file, begin, trailer.bytes,
              [&](const Head &head, const uint8_t *page) {
                return file.write(head.offset, page, head.length);
              }) &&
         file.sync() && dismiss(file);
}

} // namespace snn::rt::record::journal
