// Files of `save` and of checkpoints: named sections, written beside and renamed, checked on reading. An adapter over
// runtime/checkpoint.
#pragma once

#include "runtime/core/Simulation.h"

#include <functional>
#include <string>

namespace snn::rt {

/// Calls `fill` with a function that puts a section; the file appears only if all went well.
Status writeStateFile(const std::string &path, const std::string &kind, const std::string &modelSha256,
                      Precision precision, const std::function<Status(const Network::Put &)> &fill);

/// Reads and checks the whole file, then calls `take` with a function that gives a section's bytes.
Status readStateFile(const std::string &path, const std::string &kind, const std::string &modelSha256,
                     const std::function<Status(const Network::Get &)> &take);

} // namespace snn::rt
