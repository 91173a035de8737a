// The sizes of chunks, through HDF5's way to the packed bytes.
#include "runtime/data/Hdf5Chunks.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <zlib.h>

namespace snn::rt::data {

namespace {

constexpr uint64_t checksumBytes = 4;                                   // of fletcher32
constexpr uint64_t largestChunk = std::numeric_limits<uint32_t>::max(); // of HDF5

/// Whether these bytes are a zlib stream of exactly `wanted` bytes.
bool unpacksTo(std::vector<uint8_t> &packed, uint64_t wanted) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK)
    return false;
  std::vector<uint8_t> scratch(1 << 16);
  stream.next_in = packed.data();
  stream.avail_in = static_cast<uInt>(packed.size());
  int code = Z_OK;
  while (code == Z_OK && stream.total_out <= wanted) {
    stream.next_out = scratch.data();
    stream.avail_out = static_cast<uInt>(scratch.size());
    code = inflate(&stream, Z_NO_FLUSH);
  }
  inflateEnd(&stream);
  return code == Z_STREAM_END && stream.total_out == wanted;
}

} // namespace

std::string Hdf5Chunks::open(hid_t set, const std::vector<int64_t> &shape, size_t width,
                             uint64_t fileBytes) {
  most = std::min(fileBytes, largestChunk);
  const record::Handle made(H5Dget_create_plist(set), H5Pclose);
  if (H5Pget_layout(made) != H5D_CHUNKED)
    return H5Pget_nfilters(made) > 0 ? "damaged: filters, but no chunks" : "";
  hsize_t axes[H5S_MAX_RANK] = {};
  const int rank = H5Pget_chunk(made, H5S_MAX_RANK, axes);
  if (rank < 1 || static_cast<size_t>(rank) != shape.size())
    return "damaged: chunks and data set have different axes";
  unpacked = width;
  uint64_t count = 1;
  for (size_t k = 0; k < shape.size(); ++k) {
    if (axes[k] == 0 || __builtin_mul_overflow(unpacked, axes[k], &unpacked) ||
        unpacked > largestChunk)
      return "damaged: bad shape of chunks";
    grid.push_back((static_cast<hsize_t>(shape[k]) + axes[k] - 1) / axes[k]);
    count *= grid.back(); // no more than there are elements
  }
  chunk.assign(axes, axes + rank);
  checked.assign(count, false);
  return readFilters(made);
}

std::string Hdf5Chunks::readFilters(hid_t made) {
  for (int k = 0; k < H5Pget_nfilters(made); ++k) {
    unsigned flags = 0, config = 0;
    size_t values = 0;
    char name[64] = "";
    const H5Z_filter_t filter = H5Pget_filter2(made, static_cast<unsigned>(k), &flags, &values,
                                               nullptr, sizeof name, name, &config);
    if (filter == H5Z_FILTER_FLETCHER32)
      (deflated ? behind : unpacked) += checksumBytes;
    else if (filter == H5Z_FILTER_DEFLATE && !deflated)
      deflated = true;
    else if (filter != H5Z_FILTER_SHUFFLE)
      return fmt::format("packed by the filter {} ({}); gzip, shuffle and fletcher32 can be read",
                         static_cast<int>(filter), name);
  }
  return {};
}

/// The chunk that begins at an element.
bool Hdf5Chunks::isWhole(hid_t set, const std::vector<hsize_t> &at) const {
  hsize_t size = 0;
  if (H5Dget_chunk_storage_size(set, at.data(), &size) < 0 || size < behind || size > most)
    return false;
  if (!deflated && size != unpacked)
    return false;
  std::vector<uint8_t> bytes(size);
  uint32_t skipped = 0; // filters that were not applied to it
  if (size == 0 || H5Dread_chunk(set, H5P_DEFAULT, at.data(), &skipped, bytes.data()) < 0 ||
      skipped != 0)
    return false;
  bytes.resize(size - behind);
  return !deflated || unpacksTo(bytes, unpacked);
}

bool Hdf5Chunks::holdBox(hid_t set, const std::vector<hsize_t> &from,
                         const std::vector<hsize_t> &counts) {
  if (chunk.empty() || std::ranges::find(counts, 0u) != counts.end())
    return true;
  std::vector<hsize_t> first(chunk.size());
  for (size_t k = 0; k < chunk.size(); ++k)
    first[k] = from[k] / chunk[k] * chunk[k];
  for (std::vector<hsize_t> at = first;;) {
    size_t number = 0;
    for (size_t k = 0; k < chunk.size(); ++k)
      number = number * grid[k] + at[k] / chunk[k];
    if (!checked[number] && !isWhole(set, at))
      return false;
    checked[number] = true;
    size_t k = chunk.size();
    while (k > 0 && (at[k - 1] += chunk[k - 1]) >= from[k - 1] + counts[k - 1])
      --k, at[k] = first[k];
    if (k == 0)
      return true;
  }
}

} // namespace snn::rt::data
