// The operations of the Kernel IR on single values. Buffers of Real hold the run's precision, which in kernels of double
// precision (prepare) is double anyway; those touch no Real buffers.
#include "compiler/kernel/interp/Machine.h"

#include "runtime/device/Convert.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace snn::interp {

using kernel::Instr;
using kernel::Op;
using kernel::Type;

template <class Real> void Machine<Real>::element(const Place &place) {
  for (size_t k = 0; k < kernel.body.size(); ++k)
    if (kernel.body[k].op == Op::Loop)
      k = loop(k, place);
    else
      values[k] = one(kernel.body[k], place);
}

/// The rounds of the loop that begins at `start`; returns where it ends.
template <class Real> size_t Machine<Real>::loop(size_t start, const Place &place) {
  size_t head = start + 1, end = start;
  while (kernel.body[end].op != Op::EndLoop)
    ++end;
  for (; kernel.body[head].op == Op::Carry; ++head)
    values[head] = values[kernel.body[head].a];
  if (place.i >= place.limit)
    return end;
  for (int64_t round = 0; round < kernel.body[start].imm64; ++round) {
    std::vector<std::pair<kernel::ValueId, Value>> next;
    for (size_t k = head; k < end; ++k) {
      const Instr &in = kernel.body[k];
      if (in.op == Op::Next)
        next.emplace_back(in.a, values[in.b]);
      else if (in.op != Op::While)
        values[k] = one(in, place);
      else if (!values[in.a].integer)
        return end;
    }
    for (const auto &[carry, value] : next) // all at once: one may be the next value of another
      values[carry] = value;
  }
  return end;
}

template <class Real> Value Machine<Real>::convert(Value v, Type from, Type to) {
  Value out;
  const bool fromReal = from == Type::Real || from == Type::F64;
  const double number = fromReal ? v.real : static_cast<double>(v.integer);
  switch (to) {
  case Type::F64:
    out.real = number;
    break;
  case Type::Real: // an integer is rounded once, from its exact value
    out.real = fromReal ? rounded(v.real) : static_cast<double>(static_cast<Real>(v.integer));
    break;
  case Type::I32:
    out.integer = fromReal ? std::clamp<int64_t>(device::toInteger(v.real), INT32_MIN, INT32_MAX) : static_cast<int32_t>(v.integer);
    break;
  case Type::I64:
    out.integer = fromReal ? device::toInteger(v.real) : v.integer;
    break;
  case Type::Bool:
    out.integer = fromReal ? v.real != 0 : v.integer != 0;
    break;
  case Type::None:
    break;
  }
  return out;
}

template <class Real> Value Machine<Real>::one(const Instr &in, const Place &place) {
  Value out;
  const auto index = [&](int64_t x) { return convert({0, x}, Type::I64, in.type); };
  switch (in.op) {
  case Op::I: return index(place.i);
  case Op::Src: return index(place.src);
  case Op::Tgt: return index(place.tgt);
  case Op::Edge: return index(place.edge);
  case Op::Moment: return index(place.moment);
  case Op::Event: return index(place.event);
  case Op::Const: return convert({in.imm, 0}, Type::F64, in.type);
  case Op::ConstInt: return index(in.imm64);
  case Op::ScalarValue: return convert({args.scalars[in.object], 0}, Type::F64, in.type);
  case Op::Dt: return convert({args.dt, 0}, Type::F64, in.type);
  case Op::StepNumber: return index(place.step);
  case Op::Time: return convert({static_cast<double>(args.time_step) * args.dt, 0}, Type::F64, in.type);
  case Op::PairOut: pairOut(in, place); return out;
  case Op::SetScalar: args.scalars[in.object] = convert(values[in.a], typeOf(in.a), Type::F64).real; return out;
  case Op::Load: return load(in);
  case Op::Store: store(in, false); return out;
  case Op::Accumulate: store(in, true); return out;
  case Op::Check:
    if (!values[in.a].integer && place.i < place.limit)
      failed |= static_cast<int32_t>(in.imm64);
    return out;
  case Op::Lt: case Op::Le: case Op::Eq: case Op::Ne: out.integer = compare(in); return out;
  case Op::And: out.integer = values[in.a].integer & values[in.b].integer; return out;
  case Op::Or: out.integer = values[in.a].integer | values[in.b].integer; return out;
  case Op::Not: out.integer = !values[in.a].integer; return out;
  case Op::Select: return values[in.a].integer ? values[in.b] : values[in.c];
  case Op::Convert: return convert(values[in.a], typeOf(in.a), in.type);
  case Op::DrawUniform: case Op::DrawNormal: case Op::DrawExponential: case Op::DrawGamma: case Op::DrawLogNormal:
  case Op::DrawPoisson: case Op::DrawBernoulli: {
    const double x = values[in.a].real, y = in.b == kernel::noValue ? 0 : values[in.b].real;
    if (typeOf(in.a) == Type::F64)
      return draw<double>(in, x, y, place);
    return draw<Real>(in, static_cast<Real>(x), static_cast<Real>(y), place);
  }
  default:
    return arithmetic(in);
  }
}

