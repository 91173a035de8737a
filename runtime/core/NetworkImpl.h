// What a network holds: shared by the files that build, step, read and reset it.
#pragma once

#include "runtime/connect/Bundle.h"
#include "runtime/core/Accelerator.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Procedural.h"
#include "runtime/core/ReplayLists.h"
#include "runtime/core/Simulation.h"
#include "runtime/exec/ThreadPool.h"

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <set>
#include <string>

namespace snn::rt {

class MemoryPlan;
struct PlannedRecording;
struct WindowBlock;

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

/// An array of the model, from when its shape is known until it is in its buffer.
struct ArrayState {
  std::vector<int64_t> shape;
  std::vector<double> values;
};

/// Whether what a kernel has met ends the run at once.
inline bool stops(int32_t code) { return code & (SNN_BAD_PROBABILITY | SNN_BAD_INDEX); }

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
  int32_t longest = 0;             ///< the longest delay in steps
  std::unique_ptr<Procedural> procedural; ///< then the table has no rows
  std::unique_ptr<SpikeLog> log;   ///< of deferred `on post`
  bool drawn = false;
  bool away = false;               ///< its edges are among those of another projection, see EdgeBundle
  int64_t clearedBefore = 0;       ///< spikes emitted in earlier steps no longer arrive (`reset` of the target)
  std::vector<snn_segment> arriving; ///< of step `arrivingStep`
  std::vector<int32_t> arrivingCells;
  int64_t arrivingStep = -1;
  std::vector<std::vector<snn_segment>> window; ///< the same for each step of a window, and one more, which is only fetched
  std::vector<std::vector<snn_segment>> calendar; ///< drawn delays: what arrives, by step modulo a power of two
  int64_t scheduledFor = -1, scheduledAfter = 0; ///< 1 + the first emission that the calendar lacks; clearedBefore then
  std::vector<snn_segment> rows;   ///< all edges, see allRows
  std::vector<int64_t> order;      ///< drawn delays: where edges are stored, in the order of the language; see storageOrder

  std::vector<snn_segment> &due(int64_t at) { return calendar[static_cast<size_t>(at) & (calendar.size() - 1)]; }
  void schedule(int32_t cell, int64_t leaves, int64_t next);
};

/// Projections whose edges are those of one of them, the leader, while the network runs (NetworkBundles.cpp).
struct EdgeBundle {
  uint32_t leader = 0;              ///< the first in the order of the step
  std::vector<uint32_t> members;    ///< in the order of their targets
  std::vector<int64_t> firstTargets; ///< of the members
  std::vector<std::vector<uint32_t>> buffers; ///< of the members: those of edges; the same places belong together
  std::vector<uint32_t> leaderBuffers;
  bool together = false;
  connect::EdgeTable table;         ///< together: the leader's own rows, without targets; its segments are found again
};

/// What had to be changed in delays.
struct DelayCorrections {
  int64_t rounded = 0, vanished = 0, negative = 0, missing = 0; ///< vanished: rounded to 0; missing: NaN
  int32_t longest = 0;
  std::mutex together;                            ///< for those who add to it

  int32_t steps(double ms, double dt);
  void add(const DelayCorrections &other);
};

/// The table as kernels see it.
snn_edges viewOf(const connect::EdgeTable &table);
/// The rows [from, to) of a table, whose row k belongs to cells[k] or to k, with edges counted from the first of them; and one
/// more segment, which is only fetched.
std::vector<snn_segment> rowSegments(const connect::EdgeTable &table, std::span<const int32_t> cells, int64_t from, int64_t to);

/// What `--profile` counts of one command of the step.
struct CommandTime {
  double seconds = 0;
  int64_t calls = 0, elements = 0;
};

struct Network::Impl {
  const abi::NetworkTables &tables;
  const snn_kernel_fn *kernels;
  Settings settings;
  SetupValues &values;
  int64_t step = 0;
  std::vector<double> scalars, initialScalars;
  std::vector<double> scalarsBefore; ///< as they were when `prepare` ran last; empty if none has been set since
  bool scalarsChanged = true;
  std::vector<BufferMemory> buffers;
  std::vector<void *> pointers;
  std::vector<PopulationState> populations;
  std::vector<ProjectionState> projections;
  std::vector<int64_t> intervalSteps; ///< per command: 0 each step, `never` for what a signal starts
  static constexpr int64_t never = INT64_MAX;
  bool isDue(size_t command, int64_t at) const { return intervalSteps[command] <= 1 || (at + 1) % intervalSteps[command] == 0; }
  std::vector<std::string> warnings;
  std::vector<uint8_t> dataGiven;     ///< per population: its data were assigned, or loaded
  uint64_t writes = 0;                ///< assignments to cells so far
  std::vector<double> scratch;
  bool suspect = false;                ///< a kernel of cells met a state that is not finite
  std::vector<uint32_t> checkedByKernels, checkedEachStep, checkedAtEnd, checkedNext; ///< buffers of states, see NetworkChecks.cpp

