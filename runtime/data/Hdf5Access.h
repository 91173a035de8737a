// HDF5's way to a data file: a virtual file driver that reads one file, which is open already.
// Whatever name HDF5 asks for, for links to other files or data sets made of them, it gets this
// file: a file of data leads nowhere else.
#pragma once

#include "runtime/data/FileBytes.h"
#include "runtime/record/Hdf5.h"

namespace snn::rt::data {

/// What is opened with `access` is `file`; it must outlive the HDF5 file.
bool useFileBytes(hid_t access, const FileBytes &file);

} // namespace snn::rt::data
