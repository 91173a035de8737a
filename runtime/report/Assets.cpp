// Holds the bytes of D3 and of our script and style; the build gives the paths.
#include "runtime/report/Assets.h"

// Symbols are hidden: a program that links the runtime sees nothing of them.
#define SNN_ASSET(NAME, PATH)                                                                      \
  __asm__(".section .rodata\n"                                                                     \
          ".globl snn_report_" #NAME "_begin\n"                                                    \
          ".hidden snn_report_" #NAME "_begin\n"                                                   \
          "snn_report_" #NAME "_begin:\n"                                                          \
          ".incbin \"" PATH "\"\n"                                                                 \
          ".globl snn_report_" #NAME "_end\n"                                                      \
          ".hidden snn_report_" #NAME "_end\n"                                                     \
          "snn_report_" #NAME "_end:\n"                                                            \
          ".byte 0\n"                                                                              \
          ".previous\n");                                                                          \
  extern "C" const char snn_report_##NAME##_begin[] __attribute__((visibility("hidden")));         \
  extern "C" const char snn_report_##NAME##_end[] __attribute__((visibility("hidden")));           \
  std::string_view snn::rt::report::NAME() {                                                       \
    return {snn_report_##NAME##_begin,                                                             \
            static_cast<std::size_t>(snn_report_##NAME##_end - snn_report_##NAME##_begin)};        \
  }

SNN_ASSET(d3, SNN_D3_FILE)
SNN_ASSET(d3Licence, SNN_PAGE_FOLDER "/d3-licence.txt")
SNN_ASSET(style, SNN_PAGE_FOLDER "/report.css")
SNN_ASSET(drawingScript, SNN_PAGE_FOLDER "/drawing.js")
SNN_ASSET(pointsScript, SNN_PAGE_FOLDER "/points.js")
SNN_ASSET(weightsScript, SNN_PAGE_FOLDER "/weights.js")
SNN_ASSET(fieldsScript, SNN_PAGE_FOLDER "/fields.js")
SNN_ASSET(pageScript, SNN_PAGE_FOLDER "/report.js")