template <class Real> Value Machine<Real>::load(const Instr &in) {
  const void *data = args.buffers[in.object];
  const int64_t at = values[in.index].integer;
  Value v;
  Type from = Type::I64;
  switch (program.tables.buffers[in.object].elem) {
  case abi::Elem::Real: v.real = static_cast<const Real *>(data)[at], from = Type::Real; break;
  case abi::Elem::F64: v.real = static_cast<const double *>(data)[at], from = Type::F64; break;
  case abi::Elem::I32: v.integer = static_cast<const int32_t *>(data)[at]; break;
  case abi::Elem::I64: v.integer = static_cast<const int64_t *>(data)[at]; break;
  case abi::Elem::U8: v.integer = static_cast<const uint8_t *>(data)[at] != 0; break;
  }
  return from == in.type ? v : convert(v, from, in.type);
}

template <class Real> void Machine<Real>::store(const Instr &in, bool add) {
  if (in.predicate != kernel::noValue && !values[in.predicate].integer)
    return;
  void *data = args.buffers[in.object];
  const int64_t at = values[in.index].integer;
  const Value &v = values[in.a];
  const Type from = typeOf(in.a);
  const auto put = [&](auto *to, auto value) { *to = add ? static_cast<std::remove_reference_t<decltype(*to)>>(*to + value) : value; };
  switch (program.tables.buffers[in.object].elem) {
  case abi::Elem::Real: put(static_cast<Real *>(data) + at, static_cast<Real>(convert(v, from, Type::Real).real)); return;
  case abi::Elem::F64: put(static_cast<double *>(data) + at, convert(v, from, Type::F64).real); return;
  case abi::Elem::I32: put(static_cast<int32_t *>(data) + at, static_cast<int32_t>(convert(v, from, Type::I32).integer)); return;
  case abi::Elem::I64: put(static_cast<int64_t *>(data) + at, convert(v, from, Type::I64).integer); return;
  case abi::Elem::U8: static_cast<uint8_t *>(data)[at] = convert(v, from, Type::Bool).integer != 0; return;
  }
}

template <class Real> void Machine<Real>::pairOut(const Instr &in, const Place &place) {
  const int64_t at = place.tgt - args.begin;
  if (typeOf(in.a) == Type::Bool)
    static_cast<uint8_t *>(args.pair_output)[at] = values[in.a].integer != 0;
  else
    static_cast<Real *>(args.pair_output)[at] = static_cast<Real>(values[in.a].real);
}

template void Machine<float>::element(const Place &);
template void Machine<double>::element(const Place &);
template Value Machine<float>::convert(Value, Type, Type);
template Value Machine<double>::convert(Value, Type, Type);

} // namespace snn::interp
