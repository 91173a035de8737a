// The tables of a compiled program: what the runtime has to know to build the network and to run its steps. The compiler
// fills them (kernel::Program holds one), serialises them into the binary; the runtime reads them back. The code of the
// kernels is not here but in snn_abi.h's table of functions, in the order of `kernels`.
#pragma once

#include "runtime/abi/Rules.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace snn::abi {

inline constexpr uint32_t none = 0xffffffffu;

/// Element type of a buffer; Real is float or double as the run's precision says.
enum class Elem : uint8_t { Real, F64, I32, I64, U8 };
/// How many elements a buffer has.
enum class Extent : uint8_t {
  One,     ///< 1
  Cells,   ///< cells of population `object`, padded to 64
  Sources, ///< source cells of projection `object` (the whole source population), padded to 64
  Targets, ///< target cells of projection `object` (the whole target population), padded to 64
  Edges,   ///< edges of projection `object` in storage order, padded to 64
  Groups,  ///< results of groups of cells of population `object`: room for as many as it has cells, padded to 64
  Array,   ///< elements of array `object` of the model
  Ring,    ///< source cells of projection `object`, once for each step of its delay and the one that runs
  Lent,    ///< edges of projection `object` that a call is for: memory that comes with the call alone
  Moments, ///< moments that a call is for, see Replay: memory that comes with the call alone
  Logged,  ///< events in the log of projection `object`: memory of the log
};

/// What the numbers of a buffer are: steps follow the clock when a state is loaded into another time or dt.
enum class Holds : uint8_t {
  Values,
  EventStep, ///< the step of something that has happened, of a trace's last event; before the run's start it is negative
  SpikeStep, ///< the same of a spike; -1: there was none
  StepsLeft, ///< so many steps to come; -1: for ever
  Begun,     ///< the step since which a ring is filled; -1: it is begun with the next one, as after a state is loaded
};

struct Buffer {
  std::string name;   ///< unique in the program: "cells.V", "cells.V.acc", "image->cells#0.w"
  Elem elem = Elem::Real;
  Extent extent = Extent::One;
  uint32_t object = none; ///< population or projection
  bool checkpoint = true; ///< part of the network's state (false: scratch, rebuilt or zero between steps)
  bool finiteCheck = false; ///< a state: NaN or infinity at the end of a step stops the run (exit 4)
  Holds holds = Holds::Values;
};

/// A uniform value in canonical units, held as float64 in the table of scalars.
struct Scalar {
  std::string name; ///< "cells.tau_m", "net.n", "cells.V.propagator"
};

enum class VariableKind : uint8_t { Param, State, Input, Data, Let, Weight, Signal };
enum class ValueType : uint8_t { Real, Int, Bool };

enum class ReduceKind : uint8_t { Sum, Mean, Max, Min, Count, Rank };

/// One command of the step, executed in order. See runtime/core/Scheduler for their meaning.
enum class CommandKind : uint8_t {
  Cells,      ///< kernel over all cells of population `object`
  Once,       ///< kernel over one element
  Edges,      ///< kernel over all edges of projection `object`
  /// Kernel for the spikes that arrive now over projection `object`, skipped if none: row_edges (their edges), event_cells
  /// (the source cells) or cells (all cells of the population that the kernel names, e.g. to refresh traces).
  Arrivals,
  /// The same for the target cells of projection `object` that spiked in this step: column_edges, event_cells, cells.
  Departures,
  Replay,     ///< rows of projection `object` whose spikes arrive now are given the events of its log that they have not seen
  Collect,    ///< make the spike list of population `object` from its flags (or its SpikeTrain list); count
  Reduce,     ///< population reduction of buffer `from` into buffer `to`; one result for each of `groups`, but of ranks one for each cell
  ReduceEdges,///< per target/source/all reduction of Edges buffer `from` into `to`
  Fill,       ///< zero buffer `to`
  Record,     ///< where samples are taken (after everything else)
  Log,        ///< the spikes of this step of the targets of projection `object` are put into its log
};
/// Commands of `on post` that may wait until a row is walked next: the network chooses when it is built.
enum class PostWay : uint8_t { Any, AtOnce, Deferred };

struct Command {
  CommandKind kind = CommandKind::Cells;
  uint32_t kernel = none;
  uint32_t object = none;        ///< population or projection
  ReduceKind reduce = ReduceKind::Sum;
  Extent over = Extent::Cells;   ///< ReduceEdges: Targets, Sources or One
  uint32_t from = none, to = none;
  uint32_t groups = none;        ///< Reduce: index into Population::groups; none: all cells together
  uint32_t everyScalar = none;   ///< run only in steps at multiples of this scalar (ms); none: each step
  uint32_t signal = none;        ///< `on NAME`: run between two steps, when this scalar is assigned, and in no step
  PostWay way = PostWay::Any;    ///< only if `on post` of projection `object` goes this way
};

