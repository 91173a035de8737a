// The driver's calls, as H5FDsec2.c has them for ordinary files.
#include "runtime/record/Hdf5Driver.h"

#include <algorithm>
#include <limits>
#include <new>

namespace snn::rt::record {

namespace {

struct OpenFile : H5FD_t {
  AtomicFile *file = nullptr;
};

AtomicFile &of(const H5FD_t *f) { return *static_cast<const OpenFile *>(f)->file; }

H5FD_t *open(const char *, unsigned, hid_t access, haddr_t) {
  const auto *file = static_cast<AtomicFile *const *>(H5Pget_driver_info(access));
  auto *opened = file ? new (std::nothrow) OpenFile : nullptr;
  if (opened)
    opened->file = *file;
  return opened;
}

herr_t close(H5FD_t *f) {
  (void)of(f).commit(false); // HDF5 could do nothing about it; AtomicFile::error() tells
  delete static_cast<OpenFile *>(f);
  return 0;
}

herr_t query(const H5FD_t *, unsigned long *flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t end(const H5FD_t *f, H5FD_mem_t) { return of(f).end(); }
haddr_t size(const H5FD_t *f, H5FD_mem_t) { return of(f).size(); }

herr_t setEnd(H5FD_t *f, H5FD_mem_t, haddr_t at) {
  of(f).setEnd(at);
  return 0;
}

herr_t read(H5FD_t *f, H5FD_mem_t, hid_t, haddr_t at, size_t n, void *to) {
  return of(f).read(at, to, n) ? 0 : -1;
}
/// After a first failure nothing reaches the file, but HDF5 can still take itself apart as if it
/// did: it does not when it cannot write.
herr_t write(H5FD_t *f, H5FD_mem_t, hid_t, haddr_t at, size_t n, const void *from) {
  return of(f).error() || of(f).write(at, from, n) ? 0 : -1;
}

constexpr DriverCalls calls{"snn", 512, H5F_CLOSE_WEAK, sizeof(AtomicFile *), open, close, nullptr, query, end, setEnd, size, read, write};

} // namespace

H5FD_class_t driverOf(const DriverCalls &calls) {
  constexpr H5FD_mem_t freeLists[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
  H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 2)
  driver.version = H5FD_CLASS_VERSION;
  driver.value = static_cast<H5FD_class_value_t>(calls.number);
#endif
  driver.name = calls.name;
  driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<off_t>::max()) - 1;
  driver.fc_degree = calls.closes;
  driver.fapl_size = calls.infoBytes;
  driver.open = calls.open;
  driver.close = calls.close;
  driver.cmp = calls.compare;
  driver.query = calls.query;
  driver.get_eoa = calls.end;
  driver.set_eoa = calls.setEnd;
  driver.get_eof = calls.size;
  driver.read = calls.read;
  driver.write = calls.write;
  std::ranges::copy(freeLists, driver.fl_map);
  return driver;
}

bool useAtomicFile(hid_t access, AtomicFile &file) {
  static const H5FD_class_t driver = driverOf(calls);
  static const hid_t number = H5FDregister(&driver);
  AtomicFile *const info = &file;
  return number >= 0 && H5Pset_driver(access, number, &info) >= 0;
}

} // namespace snn::rt::record
