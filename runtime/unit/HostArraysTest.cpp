// Arrays of experiments against what NumPy gives: broadcasting, indexing, reductions, linear algebra, printing.
#include "runtime/host/Arrays.h"

#include <cmath>
#include <gtest/gtest.h>

namespace snn::rt::host {
namespace {

using abi::HostCallee;
using abi::HostFn;

Value array(Shape shape, std::vector<double> data, Kind kind = Kind::Real) {
  return Value::ofArray(kind, std::move(shape), std::move(data));
}

Value counting(Shape shape) {
  std::vector<double> data(static_cast<size_t>(countOf(shape)));
  for (size_t k = 0; k < data.size(); ++k)
    data[k] = static_cast<double>(k);
  return array(std::move(shape), std::move(data));
}

Value call(HostFn fn, const Value &a, const Value &b, Kind kind = Kind::Real) {
  const Value args[] = {a, b};
  return apply(fn, args, kind);
}

void expectArray(const Value &v, Shape shape, std::vector<double> data) {
  ASSERT_TRUE(v.isArray());
  EXPECT_EQ(v.array->shape, shape);
  EXPECT_EQ(v.array->data, data);
}

IndexPart at(const Value &v) {
  IndexPart p;
  p.x = &v;
  return p;
}
IndexPart slice(const Value *x, const Value *y, const Value *z = nullptr) { return {true, x, y, z}; }

std::string failure(const std::function<void()> &work) {
  try {
    work();
  } catch (const Failure &f) {
    return f.message;
  }
  return "no failure";
}

TEST(HostArrays, BroadcastsFromTheLastAxis) {
  expectArray(call(HostFn::Add, counting({2, 3}), array({3}, {10, 20, 30})), {2, 3}, {10, 21, 32, 13, 24, 35});
  expectArray(call(HostFn::Mul, counting({2, 1}), counting({3})), {2, 3}, {0, 0, 0, 0, 1, 2});
  expectArray(call(HostFn::Sub, Value::real(1), counting({2})), {2}, {1, 0});
  EXPECT_EQ(failure([] { call(HostFn::Add, counting({2, 3}), counting({2})); }),
            "arrays of shapes [2, 3] and [2] do not fit together");
}

TEST(HostArrays, IntegersStayExactOrFail) {
  const Value big = Value::integer(int64_t{1} << 53);
  EXPECT_NE(failure([&] { call(HostFn::Mul, big, Value::integer(3), Kind::Int); }).find("2^53"), std::string::npos);
}

TEST(HostArrays, IndexesLikeNumPy) {
  const Value a = counting({3, 4}), one = Value::integer(1), minus1 = Value::integer(-1), two = Value::integer(2);
  const IndexPart element[] = {at(one), at(minus1)};
  EXPECT_EQ(index(a, element).number, 7);
  const IndexPart row[] = {at(minus1)};
  expectArray(index(a, row), {4}, {8, 9, 10, 11});
  const IndexPart column[] = {slice(nullptr, nullptr), at(two)};
  expectArray(index(a, column), {3}, {2, 6, 10});
  const IndexPart reversed[] = {slice(nullptr, nullptr, &minus1), slice(&one, nullptr, &two)};
  expectArray(index(a, reversed), {3, 2}, {9, 11, 5, 7, 1, 3});
  const Value tooFar = Value::integer(99);
  const IndexPart clipped[] = {slice(&two, &tooFar)};
  expectArray(index(a, clipped), {1, 4}, {8, 9, 10, 11});
  const Value mask = array({3}, {1, 0, 1}, Kind::Bool);
  const IndexPart masked[] = {at(mask), at(one)};
  expectArray(index(a, masked), {2}, {1, 9});
  const Value list = array({2}, {2, 0}, Kind::Int);
  const IndexPart listed[] = {at(list)};
  expectArray(index(a, listed), {2, 4}, {8, 9, 10, 11, 0, 1, 2, 3});
}

TEST(HostArrays, AnIndexOutOfRangeStopsTheRun) {
  const Value a = counting({10}), twelve = Value::integer(12);
  const IndexPart part[] = {at(twelve)};
  try {
    index(a, part);
    FAIL();
  } catch (const Failure &f) {
    EXPECT_EQ(f.code, ExitCode::divergence);
    EXPECT_EQ(f.message, "index 12 is out of range: axis 0 of the array has 10 elements");
  }
}

TEST(HostArrays, AssignsToParts) {
  Value a = array({2, 3}, std::vector<double>(6));
  const Value copy = a, one = Value::integer(1);
  const IndexPart row[] = {at(one), slice(nullptr, nullptr)};
  setIndex(a, row, array({3}, {1, 2, 3}));
  expectArray(a, {2, 3}, {0, 0, 0, 1, 2, 3});
  expectArray(copy, {2, 3}, {0, 0, 0, 0, 0, 0}); // values are not shared
  const IndexPart column[] = {slice(nullptr, nullptr), at(one)};
  setIndex(a, column, Value::real(7));
  expectArray(a, {2, 3}, {0, 7, 0, 1, 7, 3});
  EXPECT_NE(failure([&] { setIndex(a, row, counting({2})); }).find("[3]"), std::string::npos);
}

TEST(HostArrays, ReducesAlongAxes) {
  const Value a = array({2, 3}, {3, 1, 2, 9, 8, 7}), zero = Value::integer(0), last = Value::integer(-1);
  EXPECT_EQ(reduce(HostCallee::Sum, a, nullptr).number, 30);
  expectArray(reduce(HostCallee::Sum, a, &zero), {3}, {12, 9, 9});
  expectArray(reduce(HostCallee::Mean, a, &last), {2}, {2, 8});
  expectArray(reduce(HostCallee::Argmin, a, &last), {2}, {1, 2});
  EXPECT_EQ(reduce(HostCallee::Argmax, a, nullptr).number, 3);
  const Value mask = array({3}, {1, 0, 1}, Kind::Bool);
  EXPECT_EQ(reduce(HostCallee::Sum, mask, nullptr).kind, Kind::Int);
  EXPECT_EQ(reduce(HostCallee::Any, mask, nullptr).number, 1);
  EXPECT_EQ(reduce(HostCallee::All, mask, nullptr).number, 0);
  EXPECT_EQ(reduce(HostCallee::Argmax, array({3}, {1, 5, 5}), nullptr).number, 1); // ties: the first
}

TEST(HostArrays, LinearAlgebra) {
  expectArray(transpose(counting({2, 3})), {3, 2}, {0, 3, 1, 4, 2, 5});
  expectArray(matmul(counting({2, 3}), counting({3, 2})), {2, 2}, {10, 13, 28, 40});
  expectArray(matmul(counting({2, 3}), array({3}, {1, 1, 1})), {2}, {3, 12});
  const Value x = solve(array({2, 2}, {0, 2, 4, 1}), array({2}, {6, 11}));
  expectArray(x, {2}, {2, 3});
  EXPECT_EQ(failure([] { solve(array({2, 2}, {1, 2, 2, 4}), array({2}, {1, 1})); }), "solve: the matrix is singular");
  EXPECT_DOUBLE_EQ(quantile(array({4}, {4, 1, 3, 2}), Value::real(0.5)).number, 2.5);
}

TEST(HostArrays, SoftmaxAndCrossEntropy) {
  const Value p = softmax(array({2}, {0, std::log(3.0)}));
  EXPECT_NEAR(p.elements()[1], 0.75, 1e-15);
  EXPECT_NEAR(crossEntropy(array({1, 2}, {0, std::log(3.0)}), array({1}, {0}, Kind::Int)).number, std::log(4.0), 1e-14);
}

TEST(HostArrays, Prints) {
  EXPECT_EQ(format(Value::real(-65), "", "mV", 1, false), "-65 mV");
  EXPECT_EQ(format(Value::real(0.1 + 0.2), "", "1", 1, false), "0.3");
  EXPECT_EQ(format(Value::real(1500), ".2f", "s", 1000, true), "1.50");
  EXPECT_EQ(format(Value::integer(7), "4d", "1", 1, false), "   7");
  EXPECT_EQ(format(Value::integer(7), ".1f", "1", 1, false), "7.0");
  EXPECT_EQ(format(Value::boolean(true), "", "1", 1, false), "true");
  EXPECT_EQ(format(counting({2, 2}), "", "mV", 1, false), "[[0, 1], [2, 3]] mV");
  EXPECT_EQ(format(counting({2000}), "", "1", 1, false), "[0, 1, 2, ..., 1997, 1998, 1999]");
}

} // namespace
} // namespace snn::rt::host
