// cycles N: compiles, runs and frees a model N times, and a wrong one between; memory and memory
// maps must not grow.
#include "snn.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace {

constexpr const char *good = R"(import std.encoders
neuron Cell {
  param tau = 20 ms, theta = 10 mV
  state V : mV = 0
  tau * V' = -V
  spike when V > theta { V = 0 }
}
synapse Pulse { weight w;  on pre { target += w } }
network Net {
  population source = Poisson[10](rate_max = 100 Hz)
  population cells = Cell[10]
  connect source -> cells.V all_to_all by Pulse(w = uniform(0 mV, 2 mV))
}
experiment run on Net { set dt = 0.5 ms;  source.x = 1;  run 10 ms }
)";

long residentBytes() {
  long size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * 4096;
}
long maps() {
  std::ifstream file("/proc/self/maps");
  return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
}

bool cycle() {
  auto wrong = snn::Program::fromText("wrong.snn", "neuron A { state V : mV = 3 ms;  W' = 1 }");
  auto program = snn::Program::fromText("cycle.snn", good);
  if (wrong || !program)
    return false;
  auto session = program->session();
  return session && session->runExperiment() && session->read("cells.V")->size() == 10;
}

} // namespace

int main(int argc, char **argv) {
  const int wanted = argc > 1 ? std::atoi(argv[1]) : 500,
            warm = argc > 2 ? std::atoi(argv[2]) : 100;
  long bytes = 0, mapped = 0;
  for (int k = 0; k < wanted; ++k) {
    if (!cycle())
      return 1;
    if (k + 1 == warm)
      bytes = residentBytes(), mapped = maps();
    if ((k + 1) % 500 == 0)
      std::fprintf(stderr, "%d cycles: %ld kB, %ld maps\n", k + 1, residentBytes() / 1024, maps());
  }
  const long grown = residentBytes() - bytes, more = maps() - mapped;
  std::printf("%d cycles after %d: memory grew by %ld kB, maps by %ld to %ld\n", wanted - warm,
              warm, grown / 1024, more, mapped + more);
  return grown < (5 << 20) && more < 20 && mapped + more < 300 ? 0 : 1;
}
