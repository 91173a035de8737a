// Bytecode of network set-up and experiments: instructions over numbered slots, executed by runtime/host. The whole state
// of an experiment is its instruction number and its slots, which is what makes checkpoints and stepping simple.
#pragma once

#include "runtime/abi/Image.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snn::abi {

enum class HostOp : uint16_t {
#define HOST_OP(NAME, MEANING) NAME,
#include "runtime/abi/HostOps.def"
#undef HOST_OP
};

/// sub of Apply.
enum class HostFn : uint16_t {
#define HOST_FN(NAME, ARITY) NAME,
#include "runtime/abi/HostFns.def"
#undef HOST_FN
};

/// sub of Call.
enum class HostCallee : uint16_t {
#define HOST_CALLEE(NAME, SPELLING) NAME,
#include "runtime/abi/HostCallees.def"
#undef HOST_CALLEE
};

/// sub of Draw.
enum class HostDistribution : uint16_t { Uniform, Normal, Exponential, Gamma, LogNormal, Poisson, Bernoulli };
/// sub of ReadCells, WriteCells (Variable, Count), ReadEdges (Variable, Pre, Post).
enum class HostMember : uint16_t { Variable, Count, Spiked, SpikeTime, Size, Pre, Post, Delay };
/// sub of Setting; the value is in canonical units, Precision is true for float64.
enum class HostSetting : uint16_t { Dt, Seed, Threads, Precision };
inline constexpr uint32_t hostLocalBit = 0x80000000u;
inline constexpr uint32_t hostNone = 0xffffffffu; ///< an operand that is left out

/// First of the four numbers of an index part: a value x, or a slice x:y:z; each a slot or none.
enum class HostIndexKind : uint32_t { Value, Slice };

/// op a b c: slots unless the table says otherwise; `list` holds a variable number of operands.
struct HostInstr {
  HostOp op{};
  uint16_t sub = 0;      ///< which operator, distribution, reduction …
  uint32_t a = 0, b = 0, c = 0;
  std::vector<uint32_t> list;
  uint32_t where = 0;    ///< index into HostProgram::sourceLines: the model's line, for errors
};

struct HostConstant {
  enum Kind : uint8_t { Real, Int, Bool, Text } kind = Real;
  double number = 0;
  std::string text;
};

/// A piece of bytecode: a set-up value (size of a population, delay) ends with Return slot; the experiment's body with End.
/// Slot numbers with hostLocalBit are the function's own: `slots` of them; the others are global.
struct HostFunction {
  std::string name;
  uint32_t slots = 0;
  std::vector<HostInstr> code;
};

struct HostOption {
  std::string name, flag, help, unit;
  double unitScale = 1;
  uint8_t type = 0;      ///< HostConstant::Kind
  double initial = 0;    ///< canonical
  std::string initialText;
  uint32_t slot = 0;     ///< global slot
  bool swept = false;    ///< a sweep gives it its values, no flag does
};

enum class HostSweepTarget : uint8_t { Option, Seed, Dt };

/// An axis of a sweep: the experiment is repeated for each of its values, for each combination of several sweeps.
struct HostSweep {
  HostSweepTarget target = HostSweepTarget::Option;
  std::string name, unit;
  double unitScale = 1;
  uint8_t type = 0;            ///< HostConstant::Kind
  uint32_t values = hostNone;  ///< host function giving them, canonical; it may read options that are not swept
  std::string place;           ///< "model.snn:12:3"
};

enum class HostGatheredKind : uint8_t { Local, Recorded, Axis };

/// Something that `after sweep` reads as an array.
struct HostGathered {
  HostGatheredKind kind = HostGatheredKind::Local;
  std::string name;
  uint32_t from = hostNone;    ///< local slot of `main`; record; axis
  uint32_t to = hostNone;      ///< local slot of `after`
};

enum class HostRecordKind : uint8_t { Spikes, State, EdgeState, Value };

