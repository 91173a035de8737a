// What a CUDA device cannot do is refused where it stands (E0804); no program of the language gets so far today.
#include "compiler/codegen/cuda/Emit.h"
#include "compiler/codegen/cuda/Names.h"
#include "compiler/kernel/ir/Parse.h"

#include <gtest/gtest.h>

namespace snn::codegen::cuda {
namespace {

Output emitted(const std::string &body) {
  kernel::ParseError error;
  std::optional<kernel::Program> program = kernel::parse(R"(network "Net"
buffer 0 "cells.V" extent=cells object=0
buffer 1 "a->b#0.w" extent=edges object=0
buffer 2 "b.V" extent=cells object=1
population 0 "a" model="Cell"
population 1 "b" model="Cell"
group 0 "a->b"
projection 0 "a->b#0" source=0 target=1
step 0 kind=edges kernel=0 object=0

kernel 0 "a->b#0.rule" edges object=0  # each step
)" + body, error);
  EXPECT_TRUE(program.has_value()) << error.line << ": " << error.message;
  return program ? emit(*program, [](source::Range) { return std::string("model.snn:3:1"); }) : Output{};
}

TEST(Cuda, WritesEdgesSideBySide) {
  const Output out = emitted("  %0 = edge : i64\n  %1 = const 2 : real\n  store @\"a->b#0.w\"[%0], %1\n");
  EXPECT_TRUE(out.refusals.empty());
  EXPECT_NE(out.program.source.find("overRows<k0_a_b_0_rule_body>"), std::string::npos);
  EXPECT_EQ(out.program.kernels.at(0).loop, abi::CudaLoop::Rows);
}

TEST(Cuda, RefusesWhatEdgesShare) { // E0804
  const Output out = emitted("  %0 = tgt : i64\n  %1 = const 2 : real\n  store @\"b.V\"[%0], %1\n");
  ASSERT_EQ(out.refusals.size(), 1u);
  EXPECT_EQ(out.refusals[0].message, "a CUDA device computes all edges at once, and each of them would change b.V");
  EXPECT_TRUE(out.program.source.empty());
}

TEST(Cuda, RefusesSumsThatAreReadMeanwhile) {
  const Output out = emitted("  %0 = tgt : i64\n  %1 = load @\"b.V\"[%0] : real\n  acc @\"b.V\"[%0], %1\n");
  ASSERT_EQ(out.refusals.size(), 1u);
  EXPECT_EQ(out.refusals[0].message, "a CUDA device adds up what arrives at b.V later than it is read here");
}

TEST(Cuda, RefusesSumsAtSources) {
  const Output out = emitted("  %0 = src : i64\n  %1 = const 2 : real\n  acc @\"cells.V\"[%0], %1\n");
  ASSERT_EQ(out.refusals.size(), 1u);
}

TEST(Cuda, NamesAreMangled) {
  EXPECT_EQ(mangled("image->cells#0.W"), "image_cells_0_w");
  EXPECT_EQ(mangled("\"; */ #include \\\n"), "include");
  EXPECT_EQ(mangled("äöü"), "unnamed");
  EXPECT_EQ(mangled(std::string(100, 'x')).size(), 40u);
  EXPECT_EQ(lineOf("/home/user/my model.snn:12:3"), "my_model_snn line 12");
  EXPECT_EQ(lineOf("a:b.snn:12:3"), "a_b_snn line 12");
  EXPECT_EQ(lineOf(""), "");
  EXPECT_EQ(remark("a *\\/\n\"b\" (c)"), "a _____b_ (c)");
}

} // namespace
} // namespace snn::codegen::cuda
