# snn_library_text: the models of stdlib/ as text inside the compiler.
file(GLOB_RECURSE library_models CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/stdlib/*.snn)
set(library_text ${CMAKE_BINARY_DIR}/generated/sema/LibraryText.cpp)
add_custom_command(
  OUTPUT ${library_text}
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR}/stdlib -DOUT=${library_text}
          -P ${CMAKE_CURRENT_LIST_DIR}/EmbedLibrary.cmake
  DEPENDS ${library_models} ${CMAKE_CURRENT_LIST_DIR}/EmbedLibrary.cmake
  COMMENT "Embedding the standard library" VERBATIM)
target_sources(snn_sema PRIVATE ${library_text})
