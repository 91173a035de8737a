// HDF5's way to an AtomicFile: a virtual file driver. What HDF5 writes, whenever its caches like
// to, becomes the file's state only when the AtomicFile is told to commit, and when HDF5 closes the
// file. The files are ordinary HDF5 files.
#pragma once

#include "runtime/record/AtomicFile.h"
#include "runtime/record/Hdf5.h"

namespace snn::rt::record {

/// A file that is created or opened with `access` is `file`, whatever its name; it must outlive the
/// HDF5 file.
bool useAtomicFile(hid_t access, AtomicFile &file);

} // namespace snn::rt::record
