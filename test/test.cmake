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
