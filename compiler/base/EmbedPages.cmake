# Writes OUT: snn::diag::explain with every page of ROOT as a raw string.
set(cases "")
file(GLOB pages RELATIVE ${ROOT} ${ROOT}/*.md)
list(SORT pages)
foreach(page ${pages})
  get_filename_component(code ${page} NAME_WE)
  file(READ ${ROOT}/${page} text)
  # A list separator or a bracket in the text means nothing here: the text is only quoted.
  string(APPEND cases "  if (code == \"${code}\")\n    return R\"page(${text})page\";\n")
endforeach()
file(WRITE ${OUT} "// Generated from docs/errors by compiler/base/EmbedPages.cmake.
#include \"compiler/base/diag/Diag.h\"

namespace snn::diag {

std::string_view explain(std::string_view code) {
${cases}  return {};
}

} // namespace snn::diag
")
