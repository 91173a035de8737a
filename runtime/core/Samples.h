// Data sets and array files for experiments: an adapter over runtime/data.
#pragma once

#include "runtime/host/HostData.h"

namespace snn::rt {

/// Finds a data set by name or path; `modelFolder` is the last place that is searched.
Result<std::shared_ptr<const host::DataSetRef>> openDataSet(const std::string &name, const std::string &modelFolder);
/// The array in the first of the two files that exists.
Result<host::Value> readArray(const std::string &path, const std::string &alternative);

} // namespace snn::rt
