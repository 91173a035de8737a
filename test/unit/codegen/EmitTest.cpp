// The code that comes out: vector width, strict floating point, symbols, determinism.
#include "compiler/codegen/llvm/Codegen.h"
#include "test/unit/codegen/Kernels.h"

#include <gtest/gtest.h>

namespace snn::codegen {

namespace {

size_t count(const std::string &text, const std::string &what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++n;
  return n;
}

TEST(Emit, CellsAreVectorisedAtFullWidthWithoutRemainder) {
  Options options;
  options.cpu = Cpu::V4;
  EXPECT_GT(count(generate(kernel::test::lif(), 0, options, Output::Llvm), "<16 x float>"), 0u);
  EXPECT_EQ(count(generate(kernel::test::lif(), 0, options, Output::Llvm), "scalar.ph"), 0u);
  options.doublePrecision = true;
  EXPECT_GT(count(generate(kernel::test::exponentials(), 0, options, Output::Llvm), "<8 x double>"), 0u);
  options.cpu = Cpu::V3;
  EXPECT_GT(count(generate(kernel::test::exponentials(), 0, options, Output::Llvm), "<4 x double>"), 0u);
  EXPECT_GT(count(generate(kernel::test::lif(), 0, options, Output::Assembly), "ymm"), 0u);
  EXPECT_EQ(count(generate(kernel::test::lif(), 0, options, Output::Assembly), "zmm"), 0u);
}

TEST(Emit, NothingIsContracted) {
  kernel::Program program;
  kernel::test::buffer(program, "x", abi::Elem::Real);
  kernel::test::buffer(program, "y", abi::Elem::Real);
  kernel::test::Writer w;
  w.kernel.name = "mad";
  w.kernel.space = abi::Space::Cells;
  const auto i = w.add(kernel::Op::I, kernel::Type::I64);
  const auto product = w.add(kernel::Op::Mul, kernel::Type::Real, w.load(0, i), w.load(1, i));
  w.store(0, i, w.add(kernel::Op::Add, kernel::Type::Real, product, w.load(1, i)));
  program.kernels.push_back(w.kernel);
  for (Cpu cpu : {Cpu::V3, Cpu::V4}) {
    Options options;
    options.cpu = cpu;
    const std::string text = generate(program, 0, options, Output::Assembly);
    EXPECT_EQ(count(text, "vfmadd"), 0u);
    EXPECT_GT(count(text, "vmulps"), 0u);
  }
}

TEST(Emit, TheSameInputGivesTheSameObject) {
  Options options;
  options.cpu = Cpu::V3;
  EXPECT_EQ(generate(kernel::test::exponentials(), 0, options, Output::Object),
            generate(kernel::test::exponentials(), 0, options, Output::Object));
}

TEST(Emit, NoFastMathFlags) {
  const std::string text = generate(kernel::test::exponentials(), 0, {}, Output::Llvm);
  for (const char *flag : {" fast ", " contract ", " reassoc ", " nnan ", " ninf ", " arcp ", " afn "})
    EXPECT_EQ(count(text, flag), 0u) << flag;
}

} // namespace

} // namespace snn::codegen