  Impl(const abi::NetworkTables &t, const snn_kernel_fn *k, const Settings &s, SetupValues &v)
      : tables(t), kernels(k), settings(s), values(v), pool(s.threads > 0 ? s.threads : exec::availableCores()) {}

  size_t elemSize(abi::Elem elem) const;

  // ---- building (NetworkBuild.cpp, NetworkPopulations.cpp, NetworkConnect.cpp)
  Status build();
  /// Sizes of everything, and what it will take, before anything is taken; an error if that is too much.
  Status layOut(MemoryPlan &plan, std::vector<connect::Request> &requests);
  Status buildPopulation(uint32_t id);
  Status buildSpikeTrain(uint32_t id);
  /// Warns of durations that are not whole steps.
  Status checkHolds(const abi::Population &population);
  Status checkDemands();
  Status checkDemands(const std::vector<abi::Demand> &all, const std::string &place, const std::string &whose, std::set<std::string> &told);
  Status allocate(uint32_t bufferId);
  Status allocateWhere(bool edges);
  int64_t extentOf(const abi::Buffer &buffer) const;
  Result<connect::Request> requestOf(const abi::Group &group);
  void askPairs(const abi::Group &group, connect::Request &request);
  Status buildGroup(const abi::Group &group, connect::Request request);
  /// `clipped`: gets a warning for each bound of the slice that is outside.
  Result<connect::Operand> operand(const abi::CellRange &range, const std::string &connection, std::vector<std::string> *clipped = nullptr);
  void makeView(uint32_t projection);
  Status sizeHistories();
  Status runInitKernels(uint32_t population);
  Status fillTable(const abi::Table &table, int64_t cells);
  Status initProjection(uint32_t projection);
  void keepRepeats(uint32_t projection);
  Status makeEdgeValues(uint32_t projection, uint32_t kernel);
  /// What --set says of variables that are stored for each cell or edge.
  void applySets(const std::string &owner, const std::vector<abi::Variable> &variables);

  // ---- traces whose decay changes (NetworkTraces.cpp)
  Status decayByOldScalars();
  Status decayByOldValues(uint32_t buffer);
  /// Those whose decay `changes` says of its kernel that it does.
  Status bringTracesToNow(const std::function<bool(const abi::KernelInfo &)> &changes);
  Status bringToNow(const abi::Variable &trace);

  // ---- delays (NetworkDelays.cpp)
  Status buildDelays(uint32_t projection);
  Status drawDelays(uint32_t projection, DelayCorrections &corrections);
  /// The delays in steps of the rows [from, to) of a table whose row k belongs to cells[k], or to k. For several threads.
  Status delaysOf(uint32_t projection, const connect::EdgeTable &table, std::span<const int32_t> cells, int64_t from, int64_t to,
                  int32_t *steps, DelayCorrections *corrections);
  /// Numbers for the draws of the edges of the rows [from, to), counted from the first of them: see abi::Projection::repeats.
  void lendRepeats(uint32_t projection, const connect::EdgeTable &table, int64_t from, int64_t to, std::vector<int64_t> &numbers,
                   std::vector<void *> &given) const;
  /// `ms`: the delay of all edges, if there is only one.
  Status reportDelays(const abi::Projection &projection, double ms, const DelayCorrections &corrections);

  // ---- rows that are made when spikes travel over them (NetworkProcedural.cpp)
  Status buildProcedural(const abi::Group &group, connect::Request request);
  /// Keeps copies of the scalars and of the cells' values that edges are made from.
  void freezeInputs(uint32_t projection);
  /// Arguments of a kernel that makes edges.
  snn_kernel_args makerArguments(uint32_t projection, uint32_t kernel) const;
  Status makeTargets(uint32_t projection, RowBatch &batch);
  Status makeRows(uint32_t projection, RowBatch &batch);
  Status checkRoom(uint32_t projection, int64_t edges) const;
  Status makeValues(uint32_t projection, uint32_t kernel, RowBatch &batch);
  /// Makes the targets of all rows once, so that what is wrong with them is said before the run, and looks at drawn delays.
  Status surveyRows(uint32_t projection, DelayCorrections &corrections);
  Status gatherProcedural(uint32_t projection);
  void listArriving(const ProjectionState &p, RowBatch &batch) const;
  Status deliverProcedural(uint32_t projection, uint32_t kernel);
  Result<const RowBatch *> wholeRows(uint32_t projection);

