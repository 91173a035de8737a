// A compiled model file as the C API's handle.
#pragma once

#include "compiler/driver/InMemory.h"
#include "compiler/embed/Network.h"
#include "runtime/core/Session.h"

struct snn_program {
  std::shared_ptr<snn::driver::InMemory>
      code; ///< sessions share it: the program may be freed before them
  std::string warnings;
  std::vector<std::unique_ptr<snn_network>> networks; ///< by experiment
  std::vector<std::vector<snn::rt::Settable>> params; ///< by experiment
};
