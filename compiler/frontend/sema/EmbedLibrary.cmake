# Writes OUT: snn::sema::libraryModule with every module of ROOT as a raw string; a module is a folder of models. A file's first
# lines import what its models need. Its tests stand at its end, after what only they import and declare: all of that is left out,
# so that no import of the library parses it.
set(cases "")
file(GLOB folders RELATIVE ${ROOT} ${ROOT}/*)
list(SORT folders)
foreach(folder ${folders})
  file(GLOB files ${ROOT}/${folder}/*.snn)
  list(SORT files)
  if(files)
    set(text "")
    foreach(model ${files})
      file(READ ${model} one)
      while(one MATCHES "^(import [^\n]*\n)(.*)$")
        string(APPEND text "${CMAKE_MATCH_1}")
        set(one "${CMAKE_MATCH_2}")
      endwhile()
      string(REGEX REPLACE "\n(import|test) .*$" "\n" one "${one}")
      string(APPEND text "${one}\n")
    endforeach()
    string(APPEND cases "  if (name == \"std.${folder}\")\n    return R\"library(${text})library\";\n")
  endif()
endforeach()
file(WRITE ${OUT} "// Generated from stdlib/ by compiler/frontend/sema/EmbedLibrary.cmake.
#include \"compiler/frontend/sema/Library.h\"

namespace snn::sema {

std::optional<std::string> libraryModule(const std::string &name) {
${cases}  return std::nullopt;
}

} // namespace snn::sema
")
