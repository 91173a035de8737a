# snn_unit_runtime: the unit tests of the runtime alone. Device tests compile one array loop three times (scalar, AVX2,
# AVX-512) and compare the bits of what they compute.
file(GLOB _unit_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
add_executable(snn_unit_runtime ${_unit_sources})
target_link_libraries(snn_unit_runtime PRIVATE GTest::gtest GTest::gtest_main snn_fmt snn_device_host snn_device_bitcode)
if(TARGET snn_rt)
  target_link_libraries(snn_unit_runtime PRIVATE snn_rt)
endif()
set_property(SOURCE ${CMAKE_CURRENT_LIST_DIR}/DeviceDivisionTest.cpp ${CMAKE_CURRENT_LIST_DIR}/DeviceMathTest.cpp ${CMAKE_CURRENT_LIST_DIR}/DeviceRngTest.cpp
             APPEND PROPERTY COMPILE_OPTIONS -march=x86-64-v3)

set(_loop_objects)
foreach(kind scalar v3 v4)
  set(_flags_scalar -march=x86-64-v3 -fno-vectorize -fno-slp-vectorize)
  set(_flags_v3 -march=x86-64-v3)
  set(_flags_v4 -march=x86-64-v4 -mprefer-vector-width=512)
  set(_object ${CMAKE_CURRENT_BINARY_DIR}/device/loops_${kind}.o)
  add_custom_command(
    OUTPUT ${_object}
    COMMAND ${CLANG} -std=c++20 -O3 -fPIC -ffp-contract=off -fno-math-errno -fno-trapping-math ${_flags_${kind}}
            -DSNN_LOOPS=loops_${kind} -I${CMAKE_SOURCE_DIR} -MD -MF ${_object}.d -MT ${_object}
            -c ${CMAKE_CURRENT_LIST_DIR}/loops/DeviceLoops.cc -o ${_object}
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/loops/DeviceLoops.cc
    DEPFILE ${_object}.d VERBATIM)
  list(APPEND _loop_objects ${_object})
endforeach()
target_sources(snn_unit_runtime PRIVATE ${_loop_objects})
set_source_files_properties(${_loop_objects} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
