// Executes the bytecode of a program (runtime/abi/HostOps.def). The state is the instruction number, the slots, the end of
// a run that is under way, and the counters of random draws; it can be written and read back at any instruction.
#pragma once

#include "runtime/abi/HostProgram.h"
#include "runtime/core/Simulation.h"
#include "runtime/host/Arrays.h"
#include "runtime/host/HostData.h"

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace snn::rt::host {

/// What the VM asks of its session. Errors of the returned Status are reported with the model's line.
class World {
public:
  virtual ~World() = default;
  // ---- set-up
  virtual void setting(abi::HostSetting which, double value) = 0;
  /// Value of --set for a path, in canonical units.
  virtual Result<bool> overrideOf(const std::string &path, const std::string &unit, double unitScale,
                                  abi::HostConstant::Kind kind, double &value) = 0;
  virtual Status setScalar(uint32_t id, double value) = 0;
  // ---- simulation
  virtual Network *currentNetwork() = 0; ///< null while setting up
  virtual double dt() = 0;
  virtual uint64_t seed() = 0;
  /// Advances to `step`, with recording and progress. Error code ok with an empty message: stopped by a signal.
  virtual Status advanceTo(int64_t step) = 0;
  virtual bool stopped() = 0; ///< a signal asks to end: checked between instructions that take time
  // ---- effects
  virtual Status record(uint32_t record, const Value *cells, double intervalMs) = 0;
  virtual Status append(uint32_t record, const Value &value) = 0;
  virtual Status plotBegin(uint32_t plot, const Cells &cells) = 0;
  /// `value`: of an image or a curve; `over`: what the curve is over.
  virtual Status plot(uint32_t plot, const Value *value, const Value *over) = 0;
  virtual void print(const std::string &text) = 0;
  virtual void warn(const std::string &text) = 0;
  virtual Status save(const std::string &path) = 0;
  virtual Status load(const std::string &path) = 0;
  virtual Result<Value> dataSet(const std::string &name, const std::string &otherwise) = 0;
  /// `array` names one of the arrays of a file that holds several; empty: the only one.
  virtual Result<Value> loadArray(const std::string &path, const std::string &array) = 0;
  /// A loop begins a turn: for progress.
  virtual void turn(const Iterator &iterator) = 0;
};

/// Number of the random stream with this name.
uint32_t streamOf(std::string_view name);

class Vm {
public:
  /// The program must outlive the VM.
  Vm(const abi::HostProgram &program, World &world);

  /// Runs a function that has no state to be resumed: settings, set-up values. `result` may be null; `given` are values of
  /// its local slots at the start.
  Status call(uint32_t function, Value *result, std::span<const std::pair<uint32_t, Value>> given = {});
  /// Runs the experiment from where it stands to its end, or until the world has stopped.
  Status run();
  bool finished() const { return done; }
  /// Evaluates a sampled value (HostRecord::code) in the experiment's frame.
  Status evaluate(uint32_t code, Value &result);
  Value &global(uint32_t slot) { return globals[slot]; }
  /// What comes from files is read again when it is asked for again.
  void forgetLoaded();
  /// A local slot of the experiment.
  const Value &local(uint32_t slot) const { return locals[slot & ~abi::hostLocalBit]; }

  /// The state as bytes, and back. Data sets are named and opened again.
  std::string saveState() const;
  Status loadState(std::string_view bytes);

  /// "model.snn:3:5: message" for an error at the instruction that runs.
  std::string atLine(const std::string &message) const;

private:
  const abi::HostProgram &program;
  World &world;
  std::vector<Value> globals, locals;
  std::vector<Value> *frame = nullptr; ///< local slots of the running function
  uint64_t pc = 0;
  bool done = false;
  int64_t runEnd = -1;                 ///< step at which the Run or Step at pc ends; -1: it has not begun
  std::map<uint32_t, uint64_t> draws;  ///< per site: numbers drawn so far
  uint32_t where = 0;                  ///< line of the running instruction
  std::set<uint32_t> roundedAt;        ///< lines that were warned of a duration off the grid
  std::set<uint32_t> clippedAt;        ///< and of a slice that goes outside its population
  std::set<uint32_t> emptyAt;          ///< and of samples of which none is left
  std::set<uint32_t> warnedData, warnedChance; ///< populations
  uint64_t seenWrites = UINT64_MAX;    ///< assignments to cells when the encoders were last looked at
  int looks = 0;

  Value &slot(uint32_t number);
  const Value &constant(uint32_t number);
  const std::string &textConstant(uint32_t number) { return program.constants[number].text; }
  Status guarded(const std::function<void()> &work);

  /// Executes from `at` to Return (result) or End; main keeps `pc` up to date.
  void execute(const abi::HostFunction &function, uint64_t &at, Value *result, bool isMain);
  /// One instruction; true if `at` was set by it.
  bool control(const abi::HostInstr &i, uint64_t &at);
  void value(const abi::HostInstr &i);
  void networkOp(const abi::HostInstr &i);
  void effect(const abi::HostInstr &i);
  void advance(const abi::HostInstr &i);

  std::vector<Value> values(std::span<const uint32_t> slots);
  std::vector<IndexPart> parts(std::span<const uint32_t> list);
  bool next(const abi::HostInstr &i);
  void draw(const abi::HostInstr &i);
  void arrayOp(const abi::HostInstr &i);
  void callLibrary(const abi::HostInstr &i);
  Value callSize(abi::HostCallee callee, const abi::HostInstr &i);
  Value callSamples(abi::HostCallee callee, const abi::HostInstr &i);
  const Value &argument(const abi::HostInstr &i, size_t k);
  Value numbers(const abi::HostInstr &i, size_t k);
  void formatText(const abi::HostInstr &i);
  Cells sliceOf(const Cells &from, std::span<const uint32_t> list);
  void makeCells(const abi::HostInstr &i);
  void readCells(const abi::HostInstr &i);
  void writeCells(const abi::HostInstr &i);
  void readEdges(const abi::HostInstr &i);
  void writeEdges(const abi::HostInstr &i);
  void assertion(const abi::HostInstr &i);
  Network &net();
  int64_t stepsOf(double ms);

  // ---- warnings before time advances (VmWarnings.cpp)
  void warnRounded(double ms, int64_t steps);
  void warnClipped(const Shape &shape, const std::string &name, std::span<const IndexPart> chosen);
  void lookAtEncoders();
  void warnChance(uint32_t population, const abi::Population &p);
  static const std::string &dataName(const abi::Population &p);
};

} // namespace snn::rt::host
