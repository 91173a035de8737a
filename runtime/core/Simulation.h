// What experiments, the recorder, checkpoints and the embedding API see of a running network.
#pragma once

#include "runtime/abi/ProgramImage.h"
#include "runtime/abi/snn_abi.h"
#include "runtime/core/Status.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snn::rt {

enum class Precision : uint8_t { Float = 4, Double = 8 };

/// A typed view of memory owned by the simulation (never a copy). Valid until the simulation is destroyed.
struct View {
  void *data = nullptr;
  abi::Elem elem = abi::Elem::Real;
  int64_t count = 0;
};

enum class DeviceKind : uint8_t { Cpu, Cuda };

struct Settings {
  double dt = 0.1;              ///< ms
  uint64_t seed = 0;
  int threads = 0;              ///< 0: all cores
  Precision precision = Precision::Float;
  bool profile = false;         ///< measure where the time goes, see Network::profile
  DeviceKind device = DeviceKind::Cpu; ///< what computes the steps
  const abi::CudaProgram *cuda = nullptr; ///< the kernels for a CUDA device; must outlive the network
};

/// A command of the step, all of its runs together.
struct ProfileRow {
  std::string name;             ///< of its kernel: "cells.update"; "spikes of cells"
  bool edges = false;           ///< elements are edges, else cells
  double seconds = 0;
  int64_t calls = 0, elements = 0;
  double bytes = 0;             ///< that it must at least read and write
  double operations = 0;
  double footprint = 0;         ///< bytes of the buffers that it works on: decides which memory they come from
};

/// What a processor does at best, measured.
struct MachineLimits {
  double cacheBytes = 0;  ///< bytes per second, read and written, of a quarter of a megabyte; 0: not measured
  double memoryBytes = 0; ///< of 64 megabytes
  double operations = 0;  ///< per second, of float vectors of 256 bits; 0: not measured
};

struct Profile {
  std::vector<ProfileRow> rows; ///< in the order of the step
  int64_t spikes = 0;
  int threads = 1;
  std::string device;           ///< that computes steps instead of threads; empty: none
  MachineLimits limits;         ///< of the device
  double deviceUsed = 0, deviceHas = 0; ///< bytes of its memory
};

/// Gives values of set-up expressions: implemented by runtime/host (the VM), used while the network is built.
class SetupValues {
public:
  virtual ~SetupValues() = default;
  virtual Result<double> number(uint32_t function) = 0;               ///< in canonical units
  virtual Result<std::vector<double>> array(uint32_t function) = 0;   ///< elements, row by row; a number is an array of one
  virtual Result<std::vector<double>> array(uint32_t function, std::vector<int64_t> &shape) = 0;
  /// --set values for per-cell variables: canonical, or nothing.
  virtual bool overridden(std::string_view path, double &value) = 0;
};

/// A state of cells that is recorded every so many steps by somebody who need not see it at once.
struct StateSample {
  uint32_t population = 0, variable = 0;
  int64_t everySteps = 1;
  bool operator==(const StateSample &) const = default;
};

/// Looks at the network after steps, see Network::run.
struct StepObserver {
  std::function<Status(int64_t stepsDone)> afterStep; ///< called after every step; may be empty
  /// The next number of steps done, after `stepsDone`, at which afterStep looks at more than the spikes of the step and `samples`;
  /// empty: never.
  std::function<int64_t(int64_t stepsDone)> nextLook;
  std::vector<StateSample> samples; ///< what afterStep looks at beside

  /// The next look at more than spikes, if it is not after `end`.
  int64_t nextSight(int64_t stepsDone, int64_t end) const {
    int64_t next = nextLook ? std::min(end, nextLook(stepsDone)) : end;
    for (const StateSample &sample : samples)
      next = std::min(next, (stepsDone / sample.everySteps + 1) * sample.everySteps);
    return next;
  }
};

/// One network instance: buffers, connectivity, time. See runtime/core/Network.cpp. Not thread-safe from outside.
class Network {
public:
  /// Allocates, connects and initialises everything. The tables must outlive the network.
  static Result<std::unique_ptr<Network>> create(const abi::NetworkTables &tables, const snn_kernel_fn *kernels,
                                                 const Settings &settings, SetupValues &values,
                                                 std::vector<double> scalars);
  ~Network();
  const abi::NetworkTables &tables() const;
  const Settings &settings() const;