  // ---- memory, before it is taken (NetworkMemory.cpp)
  double bufferBytes(abi::Extent extent, uint32_t object, double count) const;
  void planPopulations(MemoryPlan &plan) const;
  void planProjections(MemoryPlan &plan, const std::vector<connect::Request> &requests) const;
  void planEdges(MemoryPlan &plan) const;
  void planHistories(MemoryPlan &plan, int64_t from) const;
  int64_t longestDelay(size_t population) const;
  // ---- NetworkPlan.cpp
  Status planUniformDelays(MemoryPlan &plan);
  Result<PlannedRecording> planRecording(const abi::HostRecord &record, const MemoryPlan &plan);

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
  Status advanceBy(int64_t steps, const StepObserver &observer);
  Status execute(const abi::Command &command);
  Status arrivals(const abi::Command &command);
  Status departures(const abi::Command &command);
  Status gatherArrivals(uint32_t projection);
  /// Drawn delays: puts down what arrives from step `next` on.
  void scheduleArrivals(uint32_t projection, int64_t next);
  void listArrivals(uint32_t projection, int64_t at, std::vector<snn_segment> &out);
  void collect(uint32_t population);
  void spikesOf(uint32_t population, int64_t begin, int64_t end, int64_t at, std::vector<int32_t> &spikes);
  void countSpikes(uint32_t population, int64_t at, std::span<const int32_t> spikes);
  void collectTrain(PopulationState &state, uint8_t *flags);
  Status signal(uint32_t scalar);
  std::vector<ArrayState> arrays;
  Status readPairs(const abi::Group &group, connect::Request &request);
  int64_t ringCells(uint32_t projection) const;
  Status readArray(uint32_t id);
  void planArrays(MemoryPlan &plan) const;
  void fillArrays();
  std::string arraysOf(uint32_t kernel) const;
  void groupCells(uint32_t population);
  int64_t cellsReducedTogether(const abi::Command &command) const; ///< of a population, in one of the groups
  Status toReduce(const abi::Command &command);
  Status reduce(const abi::Command &command);
  Status reduceEdges(const abi::Command &command);
  Status checkFinite(std::span<const uint32_t> which, int64_t atStep);
  Status checkStep();
  Status checkEdges();
  void checkLater(uint32_t buffer); ///< what an experiment has assigned, when the run ends
  Status checkEdges(const std::vector<uint32_t> &buffers);
  bool failed = false;            ///< a run has: populations that went ahead are not in the step in which it failed
  int64_t lookAt = 0;             ///< the next step after which somebody may look at more than spikes
  Status tell(const StepObserver &observer);
  /// The first buffer of a population's states with an element of [begin, end) that is not finite; or none.
  uint32_t firstNotFinite(uint32_t population, int64_t begin, int64_t end) const;
  bool finiteWithin(uint32_t buffer, int64_t begin, int64_t end) const;
  Error diverged(uint32_t buffer, int64_t begin, int64_t end, int64_t atStep) const;
  void listStatesToCheck();
  std::string nameOfBufferCell(uint32_t bufferId, int64_t index) const;

  // ---- a device that computes the steps (runtime/exec/cuda)
  std::unique_ptr<Accelerator> device; ///< null: the CPU does
  /// To be asked before the host reads, or changes, a buffer; or none.
  Status toRead(uint32_t buffer) { return device && buffer != abi::none ? device->read(buffer) : Status(); }
  Status toWrite(uint32_t buffer) { return device && buffer != abi::none ? device->write(buffer) : Status(); }
  Status toLaunch(uint32_t kernel);

  // ---- projections that go together (NetworkBundles.cpp)
  std::vector<EdgeBundle> bundles;
  int64_t stepsApart = 0;         ///< that were run, or are about to be, since somebody looked at edges
  struct Ends;
  Result<Ends> endsOf(uint32_t projection);
  bool mayMoveUp(size_t later, size_t earlier, std::span<const Ends> ends, std::span<const size_t> places) const;
  bool mayBundle(uint32_t projection) const;
  std::vector<EdgeBundle> chooseBundles(std::span<const Ends> ends) const;
  Status findBundles();
  connect::Bundle rowsOf(const EdgeBundle &bundle) const;
  void giveBuffer(uint32_t id, Block block, int64_t count);
  Block roomFor(uint32_t buffer, int64_t edges) const;
  void moveTogether(EdgeBundle &bundle);
  void moveApart(EdgeBundle &bundle);
  void forgetRows(const EdgeBundle &bundle);
  void checkLeader(const EdgeBundle &bundle);
  bool putTogether(EdgeBundle &bundle);
  void takeApart(EdgeBundle &bundle);
  void putAllTogether();
  void bundleBefore(int64_t steps);
  EdgeBundle *bundleOf(uint32_t projection);
  uint32_t leaderOf(uint32_t projection);
  size_t projectionsOf(const abi::Command &command) const;
  const std::vector<int64_t> &ownRows(uint32_t projection) const;
  /// Whoever reads or changes edges, or their buffers, calls it first.
  void unbundleEdges();
  void unbundleEdges(uint32_t projection);

