# snn_rt: everything that a finished binary holds, as one static library. HDF5, libpng, minizip, zlib and their helpers are
# taken as archives, so that finished binaries need libc and libm alone as shared libraries.
set(_archives "")
foreach(name hdf5_serial sz aec png16 minizip z)
  find_library(SNN_ARCHIVE_${name} NAMES lib${name}.a REQUIRED)
  list(APPEND _archives ${SNN_ARCHIVE_${name}})
endforeach()
find_path(SNN_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial REQUIRED)
find_path(SNN_PNG_INCLUDE png.h REQUIRED)
find_path(SNN_MINIZIP_INCLUDE minizip/unzip.h REQUIRED)

file(GLOB_RECURSE _runtime_sources CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_SOURCE_DIR}/abi/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/core/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/host/*.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/exec/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/connect/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/data/*.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/record/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/report/*.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/checkpoint/*.cpp)
include(exec/cuda/cuda.cmake) # the device library as text
add_library(snn_rt STATIC ${_runtime_sources} ${SNN_DEVICE_TEXT})
target_include_directories(snn_rt PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(snn_rt PUBLIC snn_device_host snn_fmt Threads::Threads ${_archives} m ${CMAKE_DL_LIBS})
# Only the recorder and data sets in its format see HDF5, only the report D3.
file(GLOB _record_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/record/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/data/Hdf5*.cpp)
set_property(SOURCE ${_record_sources} APPEND PROPERTY INCLUDE_DIRECTORIES ${SNN_HDF5_INCLUDE})

# The report's page: D3 as Debian packages it (BSD-3-Clause) and our script and style, inlined as they are.
find_file(SNN_D3 d3.min.js PATHS /usr/share/nodejs/d3/dist NO_DEFAULT_PATH REQUIRED)
set(_page ${CMAKE_CURRENT_SOURCE_DIR}/report/page)
set_property(SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/report/Assets.cpp PROPERTY COMPILE_DEFINITIONS
  SNN_D3_FILE="${SNN_D3}" SNN_PAGE_FOLDER="${_page}")
file(GLOB _page_files CONFIGURE_DEPENDS ${_page}/*)
set_property(SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/report/Assets.cpp PROPERTY OBJECT_DEPENDS "${SNN_D3};${_page_files}")
