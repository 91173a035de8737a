# The kit beside snnc (lib/snn): everything that a finished binary needs besides libc and libm, linked once at build time
# into one relocatable object, and the start files of the C library. snnc links models against it.
set(SNN_KIT ${CMAKE_BINARY_DIR}/lib/snn)

function(snn_compiler_file name result)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${name} OUTPUT_VARIABLE path
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT IS_ABSOLUTE "${path}")
    message(FATAL_ERROR "${name}, a start file of the C compiler, was not found")
  endif()
  set(${result} ${path} PARENT_SCOPE)
endfunction()

set(kit_copies "")
foreach(name Scrt1.o crti.o crtn.o crtbeginS.o crtendS.o libc_nonshared.a)
  snn_compiler_file(${name} path)
  list(APPEND kit_copies COMMAND ${CMAKE_COMMAND} -E copy_if_different ${path} ${SNN_KIT}/${name})
endforeach()
foreach(name libstdc++.a libgcc.a libgcc_eh.a)
  snn_compiler_file(${name} path)
  list(APPEND kit_archives ${path})
endforeach()

add_library(snn_start OBJECT ${CMAKE_SOURCE_DIR}/runtime/start/Start.cpp)
target_include_directories(snn_start PRIVATE ${CMAKE_SOURCE_DIR})
add_custom_command(
  OUTPUT ${SNN_KIT}/runtime.o
  COMMAND ${CMAKE_COMMAND} -E make_directory ${SNN_KIT}
  ${kit_copies}
  COMMAND ${LLVM_TOOLS_DIR}/../../../bin/ld -r -o ${SNN_KIT}/runtime.o -u main --strip-debug --gc-sections
          $<TARGET_OBJECTS:snn_start> --start-group $<TARGET_FILE:snn_rt> $<TARGET_FILE:snn_device_host> ${SNN_ARCHIVE_hdf5_serial} ${SNN_ARCHIVE_sz}
          ${SNN_ARCHIVE_aec} ${SNN_ARCHIVE_png16} ${SNN_ARCHIVE_minizip} ${SNN_ARCHIVE_z} ${kit_archives} --end-group
  DEPENDS snn_rt snn_device_host snn_start $<TARGET_OBJECTS:snn_start>
  COMMENT "Linking the runtime of finished binaries" VERBATIM COMMAND_EXPAND_LISTS)
add_custom_target(snn_kit DEPENDS ${SNN_KIT}/runtime.o)
