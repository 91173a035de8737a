// Recording: which values are taken after which steps, and the sinks (file, figures, callbacks) that they go to.
#pragma once

#include "runtime/abi/HostProgram.h"
#include "runtime/core/Simulation.h"
#include "runtime/host/Bytes.h"
#include "runtime/host/Value.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace snn::rt {

/// What a sink is told about a recorded thing before its first value.
struct Recorded {
  abi::HostRecordKind kind = abi::HostRecordKind::Value;
  std::string object;             ///< population or projection; empty for values
  std::string name;               ///< variable, or name of the value
  std::string unit = "1";         ///< as declared
  double unitScale = 1;
  abi::ValueType type = abi::ValueType::Real;
  std::vector<int64_t> shape;     ///< of one sample; not of spikes
  std::vector<int64_t> ids;       ///< cells of a sample, in order; spikes: the recorded cells (empty: all)
};

/// Receives what is recorded. `key` is the number of the record in the program.
class Sink {
public:
  virtual ~Sink() = default;
  virtual Status open(uint32_t key, const Recorded &what) = 0;
  /// Spikes of one step, ids ascending, stamped with the time at the end of the step.
  virtual Status spikes(uint32_t key, double timeMs, std::span<const int32_t> ids) = 0;
  /// Whether it must be called before the next step is computed, because it may look at the network or stop the run.
  virtual bool immediate() const { return true; }
  /// One sample in canonical units.
  virtual Status sample(uint32_t key, double timeMs, std::span<const double> values) = 0;
};

/// One thing that is being recorded.
struct Tap {
  uint32_t key = 0;
  Recorded what;
  uint32_t object = abi::none, variable = abi::none;
  int64_t everySteps = 1;
  uint32_t code = abi::hostNone;    ///< a value to be evaluated by the VM
  uint32_t condition = abi::hostNone; ///< the same, of what has to hold; none: taken always
  std::vector<uint8_t> chosen;      ///< spikes: per cell; empty: all
  std::vector<Sink *> sinks;
  bool opened = false;
};

class Taps {
public:
  /// Evaluates the code of a sampled value.
  using Evaluate = std::function<Status(uint32_t code, host::Value &)>;
  Taps(Network &n, Evaluate e) : network(n), evaluate(std::move(e)) {}

  bool active(uint32_t key) const;
  bool empty() const { return taps.empty(); }
  /// Starts taking values from the next step on.
  Status start(Tap tap);
  /// A value that the experiment appends; opens its sinks at the first.
  Status append(uint32_t key, const Recorded &what, const host::Value &value, std::span<Sink *const> sinks);
  /// Takes what is due after the step that ended at `step`.
  Status afterStep(int64_t step);
  /// The next number of steps after `step` at which more is looked at than spikes and `samples`.
  int64_t nextLook(int64_t step) const;
  /// States of cells for sinks that need not see them at once.
  std::vector<StateSample> samples() const;
  const std::vector<Tap> &all() const { return taps; }

  /// Shapes of the values that were opened already: what records and plots do not tell. The taps themselves are started
  /// again before `load`, which throws host::Failure where bytes do not fit.
  void save(host::ByteWriter &w) const;
  Status load(host::ByteReader &r, const std::function<Recorded(uint32_t key)> &describe, std::span<Sink *const> sinks);

private:
  Network &network;
  Evaluate evaluate;
  std::vector<Tap> taps, appended;
  std::vector<double> values;
  std::vector<int32_t> ids;
  std::map<uint32_t, std::pair<int64_t, bool>> tested; ///< a condition's step and result: of several taps once

  Status take(Tap &tap);
  Result<bool> holds(uint32_t condition, int64_t step);
  Status give(Tap &tap, std::span<const double> sample);
  Status giveValue(Tap &tap, const host::Value &value);
};

} // namespace snn::rt
