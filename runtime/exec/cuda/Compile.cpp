// Text, cache, compiler.
#include "runtime/exec/cuda/Compile.h"

#include "runtime/exec/cuda/Cache.h"

namespace snn::rt::cuda {

namespace {

/// All that decides about the code.
std::string keyOf(const std::string &text, const std::string &architecture, const std::string &version) {
  std::string key = "NVRTC " + version;
  for (const std::string &option : Nvrtc::options(architecture, Binary::Cubin))
    key += " " + option;
  for (const Header &header : deviceHeaders())
    key += std::string("\n") + header.path + "\n" + header.text;
  return key + "\n" + text;
}

std::string textOn(const std::string &header, const std::string &source, Precision precision) {
  return std::string("typedef ") + (precision == Precision::Float ? "float" : "double") + " real;\n#include \"runtime/device/cuda/" + header +
         "\"\n\nnamespace snn::cuda {\n" + source + "\n} // namespace snn::cuda\n";
}

Result<std::string> fromCacheOrCompiled(const Nvrtc &nvrtc, const std::string &text, const std::string &architecture) {
  const std::string key = keyOf(text, architecture, nvrtc.version());
  if (const std::optional<std::string> found = cached(key))
    return *found;
  Result<std::string> made = nvrtc.compile(text, architecture, Binary::Cubin);
  if (made.ok())
    keep(key, made.value());
  return made;
}

} // namespace

std::string wholeText(const std::string &source, Precision precision) { return textOn("Kernels.h", source, precision); }

Result<std::vector<std::string>> compiled(const abi::CudaProgram &program, Precision precision, const std::string &architecture) {
  for (const abi::CudaBinary &binary : program.binaries)
    if (binary.architecture == architecture && binary.realBytes == static_cast<uint32_t>(precision))
      return std::vector<std::string>{binary.code};
  const Result<Nvrtc> nvrtc = Nvrtc::open();
  if (!nvrtc.ok())
    return nvrtc.error();
  std::vector<std::string> modules;
  for (const std::string &text : {textOn("Delivery.h", program.source, precision), textOn("Steps.h", "", precision)}) {
    Result<std::string> made = fromCacheOrCompiled(nvrtc.value(), text, architecture);
    if (!made.ok())
      return made.error();
    modules.push_back(std::move(made.value()));
  }
  return modules;
}

} // namespace snn::rt::cuda
