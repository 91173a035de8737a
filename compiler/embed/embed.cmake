# libsnn.so: the embedding API (snn.h, snn.hpp). It exports the functions of snn.h alone, so that it can live in a process
# with other copies of the libraries that it holds.
snn_library(snn_embed DIRS embed DEPS snn_driver)
target_compile_options(snn_embed PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)

# HDF5's archive fit for a shared library, see Streams.cpp.
set(hdf5 ${CMAKE_BINARY_DIR}/lib/libhdf5_embedded.a)
add_custom_command(
  OUTPUT ${hdf5}
  COMMAND ${CMAKE_OBJCOPY} --redefine-sym stdout=snn_hdf5_stdout --redefine-sym stderr=snn_hdf5_stderr
          ${SNN_ARCHIVE_hdf5_serial} ${hdf5}
  DEPENDS ${SNN_ARCHIVE_hdf5_serial} VERBATIM)
add_custom_target(snn_hdf5_embedded DEPENDS ${hdf5})

set(exports ${CMAKE_CURRENT_SOURCE_DIR}/embed/exports.map)
add_library(snn SHARED $<TARGET_OBJECTS:snn_embed>)
add_dependencies(snn snn_hdf5_embedded)
# The renamed archive comes first and whole, so that nothing is taken from the one that snn_rt names.
target_link_libraries(snn PRIVATE -Wl,--whole-archive ${hdf5} -Wl,--no-whole-archive snn_driver)
target_link_options(snn PRIVATE -Wl,--exclude-libs,ALL -Wl,--version-script=${exports} -Wl,--gc-sections)
set_target_properties(snn PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib SOVERSION 1 LINK_DEPENDS "${exports};${hdf5}")