  // ---- time
  int64_t step() const;                                ///< steps done
  double timeMs() const;                               ///< step * dt
  /// Advances by `steps` steps; stops early with ExitCode::divergence etc.
  Status run(int64_t steps, const StepObserver &observer);
  /// Makes changes of edges that wait for their rows to be walked, at the end of a run where they are many, at the end of an
  /// experiment `all`. (Whoever reads or sets something has them made first; a view is up to date when a run has ended, and
  /// where the observer looks.)
  Status settle(bool all);
  /// Whether the states of edges, and what was assigned before, are finite: to be asked when a run has ended. (To look in every
  /// step would take longer than the step.)
  Status checkEdges();

  // ---- cells
  int64_t cellCount(uint32_t population) const;
  std::span<const int64_t> shape(uint32_t population) const;
  View buffer(uint32_t bufferId);                      ///< raw view; padded cells are not part of it
  /// Reads a variable of cells into `out` (canonical units), evaluating lets; cells = indices, empty: all.
  Status readCells(uint32_t population, uint32_t variable, std::span<const int64_t> cells, std::vector<double> &out);
  /// Writes (canonical units). One value for all or one per cell. Data: marks them as assigned (elapsed, on data).
  Status writeCells(uint32_t population, uint32_t variable, std::span<const int64_t> cells,
                    std::span<const double> values);
  /// What writeCells does after writing, for writers through a view: on data, memory of `crosses`.
  Status cellsChanged(uint32_t population, uint32_t variable);
  /// Whether the population has data that nobody has given a value yet.
  bool dataMissing(uint32_t population) const;
  /// Number of assignments to cells so far.
  uint64_t writes() const;
  std::span<int64_t> counts(uint32_t population);      ///< spikes since set to zero
  std::span<const int32_t> spikesOfStep(uint32_t population) const; ///< ascending
  /// 1 for each cell that spiked in the last step, of this run or of the one whose state was loaded.
  Status readSpiked(uint32_t population, std::vector<double> &out);
  /// When each cell spiked last, of a population that spikes; negative: never.
  Status readSpikeSteps(uint32_t population, std::vector<int64_t> &out);

  // ---- edges, in the order of the language: by source, then target
  int64_t edgeCount(uint32_t projection) const;
  bool dense(uint32_t projection) const;               ///< all_to_all: arrays are [pre, post]
  std::pair<int64_t, int64_t> denseShape(uint32_t projection) const;
  Status readEdges(uint32_t projection, uint32_t variable, std::vector<double> &out);
  Status writeEdges(uint32_t projection, uint32_t variable, std::span<const double> values);
  /// Direct view if storage order is the language's order and the variable lives per edge; count 0 otherwise.
  View edgeView(uint32_t projection, uint32_t variable);
  Status readDelays(uint32_t projection, std::vector<double> &out); ///< ms, whole steps
  void edgeEnds(uint32_t projection, std::vector<int64_t> &pre, std::vector<int64_t> &post);
  void setLearning(uint32_t projection, bool on);

  // ---- uniform values
  double scalar(uint32_t id) const;
  /// Prepare kernels run again before the next step; of a signal, its events now.
  Status setScalar(uint32_t id, double value);

  // ---- reset and state
  Status resetCells(uint32_t population);              ///< LANGUAGE section 9
  Status resetAll();
  /// Everything that a checkpoint (forResume) or `save` holds, as named sections; `get` gives a section's bytes.
  using Put = std::function<Status(std::string_view name, abi::Elem elem, const void *data, int64_t count)>;
  using Get = std::function<Result<std::vector<uint8_t>>(std::string_view name)>;
  Status saveState(const Put &put, bool forResume);
  Status loadState(const Get &get, bool forResume);
  /// Where the time of all steps so far went; empty unless settings.profile.
  Profile profile() const;
  /// What the build rounded or changed, one sentence each; to be shown to the user once.
  std::span<const std::string> warnings() const;

  struct Impl; ///< for the runtime's own files

private:
  Status loadRunState(const Get &get);
  Status loadAges(const Get &get);
  std::unique_ptr<Impl> impl;
  explicit Network(std::unique_ptr<Impl> i);
};

} // namespace snn::rt
