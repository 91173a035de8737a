// The standard streams under names of our own: Debian's libhdf5.a and libpng16.a are compiled for programs and
// refer to stdout and stderr in a way that no shared library can; embed.cmake renames these
// references.
#include <cstdio>

extern "C" {
extern FILE *snn_library_stdout, *snn_library_stderr;
FILE *snn_library_stdout = stdout, *snn_library_stderr = stderr;
}
