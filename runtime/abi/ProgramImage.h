// The whole image of a binary: one entry for each experiment of the file.
#pragma once

#include "runtime/abi/CudaProgram.h"
#include "runtime/abi/HostProgram.h"
#include "runtime/abi/Image.h"
#include "runtime/abi/ImageIo.h"

namespace snn::abi {

struct ProgramImage {
  NetworkTables network;
  HostProgram host;
  CudaProgram cuda = {};
};

struct Image {
  std::string compilerVersion, modelPath, modelSha256, modelText;
  std::string modelFolder; ///< where the model's data lie, wherever the program is started from; empty: where that is
  uint32_t experiments = 0; ///< that the model has, also those that were not compiled
  std::vector<ProgramImage> programs;
};

template <class V> void fields(V &v, ProgramImage &x) { v(x.network, x.host, x.cuda); }
template <class V> void fields(V &v, Image &x) {
  v(x.compilerVersion, x.modelPath, x.modelSha256, x.modelText, x.modelFolder, x.experiments, x.programs);
}

} // namespace snn::abi
