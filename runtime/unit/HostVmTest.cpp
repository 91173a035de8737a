// The VM on hand-written bytecode: loops, laziness, errors with their line, and a state that goes on in the middle of a loop.
#include "runtime/abi/ImageIo.h"
#include "runtime/host/Vm.h"

#include <gtest/gtest.h>

namespace snn::rt::host {
namespace {

using abi::HostFn;
using abi::HostOp;

/// A world without a network.
class Alone final : public World {
public:
  std::string printed;
  std::map<std::string, double> sets;
  void setting(abi::HostSetting which, double value) override { settings[which] = value; }
  std::map<abi::HostSetting, double> settings;
  Result<bool> overrideOf(const std::string &path, const std::string &, double, abi::HostConstant::Kind,
                          double &value) override {
    if (!sets.count(path))
      return false;
    value = sets[path];
    return true;
  }
  std::map<uint32_t, double> scalars;
  Status setScalar(uint32_t id, double value) override {
    scalars[id] = value;
    return {};
  }
  Network *currentNetwork() override { return nullptr; }
  double dt() override { return 0.1; }
  uint64_t seed() override { return 7; }
  Status advanceTo(int64_t) override { return {}; }
  bool stopped() override { return false; }
  Status record(uint32_t, const Value *, double) override { return {}; }
  Status append(uint32_t, const Value &) override { return {}; }
  Status plotBegin(uint32_t, const Cells &) override { return {}; }
  Status plot(uint32_t, const Value *, const Value *) override { return {}; }
  void print(const std::string &text) override {
    printed += text + "\n";
    if (stopAfterPrint)
      fail(ExitCode::ok, "interrupted");
  }
  bool stopAfterPrint = false;
  std::string warned;
  void warn(const std::string &text) override { warned += text + "\n"; }
  Status save(const std::string &) override { return {}; }
  Status load(const std::string &) override { return {}; }
  Result<Value> dataSet(const std::string &, const std::string &) override { return Error{ExitCode::badData, "none"}; }
  Result<Value> loadArray(const std::string &, const std::string &) override { return Error{ExitCode::badData, "none"}; }
  void turn(const Iterator &) override {}
};

constexpr uint32_t L = abi::hostLocalBit;
constexpr uint32_t none = abi::hostNone;

abi::HostInstr instr(HostOp op, uint32_t a = none, uint32_t b = none, uint32_t c = none, uint32_t sub = 0,
                     std::vector<uint32_t> list = {}) {
  abi::HostInstr i;
  i.op = op, i.a = a, i.b = b, i.c = c, i.sub = static_cast<uint16_t>(sub), i.list = std::move(list);
  return i;
}

abi::HostInstr applyFn(HostFn fn, uint32_t to, std::vector<uint32_t> args, uint32_t kind = abi::HostConstant::Int) {
  return instr(HostOp::Apply, to, none, kind, static_cast<uint32_t>(fn), std::move(args));
}

abi::HostProgram programOf(std::vector<abi::HostInstr> code, uint32_t slots) {
  abi::HostProgram p;
  p.constants = {{abi::HostConstant::Int, 10, {}}, {abi::HostConstant::Int, 0, {}}, {abi::HostConstant::Text, 0, "sum "},
                 {abi::HostConstant::Text, 0, ""}, {abi::HostConstant::Text, 0, "1"}, {abi::HostConstant::Real, 1, {}},
                 {abi::HostConstant::Bool, 0, {}}};
  p.sourceLines = {"m.snn:1:1"};
  p.functions.push_back({"main", slots, std::move(code)});
  return p;
}

/// var s = 0; for k in range(10) { s += k }; print "sum {s}"
abi::HostProgram sumProgram(bool printEachTurn) {
  std::vector<abi::HostInstr> code = {
      instr(HostOp::Const, L | 0, 0),
      instr(HostOp::Const, L | 1, 1),
      instr(HostOp::Call, L | 2, none, none, static_cast<uint32_t>(abi::HostCallee::Range), {L | 0}),
      instr(HostOp::ForBegin, L | 3, L | 2),
      instr(HostOp::ForNext, L | 3, 8, none, 0, {L | 4}), // 4
      applyFn(HostFn::Add, L | 1, {L | 1, L | 4}),
      instr(printEachTurn ? HostOp::Print : HostOp::Move, printEachTurn ? L | 1 : L | 5, L | 1),
      instr(HostOp::Jump, 4),
      instr(HostOp::Format, L | 5, none, none, 0, {2, none, none, none, none, none, none, L | 1, 3, 4, 5, 6}),
      instr(HostOp::Print, L | 5),
      instr(HostOp::End)};
  return programOf(std::move(code), 6);
}

TEST(HostVm, RunsALoop) {
  Alone world;
  const abi::HostProgram program = sumProgram(false);
  Vm vm(program, world);
  const Status s = vm.run();
  ASSERT_TRUE(s.ok()) << s.error().message;
  EXPECT_TRUE(vm.finished());
  EXPECT_EQ(world.printed, "sum 45\n");
}

TEST(HostVm, GoesOnFromASavedState) {
  const abi::HostProgram program = sumProgram(true);
  Alone whole;
  Vm uninterrupted(program, whole);
  ASSERT_TRUE(uninterrupted.run().ok());
  Alone first;
  first.stopAfterPrint = true;
  Vm vm(program, first);
  ASSERT_FALSE(vm.run().ok()); // ends inside the first turn, before the instruction is over
  Alone second;
  Vm resumed(program, second);
  ASSERT_TRUE(resumed.loadState(vm.saveState()).ok());
  ASSERT_TRUE(resumed.run().ok());
  EXPECT_EQ(second.printed, whole.printed);
}

TEST(HostVm, RefusesADamagedState) {
  Alone world;
  const abi::HostProgram program = sumProgram(false);
  Vm vm(program, world);
  const std::string state = vm.saveState();
  for (size_t n = 0; n < state.size(); n += 7)
    EXPECT_EQ(vm.loadState(std::string_view(state).substr(0, n)).error().code, ExitCode::badData);
}

TEST(HostVm, ProgramsSurviveTheImage) {
  abi::HostProgram program = sumProgram(false);
  program.records.push_back({abi::HostRecordKind::Value, "rate", "Hz", 1e-3, 0, 1, 2, true, 3});
  program.plots.push_back({abi::HostPlotKind::Curve, "curve(rate)", "rate", "Hz", 1e-3, "x", "mV", 2, 4, 5});
  abi::ImageWriter writer;
  fields(writer, program);
  abi::HostProgram back;
  abi::ImageReader reader(reinterpret_cast<const uint8_t *>(writer.bytes.data()), writer.bytes.size());
  fields(reader, back);
  ASSERT_TRUE(reader.ok);
  EXPECT_EQ(back.records[0].code, 3u);
  EXPECT_EQ(back.plots[0].name, "rate");
  Alone world;
  Vm vm(back, world);
  ASSERT_TRUE(vm.run().ok());
  EXPECT_EQ(world.printed, "sum 45\n");
}

TEST(HostVm, NamesTheLine) {
  Alone world;
  abi::HostInstr bad = instr(HostOp::Index, L | 1, L | 0, none, 0, {0, L | 0, none, none});
  const abi::HostProgram program = programOf({instr(HostOp::Const, L | 0, 0), bad, instr(HostOp::End)}, 2);
  Vm vm(program, world);
  const Status s = vm.run();
  ASSERT_FALSE(s.ok());
  EXPECT_EQ(s.error().message, "m.snn:1:1: an integer cannot be indexed");
}

TEST(HostVm, SetUpTakesValuesFromSet) {
  Alone world;
  world.sets["n"] = 20;
  abi::HostProgram program = programOf({instr(HostOp::Const, 0, 0), instr(HostOp::Override, 0, 3, 4, 1, {5}),
                                        instr(HostOp::SetScalar, 0, 2), instr(HostOp::End)}, 1);
  program.globals = 1;
  program.constants[3].text = "n";
  Vm vm(program, world);
  ASSERT_TRUE(vm.call(0, nullptr).ok());
  EXPECT_EQ(world.scalars[2], 20);
}

TEST(HostVm, AFailedAssertionShowsItsValues) {
  Alone world;
  abi::HostProgram program =
      programOf({instr(HostOp::Const, L | 0, 0), instr(HostOp::Const, L | 1, 1),
                 instr(HostOp::Assert, none, 2, none, 0, {3, L | 0, L | 1})}, 2);
  program.constants[2].text = "a < b";
  program.constants[3].text = "<";
  Vm vm(program, world);
  const Status s = vm.run();
  EXPECT_EQ(s.error().code, ExitCode::assertion);
  EXPECT_EQ(s.error().message, "m.snn:1:1: assertion failed: a < b (10 < 0)");
}

} // namespace
} // namespace snn::rt::host
