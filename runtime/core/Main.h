// Entry of finished binaries and of `snnc run`.
#pragma once

#include "runtime/abi/snn_abi.h"

namespace snn::rt {

/// Parses the command line, runs the experiment, prints errors to standard error; the result is the process's exit code
/// (128 + signal when stopped by SIGINT or SIGTERM).
int mainEntry(const snn_model &model, int argc, char **argv);

/// Takes the places of standard streams that the caller has closed, so that no other file gets their numbers and what is
/// meant for them; writing to one is an error then.
void holdStandardStreams();

} // namespace snn::rt
