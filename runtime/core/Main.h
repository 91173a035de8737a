// Entry of finished binaries and of `snnc run`.
#pragma once

#include "runtime/abi/snn_abi.h"
#include "runtime/core/Options.h"

#include <atomic>
#include <memory>

namespace snn::rt {

/// Parses the command line, runs the experiment, prints errors to standard error; the result is the process's exit code
/// (128 + signal when stopped by SIGINT or SIGTERM).
int mainEntry(const snn_model &model, int argc, char **argv);

/// Runs one experiment, or all cells of its sweep and what follows them, to the end and closes its files. `stop`, if not
/// null, is the number of a signal that asks to stop, once there is one; `stoppedAt` then says where that was.
Status runProgram(const snn_model &model, const std::shared_ptr<const abi::Image> &image, size_t program, SessionOptions options,
                  const std::atomic<int> *stop, std::string &stoppedAt);

/// Takes the places of standard streams that the caller has closed, so that no other file gets their numbers and what is
/// meant for them; writing to one is an error then.
void holdStandardStreams();

} // namespace snn::rt
