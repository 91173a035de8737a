# SNN_DEVICE_TEXT: a source file that holds the headers of runtime/device, for NVRTC.
file(GLOB_RECURSE _headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/runtime/device/*.h)
list(APPEND _headers runtime/abi/snn_abi.h)
set(SNN_DEVICE_TEXT ${CMAKE_BINARY_DIR}/generated/cuda/DeviceText.cpp)
list(TRANSFORM _headers PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE _files)
add_custom_command(
  OUTPUT ${SNN_DEVICE_TEXT}
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} "-DHEADERS=${_headers}" -DOUT=${SNN_DEVICE_TEXT}
          -P ${CMAKE_CURRENT_LIST_DIR}/EmbedHeaders.cmake
  DEPENDS ${_files} ${CMAKE_CURRENT_LIST_DIR}/EmbedHeaders.cmake
  COMMENT "Embedding the device library as text" VERBATIM)
