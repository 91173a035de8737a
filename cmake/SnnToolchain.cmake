# Compilers, warnings and the third-party packages that the targets name.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

# The numerics are strict everywhere: what the runtime computes on the host must equal what the kernels compute.
add_compile_options(-ffp-contract=off -fno-math-errno -Wall -Wextra -Werror=switch -Wno-unused-parameter)
if(SNN_ASSERTIONS)
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
  string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
endif()
# Debug information of LLVM's headers costs more build time than it is worth in a development build.
string(REPLACE "-g" "-g1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")

find_package(LLVM 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19/lib/cmake/llvm)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
find_program(ANTLR4 antlr4 REQUIRED)
find_program(CLANG clang-19 HINTS /usr/lib/llvm-19/bin REQUIRED)
find_program(LLVM_LINK llvm-link-19 llvm-link HINTS /usr/lib/llvm-19/bin)
set(LLVM_TOOLS_DIR /usr/lib/llvm-19/bin)

# LLVM as one shared library. Only the include path and the library come from LLVM: its own flags (no exceptions) would
# break ANTLR.
add_library(snn_llvm INTERFACE)
target_include_directories(snn_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_compile_definitions(snn_llvm INTERFACE ${LLVM_DEFINITIONS_LIST})
target_link_libraries(snn_llvm INTERFACE LLVM)
target_link_directories(snn_llvm INTERFACE ${LLVM_LIBRARY_DIRS})

# Formatting without a shared library: finished binaries need libc and libm alone.
add_library(snn_fmt INTERFACE)
target_link_libraries(snn_fmt INTERFACE fmt::fmt-header-only)
