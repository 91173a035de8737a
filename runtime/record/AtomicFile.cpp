// Pages in memory, and the order in which a commit writes.
#include "runtime/record/AtomicFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace snn::rt::record {

using journal::pageBytes;

AtomicFile::AtomicFile(std::unique_ptr<RawFile> f) : file(std::move(f)) {
  committedEnd = written = file->size();
}

bool AtomicFile::fail() {
  abandon(errno ? errno : EIO);
  errno = failure;
  return false;
}

bool AtomicFile::recover() { return journal::replay(*file) || fail(); }

bool AtomicFile::clear() {
  pages.clear();
  if (!file->resize(0))
    return fail();
  committedEnd = written = contentEnd = 0;
  everChanged = true;
  return true;
}

bool AtomicFile::read(uint64_t at, void *to, size_t n) const {
  auto *out = static_cast<uint8_t *>(to);
  const size_t there = written > at ? static_cast<size_t>(std::min<uint64_t>(n, written - at)) : 0;
  if (!file->read(at, out, there))
    return false;
  std::memset(out + there, 0, n - there);
  for (auto page = pages.lower_bound(at / pageBytes * pageBytes);
       page != pages.end() && page->first < at + n; ++page) {
    const uint64_t from = std::max(at, page->first),
                   until = std::min(at + n, page->first + page->second.size());
    if (from < until)
      std::memcpy(out + (from - at), page->second.data() + (from - page->first), until - from);
  }
  return true;
}

bool AtomicFile::write(uint64_t at, const void *from, size_t n) {
  if (failure)
    return fail();
  changed = everChanged = true;
  const auto *in = static_cast<const uint8_t *>(from);
  const size_t within =
      committedEnd > at ? static_cast<size_t>(std::min<uint64_t>(n, committedEnd - at)) : 0;
  try {
    return (writeWithin(at, in, within) && writeBehind(at + within, in + within, n - within)) ||
           fail();
  } catch (const std::bad_alloc &) { // must not fly through HDF5
    errno = ENOMEM;
    return fail();
  }
}

bool AtomicFile::writeWithin(uint64_t at, const uint8_t *from, size_t n) {
  while (n > 0) {
    const uint64_t begin = at / pageBytes * pageBytes, within = at - begin;
    const size_t take = static_cast<size_t>(std::min<uint64_t>(n, pageBytes - within));
    auto page = pages.find(begin);
    if (page == pages.end()) {
      std::vector<uint8_t> old(
          static_cast<size_t>(std::min<uint64_t>(pageBytes, committedEnd - begin)));
      if (!file->read(begin, old.data(), old.size()))
        return false;
      // A resumed run writes again what is there, chunk by chunk: that needs no journal.
      if (std::memcmp(old.data() + within, from, take) != 0)
        page = pages.emplace(begin, std::move(old)).first;
    }
    if (page != pages.end())
      std::memcpy(page->second.data() + within, from, take);
    at += take, from += take, n -= take;
  }
  return true;
}

bool AtomicFile::writeBehind(uint64_t at, const uint8_t *from, size_t n) {
  if (n == 0)
    return true;
  if (!fill(at) || !file->write(at, from, n))
    return false;
  written = std::max(written, at + n);
  return true;
}

/// Journals of old, and what a killed process left, must not show through where nothing was
/// written.
bool AtomicFile::fill(uint64_t to) {
  if (written >= to)
    return true;
  if (!file->writeZeros(written, std::min(to, file->size())))
    return false;
  written = to;
  return true;
}

uint64_t AtomicFile::needs() const {
  return std::max({committedEnd, contentEnd, written}) +
         (pages.empty() ? 0 : journal::room(pages.size()));
}

bool AtomicFile::commitPages(bool toDisk) {
  if (!journal::write(*file, std::max({committedEnd, contentEnd, written}), pages) ||
      (toDisk && !file->sync()))
    return false;
  applying = true;
  if (!journal::apply(*file, pages) || (toDisk && !file->sync()) || !journal::dismiss(*file))
    return false;
  applying = false;
  pages.clear();
  return true;
}

bool AtomicFile::commit(bool toDisk) {
  if (failure)
    return fail();
  const bool journalled = !pages.empty();
  if (changed) {
    if (!fill(contentEnd) ||
        (file->size() < contentEnd && !file->writeZeros(contentEnd - 1, contentEnd)))
      return fail();
    if (journalled && !commitPages(toDisk))
      return fail();
    settle();
    changed = false;
  }
  return !toDisk || journalled || file->sync() || fail();
}

bool AtomicFile::trim() {
  if (!everChanged || applying) // the journal is needed by whoever opens the file next
    return true;
  return file->resize(committedEnd) || fail();
}

} // namespace snn::rt::record
