// The standard streams under names of our own: Debian's libhdf5.a is compiled for programs and
// refers to stdout and stderr in a way that no shared library can; embed.cmake renames these
// references.
#include <cstdio>

extern "C" {
extern FILE *snn_hdf5_stdout, *snn_hdf5_stderr;
FILE *snn_hdf5_stdout = stdout, *snn_hdf5_stderr = stderr;
}
