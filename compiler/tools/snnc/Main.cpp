// The compiler's executable.
#include "compiler/driver/Main.h"

int main(int argc, char **argv) { return snn::driver::main(argc, argv); }
