// Rows into chunks.
#include "runtime/record/RowSet.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace snn::rt::record {

namespace {

constexpr uint64_t chunkBytes = 64 << 10;

} // namespace

uint64_t sizeOf(Element element) {
  switch (element) {
  case Element::F32:
    return 4;
  case Element::Bool:
    return 1;
  case Element::F64:
  case Element::I64:
  case Element::U64:
    return 8;
  }
  return 0;
}

namespace {

/// Booleans as h5py and PyTables store them: an enumeration of FALSE and TRUE over a byte.
hid_t booleanType() {
  static const hid_t type = [] {
    const hid_t t = H5Tenum_create(H5T_STD_I8LE);
    const int8_t no = 0, yes = 1;
    H5Tenum_insert(t, "FALSE", &no);
    H5Tenum_insert(t, "TRUE", &yes);
    return t;
  }();
  return type;
}

} // namespace

hid_t fileType(Element element) {
  switch (element) {
  case Element::F32:
    return H5T_IEEE_F32LE;
  case Element::F64:
    return H5T_IEEE_F64LE;
  case Element::I64:
    return H5T_STD_I64LE;
  case Element::U64:
    return H5T_STD_U64LE;
  case Element::Bool:
    return booleanType();
  }
  return -1;
}

namespace {

Handle dataSetCreation() {
  Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(plist, false);
  return plist;
}

} // namespace

hid_t memoryType(Element element) { return fileType(element); } // x86-64 alone: the same bytes

RowSet::RowSet(std::string path, Element element, std::vector<uint64_t> shape) : name(std::move(path)) {
  rowBytes = sizeOf(element);
  dims = {0};
  chunk = {0};
  for (uint64_t n : shape) {
    dims.push_back(n);
    chunk.push_back(std::max<uint64_t>(n, 1));
    rowBytes *= n;
  }
  // Single numbers mostly come seldom: smaller chunks.
  const uint64_t aim = shape.empty() && element != Element::U64 ? chunkBytes / 8 : chunkBytes;
  chunk[0] = std::max<uint64_t>(1, aim / std::max<uint64_t>(rowBytes, 1));
  buffer.resize(chunk[0] * rowBytes);
}

Result<RowSet> RowSet::create(RecordingFile &file, const std::string &path, Element element,
                              std::vector<uint64_t> shape, const std::string &unit) {
  RowSet rows(path, element, std::move(shape));
  if (rows.rowBytes >= (1ull << 32))
    return Error{ExitCode::io, fmt::format("recording '{}': one sample of {} has {} bytes; the format allows 4 GiB",
                                           file.path(), path, rows.rowBytes)};
  file.willRewrite(rows.rewritten());
  if (Status s = file.reserve(4096); !s.ok())
    return s.error();
  std::vector<hsize_t> most = rows.dims;
  most[0] = H5S_UNLIMITED;
  const Handle space(H5Screate_simple(static_cast<int>(most.size()), rows.dims.data(), most.data()), H5Sclose);
  const Handle plist = dataSetCreation(), links = linkCreation();
  H5Pset_chunk(plist, static_cast<int>(rows.chunk.size()), rows.chunk.data());
  rows.set = Handle(H5Dcreate2(file.id(), path.c_str(), fileType(element), space, links, plist, H5P_DEFAULT), H5Dclose);
  if (!rows.set.valid() || (!unit.empty() && !writeText(rows.set, "units", unit)))
    return file.failed("making a data set");
  return rows;
}

bool RowSet::fits(Element element) const {
  const Handle space(H5Dget_space(set), H5Sclose), type(H5Dget_type(set), H5Tclose), plist(H5Dget_create_plist(set), H5Pclose);
  if (H5Sget_simple_extent_ndims(space) != static_cast<int>(dims.size()) || H5Tequal(type, fileType(element)) <= 0 ||
      H5Pget_external_count(plist) != 0 || H5Pget_nfilters(plist) != 0 || H5Pget_layout(plist) != H5D_CHUNKED)
    return false;
  std::vector<hsize_t> found(dims.size()), most(dims.size()), pieces(dims.size());
  H5Sget_simple_extent_dims(space, found.data(), most.data());
  H5Pget_chunk(plist, static_cast<int>(pieces.size()), pieces.data());
  return most[0] == H5S_UNLIMITED && pieces == chunk && std::equal(found.begin() + 1, found.end(), dims.begin() + 1) &&
         found[0] >= count;
}

