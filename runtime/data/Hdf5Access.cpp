// The driver's calls. Unlike HDF5's own driver it does not read zeros where the file has ended, and
// takes no lock.
#include "runtime/data/Hdf5Access.h"

#include "runtime/record/Hdf5Driver.h"

#include <new>

namespace snn::rt::data {

namespace {

struct OpenFile : H5FD_t {
  const FileBytes *file = nullptr;
  haddr_t allocated = 0;
};

OpenFile &of(H5FD_t *f) { return *static_cast<OpenFile *>(f); }
const OpenFile &of(const H5FD_t *f) { return *static_cast<const OpenFile *>(f); }

H5FD_t *open(const char *, unsigned flags, hid_t access, haddr_t) {
  const auto *file = static_cast<const FileBytes *const *>(H5Pget_driver_info(access));
  if (!file || (flags & (H5F_ACC_RDWR | H5F_ACC_TRUNC | H5F_ACC_CREAT)))
    return nullptr;
  auto *opened = new (std::nothrow) OpenFile;
  if (opened)
    opened->file = *file;
  return opened;
}

herr_t close(H5FD_t *f) {
  delete static_cast<OpenFile *>(f);
  return 0;
}

int compare(const H5FD_t *a, const H5FD_t *b) {
  return of(a).file == of(b).file ? 0 : of(a).file < of(b).file ? -1 : 1;
}

herr_t query(const H5FD_t *, unsigned long *flags) {
  *flags = H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t end(const H5FD_t *f, H5FD_mem_t) { return of(f).allocated; }
haddr_t size(const H5FD_t *f, H5FD_mem_t) { return of(f).file->size(); }

herr_t setEnd(H5FD_t *f, H5FD_mem_t, haddr_t at) {
  of(f).allocated = at;
  return 0;
}

herr_t read(H5FD_t *f, H5FD_mem_t, hid_t, haddr_t at, size_t n, void *to) {
  const uint64_t size = of(f).file->size();
  return at <= size && n <= size - at && of(f).file->read(at, to, n).ok() ? 0 : -1;
}

herr_t write(H5FD_t *, H5FD_mem_t, hid_t, haddr_t, size_t, const void *) { return -1; }

constexpr record::DriverCalls calls{"snn-data", 513,   H5F_CLOSE_STRONG, sizeof(const FileBytes *), open, close, compare,
                                    query,      end,   setEnd,           size,                      read, write};

} // namespace

bool useFileBytes(hid_t access, const FileBytes &file) {
  static const H5FD_class_t driver = record::driverOf(calls);
  static const hid_t number = H5FDregister(&driver);
  const FileBytes *const info = &file;
  return number >= 0 && H5Pset_driver(access, number, &info) >= 0;
}

} // namespace snn::rt::data
