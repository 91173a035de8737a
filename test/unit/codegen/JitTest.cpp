// Kernels as machine code of this process: values, index spaces, isolation, memory over many cycles.
#include "compiler/codegen/jit/Jit.h"
#include "compiler/codegen/llvm/Passes.h"
#include "compiler/codegen/llvm/Target.h"
#include "compiler/kernel/ir/Code.h"
#include "test/unit/codegen/Kernels.h"

#include <gtest/gtest.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/Support/SourceMgr.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace snn::codegen {

namespace {

using kernel::Op;
using kernel::Type;
using kernel::test::Writer;

/// One kernel of a program, loaded.
struct Loaded {
  std::unique_ptr<jit::Code> code;
  const snn_model *model = nullptr;
  std::vector<uint32_t> objects; ///< that the first kernel names

  explicit Loaded(const kernel::Program &program, Options options = {}) {
    auto created = jit::Code::create();
    EXPECT_TRUE(bool(created));
    code = std::move(*created);
    KernelSet set{0, uint32_t(program.kernels.size()), options};
    auto error = code->load(generate(program, 0, options, Output::Object), set);
    EXPECT_FALSE(bool(error));
    model = &code->model("");
    for (const kernel::Object &object : kernel::objectsOf(program.kernels[0]))
      objects.push_back(object.number);
  }
  int32_t run(snn_kernel_args args) const {
    args.objects = objects.data();
    return model->sets[0].kernels[0](&args);
  }
};

template <class T> struct alignas(64) Cells {
  T v[128] = {};
};

snn_kernel_args cellArgs(void *const *buffers, double *scalars) {
  snn_kernel_args args{};
  args.buffers = buffers;
  args.scalars = scalars;
  args.dt = 0.1;
  args.end = 128;
  args.target_end = 100;
  return args;
}

template <class Real> void checkLif(Options options) {
  options.doublePrecision = sizeof(Real) == 8;
  const Loaded loaded(kernel::test::lif(), options);
  static Cells<Real> v, current;
  static Cells<uint8_t> spiked;
  double scalars[] = {0.9};
  for (int k = 0; k < 128; ++k) {
    v.v[k] = Real(k) / 200;
    current.v[k] = Real(0.5);
  }
  void *buffers[] = {v.v, current.v, spiked.v};
  EXPECT_EQ(loaded.run(cellArgs(buffers, scalars)), 0);
  for (int k = 0; k < 128; ++k) {
    const Real expected = std::fma(Real(k) / 200, Real(0.9), Real(0.5));
    EXPECT_EQ(v.v[k], expected < 1 ? expected : Real(0)) << k;
    EXPECT_EQ(spiked.v[k], !(expected < 1)) << k;
  }
}

TEST(Jit, LifGivesTheSameValuesAtEachLevel) {
  for (int level : {0, 1, 2, 3})
    for (Cpu cpu : {Cpu::Host, Cpu::V3}) {
      Options options;
      options.optLevel = level;
      options.cpu = cpu;
      checkLif<float>(options);
      checkLif<double>(options);
    }
}

TEST(Jit, ExponentialsHaveTheSameBitsAtEachWidth) {
  std::vector<std::string> results;
  std::vector<Options> all{{Cpu::V3, true, 2}, {Cpu::V3, true, 0}, {Cpu::Host, true, 2}, {Cpu::V3, true, 3}};
  if (hostCpuLevel() >= 4)
    all.push_back({Cpu::V4, true, 2});
  for (const Options &options : all) {
    const Loaded loaded(kernel::test::exponentials(), options);
    static Cells<double> v;
    for (int k = 0; k < 128; ++k)
      v.v[k] = (k - 64) * 0.31;
    void *buffers[] = {v.v};
    EXPECT_EQ(loaded.run(cellArgs(buffers, nullptr)), 0);
    results.emplace_back(reinterpret_cast<const char *>(v.v), sizeof v.v);
    EXPECT_EQ(results.front(), results.back());
  }
}

/// Two sources; source 0 → targets 1, 3; source 1 → targets 0, 1, 3.
struct Graph {
  int64_t rows[3] = {0, 2, 5};
  int32_t targets[5] = {1, 3, 0, 1, 3};
  int64_t columns[5] = {0, 1, 3, 3, 5};
  int64_t columnEdges[5] = {2, 0, 3, 1, 4};
  int32_t columnSources[5] = {1, 0, 1, 0, 1};
  snn_edges view{2, 4, 5, rows, targets, 0, columns, columnEdges, columnSources, nullptr};
};

TEST(Jit, RowsColumnsAndEdgesVisitTheirEdges) {
  const float weights[5] = {1, 2, 4, 8, 16};
  const auto run = [&](abi::Space space, auto fill) {
    kernel::Program program = kernel::test::delivery(space, abi::Pattern::Random);
    const Loaded loaded(program);
    static Graph graph;
    static Cells<float> acc, w;
    std::fill(acc.v, acc.v + 128, 0.f);
    std::copy(weights, weights + 5, w.v);
    void *buffers[] = {acc.v, w.v};
    snn_kernel_args args{};
    args.buffers = buffers;
    args.edges = &graph.view;
    args.target_end = 4;
    fill(args);
    EXPECT_EQ(loaded.run(args), 0);
    return std::vector<float>(acc.v, acc.v + 4);
  };
  const snn_segment segments[] = {{0, 2, 0, 0}, {2, 5, 1, 0}, {0, 0, 0, 0}};
  const auto rows = [&](snn_kernel_args &args) { args.segments = segments, args.end = 2; };
  EXPECT_EQ(run(abi::Space::RowEdges, rows), (std::vector<float>{4, 9, 0, 18}));
  const snn_segment some[] = {{1, 2, 0, 0}, {3, 4, 1, 0}, {0, 0, 0, 0}};
  const auto part = [&](snn_kernel_args &args) { args.segments = some, args.end = 2; };
  EXPECT_EQ(run(abi::Space::RowEdges, part), (std::vector<float>{0, 8, 0, 2}));
  EXPECT_EQ(run(abi::Space::Edges, rows), (std::vector<float>{4, 9, 0, 18}));
  const int32_t events[] = {1, 3};
  EXPECT_EQ(run(abi::Space::ColumnEdges, [&](snn_kernel_args &args) { args.events = events, args.end = 2; }),
            (std::vector<float>{0, 9, 0, 18}));
}

TEST(Jit, DenseRowsNeedNoTargets) {
  kernel::Program program = kernel::test::delivery(abi::Space::RowEdges, abi::Pattern::AllToAll);
  program.tables.groups[0].pattern = abi::Pattern::AllToAll;
  const Loaded loaded(program);
  int64_t rows[] = {0, 3, 6};
  snn_edges view{2, 5, 6, rows, nullptr, 2, nullptr, nullptr, nullptr, nullptr};
  const snn_segment segments[] = {{0, 3, 0, 0}, {3, 6, 1, 0}, {0, 0, 0, 0}};
  static Cells<float> acc, w;
  for (int k = 0; k < 6; ++k)
    w.v[k] = float(1 << k);
  void *buffers[] = {acc.v, w.v};
  snn_kernel_args args{};
  args.buffers = buffers;
  args.edges = &view;
  args.segments = segments;
  args.end = 2;
  args.target_end = 5;
  EXPECT_EQ(loaded.run(args), 0);
  EXPECT_EQ(std::vector<float>(acc.v, acc.v + 6), (std::vector<float>{0, 0, 9, 18, 36, 0}));
}

kernel::Program integers() {
  kernel::Program program;
  kernel::test::buffer(program, "x", abi::Elem::I64);
  kernel::test::buffer(program, "y", abi::Elem::I64);
  Writer w;
  w.kernel.name = "mod";
  w.kernel.space = abi::Space::Cells;
  const auto i = w.add(Op::I, Type::I64);
  w.store(0, i, w.add(Op::Mod, Type::I64, w.load(0, i, Type::I64), w.load(1, i, Type::I64)));
  program.kernels.push_back(w.kernel);
  return program;
}

TEST(Jit, IntegerRemaindersHaveTheSignOfTheDivisorAndNeverTrap) {
  const Loaded loaded(integers());
  static Cells<int64_t> x, y;
  const int64_t cases[][3] = {{7, 3, 1}, {-7, 3, 2}, {7, -3, -2}, {-7, -3, -1}, {5, 0, 0}, {INT64_MIN, -1, 0}, {6, 3, 0}};
  for (int k = 0; k < 7; ++k)
    x.v[k] = cases[k][0], y.v[k] = cases[k][1];
  void *buffers[] = {x.v, y.v};
  EXPECT_EQ(loaded.run(cellArgs(buffers, nullptr)), 0);
  for (int k = 0; k < 7; ++k)
    EXPECT_EQ(x.v[k], cases[k][2]) << k;
}

TEST(Jit, BernoulliOutsideOfZeroToOneIsReportedButNotOnPadding) {
  kernel::Program program;
  kernel::test::buffer(program, "p", abi::Elem::Real);
  kernel::test::buffer(program, "hit", abi::Elem::U8);
  Writer w;
  w.kernel.name = "draws";
  w.kernel.space = abi::Space::Cells;
  const auto i = w.add(Op::I, Type::I64);
  w.store(1, i, w.add(Op::DrawBernoulli, Type::Bool, w.load(0, i)));
  program.kernels.push_back(w.kernel);
  const Loaded loaded(program);
  static Cells<float> p;
  static Cells<uint8_t> hit;
  void *buffers[] = {p.v, hit.v};
  p.v[3] = 1;
  p.v[110] = NAN; // padding: cells end at 100
  EXPECT_EQ(loaded.run(cellArgs(buffers, nullptr)), 0);
  EXPECT_EQ(hit.v[3], 1);
  EXPECT_EQ(hit.v[4], 0);
  p.v[4] = 1.5f;
  EXPECT_EQ(loaded.run(cellArgs(buffers, nullptr)), 1);
}

/// An object whose table holds a function that calls getpid.
std::string callerOfGetpid(const Options &options) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic error;
  auto module = llvm::parseAssemblyString("declare i32 @getpid()\n"
                                          "define internal i32 @k(ptr %args) {\n %p = call i32 @getpid()\n ret i32 %p\n}\n"
                                          "@" + tableName(0, options) + " = constant [1 x ptr] [ptr @k]\n",
                                          error, context);
  const auto machine = targetMachine(options);
  module->setTargetTriple(machine->getTargetTriple().str());
  module->setDataLayout(machine->createDataLayout());
  return emit(*module, *machine, Output::Object);
}

