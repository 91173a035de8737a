// The operations of the Kernel IR on single values. Buffers of Real hold the run's precision, which in kernels of double
// precision (prepare) is double anyway; those touch no Real buffers.
#include "compiler/kernel/interp/Interpreter.h"

#include "runtime/device/Convert.h"
#include "runtime/device/DeviceApi.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace snn::interp {

using kernel::Instr;
using kernel::Op;
using kernel::Type;

namespace {

/// One value; which member counts follows from the instruction's type. Real and F64 are both held as double, a Real of
/// float precision always as a float's value.
struct Value {
  double real = 0;
  int64_t integer = 0;
};

/// Index values of the current element.
struct Place {
  int64_t i = 0, src = 0, tgt = 0, edge = 0, moment = 0, event = 0, element = 0;
  int64_t step = 0;
  int64_t limit = INT64_MAX; ///< cells: number of real cells
};


template <class Real> class Machine {
public:
  Machine(const kernel::Program &p, const kernel::Kernel &k, const snn_kernel_args &a)
      : program(p), kernel(k), args(a), values(k.body.size()) {}
  int32_t run();

private:
  const kernel::Program &program;
  const kernel::Kernel &kernel;
  const snn_kernel_args &args;
  std::vector<Value> values;
  int32_t failed = 0;

  Type typeOf(kernel::ValueId v) const { return kernel.body[v].type; }
  static double rounded(double x) { return static_cast<double>(static_cast<Real>(x)); }
  void element(const Place &place);
  size_t loop(size_t start, const Place &place);
  Value one(const Instr &in, const Place &place);
  Value arithmetic(const Instr &in);
  template <class T> double real(const Instr &in, T x, T y, T z);
  int64_t whole(const Instr &in, int64_t x, int64_t y, int64_t z);
  template <class T> double function(const Instr &in, T x, T y);
  template <class T> Value draw(const Instr &in, T x, T y, const Place &place);
  Value convert(Value v, Type from, Type to);
  Value load(const Instr &in);
  void store(const Instr &in, bool add);
  void pairOut(const Instr &in, const Place &place);
  bool compare(const Instr &in);
  void row(int64_t src, int64_t begin, int64_t end);
  void column(int64_t tgt);
  void moment(int64_t at);
  void replayed(const snn_replayed &r);
  Place here() const; ///< what every element of the call shares
  bool storesState() const;
};

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

template <class Real> Place Machine<Real>::here() const {
  Place place;
  place.step = args.step;
  return place;
}

template <class Real> void Machine<Real>::row(int64_t src, int64_t begin, int64_t end) {
  const snn_edges &e = *args.edges;
  for (int64_t edge = begin; edge < end; ++edge) {
    Place place = here();
    place.src = src;
    place.edge = edge;
    place.tgt = e.target ? e.target[edge] : e.target16 ? e.target16[edge] : e.dense_first + (edge - e.row_begin[src]);
    place.element = src * e.targets + place.tgt;
    element(place);
  }
}

template <class Real> void Machine<Real>::column(int64_t tgt) {
  const snn_edges &e = *args.edges;
  const auto incoming = [&](int64_t src, int64_t edge) {
    Place place = here();
    place.src = src;
    place.tgt = tgt;
    place.edge = edge;
    place.element = src * e.targets + tgt;
    element(place);
  };
  if (e.column_begin) {
    for (int64_t n = e.column_begin[tgt]; n < e.column_begin[tgt + 1]; ++n)
      incoming(e.column_source[n], e.column_edge[n]);
    return;
  }
  const int64_t offset = tgt - e.dense_first;
  for (int64_t src = 0; src < e.sources; ++src)
    if (offset >= 0 && offset < e.row_begin[src + 1] - e.row_begin[src])
      incoming(src, e.row_begin[src] + offset);
}

template <class Real> void Machine<Real>::moment(int64_t at) {
  Place place;
  place.moment = at;
  place.src = place.element = args.moments[at].source;
  place.step = args.moments[at].step;
  element(place);
}

template <class Real> void Machine<Real>::replayed(const snn_replayed &r) {
  Place place;
  place.edge = r.edge;
  place.moment = r.moment;
  place.event = r.event;
  place.src = args.moments[r.moment].source;
  place.tgt = args.event_target[r.event];
  place.step = args.moments[r.moment].step;
  place.element = place.src * args.edges->targets + place.tgt;
  element(place);
}

template <class Real> bool Machine<Real>::storesState() const {
  return std::any_of(kernel.body.begin(), kernel.body.end(), [&](const Instr &in) {
    return in.op == Op::Store && program.tables.buffers[in.object].finiteCheck;
  });
}

template <class Real> int32_t Machine<Real>::run() {
  Place place = here();
  switch (kernel.space) {
  case abi::Space::Once:
    element(place);
    break;
  case abi::Space::Cells:
    place.limit = args.target_end;
    for (place.i = args.begin; place.i < args.end; ++place.i) {
      place.element = place.i;
      element(place);
    }
    failed |= storesState() ? SNN_NOT_FINITE : 0; // the runtime looks for itself
    break;
  case abi::Space::EventCells:
    for (int64_t k = args.begin; k < args.end; ++k) {
      place.i = place.element = args.events[k];
      element(place);
    }
    break;
  case abi::Space::RowEdges:
  case abi::Space::Edges:
    for (int64_t k = args.begin; k < args.end; ++k)
      row(args.segments[k].source, args.segments[k].begin, args.segments[k].end);
    break;
  case abi::Space::ColumnEdges:
    for (int64_t k = args.begin; k < args.end; ++k)
      column(args.events[k]);
    break;
  case abi::Space::Moments:
    for (int64_t k = args.begin; k < args.end; ++k)
      moment(k);
    break;
  case abi::Space::ReplayedEdges:
    for (int64_t k = args.begin; k < args.end; ++k)
      replayed(args.replayed[k]);
    break;
  case abi::Space::Pairs:
    place.src = args.pair_source;
    for (place.tgt = args.begin; place.tgt < args.end; ++place.tgt) {
      place.element = place.src * args.target_end + place.tgt;
      element(place);
    }
    break;
  }
  return failed;
}

} // namespace

template <class Real>
int32_t execute(const kernel::Program &program, const kernel::Kernel &kernel, const snn_kernel_args &args) {
  return Machine<Real>(program, kernel, args).run();
}
template int32_t execute<float>(const kernel::Program &, const kernel::Kernel &, const snn_kernel_args &);
template int32_t execute<double>(const kernel::Program &, const kernel::Kernel &, const snn_kernel_args &);

} // namespace snn::interp
