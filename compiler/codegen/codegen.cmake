# Code generation: kernels to x86-64 (llvm/), into this process (jit/), and to CUDA C++ (cuda/).
snn_library(snn_codegen DIRS codegen/llvm DEPS snn_kernel_ir snn_device_bitcode snn_llvm snn_fmt)
snn_library(snn_cuda DIRS codegen/cuda DEPS snn_kernel_ir snn_fmt)
snn_library(snn_jit DIRS codegen/jit DEPS snn_codegen snn_llvm)