TEST(Jit, CodeCannotReachTheProcess) {
  auto code = jit::Code::create();
  ASSERT_TRUE(bool(code));
  auto error = (*code)->load(callerOfGetpid({}), {0, 1, {}});
  ASSERT_TRUE(bool(error));
  const std::string text = llvm::toString(std::move(error));
  EXPECT_NE(text.find("getpid"), std::string::npos) << text;
}

long residentPages() {
  long size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident;
}

TEST(Jit, ManyCyclesDoNotGrow) {
  const kernel::Program program = kernel::test::lif();
  Options options;
  const std::string object = generate(program, 0, options, Output::Object);
  const auto cycle = [&] {
    auto code = jit::Code::create();
    ASSERT_TRUE(bool(code));
    ASSERT_FALSE(bool((*code)->load(object, {0, 1, options})));
  };
  for (int k = 0; k < 500; ++k)
    cycle();
  const long before = residentPages();
  for (int k = 0; k < 5000; ++k)
    cycle();
  EXPECT_LT((residentPages() - before) * sysconf(_SC_PAGESIZE), 5 << 20);
  std::ifstream maps("/proc/self/maps");
  EXPECT_LT(std::count(std::istreambuf_iterator<char>(maps), {}, '\n'), 400);
}

} // namespace

} // namespace snn::codegen
