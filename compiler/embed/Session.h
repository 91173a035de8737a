// One simulation as the C API's handle, and the sinks that hand recorded values to callbacks.
#pragma once

#include "compiler/embed/Program.h"
#include "runtime/core/Taps.h"

#include <map>

namespace snn::embed {

/// Spikes of one population.
class SpikeCall final : public rt::Sink {
public:
  SpikeCall(snn_spikes_fn c, void *u) : call(c), user(u) {}
  rt::Status open(uint32_t, const rt::Recorded &) override { return {}; }
  rt::Status spikes(uint32_t, double timeMs, std::span<const int32_t> ids) override {
    call(user, timeMs, ids.data(), ids.size());
    return {};
  }
  rt::Status sample(uint32_t, double, std::span<const double>) override { return {}; }

private:
  snn_spikes_fn call;
  void *user;
};

/// Samples of one variable.
class SampleCall final : public rt::Sink {
public:
  SampleCall(snn_sample_fn c, void *u) : call(c), user(u) {}
  rt::Status open(uint32_t, const rt::Recorded &) override { return {}; }
  rt::Status spikes(uint32_t, double, std::span<const int32_t>) override { return {}; }
  rt::Status sample(uint32_t, double timeMs, std::span<const double> values) override {
    call(user, timeMs, values.data(), values.size());
    return {};
  }

private:
  snn_sample_fn call;
  void *user;
};

/// What the experiment records, by the record's number: hands it to those that asked for it by
/// name.
class RecordCalls final : public rt::Sink {
public:
  void add(uint32_t key, snn_sample_fn call, void *user) {
    calls.emplace(key, SampleCall(call, user));
  }
  rt::Status open(uint32_t, const rt::Recorded &) override { return {}; }
  rt::Status spikes(uint32_t, double, std::span<const int32_t>) override { return {}; }
  rt::Status sample(uint32_t key, double timeMs, std::span<const double> values) override {
    const auto [first, last] = calls.equal_range(key);
    for (auto it = first; it != last; ++it)
      if (rt::Status s = it->second.sample(key, timeMs, values); !s.ok())
        return s;
    return {};
  }

private:
  std::multimap<uint32_t, SampleCall> calls;
};

} // namespace snn::embed

struct snn_session {
  // What the session refers to is declared before it and so freed after it.
  std::shared_ptr<snn::driver::InMemory> code;
  snn::embed::RecordCalls records;
  std::vector<std::unique_ptr<snn::rt::Sink>> calls;
  std::string notes;
  snn_print_fn printCall = nullptr;
  void *printUser = nullptr;
  std::unique_ptr<snn::rt::Session> session;
  std::unique_ptr<snn_network> network;
  std::vector<double> scratch;
  bool running = false, closed = false;

  void print(std::string_view text);
  /// An error while a run is under way: callbacks may not change what it walks through.
  snn::rt::Status idle(const char *what) const;
};

namespace snn::embed {

/// Steps of a duration given by the host; ExitCode::usage unless it is a multiple of dt.
rt::Result<int64_t> stepsOf(const snn_session &session, double ms, const char *what);

} // namespace snn::embed
