// Finding NVRTC and calling it.
#include "runtime/exec/cuda/Nvrtc.h"

#include "runtime/exec/cuda/Library.h"

#include <fmt/format.h>

namespace snn::rt::cuda {

namespace {

Error missing(const std::string &why) {
  return {ExitCode::usage, "--device cuda: NVRTC of CUDA 13 is needed to compile kernels (" + why +
                               "); it is part of the toolkit and of PyPI's nvidia-cuda-nvrtc, SNN_NVRTC_LIBRARY names the file"};
}

} // namespace

Result<Nvrtc> Nvrtc::open() {
  static const std::string names[] = {"libnvrtc.so.13", "/usr/local/cuda/lib64/libnvrtc.so.13", "/usr/local/cuda-13/lib64/libnvrtc.so.13",
                                      "/usr/local/cuda-13.0/lib64/libnvrtc.so.13"};
  const Result<Library> library = Library::open("SNN_NVRTC_LIBRARY", names);
  if (!library.ok())
    return missing(library.error().message);
  Nvrtc nvrtc;
  bool complete = true;
  const auto bind = [&](auto &function, const char *symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(library.value().find(symbol));
    complete &= function != nullptr;
  };
  bind(nvrtc.api.version, "nvrtcVersion");
  bind(nvrtc.api.errorString, "nvrtcGetErrorString");
  bind(nvrtc.api.create, "nvrtcCreateProgram");
  bind(nvrtc.api.compile, "nvrtcCompileProgram");
  bind(nvrtc.api.logSize, "nvrtcGetProgramLogSize");
  bind(nvrtc.api.log, "nvrtcGetProgramLog");
  bind(nvrtc.api.cubinSize, "nvrtcGetCUBINSize");
  bind(nvrtc.api.cubin, "nvrtcGetCUBIN");
  bind(nvrtc.api.ptxSize, "nvrtcGetPTXSize");
  bind(nvrtc.api.ptx, "nvrtcGetPTX");
  bind(nvrtc.api.destroy, "nvrtcDestroyProgram");
  int major = 0, minor = 0;
  if (!complete || nvrtc.api.version(&major, &minor) != 0 || major < 13)
    return missing(fmt::format("the one found is version {}.{}", major, minor));
  nvrtc.versionText = fmt::format("{}.{}", major, minor);
  return nvrtc;
}

std::vector<std::string> Nvrtc::options(const std::string &architecture, Binary binary) {
  const std::string arch = binary == Binary::Ptx ? "compute_" + architecture.substr(architecture.find('_') + 1) : architecture;
  return {"--gpu-architecture=" + arch, "--std=c++20", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"};
}

std::string Nvrtc::logOf(Program program) const {
  size_t size = 0;
  if (api.logSize(program, &size) != 0 || size < 2)
    return {};
  std::string text(size, '\0');
  api.log(program, text.data());
  text.resize(size - 1);
  return text;
}

Result<std::string> Nvrtc::compile(const std::string &source, const std::string &architecture, Binary binary) const {
  std::vector<const char *> texts, names, raw;
  for (const Header &header : deviceHeaders()) {
    texts.push_back(header.text);
    names.push_back(header.path);
  }
  const std::vector<std::string> given = options(architecture, binary);
  for (const std::string &option : given)
    raw.push_back(option.c_str());
  Program program = nullptr;
  int code = api.create(&program, source.c_str(), "model.cu", static_cast<int>(texts.size()), texts.data(), names.data());
  if (code == 0)
    code = api.compile(program, static_cast<int>(raw.size()), raw.data());
  std::string bytes;
  size_t size = 0;
  const bool cubin = binary == Binary::Cubin;
  if (code == 0)
    code = cubin ? api.cubinSize(program, &size) : api.ptxSize(program, &size);
  if (code == 0) {
    bytes.resize(size);
    code = cubin ? api.cubin(program, bytes.data()) : api.ptx(program, bytes.data());
  }
  const std::string log = code != 0 && program ? logOf(program) : std::string();
  if (program)
    api.destroy(&program);
  constexpr int invalidOption = 5;
  if (code == invalidOption)
    return Error{ExitCode::usage, fmt::format("NVRTC {} does not compile for {}", versionText, architecture)};
  if (code != 0)
    return Error{ExitCode::internal, fmt::format("NVRTC {} for {}: {}\n{}", versionText, architecture, api.errorString(code), log)};
  return bytes;
}

} // namespace snn::rt::cuda