/// A named variable of a population, projection or the network that users can set, read, record.
struct Variable {
  std::string name, unit; ///< unit as declared; "1"
  double unitScale = 1;   ///< canonical value of one unit
  VariableKind kind = VariableKind::State;
  ValueType type = ValueType::Real;
  uint32_t buffer = none; ///< per element; or
  uint32_t scalar = none; ///< uniform; or (a let that is recorded)
  uint32_t evalKernel = none; ///< kernel over the elements that writes the let's values into `buffer`
  std::vector<Command> evalFirst; ///< reductions that the let reads: done before
  Extent extent = Extent::Cells; ///< of edges: Sources, Targets, Edges
  /// Event-driven edge variables: buffer with the step of the last event; reading evaluates evalKernel into evalBuffer.
  uint32_t lastBuffer = none, evalBuffer = none;
  std::string placementReason;
};

/// Values of cells from an array of the model.
struct Table {
  uint32_t buffer = none, function = none; ///< host function giving as many numbers as there are cells, or one
  std::string name, place;                 ///< "cells.E_L", "model.snn:8:35", for messages
};

/// An array of the model that cells or edges read at computed indices.
struct ArrayTable {
  uint32_t buffer = none, function = none; ///< host function giving the array
  std::vector<uint32_t> extents;           ///< by axis: scalar that the set-up sets
  std::string name, place;                 ///< as written, "model.snn:8:35"
};

/// The cells of a population, those together that differ in their indices along some axes alone.
struct CellGroups {
  uint32_t axes = 0;     ///< bit k: along axis k of the shape
  uint32_t order = none; ///< I64 Cells: the cells of one group after those of the other, ascending
};

/// A duration that is the same for all cells; it is rounded to whole steps.
struct HoldLength {
  uint32_t program = none; ///< host function giving ms
  std::string place;
};

/// What must hold of values that are known when the network is built, the same for all cells or edges.
struct Demand {
  Rule rule = Rule::Uniform;
  std::string written;     ///< `normal(m, s)`: what needs it, as it stands in the model
  struct Operand {
    uint32_t program = none; ///< host function; none: `number`
    double number = 0;
    std::string name;        ///< as written
    std::string unit;
    double unitScale = 1;
  };
  std::vector<Operand> operands; ///< one or two
};

struct Population {
  std::string name, model, doc, place; ///< place: "model.snn:12:3", for messages
  bool isEncoder = false, spikes = false;
  std::vector<Variable> variables;
  uint32_t shapeProgram = none;  ///< host function giving the shape (array of ints)
  uint32_t flags = none;         ///< U8 Cells: spiked in the last step
  uint32_t dataSetStep = none;   ///< I64 One: step at which data were last assigned (encoders; elapsed)
  bool needsData = false;        ///< has data that nothing but the experiment gives a value
  uint32_t spikeChance = none;   ///< variable (a let): probability of a spike in the step, where it grows with dt
  uint32_t spikeTimes = none, spikeCells = none; ///< SpikeTrain: host functions giving arrays of times (ms) and cells
  uint32_t spikeStep = none;     ///< I64 Cells: step of the last spike (set where spikes are collected)
  std::vector<uint32_t> extents;      ///< by axis: scalar that the set-up sets, if index(k) is read
  std::vector<CellGroups> groups;     ///< that are reduced apart
  std::vector<HoldLength> holds;
  std::vector<Demand> demands;
  std::vector<Table> tables;          ///< filled before the kernels below
  std::vector<uint32_t> initKernels;  ///< run at set-up, in order: per-cell params, then states, hidden buffers
  std::vector<uint32_t> resetKernels; ///< `reset cells`: states to initial values, holds cleared
  std::vector<uint32_t> onDataKernels;
  std::vector<uint32_t> refreshKernels; ///< run after the experiment assigned a variable (memory of `crosses`)
  std::string stepwise; ///< why its cells cannot be advanced several steps between two exchanges of spikes; empty: they can
};

enum class Pattern : uint8_t { AllToAll, OneToOne, Random, FixedIn, FixedOut, FixedTotal, Pairs };
enum class DelayKind : uint8_t { Uniform, Drawn };
/// How the targets of a projection's rows are stored: without a list, with one, or as connect::denseRows finds.
enum class Rows : uint8_t { Dense, Sparse, Either };

