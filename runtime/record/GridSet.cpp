// Samples of the cells of a sweep into one data set.
#include "runtime/record/GridSet.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace snn::rt::record {

namespace {

constexpr uint64_t chunkBytes = 64 << 10;
constexpr uint64_t indexBytes = 16 << 10; ///< what HDF5 may need to note a chunk

uint64_t product(std::span<const uint64_t> extents) {
  uint64_t n = 1;
  for (uint64_t extent : extents)
    n *= extent;
  return n;
}

Handle creation(Element element, const std::vector<hsize_t> &chunk) {
  Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(plist, false);
  if (!chunk.empty())
    H5Pset_chunk(plist, static_cast<int>(chunk.size()), chunk.data());
  const float nanF = NAN;
  const double nanD = NAN;
  if (element == Element::F32)
    H5Pset_fill_value(plist, H5T_NATIVE_FLOAT, &nanF);
  if (element == Element::F64)
    H5Pset_fill_value(plist, H5T_NATIVE_DOUBLE, &nanD);
  return plist;
}

} // namespace

Result<GridSet> GridSet::create(RecordingFile &file, const std::string &path, Element element, std::vector<uint64_t> grid,
                                const std::vector<uint64_t> &shape, uint64_t samples, const std::string &unit) {
  GridSet out;
  out.name = path;
  out.elementBytes = sizeOf(element);
  out.dims.assign(grid.begin(), grid.end());
  out.chunk.assign(grid.size(), 1);
  std::vector<hsize_t> most = out.dims;
  const uint64_t bytes = std::max<uint64_t>(product(shape) * out.elementBytes, 1);
  out.dims.push_back(0);
  out.chunk.push_back(std::clamp<uint64_t>(chunkBytes / bytes, 1, std::max<uint64_t>(samples, 1)));
  for (uint64_t n : shape) {
    out.dims.push_back(n);
    out.chunk.push_back(std::max<uint64_t>(n, 1));
  }
  most.resize(out.dims.size(), H5S_UNLIMITED);
  if (bytes * out.chunk[grid.size()] >= (1ull << 32))
    return Error{ExitCode::io, fmt::format("recording '{}': one sample of {} has {} bytes; the format allows 4 GiB", file.path(), path, bytes)};
  if (Status s = file.reserve(indexBytes); !s.ok())
    return s.error();
  const Handle space(H5Screate_simple(static_cast<int>(most.size()), out.dims.data(), most.data()), H5Sclose);
  const Handle plist = creation(element, out.chunk), links = linkCreation();
  out.set = Handle(H5Dcreate2(file.id(), path.c_str(), fileType(element), space, links, plist, H5P_DEFAULT), H5Dclose);
  if (!out.set.valid() || (!unit.empty() && !writeText(out.set, "units", unit)))
    return file.failed("making a data set");
  return out;
}

Status GridSet::begin(RecordingFile &file, std::vector<uint64_t> place, std::vector<uint64_t> shape) {
  cell = std::move(place);
  sample = std::move(shape);
  sampleBytes = product(sample) * elementBytes;
  written = 0;
  bool grows = false;
  for (size_t k = 0; k < sample.size(); ++k) {
    hsize_t &extent = dims[cell.size() + 1 + k];
    grows |= extent < sample[k];
    extent = std::max<hsize_t>(extent, sample[k]);
  }
  return grows && H5Dset_extent(set, dims.data()) < 0 ? Status(file.failed("growing a data set")) : Status();
}

Status GridSet::append(RecordingFile &file, const void *bytes) {
  const uint8_t *from = static_cast<const uint8_t *>(bytes);
  waiting.insert(waiting.end(), from, from + sampleBytes);
  const uint64_t rows = chunk[cell.size()];
  return sampleBytes == 0 || waiting.size() / sampleBytes < rows ? Status() : end(file);
}

Status GridSet::end(RecordingFile &file) {
  if (waiting.empty())
    return {};
  const uint64_t rows = waiting.size() / sampleBytes;
  // Of what HDF5 stores, a chunk for each piece of a sample that is larger than the first cell's.
  uint64_t chunks = 1, bytes = elementBytes;
  for (size_t k = 0; k < sample.size(); ++k)
    chunks *= (sample[k] + chunk[cell.size() + 1 + k] - 1) / chunk[cell.size() + 1 + k];
  for (hsize_t n : chunk)
    bytes *= n;
  if (Status s = file.reserve(chunks * (bytes + indexBytes)); !s.ok())
    return s;
  if (dims[cell.size()] < written + rows) {
    dims[cell.size()] = written + rows;
    if (H5Dset_extent(set, dims.data()) < 0)
      return file.failed("growing a data set");
  }
  std::vector<hsize_t> start(cell.begin(), cell.end()), size(cell.size(), 1);
  start.push_back(written), size.push_back(rows);
  start.resize(dims.size(), 0);
  size.insert(size.end(), sample.begin(), sample.end());
  const Handle to(H5Dget_space(set), H5Sclose), type(H5Dget_type(set), H5Tclose),
      from(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  H5Sselect_hyperslab(to, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr);
  if (H5Dwrite(set, type, from, to, H5P_DEFAULT, waiting.data()) < 0)
    return file.failed("writing");
  written += rows;
  waiting.clear();
  return {};
}

Status writeList(RecordingFile &file, const std::string &path, Element element, const std::vector<uint64_t> &shape, const void *data,
                 size_t bytes, const std::string &unit) {
  if (Status s = file.reserve(indexBytes + bytes); !s.ok())
    return s;
  const std::vector<hsize_t> dims(shape.begin(), shape.end());
  const Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
  const Handle plist = creation(element, {}), links = linkCreation();
  H5Pset_alloc_time(plist, H5D_ALLOC_TIME_EARLY);
  const Handle set(H5Dcreate2(file.id(), path.c_str(), fileType(element), space, links, plist, H5P_DEFAULT), H5Dclose);
  if (!set.valid() || (!unit.empty() && !writeText(set, "units", unit)) ||
      (bytes != 0 && H5Dwrite(set, memoryType(element), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0))
    return file.failed("making a data set");
  return {};
}

} // namespace snn::rt::record
