# The pages docs/errors/CODE.md as text inside snn_base (diag::explain).
file(GLOB error_pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/errors/*.md)
set(error_table ${CMAKE_BINARY_DIR}/generated/base/ErrorPages.cpp)
add_custom_command(
  OUTPUT ${error_table}
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR}/docs/errors -DOUT=${error_table}
          -P ${CMAKE_CURRENT_LIST_DIR}/EmbedPages.cmake
  DEPENDS ${error_pages} ${CMAKE_CURRENT_LIST_DIR}/EmbedPages.cmake
  COMMENT "Embedding the pages about errors" VERBATIM)
target_sources(snn_base PRIVATE ${error_table})