/// One axis of a slice: host functions giving integers; none = default.
struct SliceAxis { uint32_t index = none, start = none, stop = none, step = none; };
struct CellRange { uint32_t population = none; std::vector<SliceAxis> slice; };

/// A connect statement; its projections are the pairs (source part, target part).
struct Group {
  std::string name, place;       ///< place: "model.snn:12:3", for messages
  std::vector<CellRange> sources, targets;
  Pattern pattern = Pattern::AllToAll;
  uint32_t amount = none;        ///< host function giving p, k or n, or an array of pairs; none if per pair
  bool multapses = false;
  bool asksCells = false;        ///< its `where` reads something of the two cells
  std::vector<uint32_t> projections; ///< index sourcePart * targets.size() + targetPart
  uint32_t stream = 0;           ///< random stream of the connectivity
};

/// What `on post` reads of a target cell at its spike: the log keeps it.
struct LoggedValue { uint32_t from = none, to = none; }; ///< buffers: Targets, Logged

/// `on post` that can be deferred: spikes of the targets are put into a log, and a row is given those that it has not seen before
/// anything else reads it or the traces of its source change.
struct Replay {
  uint32_t kernel = none;              ///< replayed_edges: the body of `on post`; none: it cannot be deferred
  std::vector<uint32_t> momentKernels; ///< moments: traces of the source cells as they were
  std::vector<LoggedValue> logged;
};

struct Projection {
  std::string name, synapse, rule;
  uint32_t group = 0, sourcePart = 0, targetPart = 0;
  uint32_t source = none, target = none; ///< populations
  uint32_t whereKernel = none;   ///< Pairs kernel writing 0/1 to the pair output (U8)
  uint32_t amountKernel = none;  ///< Pairs kernel writing p (Real) per pair
  Rows rows = Rows::Either;
  DelayKind delay = DelayKind::Uniform;
  uint32_t delayProgram = none;  ///< host function giving ms; none: 0
  uint32_t delayKernel = none;   ///< Edges kernel writing ms into delayBuffer (Real, Lent), run before sorting
  uint32_t delayBuffer = none;
  uint32_t delaySteps = none, ringCells = none; ///< scalars that the set-up sets, if a Ring is read: the delay; cells of the source population
  /// `multapses`: I64 Edges, or Lent where only kernels that make edges read it; what draws of an edge add to the number of
  /// its pair of cells. The first edge of a pair has 0, the next one the number of all pairs, and so on.
  uint32_t repeats = none;
  uint32_t listed = none;            ///< I32 Edges: the row of each edge in the list of pattern Pairs
  std::vector<Demand> demands;
  std::vector<uint32_t> initKernels; ///< Edges/Sources/Targets kernels, in order
  std::vector<Variable> variables;
  uint32_t weight = none;        ///< index into variables
  bool plastic = false;
  bool needsIncoming = false;    ///< some kernel walks the edges of a target
  bool columnsAtOnce = false;    ///< `on post` walks them, unless it is deferred
  bool procedural = false;       ///< rows are made again when their spikes arrive, instead of stored
  uint32_t learningScalar = none; ///< scalar 1/0: `learn`/`freeze`
  Replay replay;
  /// The first projection with drawn delays whose edges, which nothing changes, are delivered by the same code to the same
  /// variables of the same population; or this one. none: such edges may not be put together with others.
  uint32_t alike = none;
};

enum class Space : uint8_t {
#define SPACE(NAME, SPELLING) NAME,
#include "runtime/abi/Spaces.def"
#undef SPACE
};

struct KernelInfo {
  std::string name;
  Space space = Space::Cells;
  uint32_t object = none; ///< population or projection
  bool hasDraws = false;
  bool doublePrecision = false; ///< compute all reals in float64 (prepare kernels)
  std::vector<uint32_t> loads, stores; ///< buffers that it reads, that it changes
  std::vector<uint32_t> scalars; ///< that it reads
  std::vector<uint32_t> objects; ///< numbers of what it names, handed to it in each call (snn_kernel_args::objects)
  uint32_t operations = 0;      ///< roughly what one element costs
};

/// A coupled linear system x' = A x + b with uniform coefficients: numbers of scalars, n*n each, row by row, `none` for a
/// zero of A or an entry of P and Q that nobody reads. After the prepare kernels the runtime fills P = exp(A h) and
/// Q = ∫ exp(A s) ds from 0 to h, h = fraction * dt.
struct Propagator {
  uint32_t size = 0;
  double fraction = 1;
  std::vector<uint32_t> a, p, q;
};

