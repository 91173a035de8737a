// Whole sessions on a model whose tables, kernels and bytecode are written by hand: recording, flags, divergence, and a run
// that is stopped and resumed and leaves the same bits as one that was not.
#include "runtime/core/Main.h"
#include "runtime/core/Session.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace snn::rt {
namespace {

using abi::HostOp;

constexpr uint32_t L = abi::hostLocalBit;
constexpr uint32_t none = abi::hostNone;
constexpr uint32_t bufferV = 0, bufferFlags = 1, scalarI = 0;

/// V += I * dt; a spike and V = 0 above 10.
int32_t update(const snn_kernel_args *a) {
  float *v = static_cast<float *>(a->buffers[bufferV]);
  uint8_t *flags = static_cast<uint8_t *>(a->buffers[bufferFlags]);
  for (int64_t k = a->begin; k < a->end; ++k) {
    v[k] += static_cast<float>(a->scalars[scalarI] * a->dt * static_cast<double>(k + 1));
    flags[k] = v[k] > 10.0f;
    if (flags[k])
      v[k] = 0;
  }
  return 0;
}
int32_t init(const snn_kernel_args *a) {
  for (int64_t k = a->begin; k < a->end; ++k)
    static_cast<float *>(a->buffers[bufferV])[k] = 0.25f * static_cast<float>(k);
  return 0;
}
const snn_kernel_fn kernels[] = {update, init};

abi::HostInstr op(HostOp o, uint32_t a = none, uint32_t b = none, uint32_t c = none, uint32_t sub = 0,
                  std::vector<uint32_t> list = {}) {
  abi::HostInstr i;
  i.op = o, i.a = a, i.b = b, i.c = c, i.sub = static_cast<uint16_t>(sub), i.list = std::move(list);
  return i;
}

abi::NetworkTables tables() {
  abi::NetworkTables t;
  t.buffers = {{"cells.V", abi::Elem::Real, abi::Extent::Cells, 0, true, true},
               {"cells.spiked", abi::Elem::U8, abi::Extent::Cells, 0, true, false}};
  t.scalars = {{"cells.I"}};
  abi::Population &p = t.populations.emplace_back();
  p.name = "cells", p.spikes = true, p.shapeProgram = 3, p.flags = bufferFlags, p.initKernels = {1};
  abi::Variable v;
  v.name = "V", v.unit = "mV", v.buffer = bufferV;
  p.variables.push_back(v);
  v = {};
  v.name = "I", v.unit = "mV/ms", v.kind = abi::VariableKind::Param, v.scalar = scalarI;
  p.variables.push_back(v);
  t.kernels.resize(2);
  t.kernels[0].name = "cells.update";
  t.kernels[1].name = "cells.init";
  t.kernels[0].object = t.kernels[1].object = 0;
  abi::Command update;
  update.kind = abi::CommandKind::Cells, update.kernel = 0, update.object = 0;
  abi::Command collect;
  collect.kind = abi::CommandKind::Collect, collect.object = 0;
  t.step = {update, collect};
  return t;
}

/// option rounds = 10
/// record cells.spikes; record cells.V every 1 ms; record mean = cells.V.mean() every 5 ms
/// for k in range(rounds) { run 10 ms; record spikes = cells.count.sum() }
/// print "done"
abi::HostProgram experiment() {
  abi::HostProgram p;
  p.name = "test", p.globals = 2;
  p.sourceLines = {"m.snn:3:1"};
  p.constants = {{abi::HostConstant::Real, 10, {}},       {abi::HostConstant::Real, 1, {}},
                 {abi::HostConstant::Real, 5, {}},        {abi::HostConstant::Text, 0, "done"},
                 {abi::HostConstant::Text, 0, "cells.I"}, {abi::HostConstant::Text, 0, "mV/ms"},
                 {abi::HostConstant::Int, 3, {}}};
  p.options = {{"rounds", "rounds", "how often", "1", 1, abi::HostConstant::Int, 10, "", 0}};
  const uint32_t mean = static_cast<uint32_t>(abi::HostCallee::Mean), sum = static_cast<uint32_t>(abi::HostCallee::Sum),
                 range = static_cast<uint32_t>(abi::HostCallee::Range);
  std::vector<abi::HostInstr> main = {
      op(HostOp::Cells, L | 0, 0),
      op(HostOp::Record, 0, L | 0),
      op(HostOp::Const, L | 1, 1),
      op(HostOp::Record, 1, L | 0, L | 1),
      op(HostOp::Const, L | 1, 2),
      op(HostOp::Record, 2, none, L | 1),
      op(HostOp::Jump, 10),
      op(HostOp::ReadCells, L | 2, L | 0, 0, 0), // 7: the sampled value
      op(HostOp::Call, L | 3, none, none, mean, {L | 2}),
      op(HostOp::Return, L | 3),
      op(HostOp::Call, L | 4, none, none, range, {0}), // 10
      op(HostOp::ForBegin, L | 5, L | 4),
      op(HostOp::ForNext, L | 5, 19, none, 0, {L | 6}), // 12
      op(HostOp::Const, L | 7, 0),
      op(HostOp::Run, L | 7),
      op(HostOp::ReadCells, L | 8, L | 0, none, static_cast<uint32_t>(abi::HostMember::Count)),
      op(HostOp::Call, L | 9, none, none, sum, {L | 8}),
      op(HostOp::Append, 3, L | 9),
      op(HostOp::Jump, 12),
      op(HostOp::Const, L | 1, 3), // 19
      op(HostOp::Print, L | 1),
      op(HostOp::End)};
  p.functions.push_back({"main", 10, std::move(main)});
  p.functions.push_back({"settings", 0, {op(HostOp::End)}});
  p.functions.push_back({"setup", 0, {op(HostOp::Const, 1, 1), op(HostOp::Override, 1, 4, 5, 0, {1}),
                                      op(HostOp::SetScalar, 1, scalarI), op(HostOp::End)}});
  p.functions.push_back({"value", 1, {op(HostOp::Const, L | 0, 6), op(HostOp::Return, L | 0)}});
  p.main = 0, p.settings = 1, p.setup = 2;
  p.records = {{abi::HostRecordKind::Spikes, "", "1", 1, 0, 0, none, false, none},
               {abi::HostRecordKind::State, "", "mV", 1, 0, 0, 0, true, none},
               {abi::HostRecordKind::Value, "mean", "mV", 1, 0, none, none, true, 7},
               {abi::HostRecordKind::Value, "spikes", "1", 1, abi::HostConstant::Int, none, none, false, none}};
  return p;
}

/// The model as a finished binary holds it.
struct Model {
  std::string bytes;
  snn_kernel_set set{3, 4, 0, 2, kernels};
  snn_model model{};
  Model() {
    abi::Image image;
    image.compilerVersion = "0", image.modelPath = "m.snn", image.modelSha256 = "abc", image.modelText = "text";
    image.programs.push_back({tables(), experiment()});
    abi::ImageWriter writer;
    fields(writer, image);
    bytes = std::move(writer.bytes);
    model = {SNN_ABI_MAJOR, SNN_ABI_MINOR, reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size(), 1, &set};
  }
};

/// Remembers everything as text.
class Memory final : public Sink {
public:
  std::string log;
  Status open(uint32_t, const Recorded &) override { return {}; }
  Status spikes(uint32_t key, double t, std::span<const int32_t> ids) override {
    log += std::to_string(key) + " spikes " + std::to_string(t);
    for (int32_t id : ids)
      log += " " + std::to_string(id);
    log += "\n";
    return {};
  }
  Status sample(uint32_t key, double t, std::span<const double> values) override {
    log += std::to_string(key) + " sample " + std::to_string(t);
    for (double v : values)
      log += " " + std::to_string(v);
    log += "\n";
    return {};
  }
};

class SessionTest : public testing::Test {
protected:
  Model model;
  std::filesystem::path folder;
  void SetUp() override {
    folder = std::filesystem::path(testing::TempDir()) / ("session" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::unique_ptr<Session> create(SessionOptions options) {
    const auto image = readImage(model.model);
    EXPECT_TRUE(image.ok());
    Result<std::unique_ptr<Session>> session = Session::create(model.model, image.value(), 0, std::move(options));
    EXPECT_TRUE(session.ok()) << (session.ok() ? "" : session.error().message);
    return session.ok() ? std::move(session.value()) : nullptr;
  }
  SessionOptions options(const std::string &output) {
    SessionOptions o;
    o.output = (folder / output).string();
    o.quiet = true;
    return o;
  }
  static std::string contentOf(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(SessionTest, RunsAndRecords) {
  std::unique_ptr<Session> session = create(options("a.h5"));
  Memory memory;
  session->addSink(memory);
  std::string printed;
  session->printer = [&](std::string_view text) { printed += text; };
  const Status ran = session->runExperiment();
  ASSERT_TRUE(ran.ok()) << ran.error().message;
  ASSERT_TRUE(session->close().ok());
  EXPECT_EQ(printed, "done\n");
  EXPECT_EQ(session->network().step(), 1000);
  EXPECT_NE(memory.log.find("1 sample 1.000000 "), std::string::npos);
  EXPECT_EQ(memory.log.find("1 sample 0.000000 "), std::string::npos); // time 0 is no sample
  EXPECT_NE(memory.log.find("2 sample 95.000000 "), std::string::npos);
  EXPECT_NE(memory.log.find("3 sample 100.000000 "), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder / "a.h5"));
}

TEST_F(SessionTest, SetAndOptionsReachTheNetwork) {
  SessionOptions o = options("b.h5");
  o.sets["cells.I"] = "4 V/s";
  o.numbers["rounds"] = 2;
  std::unique_ptr<Session> session = create(o);
  EXPECT_EQ(session->network().scalar(scalarI), 4);
  session->printer = [](std::string_view) {};
  ASSERT_TRUE(session->runExperiment().ok());
  EXPECT_EQ(session->network().step(), 200);
  o.sets = {{"cells.J", "1"}};
  const auto image = readImage(model.model);
  const auto refused = Session::create(model.model, image.value(), 0, o);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "--set: nothing is called 'cells.J'; did you mean cells.I?");
}

TEST_F(SessionTest, StoppedAndResumedIsTheSame) {
  std::unique_ptr<Session> whole = create(options("whole.h5"));
  Memory expected;
  whole->addSink(expected);
  whole->printer = [](std::string_view) {};
  ASSERT_TRUE(whole->runExperiment().ok());
  ASSERT_TRUE(whole->close().ok());

  SessionOptions o = options("part.h5");
  o.checkpoint = (folder / "c.ckpt").string();
  Memory parts;
  {
    std::unique_ptr<Session> first = create(o);
    /// Stops in the middle of a run.
    class Stopper final : public Sink {
    public:
      Session *session = nullptr;
      Status open(uint32_t, const Recorded &) override { return {}; }
      Status spikes(uint32_t, double, std::span<const int32_t>) override { return {}; }
      Status sample(uint32_t key, double t, std::span<const double>) override {
        if (key == 1 && t > 42.5)
          session->stop();
        return {};
      }
    } stopper;
    stopper.session = first.get();
    first->addSink(parts);
    first->addSink(stopper);
    first->printer = [](std::string_view) {};
    ASSERT_TRUE(first->runExperiment().ok());
    EXPECT_FALSE(first->finished());
    EXPECT_LT(first->network().step(), 1000);
    ASSERT_TRUE(first->close().ok());
  }
  SessionOptions again = options("part.h5");
  again.resume = o.checkpoint;
  std::unique_ptr<Session> second = create(again);
  ASSERT_TRUE(second);
  second->printer = [](std::string_view) {};
  ASSERT_TRUE(second->runExperiment().ok());
  ASSERT_TRUE(second->close().ok());
  EXPECT_EQ(second->network().step(), 1000);
  std::vector<double> a, b;
  ASSERT_TRUE(whole->network().readCells(0, 0, {}, a).ok());
  ASSERT_TRUE(second->network().readCells(0, 0, {}, b).ok());
  EXPECT_EQ(a, b);
  EXPECT_EQ(contentOf((folder / "whole.h5").string()), contentOf((folder / "part.h5").string()));
}

TEST_F(SessionTest, ResumeRefusesOtherFlags) {
  SessionOptions o = options("r.h5");
  o.checkpoint = (folder / "r.ckpt").string();
  o.numbers["rounds"] = 1;
  std::unique_ptr<Session> session = create(o);
  session->printer = [](std::string_view) {};
  ASSERT_TRUE(session->runExperiment().ok());
  ASSERT_TRUE(session->close().ok());
  SessionOptions other = options("r.h5");
  other.resume = o.checkpoint;
  other.numbers["rounds"] = 5;
  const auto refused = Session::create(model.model, readImage(model.model).value(), 0, other);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ExitCode::usage);
  EXPECT_EQ(refused.error().message, "--rounds 5 differs from the run that is to be resumed, which has 1");
}

TEST_F(SessionTest, DivergenceIsReportedWithTheLine) {
  SessionOptions o = options("d.h5");
  o.sets["cells.I"] = "-inf"; // above the threshold V would be reset
  std::unique_ptr<Session> session = create(o);
  const Status ran = session->runExperiment();
  ASSERT_FALSE(ran.ok());
  EXPECT_EQ(ran.error().code, ExitCode::divergence);
  EXPECT_NE(ran.error().message.find("cells"), std::string::npos) << ran.error().message;
  EXPECT_NE(ran.error().message.find("V"), std::string::npos);
  EXPECT_TRUE(session->close().ok());
}

TEST_F(SessionTest, SessionsLiveSideBySide) {
  std::unique_ptr<Session> a = create(options("x.h5")), b = create(options("y.h5"));
  a->printer = b->printer = [](std::string_view) {};
  ASSERT_TRUE(a->advance(10).ok());
  ASSERT_TRUE(b->advance(20).ok());
  EXPECT_EQ(a->network().step(), 10);
  EXPECT_EQ(b->network().step(), 20);
}

} // namespace
} // namespace snn::rt
