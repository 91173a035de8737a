// Chunks of HDF5 data sets, looked at before HDF5 unpacks them: version 1.10 takes it for granted
// that what the filters make of a chunk has the chunk's size, and reads beyond its end where a
// damaged file says otherwise.
#pragma once

#include "runtime/record/Hdf5.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snn::rt::data {

/// Of one data set. Data sets without chunks need no check. hdf5Lock() is held around all calls.
class Hdf5Chunks {
public:
  /// Says what is wrong with the chunks' shape or filters; empty: nothing. gzip, shuffle and
  /// fletcher32 are known. `fileBytes`: what a chunk can have at most.
  std::string open(hid_t set, const std::vector<int64_t> &shape, size_t width, uint64_t fileBytes);
  /// Whether all chunks of the box of `counts` elements at `from` have their sizes. A chunk is
  /// looked at when it is first asked for.
  bool holdBox(hid_t set, const std::vector<hsize_t> &from, const std::vector<hsize_t> &counts);

private:
  std::vector<hsize_t> chunk; ///< its elements along each axis; empty: no chunks
  std::vector<hsize_t> grid;  ///< chunks along each axis
  uint64_t unpacked = 0;      ///< bytes that gzip packed, or that are stored
  uint64_t behind = 0;        ///< bytes of checksums behind what gzip made
  uint64_t most = 0;          ///< packed bytes of a chunk
  bool deflated = false;
  std::vector<bool> checked;

  std::string readFilters(hid_t made);
  bool isWhole(hid_t set, const std::vector<hsize_t> &at) const;
};

} // namespace snn::rt::data
