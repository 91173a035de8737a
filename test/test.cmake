# snn_unit_compiler: GoogleTest units of the compiler; `check` runs every suite.
if(unit_sources)
  add_executable(snn_unit_compiler ${unit_sources})
  target_link_libraries(snn_unit_compiler PRIVATE snn_embed snn_driver GTest::gtest GTest::gtest_main)
  target_include_directories(snn_unit_compiler PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(snn_unit_compiler PRIVATE SNN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endif()
add_custom_target(check
  COMMAND python3 ${CMAKE_SOURCE_DIR}/test/run_tests.py --build ${CMAKE_BINARY_DIR}
  DEPENDS all USES_TERMINAL)

# A stand-in for the CUDA driver and NVRTC, by the CPU: machines without a GPU run the emitted text through the real runtime.
# Its version is that of what kernels include, so that no cached kernel outlives it.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cuda/shim/Prelude.h)
file(MD5 ${CMAKE_CURRENT_SOURCE_DIR}/cuda/shim/Prelude.h shim_prelude)
string(SUBSTRING ${shim_prelude} 0 6 shim_prelude)
add_library(snn_cuda_shim SHARED cuda/shim/Fibers.cpp cuda/shim/Driver.cpp cuda/shim/Nvrtc.cpp)
set_target_properties(snn_cuda_shim PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib CXX_EXTENSIONS OFF)
target_compile_definitions(snn_cuda_shim PRIVATE SNN_SHIM_CXX="${CMAKE_CXX_COMPILER}"
  SNN_SHIM_PRELUDE="${CMAKE_CURRENT_SOURCE_DIR}/cuda/shim/Prelude.h" SNN_SHIM_VERSION=0x1${shim_prelude})
target_link_libraries(snn_cuda_shim PRIVATE ${CMAKE_DL_LIBS})
