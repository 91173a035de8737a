// What a network holds: shared by the files that build, step, read and reset it.
#pragma once

#include "runtime/connect/Connectivity.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Simulation.h"
#include "runtime/exec/ThreadPool.h"

#include <map>
#include <span>
#include <string>

namespace snn::rt {

class MemoryPlan;

/// Memory of one buffer of the program.
struct BufferMemory {
  Block block;
  abi::Elem elem = abi::Elem::Real;
  int64_t count = 0; ///< elements that mean something; the block is padded to 64
};

/// Spike lists of the last steps of a population: what is still under way over its projections.
struct SpikeHistory {
  std::vector<std::vector<int32_t>> ring; ///< by emission step modulo size; at least 1
  std::vector<int32_t> &at(int64_t step) { return ring[static_cast<size_t>(step) % ring.size()]; }
  const std::vector<int32_t> &at(int64_t step) const {
    return ring[static_cast<size_t>(step) % ring.size()];
  }
};

struct PopulationState {
  std::vector<int64_t> shape;
  int64_t count = 0;
  std::vector<int64_t> counts;   ///< spikes since `cells.count = 0`
  SpikeHistory history;
  int64_t lastCollected = -1;    ///< step whose spikes are in the flags
  /// SpikeTrain: (emission step, cell) ascending, and how many are emitted.
  std::vector<std::pair<int64_t, int32_t>> train;
  size_t trainNext = 0;
};

struct ProjectionState {
  connect::EdgeTable table;
  connect::DelaySegments segments; ///< empty unless the delays are drawn
  connect::Incoming incoming;
  snn_edges view{};
  int32_t delaySteps = 0;          ///< uniform delay
  bool drawn = false;
  int64_t clearedBefore = 0;       ///< spikes emitted in earlier steps no longer arrive (`reset` of the target)
  std::vector<snn_segment> arriving; ///< of step `arrivingStep`
  std::vector<int32_t> arrivingCells;
  int64_t arrivingStep = -1;
  std::vector<std::vector<snn_segment>> calendar; ///< drawn delays: what arrives, by step modulo the longest delay + 1
  int64_t scheduledFor = -1, scheduledAfter = 0; ///< the step that the calendar is ready for, and clearedBefore then
  std::vector<snn_segment> rows;   ///< all edges, see allRows
  std::vector<int64_t> order;      ///< drawn delays: where edges are stored, in the order of the language; see storageOrder
};

struct Network::Impl {
  const abi::NetworkTables &tables;
  const snn_kernel_fn *kernels;
  Settings settings;
  SetupValues &values;
  int64_t step = 0;
  std::vector<double> scalars, initialScalars;
  bool scalarsChanged = true;
  std::vector<BufferMemory> buffers;
  std::vector<void *> pointers;
  std::vector<PopulationState> populations;
  std::vector<ProjectionState> projections;
  std::vector<int64_t> intervalSteps; ///< per command: 0 each step
  std::vector<std::string> warnings;
  std::vector<uint8_t> dataGiven;     ///< per population: its data were assigned, or loaded
  uint64_t writes = 0;                ///< assignments to cells so far
  std::vector<double> scratch;
  bool suspect = false;                ///< a kernel of cells met a state that is not finite
  std::vector<uint32_t> checkedByKernels, checkedEachStep, checkedAtEnd; ///< buffers of states, see NetworkChecks.cpp

  Impl(const abi::NetworkTables &t, const snn_kernel_fn *k, const Settings &s, SetupValues &v)
      : tables(t), kernels(k), settings(s), values(v), pool(s.threads > 0 ? s.threads : exec::availableCores()) {}

  size_t elemSize(abi::Elem elem) const;

