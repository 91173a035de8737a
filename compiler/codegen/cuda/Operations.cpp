// The operations of the Kernel IR as expressions of CUDA C++. Functions and draws are those of runtime/device.
#include "compiler/codegen/cuda/Body.h"

#include "runtime/device/Convert.h"
#include "runtime/device/cuda/Divisor.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>

namespace snn::codegen::cuda {

using kernel::Instr;
using kernel::Op;
using kernel::Type;
using kernel::ValueId;

namespace {

std::string realText(double x) {
  if (std::isnan(x))
    return "snn::device::quietNaN<double>()";
  if (std::isinf(x))
    return x > 0 ? "snn::device::infinity<double>()" : "(-snn::device::infinity<double>())";
  return std::signbit(x) ? fmt::format("({:a})", x) : fmt::format("{:a}", x);
}

std::string wholeText(int64_t x) {
  return x == INT64_MIN ? "(-0x7fffffffffffffffll - 1)" : x < 0 ? fmt::format("({}ll)", x) : fmt::format("{}ll", x);
}

} // namespace

/// Whether a value may become the result of a choice.
bool Body::isChosen(const Instr &i) const {
  const ValueId id = static_cast<ValueId>(&i - kernel.body.data());
  return std::ranges::any_of(kernel.body, [&](const Instr &user) {
    const bool chooses = user.op == Op::Min || user.op == Op::Max || user.op == Op::Select || user.op == Op::Convert || user.op == Op::Neg;
    return chooses && (user.a == id || user.b == id || user.c == id);
  });
}

std::string Body::constant(const Instr &i) const {
  if (i.op == Op::ConstInt)
    return converted(wholeText(i.imm64), "int64_t", typeName(i.type));
  if (i.type == Type::Real || i.type == Type::F64) {
    const std::string text = fmt::format("{}({})", typeName(i.type), realText(i.imm));
    return i.imm == 0 && isChosen(i) ? "hidden(" + text + ")" : text;
  }
  if (i.type == Type::Bool)
    return i.imm != 0 ? "true" : "false";
  const int64_t whole = device::toInteger(i.imm);
  return converted(wholeText(i.type == Type::I32 ? std::clamp<int64_t>(whole, INT32_MIN, INT32_MAX) : whole), "int64_t", typeName(i.type));
}

/// Integers are computed in 64 bits and cut to their width: they wrap.
std::string Body::integer(const Instr &i) const {
  const std::string x = as(i.a, i.type), y = i.b == kernel::noValue ? std::string() : as(i.b, i.type);
  const auto called = [&](const char *f, const std::string &arguments) {
    return converted(fmt::format("{}({})", f, arguments), "int64_t", typeName(i.type));
  };
  switch (i.op) {
  case Op::Add: return called("wrapAdd", x + ", " + y);
  case Op::Sub: return called("wrapSub", x + ", " + y);
  case Op::Mul: return called("wrapMul", x + ", " + y);
  case Op::Mod: return called("wholeMod", x + ", " + y);
  case Op::Neg: return called("wrapNeg", x);
  case Op::Fma: return called("wrapAdd", fmt::format("wrapMul({}, {}), {}", x, y, as(i.c, i.type)));
  case Op::Min: return fmt::format("{0} < {1} ? {0} : {1}", x, y);
  case Op::Max: return fmt::format("{0} > {1} ? {0} : {1}", x, y);
  case Op::Abs: return called("wholeAbs", x);
  default: return x; // floor, ceil, round of an integer
  }
}

/// By what is the same for all elements a division needs no branches (runtime/device/cuda/Divisor.h).
std::string Body::quotient(const Instr &i) {
  const Instr &by = kernel.body[i.b];
  const std::string x = as(i.a, i.type), y = as(i.b, i.type);
  if (i.type != Type::Real || by.type != Type::Real)
    return x + " / " + y;
  if (by.op == Op::ScalarValue || by.op == Op::Dt) {
    const std::string called = "by" + y, type = fmt::format("Divisor<{}>", typeName(by.type));
    if (divisors.insert(i.b).second)
      prepared(type, called, fmt::format("{}({})", type, y));
    return x + " / " + called;
  }
  const float c = by.op == Op::Const ? static_cast<float>(by.imm) : 0;
  int exponent = 0;
  const bool shift = std::fabs(std::frexp(c, &exponent)) == 0.5f; // NVRTC multiplies
  return snn::cuda::oneDoubleInverts(c) && !shift ? fmt::format("quotientBy({}, {}, {})", x, y, realText(1 / static_cast<double>(c))) : x + " / " + y;
}

std::string Body::arithmetic(const Instr &i) {
  if (i.type == Type::I32 || i.type == Type::I64)
    return integer(i);
  const std::string x = as(i.a, i.type), y = i.b == kernel::noValue ? std::string() : as(i.b, i.type);
  switch (i.op) {
  case Op::Add: return x + " + " + y;
  case Op::Sub: return x + " - " + y;
  case Op::Mul: return x + " * " + y;
  case Op::Div: return quotient(i);
  case Op::Neg: return "-" + x;
  case Op::Min: return fmt::format("{0} < {1} ? {0} : {1}", x, y);
  case Op::Max: return fmt::format("{0} > {1} ? {0} : {1}", x, y);
  case Op::Fma: return fmt::format("snn::device::fma({}, {}, {})", x, y, as(i.c, i.type));
  default: return function(i);
  }
}

std::string Body::function(const Instr &i) const {
  std::string arguments = as(i.a, i.type);
  if (i.b != kernel::noValue)
    arguments += ", " + as(i.b, i.type);
  return fmt::format("snn::device::{}({})", kernel::spelling(i.op), arguments);
}

/// Counter-based: (seed, stream, step, element) name the draw, whatever the order of evaluation.
std::string Body::draw(ValueId id) {
  const Instr &i = kernel.body[id];
  const Type type = kernel.body[i.a].type == Type::F64 ? Type::F64 : Type::Real;
  std::string arguments = as(i.a, type);
  if (i.b != kernel::noValue)
    arguments += ", " + as(i.b, type);
  if (i.op == Op::DrawBernoulli)
    line(fmt::format("checks.probability({});", as(i.a, type)));
  const char *called = i.op == Op::DrawUniform       ? "Uniform"
                       : i.op == Op::DrawNormal      ? "Normal"
                       : i.op == Op::DrawExponential ? "Exponential"
                       : i.op == Op::DrawGamma       ? "Gamma"
                       : i.op == Op::DrawLogNormal   ? "Lognormal"
                       : i.op == Op::DrawPoisson     ? "Poisson"
                                                     : "Bernoulli";
  const std::string element = i.index == kernel::noValue ? "place.element"
                              : i.imm64                       ? fmt::format("uint64_t({})", value(i.index))
                                                              : fmt::format("uint64_t(place.element + {})", value(i.index));
  const std::string drawn = fmt::format("snn::device::draw{}({}, snn::device::Site{{seed, {}, step, {}}})", called, arguments, member(i), element);
  return converted(drawn, i.op == Op::DrawBernoulli ? "bool" : typeName(type), typeName(i.type));
}

/// The carries are variables outside of the loop.
void Body::openLoop(ValueId id) {
  writeStores(); // the loop may read them, and may be left before
  for (ValueId k = id + 1; kernel.body[k].op == Op::Carry; ++k)
    line(fmt::format("{} {} = {};", typeName(kernel.body[k].type), value(k), value(kernel.body[k].a)));
  line(fmt::format("for (long long round = 0; round < {}ll; ++round) {{", kernel.body[id].imm64));
}

/// All carries change at once: one may be the next value of another.
void Body::closeLoop(ValueId id) {
  for (ValueId k = id; kernel.body[k - 1].op == Op::Next; --k)
    line(fmt::format("{} = next{};", value(kernel.body[k - 1].a), kernel.body[k - 1].a));
  line("}");
}

void Body::one(ValueId id) {
  const Instr &i = kernel.body[id];
  note(i);
  switch (i.op) {
  case Op::I: return define(id, converted("place.i", "int64_t", typeName(i.type)));
  case Op::Src: return define(id, converted("place.src", "int64_t", typeName(i.type)));
  case Op::Tgt: return define(id, converted("place.tgt", "int64_t", typeName(i.type)));
  case Op::Edge: return define(id, converted("place.edge", "int64_t", typeName(i.type)));
  case Op::Const: case Op::ConstInt: return define(id, constant(i));
  case Op::PairOut: case Op::SetScalar: return refuse(i, "a CUDA device sets no value that all cells share");
  case Op::Loop: return openLoop(id);
  case Op::Carry: return;
  case Op::While: return line(fmt::format("if (!{}) break;", value(i.a)));
  case Op::Next: return line(fmt::format("{} next{} = {};", typeName(kernel.body[i.a].type), i.a, value(i.b)));
  case Op::EndLoop: return closeLoop(id);
  case Op::Load: return load(id);
  case Op::Store: return store(i);
  case Op::Accumulate: return accumulate(i);
  case Op::Check: return line(fmt::format("checks.index({});", value(i.a)));
  case Op::Lt: return define(id, value(i.a) + " < " + value(i.b));
  case Op::Le: return define(id, value(i.a) + " <= " + value(i.b));
  case Op::Eq: return define(id, value(i.a) + " == " + value(i.b));
  case Op::Ne: return define(id, value(i.a) + " != " + value(i.b));
  case Op::And: return define(id, value(i.a) + " && " + value(i.b));
  case Op::Or: return define(id, value(i.a) + " || " + value(i.b));
  case Op::Not: return define(id, "!" + value(i.a));
  case Op::Select: return define(id, fmt::format("{} ? {} : {}", value(i.a), as(i.b, i.type), as(i.c, i.type)));
  case Op::Convert: return define(id, as(i.a, i.type));
  case Op::DrawUniform: case Op::DrawNormal: case Op::DrawExponential: case Op::DrawGamma: case Op::DrawLogNormal:
  case Op::DrawPoisson: case Op::DrawBernoulli: return define(id, draw(id));
  default: return define(id, arithmetic(i));
  }
}

} // namespace snn::codegen::cuda
