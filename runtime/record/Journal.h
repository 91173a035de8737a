// The journal of an AtomicFile: pages that are about to be written in place, at the very end of the
// file, so that whoever opens the file after a kill can write them again.
//
// For each page: its offset (u64), its length (u64), its bytes. Then the trailer, the last 24 bytes
// of the file: length of all pages with their heads (u64), CRC-32 of them and of that length (u32),
// zero (u32), "SNN\rJRNL". A journal that was not written to its end has no such trailer, or one
// whose checksum does not fit.
#pragma once

#include "runtime/record/RawFile.h"

#include <map>
#include <vector>

namespace snn::rt::record::journal {

constexpr size_t pageBytes = 4096;
/// By their offsets; the last page of a file may be shorter than the others.
using Pages = std::map<uint64_t, std::vector<uint8_t>>;

/// Bytes of a journal of so many pages, at most.
uint64_t room(size_t pages);
/// Writes the journal so that it ends where the file ends, at or behind `behind`.
bool write(RawFile &file, uint64_t behind, const Pages &pages);
/// Writes the pages where they belong.
bool apply(RawFile &file, const Pages &pages);
/// Makes the journal at the file's end invalid, without making the file shorter: that would give
/// back room on the disk.
bool dismiss(RawFile &file);
/// Applies a journal at the file's end, if there is a complete one, and dismisses it. False only if
/// that fails.
bool replay(RawFile &file);

} // namespace snn::rt::record::journal