  // ---- several steps at once (NetworkWindow.cpp)
  int64_t shortestDelay = -1;     ///< to populations that go ahead, in steps; negative: not looked for yet
  bool goesAhead(uint32_t population) const { return tables.populations[population].stepwise.empty(); }
  uint32_t aheadOf(const abi::Command &command) const;
  void listWindow(int64_t steps);
  /// How many steps, at most `most`, are computed at once; 1: one after the other.
  int64_t windowSteps(int64_t most);
  Status runWindow(int64_t steps, const StepObserver &observer);
  std::vector<WindowBlock> cutIntoBlocks(int64_t steps);
  std::vector<std::vector<size_t>> commandsOf; ///< by population that goes ahead: numbers of its commands
  std::vector<size_t> stepByStep;              ///< those of the other commands
  bool anyAhead = false;
  void listCommands();
  bool advance(WindowBlock &block, int64_t at);
  int32_t advanceCells(const WindowBlock &block, uint32_t kernel, int64_t at);
  int32_t arriveAt(WindowBlock &block, const abi::Command &command, int64_t at);
  void gatherSpikes(std::span<const WindowBlock> blocks, size_t inWindow);
  const WindowBlock *firstFailure(std::span<const WindowBlock> blocks) const;
  int32_t codeOf(std::span<const WindowBlock> blocks, const WindowBlock &failure) const;
  Status followBlocks(std::span<const WindowBlock> blocks, const WindowBlock *failure);
  Status checkWindowStep(const WindowBlock *failure);

  // ---- where the time goes (NetworkProfile.cpp)
  std::vector<CommandTime> times; ///< by command; empty unless asked for
  int64_t worked = 0;             ///< elements that kernels were called for
  int64_t spikesSeen = 0;
  Status timed(size_t command);
  /// What a command took, and what it cannot do without.
  ProfileRow profileRow(size_t command, const CommandTime &time) const;

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

  // ---- deferred `on post` (NetworkReplay.cpp)
  std::vector<std::unique_ptr<ReplayLists>> replayLists; ///< of each part
  bool lookedThrough = false; ///< somebody has a view of what is changed late
  /// Whether a command is one of the way that `on post` goes.
  bool goes(const abi::Command &command) const {
    return command.way == abi::PostWay::Any || (command.way == abi::PostWay::Deferred) == (projections[command.object].log != nullptr);
  }
  /// Whether it does anything: not what arrives over edges that are among those of another projection.
  bool takesPart(const abi::Command &command) const {
    return goes(command) && !(command.kind == abi::CommandKind::Arrivals && projections[command.object].away);
  }
  bool defersPost(const abi::Projection &projection, bool dense, int64_t targets) const;
  void makeLog(uint32_t projection);
  void putInLog(uint32_t projection);
  void beginReplay(ReplayLists &lists, uint32_t projection);
  void runReplay(const ReplayLists &lists, uint32_t projection);
  int64_t expectedEntries(uint32_t projection, std::span<const int32_t> rows) const;
  void replayRows(uint32_t projection, std::span<const int32_t> rows);
  void forget(uint32_t projection, int32_t steps);
  /// Does what is still to be done: whoever reads edges, or changes what `on post` reads, calls it first.
  void settle();
  void settle(uint32_t projection);
  bool worthSettling(uint32_t projection) const;
  void noteView(uint32_t buffer);

  // ---- edges as others see them (NetworkEdges.cpp)
  const connect::EdgeTable &tableToRead(uint32_t projection);
  const std::vector<int64_t> &storageOrder(uint32_t projection);

  // ---- values (NetworkAccess.cpp)
  Status evaluate(const abi::Variable &variable);
  double load(const BufferMemory &buffer, int64_t index) const;
  void fill(void *data, abi::Elem elem, int64_t count, double value) const;
  void store(BufferMemory &buffer, int64_t index, double value) const;
};

/// "cells.V" style name of a variable, for messages.
std::string pathOf(const abi::Population &population, const abi::Variable &variable);

} // namespace snn::rt
