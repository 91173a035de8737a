# The device library: one source (Device.cpp and its headers) as
#   device.bc            LLVM bitcode without a CPU of its own, by clang
#   snn_device_bitcode   its bytes in a library, snn::device::bitcode()
#   snn_device_host      the same functions as machine code for x86-64-v3, the oldest CPU: interpreter and runtime
set(SNN_DEVICE_DIR ${CMAKE_CURRENT_LIST_DIR})
set(SNN_DEVICE_OUT ${CMAKE_CURRENT_BINARY_DIR}/device)
file(MAKE_DIRECTORY ${SNN_DEVICE_OUT})
find_program(LLVM_AS llvm-as HINTS ${LLVM_TOOLS_DIR} REQUIRED NO_DEFAULT_PATH)

# The CPU is named only so that fma is an instruction; the attributes that say so are taken out of the text again, because
# kernels for newer CPUs could not inline such functions.
add_custom_command(
  OUTPUT ${SNN_DEVICE_OUT}/device.bc
  COMMAND ${CLANG} -std=c++20 -O2 -march=x86-64-v3 -ffp-contract=off -fno-math-errno -fno-trapping-math
          -fno-vectorize -fno-slp-vectorize -fno-exceptions -fno-rtti -fno-stack-protector
          -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-ident -I${CMAKE_SOURCE_DIR}
          -MD -MF ${SNN_DEVICE_OUT}/device.d -MT ${SNN_DEVICE_OUT}/device.bc
          -S -emit-llvm ${SNN_DEVICE_DIR}/Device.cpp -o ${SNN_DEVICE_OUT}/device.full.ll
  COMMAND sed -E -e "s/\"(target-cpu|target-features|tune-cpu|min-legal-vector-width)\"=\"[^\"]*\"//g"
          -e "/^source_filename/d" ${SNN_DEVICE_OUT}/device.full.ll > ${SNN_DEVICE_OUT}/device.ll
  COMMAND ${LLVM_AS} ${SNN_DEVICE_OUT}/device.ll -o ${SNN_DEVICE_OUT}/device.bc
  DEPENDS ${SNN_DEVICE_DIR}/Device.cpp
  DEPFILE ${SNN_DEVICE_OUT}/device.d
  COMMENT "Device library to bitcode" VERBATIM)

add_library(snn_device_bitcode STATIC ${SNN_DEVICE_DIR}/embed/Bitcode.cpp)
target_include_directories(snn_device_bitcode PUBLIC ${CMAKE_SOURCE_DIR})
set_source_files_properties(${SNN_DEVICE_DIR}/embed/Bitcode.cpp PROPERTIES
  COMPILE_DEFINITIONS "SNN_DEVICE_BITCODE=\"${SNN_DEVICE_OUT}/device.bc\""
  OBJECT_DEPENDS ${SNN_DEVICE_OUT}/device.bc)
# The bytes come from a file that a compiler cache doesn't see.
set_target_properties(snn_device_bitcode PROPERTIES CXX_COMPILER_LAUNCHER "")

add_library(snn_device_host STATIC ${SNN_DEVICE_DIR}/Device.cpp)
target_include_directories(snn_device_host PUBLIC ${CMAKE_SOURCE_DIR})
target_compile_options(snn_device_host PRIVATE -O2 -march=x86-64-v3 -ffp-contract=off -fno-math-errno
  -fno-trapping-math -fno-exceptions)
