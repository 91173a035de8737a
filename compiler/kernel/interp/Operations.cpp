// Arithmetic, comparisons, functions and draws of single values. Functions and draws are those of the device library, so that
// the numbers are the ones that compiled code computes.
#include "compiler/kernel/interp/Machine.h"

#include "runtime/device/DeviceApi.h"

#include <cassert>
#include <cmath>
#include <type_traits>

namespace snn::interp {

using kernel::Instr;
using kernel::Op;
using kernel::Type;

template <class Real> Value Machine<Real>::arithmetic(const Instr &in) {
  const auto operand = [&](kernel::ValueId id) { return id == kernel::noValue ? Value{} : convert(values[id], typeOf(id), in.type); };
  const Value a = operand(in.a), b = operand(in.b), c = operand(in.c);
  Value out;
  if (in.type == Type::I64 || in.type == Type::I32)
    out = convert({0, whole(in, a.integer, b.integer, c.integer)}, Type::I64, in.type);
  else if (in.type == Type::F64)
    out.real = real<double>(in, a.real, b.real, c.real);
  else
    out.real = static_cast<double>(real<Real>(in, static_cast<Real>(a.real), static_cast<Real>(b.real), static_cast<Real>(c.real)));
  return out;
}

template <class Real> template <class T> double Machine<Real>::real(const Instr &in, T x, T y, T z) {
  switch (in.op) {
  case Op::Add: return x + y;
  case Op::Sub: return x - y;
  case Op::Mul: return x * y;
  case Op::Div: return x / y;
  case Op::Neg: return -x;
  case Op::Fma: return std::fma(x, y, z);
  case Op::Min: return x < y ? x : y;
  case Op::Max: return x > y ? x : y;
  case Op::Abs: return std::fabs(x);
  case Op::Floor: return std::floor(x);
  case Op::Ceil: return std::ceil(x);
  case Op::Round: return std::round(x);
  case Op::Sqrt: return std::sqrt(x);
  default: return function<T>(in, x, y);
  }
}

template <class Real> int64_t Machine<Real>::whole(const Instr &in, int64_t x, int64_t y, int64_t z) {
  const auto wrap = [](uint64_t v) { return static_cast<int64_t>(v); };
  const uint64_t ux = static_cast<uint64_t>(x), uy = static_cast<uint64_t>(y);
  switch (in.op) {
  case Op::Add: return wrap(ux + uy);
  case Op::Sub: return wrap(ux - uy);
  case Op::Mul: return wrap(ux * uy);
  case Op::Neg: return wrap(0 - ux);
  case Op::Fma: return wrap(ux * uy + static_cast<uint64_t>(z));
  case Op::Min: return x < y ? x : y;
  case Op::Max: return x > y ? x : y;
  case Op::Abs: return x < 0 ? wrap(0 - ux) : x;
  case Op::Mod: { // 0 where the machine would trap
    if (y == 0 || y == -1)
      return 0;
    const int64_t rest = x % y;
    return rest != 0 && (rest ^ y) < 0 ? rest + y : rest;
  }
  default: return x;
  }
}

template <class Real> template <class T> double Machine<Real>::function(const Instr &in, T x, T y) {
#define CALL1(OP, NAME)                                                                                                \
  case Op::OP:                                                                                                         \
    if constexpr (std::is_same_v<T, float>)                                                                            \
      return snn_dev_##NAME##_f32(x);                                                                                  \
    else                                                                                                               \
      return snn_dev_##NAME##_f64(x);
#define CALL2(OP, NAME)                                                                                                \
  case Op::OP:                                                                                                         \
    if constexpr (std::is_same_v<T, float>)                                                                            \
      return snn_dev_##NAME##_f32(x, y);                                                                               \
    else                                                                                                               \
      return snn_dev_##NAME##_f64(x, y);
  switch (in.op) {
    CALL1(Exp, exp)
    CALL1(Log, log)
    CALL1(Log1p, log1p)
    CALL1(Expm1, expm1)
    CALL1(Exprel, exprel)
    CALL1(Exprelr, exprelr)
    CALL1(Sin, sin)
    CALL1(Cos, cos)
    CALL1(Tan, tan)
    CALL1(Asin, asin)
    CALL1(Acos, acos)
    CALL1(Atan, atan)
    CALL1(Sinh, sinh)
    CALL1(Cosh, cosh)
    CALL1(Tanh, tanh)
    CALL1(Sigmoid, sigmoid)
    CALL1(Lgamma, lgamma)
    CALL2(Pow, pow)
    CALL2(Atan2, atan2)
    CALL2(Mod, mod)
  default:
    assert(false && "an operation that the interpreter does not know");
    return 0;
  }
#undef CALL1
#undef CALL2
}

template <class Real> template <class T> Value Machine<Real>::draw(const Instr &in, T x, T y, const Place &place) {
  const uint64_t seed = args.seed, step = static_cast<uint64_t>(args.step), own = in.imm64 ? 0 : static_cast<uint64_t>(place.element),
                 element = own + static_cast<uint64_t>(in.index == kernel::noValue ? 0 : values[in.index].integer);
  const uint32_t stream = in.object;
  Value out;
#define DRAW(NAME, ...)                                                                                                \
  [&] {                                                                                                                \
    if constexpr (std::is_same_v<T, float>)                                                                            \
      return snn_dev_draw_##NAME##_f32(__VA_ARGS__, seed, stream, step, element);                                      \
    else                                                                                                               \
      return snn_dev_draw_##NAME##_f64(__VA_ARGS__, seed, stream, step, element);                                      \
  }()
  switch (in.op) {
  case Op::DrawUniform: out.real = DRAW(uniform, x, y); break;
  case Op::DrawNormal: out.real = DRAW(normal, x, y); break;
  case Op::DrawExponential: out.real = DRAW(exponential, x); break;
  case Op::DrawGamma: out.real = DRAW(gamma, x, y); break;
  case Op::DrawLogNormal: out.real = DRAW(lognormal, x, y); break;
  case Op::DrawPoisson: out.real = DRAW(poisson, x); break;
  default:
    if (!(x >= T(0) && x <= T(1)) && place.i < place.limit)
      failed |= SNN_BAD_PROBABILITY;
    out.integer = DRAW(bernoulli, x);
    return out;
  }
#undef DRAW
  return in.type == Type::Real ? Value{rounded(out.real), 0} : out;
}

template <class Real> bool Machine<Real>::compare(const Instr &in) {
  const Value &a = values[in.a], &b = values[in.b];
  const bool real = typeOf(in.a) == Type::Real || typeOf(in.a) == Type::F64;
  switch (in.op) {
  case Op::Lt: return real ? a.real < b.real : a.integer < b.integer;
  case Op::Le: return real ? a.real <= b.real : a.integer <= b.integer;
  case Op::Eq: return real ? a.real == b.real : a.integer == b.integer;
  default: return real ? a.real != b.real : a.integer != b.integer;
  }
}

template Value Machine<float>::arithmetic(const Instr &);
template Value Machine<double>::arithmetic(const Instr &);
template bool Machine<float>::compare(const Instr &);
template bool Machine<double>::compare(const Instr &);
template Value Machine<float>::draw(const Instr &, float, float, const Place &);
template Value Machine<float>::draw(const Instr &, double, double, const Place &); // kernels of float draw F64 too
template Value Machine<double>::draw(const Instr &, double, double, const Place &);

} // namespace snn::interp
