// Entry of the compiler.
#pragma once

namespace snn::driver {

/// snnc's whole work; the result is the process's exit code.
int main(int argc, char **argv);

} // namespace snn::driver
