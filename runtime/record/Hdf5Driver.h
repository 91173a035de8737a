// HDF5's way to an AtomicFile: a virtual file driver. What HDF5 writes, whenever its caches like
// to, becomes the file's state only when the AtomicFile is told to commit, and when HDF5 closes the
// file. The files are ordinary HDF5 files.
#pragma once

#include "runtime/record/AtomicFile.h"
#include "runtime/record/Hdf5.h"

namespace snn::rt::record {

/// What a virtual file driver does. Its `number` is one of those that are free for everybody, from 512 on; `infoBytes` of the access list
/// say which file is meant.
struct DriverCalls {
  const char *name;
  int number;
  H5F_close_degree_t closes;
  size_t infoBytes;
  decltype(H5FD_class_t::open) open;
  decltype(H5FD_class_t::close) close;
  decltype(H5FD_class_t::cmp) compare; ///< null: no two files are one
  decltype(H5FD_class_t::query) query;
  decltype(H5FD_class_t::get_eoa) end;
  decltype(H5FD_class_t::set_eoa) setEnd;
  decltype(H5FD_class_t::get_eof) size;
  decltype(H5FD_class_t::read) read;
  decltype(H5FD_class_t::write) write;
};
/// As HDF5 wants it. Without locks: whoever uses the file takes one before.
H5FD_class_t driverOf(const DriverCalls &calls);

/// A file that is created or opened with `access` is `file`, whatever its name; it must outlive the
/// HDF5 file.
bool useAtomicFile(hid_t access, AtomicFile &file);

} // namespace snn::rt::record
