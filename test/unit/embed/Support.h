// What the tests of the C API share: a small model, and handles that free themselves.
#pragma once

#include "compiler/embed/snn.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace snn::test {

/// Random input, a plastic projection, states, options of each kind, records: `steps` leaves the
/// time to the host.
inline const char *const netModel = R"(import std.encoders
import std.rules
neuron Cell {
  param tau = 20 ms,  E = -65 mV,  V_th = -50 mV,  R = 100 Mohm,  I = 0 pA
  state V : mV = E,  a : mV = 0
  tau * V' = E - V + R * I - a
  a' = -a / (5 ms)
  spike when V > V_th { V = E;  a += 1 mV;  hold V for 2 ms }
}
synapse Pulse { weight w;  on pre { target += w } }
network Net {
  param n = 5
  population source = Poisson[20](rate_max = 100 Hz)
  population cells = Cell[n](I = normal(160 pA, 10 pA))
  connect source -> cells.V all_to_all by Pulse(w = uniform(0 mV, 2 mV)) learning PairSTDP(w_max = 2 mV) as wires
}
## Shows data to the network.
experiment train on Net {
  option T = 50 ms "how long"
  option rounds = 2 "how often"
  option fast = false "in a hurry"
  option label = "none" "a text"
  set dt = 0.1 ms,  seed = 7
  record cells.V every 1 ms
  record source.spikes
  record total = cells.count.sum() every 10 ms
  for k in range(rounds) {
    source.x = 0.5
    run T
    record mean = cells.V.mean()
  }
  if fast or label == "short" { run 1 ms }
  print "{cells.count.sum()} spikes"
}
experiment steps on Net { set dt = 0.1 ms,  seed = 7 }
)";

/// A structure to be filled.
template <class T> T sized() {
  T t = {};
  t.size = sizeof t;
  return t;
}

struct FreeProgram {
  void operator()(snn_program *p) const { snn_program_free(p); }
};
struct FreeSession {
  void operator()(snn_session *s) const { snn_session_free(s); }
};
struct FreeError {
  void operator()(snn_error *e) const { snn_error_free(e); }
};
using Program = std::unique_ptr<snn_program, FreeProgram>;
using Session = std::unique_ptr<snn_session, FreeSession>;

/// Where a call puts its error; freed with this or by the next call.
class Failure {
public:
  snn_error **out() {
    error.reset();
    raw = nullptr;
    return &raw;
  }
  /// After a call: "" if it left no error.
  std::string message() { return take() ? snn_error_message(error.get()) : ""; }
  snn_code code() { return take() ? snn_error_code(error.get()) : SNN_OK; }
  snn_error *get() { return take(); }

private:
  snn_error *raw = nullptr;
  std::unique_ptr<snn_error, FreeError> error;
  snn_error *take() {
    if (raw)
      error.reset(raw), raw = nullptr;
    return error.get();
  }
};

/// A mistake in the test itself is thrown, here and below.
inline Program compile(const char *text = netModel, const char *name = "net.snn") {
  Failure failure;
  Program program(snn_compile_text(name, text, failure.out()));
  if (!program)
    throw std::runtime_error(failure.message());
  return program;
}

inline Session start(const Program &program, const char *experiment,
                     std::vector<const char *> flags = {}) {
  Failure failure;
  Session session(
      snn_session_create(program.get(), experiment, flags.data(), flags.size(), failure.out()));
  if (!session)
    throw std::runtime_error(failure.message());
  return session;
}

inline std::vector<double> read(const Session &session, const char *path) {
  const int64_t count = snn_session_count(session.get(), path);
  std::vector<double> values(count < 0 ? 0 : size_t(count));
  Failure failure;
  EXPECT_TRUE(snn_session_read(session.get(), path, values.data(), values.size(), failure.out()))
      << failure.message();
  return values;
}

inline void write(const Session &session, const char *path, double value) {
  Failure failure;
  EXPECT_TRUE(snn_session_write(session.get(), path, &value, 1, failure.out()))
      << failure.message();
}

inline void run(const Session &session, double ms) {
  Failure failure;
  EXPECT_TRUE(snn_session_run(session.get(), ms, failure.out())) << failure.message();
}

/// Everything that a run of `steps` leaves, bit for bit.
inline std::vector<uint64_t> bitsOf(const Session &session) {
  std::vector<uint64_t> bits;
  for (const char *path : {"cells.V", "cells.a", "cells.count", "wires.w", "source.count"})
    for (double value : read(session, path)) {
      bits.emplace_back();
      std::memcpy(&bits.back(), &value, sizeof value);
    }
  return bits;
}

/// A file in a folder of its own, which goes with it.
class Folder {
public:
  Folder();
  ~Folder();
  std::string file(const std::string &name, const std::string &text) const;
  std::string path() const { return folder; }

private:
  std::string folder;
};

} // namespace snn::test