  // ---- building (NetworkBuild.cpp, NetworkConnect.cpp)
  Status build();
  Status buildPopulation(uint32_t id);
  Status buildSpikeTrain(uint32_t id);
  Status allocate(uint32_t bufferId);
  Status allocateWhere(bool edges);
  int64_t extentOf(const abi::Buffer &buffer) const;
  Result<connect::Request> requestOf(const abi::Group &group);
  Status buildGroup(const abi::Group &group, connect::Request request);
  Result<connect::Operand> operand(const abi::CellRange &range, const std::string &connection);
  void makeView(uint32_t projection);
  Status sizeHistories();
  Status runInitKernels(uint32_t population);
  Status fillTable(const abi::Table &table, int64_t cells);
  Status initProjection(uint32_t projection);
  /// What --set says of variables that are stored for each cell or edge.
  void applySets(const std::string &owner, const std::vector<abi::Variable> &variables);

  // ---- delays (NetworkDelays.cpp)
  Status buildDelays(uint32_t projection);
  /// Draws the delays of a projection and sorts its rows by them; `toSteps` turns some of them, in ms, into steps.
  Status drawDelays(uint32_t projection, const std::function<void(const double *ms, int64_t edges, int32_t *steps)> &toSteps);
  Status callPiece(uint32_t kernel, uint32_t projection, int64_t from, int64_t to, uint32_t lent, void *result);

  // ---- memory, before it is taken (NetworkMemory.cpp)
  double bufferBytes(abi::Extent extent, uint32_t object, double count) const;
  void planPopulations(MemoryPlan &plan) const;
  void planProjections(MemoryPlan &plan, const std::vector<connect::Request> &requests) const;
  void planEdges(MemoryPlan &plan) const;

  // ---- kernels (NetworkStep.cpp)
  /// What a call of `kernel` needs, but for its range.
  snn_kernel_args arguments(uint32_t kernel) const;
  /// Runs a kernel over its whole index space.
  Status launch(uint32_t kernel);
  Status call(uint32_t kernel, const snn_kernel_args &args) { return meaning(kernel, kernels[kernel](&args)); }
  /// What the code that a kernel returned says.
  Status meaning(uint32_t kernel, int32_t code);
  Status launchEvents(uint32_t kernel, std::span<const int32_t> events, uint32_t projection);
  Status prepare();
  Status oneStep();
  Status execute(const abi::Command &command);
  Status arrivals(const abi::Command &command);
  Status departures(const abi::Command &command);
  void gatherArrivals(uint32_t projection);
  void scheduleArrivals(ProjectionState &p, const SpikeHistory &history);
  void collect(uint32_t population);
  void collectTrain(PopulationState &state, uint8_t *flags);
  Status reduce(const abi::Command &command);
  Status reduceEdges(const abi::Command &command);
  bool frozen(uint32_t projection) const;
  Status checkFinite(std::span<const uint32_t> which, int64_t atStep);
  Status checkStep();
  void listStatesToCheck();
  std::string nameOfBufferCell(uint32_t bufferId, int64_t index) const;

  // ---- kernels in parts (NetworkParts.cpp)
  exec::ThreadPool pool;
  std::vector<std::vector<snn_segment>> pieces; ///< of each part: the segments that it walks
  int partsFor(uint32_t kernel, int64_t elements) const;
  template <class Range> Status callParts(uint32_t kernel, const snn_kernel_args &args, int parts, Range range);
  Status callCells(uint32_t kernel, const snn_kernel_args &args);
  Status callRows(uint32_t kernel, const snn_kernel_args &args, std::span<const snn_segment> segments);
  Status callEdges(uint32_t kernel, const snn_kernel_args &args, uint32_t projection);
  void growPieces(int parts);
  Status callEvents(uint32_t kernel, const snn_kernel_args &args);
  std::span<const snn_segment> allRows(uint32_t projection);
  const std::vector<int64_t> &storageOrder(uint32_t projection);

  // ---- values (NetworkAccess.cpp)
  double load(const BufferMemory &buffer, int64_t index) const;
  void store(BufferMemory &buffer, int64_t index, double value) const;
};

/// "cells.V" style name of a variable, for messages.
std::string pathOf(const abi::Population &population, const abi::Variable &variable);

} // namespace snn::rt
