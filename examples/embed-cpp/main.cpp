// A host program for a spiking network: it compiles a model from a string, steps it, watches its
// spikes, looks at its memory and changes its weights. See README.md for how to build it.
#include "snn.hpp"

#include <cstdio>

namespace {

const char *const model = R"(
neuron Cell {
  param tau = 20 ms,  E_L = -65 mV,  V_th = -50 mV,  R = 100 Mohm,  I = 0 pA
  state V : mV = E_L
  tau * V' = E_L - V + R * I
  spike when V > V_th { V = E_L;  hold V for 2 ms }
}
synapse Pulse { weight w;  on pre { target += w } }

network Net {
  population driver = Cell[1](I = 200 pA)
  population cells = Cell[4]
  connect driver -> cells.V all_to_all by Pulse(w = uniform(1 mV, 2 mV)) delay 1 ms as wires
}

experiment steps on Net { set dt = 0.1 ms }
)";

int complain(const snn::Error &error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return error.code();
}

void showNetwork(const snn::Network &network) {
  for (const snn::Group &group : network.populations) {
    std::printf("population %s of %s: %lld cells\n", group.name.c_str(), group.model.c_str(),
                static_cast<long long>(group.elements));
    for (const snn::Variable &variable : group.variables)
      std::printf("  %s in %s\n", variable.path.c_str(), variable.unit.c_str());
  }
  for (const snn::Group &group : network.projections)
    std::printf("projection %s of %s: %lld edges\n", group.name.c_str(), group.model.c_str(),
                static_cast<long long>(group.elements));
}

int simulate() {
  auto program = snn::Program::fromText("net.snn", model);
  if (!program)
    return complain(program.error());
  auto session = program->session({"--seed=3", "--set=driver.tau=10ms"});
  if (!session)
    return complain(session.error());
  showNetwork(session->network());

  const auto onSpikes = [](double ms, std::span<const int32_t> cells) {
    std::printf("%.1f ms: %zu of the cells spiked\n", ms, cells.size());
  };
  if (auto done = session->onSpikes("cells", onSpikes); !done)
    return complain(done.error());

  // Views are the simulation's own memory: the same span shows the new values after each run.
  auto v = session->view<float>("cells.V");
  auto w = session->view<float>("wires.w");
  if (!v || !w)
    return complain(v ? w.error() : v.error());
  std::printf("at %.1f ms V of the first cell is %.3f mV\n", session->time(), v.value()[0]);
  if (auto done = session->run(15.2); !done)
    return complain(done.error());
  std::printf("at %.1f ms it is above rest: %s\n", session->time(),
              v.value()[0] > -65 ? "yes" : "no");

  // Stronger weights count from the next step on: now a single spike of the driver is enough.
  for (float &weight : w.value())
    weight = 20; // mV, the canonical unit
  if (auto done = session->run(20); !done)
    return complain(done.error());
  auto counts = session->read("cells.count");
  std::printf("at %.1f ms the first cell has spiked %g times\n", session->time(),
              counts ? counts.value()[0] : -1);
  return 0;
}

/// An error is a value with the diagnostics of the compiler; the host goes on.
int showError() {
  auto program = snn::Program::fromText("broken.snn", "neuron Cell {\n  state V : mV = 3 ms\n}\n");
  if (program)
    return 1;
  for (const snn::Diagnostic &d : program.error().diagnostics())
    std::printf("%s:%u:%u: %s: %s\n", d.file.c_str(), d.line, d.column, d.code.c_str(),
                d.message.c_str());
  return 0;
}

} // namespace

int main() {
  const int code = simulate();
  return code ? code : showError();
}
