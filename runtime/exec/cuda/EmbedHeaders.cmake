# Writes OUT: snn::rt::cuda::deviceHeaders with the HEADERS below ROOT as raw strings.
set(entries "")
foreach(header ${HEADERS})
  file(READ ${ROOT}/${header} text)
  string(APPEND entries "    {\"${header}\", R\"header(${text})header\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from runtime/device by runtime/exec/cuda/EmbedHeaders.cmake.
#include \"runtime/exec/cuda/DeviceText.h\"

namespace snn::rt::cuda {

std::span<const Header> deviceHeaders() {
  static constexpr Header headers[] = {
${entries}  };
  return headers;
}

} // namespace snn::rt::cuda
")
