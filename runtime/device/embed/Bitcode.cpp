// Holds the bytes of device.bc; the build gives the path.
#include "runtime/device/Bitcode.h"

__asm__(".section .rodata\n"
        ".balign 16\n"
        ".globl snn_device_bitcode_begin\n"
        ".hidden snn_device_bitcode_begin\n"
        "snn_device_bitcode_begin:\n"
        ".incbin \"" SNN_DEVICE_BITCODE "\"\n"
        ".globl snn_device_bitcode_end\n"
        ".hidden snn_device_bitcode_end\n"
        "snn_device_bitcode_end:\n"
        ".byte 0\n"
        ".previous\n");

extern "C" const char snn_device_bitcode_begin[] __attribute__((visibility("hidden")));
extern "C" const char snn_device_bitcode_end[] __attribute__((visibility("hidden")));

namespace snn::device {

Bitcode bitcode() {
  return {snn_device_bitcode_begin, static_cast<std::size_t>(snn_device_bitcode_end - snn_device_bitcode_begin)};
}

} // namespace snn::device
