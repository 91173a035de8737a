# libsnn.so: the embedding API (snn.h, snn.hpp). It exports the functions of snn.h alone, so that it can live in a process
# with other copies of the libraries that it holds.
snn_library(snn_embed DIRS embed DEPS snn_driver)
target_compile_options(snn_embed PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)

# The archives of HDF5 and libpng fit for a shared library, see Streams.cpp.
foreach(name hdf5_serial png16)
  set(archive ${CMAKE_BINARY_DIR}/lib/lib${name}_embedded.a)
  add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_OBJCOPY} --redefine-sym stdout=snn_library_stdout --redefine-sym stderr=snn_library_stderr
            ${SNN_ARCHIVE_${name}} ${archive}
    DEPENDS ${SNN_ARCHIVE_${name}} VERBATIM)
  list(APPEND embedded ${archive})
endforeach()
add_custom_target(snn_archives_embedded DEPENDS ${embedded})

set(exports ${CMAKE_CURRENT_SOURCE_DIR}/embed/exports.map)
add_library(snn SHARED $<TARGET_OBJECTS:snn_embed>)
add_dependencies(snn snn_archives_embedded)
# The renamed archives come first and whole, so that nothing is taken from those that snn_rt names.
target_link_libraries(snn PRIVATE -Wl,--whole-archive ${embedded} -Wl,--no-whole-archive snn_driver)
target_link_options(snn PRIVATE -Wl,--exclude-libs,ALL -Wl,--version-script=${exports} -Wl,--gc-sections)
set_target_properties(snn PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib SOVERSION 1 LINK_DEPENDS "${exports};${embedded}")
