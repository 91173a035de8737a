// main() of finished binaries: the model's descriptor comes from the object that the compiler makes.
#include "runtime/core/Main.h"

extern "C" const snn_model snn_model_descriptor;

int main(int argc, char **argv) { return snn::rt::mainEntry(snn_model_descriptor, argc, argv); }