Result<RowSet> RowSet::open(RecordingFile &file, const std::string &path, Element element, std::vector<uint64_t> shape,
                            uint64_t count) {
  RowSet rows(path, element, std::move(shape));
  rows.count = rows.written = count;
  const Error wrong{ExitCode::badData, fmt::format("recording '{}': {} is not as the checkpoint left it", file.path(), path)};
  rows.set = Handle(H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!rows.set.valid() || !rows.fits(element))
    return wrong;
  const Handle space(H5Dget_space(rows.set), H5Sclose);
  H5Sget_simple_extent_dims(space, rows.dims.data(), nullptr);
  rows.onFile = rows.dims[0];
  file.willRewrite(rows.rewritten());
  if (count % rows.chunk[0] != 0 && !rows.loadChunk(count - count % rows.chunk[0]).ok())
    return wrong;
  return rows;
}

/// The rows of a chunk that the file has already; zeros behind.
Status RowSet::loadChunk(uint64_t firstRow) {
  std::fill(buffer.begin(), buffer.end(), uint8_t{0});
  if (onFile <= firstRow || rowBytes == 0)
    return {};
  std::vector<hsize_t> start(dims.size(), 0), size = dims;
  start[0] = firstRow;
  size[0] = std::min<uint64_t>(chunk[0], onFile - firstRow);
  const Handle from(H5Dget_space(set), H5Sclose), type(H5Dget_type(set), H5Tclose),
      to(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  H5Sselect_hyperslab(from, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr);
  if (H5Dread(set, type, to, from, H5P_DEFAULT, buffer.data()) < 0)
    return Error{ExitCode::io, fmt::format("{} cannot be read", name)};
  return {};
}

Status RowSet::trim(RecordingFile &file) {
  if (onFile <= count)
    return {};
  dims[0] = onFile = count;
  if (H5Dset_extent(set, dims.data()) < 0)
    return file.failed("cutting");
  return {};
}

/// A chunk of several rows is written with its first, whenever the file is flushed, and with its last.
uint64_t RowSet::rewritten() const { return chunk[0] > 1 ? buffer.size() : 0; }

uint64_t RowSet::newBytes(uint64_t n) const {
  const uint64_t before = (count + chunk[0] - 1) / chunk[0], after = (count + n + chunk[0] - 1) / chunk[0];
  return (after - before) * buffer.size();
}

Status RowSet::writeChunk(RecordingFile &file, uint64_t firstRow) {
  if (count > onFile) {
    dims[0] = count;
    if (H5Dset_extent(set, dims.data()) < 0)
      return file.failed("growing a data set");
    onFile = count;
  }
  std::vector<hsize_t> place(dims.size(), 0);
  place[0] = firstRow;
  if (rowBytes != 0 && H5Dwrite_chunk(set, H5P_DEFAULT, 0, place.data(), buffer.size(), buffer.data()) < 0)
    return file.failed("writing");
  written = count;
  return {};
}

Status RowSet::append(RecordingFile &file, const void *rows, uint64_t n) {
  const uint8_t *from = static_cast<const uint8_t *>(rows);
  while (n > 0) {
    const uint64_t begun = count % chunk[0], take = std::min<uint64_t>(n, chunk[0] - begun);
    if (begun == 0)
      if (Status s = loadChunk(count); !s.ok())
        return s;
    if (rowBytes != 0)
      std::memcpy(buffer.data() + begun * rowBytes, from, take * rowBytes);
    from += take * rowBytes;
    count += take;
    n -= take;
    const bool full = begun + take == chunk[0];
    finished |= full;
    if (begun == 0 || full)
      if (Status s = writeChunk(file, count - begun - take); !s.ok())
        return s;
  }
  return {};
}

Status RowSet::writeOut(RecordingFile &file) {
  if (written == count)
    return {};
  return writeChunk(file, (count - 1) / chunk[0] * chunk[0]);
}

Status writeFixed(RecordingFile &file, const std::string &path, std::span<const uint64_t> values) {
  if (Status s = file.reserve(4096 + values.size() * 8); !s.ok())
    return s;
  const hsize_t length = values.size();
  const Handle space(H5Screate_simple(1, &length, nullptr), H5Sclose);
  const Handle plist = dataSetCreation(), links = linkCreation();
  H5Pset_alloc_time(plist, H5D_ALLOC_TIME_EARLY);
  const Handle set(H5Dcreate2(file.id(), path.c_str(), H5T_STD_U64LE, space, links, plist, H5P_DEFAULT), H5Dclose);
  if (!set.valid() ||
      (length != 0 && H5Dwrite(set, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0))
    return file.failed("making a data set");
  return {};
}

} // namespace snn::rt::record
