# The driver with snnc, and the kit of finished binaries.
include(driver/link/link.cmake)

snn_library(snn_driver DIRS driver
  DEPS snn_parse snn_sema snn_elaborate snn_solve snn_schedule snn_kernel_passes snn_interp snn_host snn_codegen snn_cuda snn_jit
       snn_rt snn_fmt)
target_compile_definitions(snn_driver PRIVATE SNN_VERSION="${PROJECT_VERSION}")
target_link_directories(snn_driver PUBLIC ${LLVM_LIBRARY_DIRS})
target_link_libraries(snn_driver PUBLIC lldELF lldCommon snn_llvm ZLIB::ZLIB zstd Threads::Threads)

add_executable(snnc tools/snnc/Main.cpp)
target_link_libraries(snnc PRIVATE snn_driver)
add_dependencies(snnc snn_kit)

add_executable(snn-opt tools/snn-opt/Main.cpp)
target_link_libraries(snn-opt PRIVATE snn_kernel_passes snn_fmt CLI11::CLI11)