/// What one network and one experiment need. Host functions are in `host` (see HostProgram.h).
struct NetworkTables {
  std::string name;
  std::vector<Buffer> buffers;
  std::vector<Scalar> scalars;
  std::vector<ArrayTable> arrays;
  std::vector<Population> populations;
  std::vector<Group> groups;
  std::vector<Projection> projections;
  std::vector<Variable> variables;      ///< of the network: params (scalar) and signals
  std::vector<KernelInfo> kernels;
  std::vector<Propagator> propagators;
  std::vector<uint32_t> prepareKernels; ///< Once kernels: derived scalars; run at set-up and when a scalar changed
  std::vector<Command> step;
};

/// Calls visit(field) for each field in order: one definition serves writing and reading (runtime/abi/ImageIo.h).
template <class V> void fields(V &v, Buffer &x) { v(x.name, x.elem, x.extent, x.object, x.checkpoint, x.finiteCheck, x.holds); }
template <class V> void fields(V &v, Scalar &x) { v(x.name); }
template <class V> void fields(V &v, Variable &x) {
  v(x.name, x.unit, x.unitScale, x.kind, x.type, x.buffer, x.scalar, x.evalKernel, x.evalFirst, x.extent, x.lastBuffer,
    x.evalBuffer, x.placementReason);
}
template <class V> void fields(V &v, Table &x) { v(x.buffer, x.function, x.name, x.place); }
template <class V> void fields(V &v, ArrayTable &x) { v(x.buffer, x.function, x.extents, x.name, x.place); }
template <class V> void fields(V &v, HoldLength &x) { v(x.program, x.place); }
template <class V> void fields(V &v, Demand::Operand &x) { v(x.program, x.number, x.name, x.unit, x.unitScale); }
template <class V> void fields(V &v, Demand &x) { v(x.rule, x.written, x.operands); }
template <class V> void fields(V &v, CellGroups &x) { v(x.axes, x.order); }
template <class V> void fields(V &v, Population &x) {
  v(x.name, x.model, x.doc, x.place, x.isEncoder, x.spikes, x.variables, x.shapeProgram, x.flags, x.dataSetStep, x.needsData, x.spikeChance, x.spikeTimes, x.spikeCells,
    x.spikeStep, x.extents, x.groups, x.holds, x.demands, x.tables, x.initKernels, x.resetKernels, x.onDataKernels, x.refreshKernels, x.stepwise);
}
template <class V> void fields(V &v, SliceAxis &x) { v(x.index, x.start, x.stop, x.step); }
template <class V> void fields(V &v, CellRange &x) { v(x.population, x.slice); }
template <class V> void fields(V &v, Group &x) {
  v(x.name, x.place, x.sources, x.targets, x.pattern, x.amount, x.multapses, x.asksCells, x.projections, x.stream);
}
template <class V> void fields(V &v, LoggedValue &x) { v(x.from, x.to); }
template <class V> void fields(V &v, Replay &x) { v(x.kernel, x.momentKernels, x.logged); }
template <class V> void fields(V &v, Projection &x) {
  v(x.name, x.synapse, x.rule, x.group, x.sourcePart, x.targetPart, x.source, x.target, x.whereKernel, x.amountKernel,
    x.rows, x.delay, x.delayProgram, x.delayKernel, x.delayBuffer, x.delaySteps, x.ringCells, x.repeats, x.listed, x.demands, x.initKernels, x.variables, x.weight, x.plastic,
    x.needsIncoming, x.columnsAtOnce, x.procedural, x.learningScalar, x.replay, x.alike);
}
template <class V> void fields(V &v, Command &x) {
  v(x.kind, x.kernel, x.object, x.reduce, x.over, x.from, x.to, x.groups, x.everyScalar, x.signal, x.way);
}
template <class V> void fields(V &v, KernelInfo &x) { v(x.name, x.space, x.object, x.hasDraws, x.doublePrecision, x.loads, x.stores, x.scalars, x.objects, x.operations); }
template <class V> void fields(V &v, Propagator &x) { v(x.size, x.fraction, x.a, x.p, x.q); }
template <class V> void fields(V &v, NetworkTables &x) {
  v(x.name, x.buffers, x.scalars, x.arrays, x.populations, x.groups, x.projections, x.variables, x.kernels, x.propagators,
    x.prepareKernels, x.step);
}

} // namespace snn::abi
