# Code generation: kernels to x86-64 (llvm/), and into this process (jit/).
snn_library(snn_codegen DIRS codegen/llvm DEPS snn_kernel_ir snn_device_bitcode snn_llvm snn_fmt)
snn_library(snn_jit DIRS codegen/jit DEPS snn_codegen snn_llvm)
