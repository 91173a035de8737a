// The bytes of a container, shared by its writer and reader. All numbers are little-endian.
//   0  "SNNSTATE"      8  version (u32)      12  length of the header (u32)
//  16  checksum of the header (u32)          20  checksum of bytes 0 to 19 and 24 to 31 (u32)
//  24  length of the body (u64)              32  the header, then the body
// Header: kind (text), number of sections (u32), then for each: name (text), type (u8), axes (u8), each axis (u64),
// offset in the body (u64), bytes (u64), checksum (u32). Text: length (u32) and bytes. Sections follow each other without
// holes; checksums are CRC-32.
#pragma once

#include "runtime/checkpoint/Container.h"

#include <bit>
#include <cstring>
#include <zlib.h>

namespace snn::rt::checkpoint::format {

static_assert(std::endian::native == std::endian::little, "the container is written as it lies in memory");

inline constexpr char magic[] = "SNNSTATE";
inline constexpr uint32_t version = 1;
inline constexpr size_t preamble = 32;
inline constexpr size_t largestHeader = 1 << 20;
inline constexpr size_t largestName = 4096;
inline constexpr size_t mostAxes = 32;

template <class T> void put(std::string &out, T x) {
  out.append(reinterpret_cast<const char *>(&x), sizeof x);
}

inline void putText(std::string &out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()));
  out += text;
}

inline uint32_t checksum(const void *data, size_t bytes) {
  return static_cast<uint32_t>(crc32_z(0, static_cast<const Bytef *>(data), bytes));
}

} // namespace snn::rt::checkpoint::format