/// One recorded thing of a `record` statement.
struct HostRecord {
  HostRecordKind kind = HostRecordKind::Value;
  std::string name;          ///< of the value; otherwise "cells.V", "cells.spikes" for messages
  std::string unit;
  double unitScale = 1;
  uint8_t type = 0;          ///< HostConstant::Kind of a value
  uint32_t object = 0xffffffffu; ///< population or projection
  uint32_t variable = 0xffffffffu;
  bool each = false;         ///< State, EdgeState, Value: sampled on a grid (without an interval: each step)
  uint32_t code = 0xffffffffu; ///< Value that is sampled: instruction of `main` where its evaluation begins
  uint32_t condition = 0xffffffffu; ///< the same of what has to hold for a sample, or for the spikes of a step, to be taken
  // What is known before the experiment runs, for `snnc plan`:
  std::string place;           ///< "model.snn:12:3"
  bool sizeKnown = false;      ///< the slice of the cells, or that a value is a single number
  std::vector<SliceAxis> slice; ///< of the cells; empty: all
  bool eachStep = false;       ///< sampled without an interval
  uint32_t every = 0xffffffffu; ///< host function giving the interval in ms; none: not sampled, or not known
};

enum class HostPlotKind : uint8_t { Raster, Trace, Weights, Curve, Image };

struct HostPlot {
  HostPlotKind kind = HostPlotKind::Raster;
  std::string text;          ///< as written: the figure's title
  std::string name;          ///< Curve: of the recorded value; Image, Curve over something: what is shown, as written
  std::string unit;
  double unitScale = 1;
  std::string across, acrossUnit; ///< Curve: what it is drawn over, as written; empty: time
  double acrossScale = 1;
  uint32_t object = 0xffffffffu; ///< Raster, Trace: population; Weights: projection
  uint32_t variable = 0xffffffffu;
};

struct HostProgram {
  std::string name, doc;               ///< of the experiment
  std::string modelFile;
  std::vector<std::string> sourceLines; ///< "file.snn:12:3" strings that HostInstr::where refers to
  std::vector<HostConstant> constants;
  std::vector<HostFunction> functions;
  std::vector<HostOption> options;
  std::vector<HostRecord> records;
  std::vector<HostPlot> plots;
  uint32_t globals = 0;                ///< slots 0 … globals-1 are shared by all functions (network params, options)
  std::vector<std::string> globalNames; ///< for --set and diagnostics; empty for nameless ones
  std::vector<uint32_t> loaded;         ///< globals that hold constants from files: read when first asked for
  uint32_t setup = 0;                  ///< function: network params and lets → globals, scalars; runs first
  uint32_t main = 0;                   ///< function: the experiment's body
  std::vector<HostSweep> sweeps;
  std::vector<HostGathered> gathered;  ///< what `after` reads of the cells of the sweep
  uint32_t after = hostNone;           ///< function: `after sweep`
  uint32_t settings = 0;               ///< function: dt, seed, threads, precision from `set` → Setting ops; runs before setup
};

template <class V> void fields(V &v, HostInstr &x) { v(x.op, x.sub, x.a, x.b, x.c, x.list, x.where); }
template <class V> void fields(V &v, HostConstant &x) { v(x.kind, x.number, x.text); }
template <class V> void fields(V &v, HostFunction &x) { v(x.name, x.slots, x.code); }
template <class V> void fields(V &v, HostOption &x) {
  v(x.name, x.flag, x.help, x.unit, x.unitScale, x.type, x.initial, x.initialText, x.slot, x.swept);
}
template <class V> void fields(V &v, HostSweep &x) { v(x.target, x.name, x.unit, x.unitScale, x.type, x.values, x.place); }
template <class V> void fields(V &v, HostGathered &x) { v(x.kind, x.name, x.from, x.to); }
template <class V> void fields(V &v, HostRecord &x) {
  v(x.kind, x.name, x.unit, x.unitScale, x.type, x.object, x.variable, x.each, x.code, x.condition, x.place, x.sizeKnown, x.slice, x.eachStep,
    x.every);
}
template <class V> void fields(V &v, HostPlot &x) {
  v(x.kind, x.text, x.name, x.unit, x.unitScale, x.across, x.acrossUnit, x.acrossScale, x.object, x.variable);
}
template <class V> void fields(V &v, HostProgram &x) {
  v(x.name, x.doc, x.modelFile, x.sourceLines, x.constants, x.functions, x.options, x.records, x.plots, x.globals,
    x.globalNames, x.loaded, x.setup, x.main, x.sweeps, x.gathered, x.after, x.settings);
}

} // namespace snn::abi
