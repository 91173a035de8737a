// Evaluates operations whose result is the same in every precision: integers, truth values, and reals that are small whole
// numbers. What would have to be rounded is left alone, since only code generation knows the precision.
//   before:  %2 = mul %1, %0 : real  (%1 = const 1)   %3 = select %true, %2, %5    after:  both are %0
// Steps for each operation: 1. rename operands; 2. an identity gives one of the operands; 3. constants give a constant.
#include "compiler/kernel/passes/Passes.h"
#include "compiler/kernel/passes/Rewrite.h"

#include <cmath>
#include <optional>

namespace snn::kernel {

namespace {

/// Largest magnitude up to which float32 holds all whole numbers.
constexpr double exactLimit = 16777216;

class Folder {
public:
  explicit Folder(Kernel &k) : kernel(k), names(k.body.size()) {}

  bool run() {
    for (size_t k = 0; k < kernel.body.size(); ++k) {
      changed |= names.apply(kernel.body[k]);
      const Instr &i = kernel.body[k];
      if (const ValueId same = identity(i); same != noValue)
        names.replace(static_cast<ValueId>(k), same);
      else if (const std::optional<double> value = folded(i))
        become(kernel.body[k], *value);
    }
    return changed;
  }

private:
  Kernel &kernel;
  Replacements names;
  bool changed = false;

  /// The number that a value is, if it is a constant that no precision rounds.
  std::optional<double> known(ValueId v) const {
    if (v == noValue)
      return std::nullopt;
    const Instr &i = kernel.body[v];
    const double x = i.op == Op::Const ? i.imm : static_cast<double>(i.imm64);
    const bool constant = i.op == Op::Const || i.op == Op::ConstInt;
    const bool negativeZero = x == 0 && std::signbit(x);
    if (!constant || x != std::floor(x) || std::fabs(x) > exactLimit || negativeZero)
      return std::nullopt;
    return x;
  }
  bool is(ValueId v, double x) const { return known(v) == x; }

  /// An operand that the result equals, bit by bit (x + 0 does not: -0 + 0 is +0).
  ValueId identity(const Instr &i) const {
    switch (i.op) {
    case Op::Mul:
      return is(i.b, 1) ? i.a : is(i.a, 1) ? i.b : noValue;
    case Op::Div:
      return is(i.b, 1) ? i.a : noValue;
    case Op::Sub:
      return is(i.b, 0) ? i.a : noValue;
    case Op::Add:
      if (i.type != Type::I64 && i.type != Type::I32)
        return noValue;
      return is(i.b, 0) ? i.a : is(i.a, 0) ? i.b : noValue;
    case Op::And:
      return is(i.a, 1) || i.a == i.b ? i.b : is(i.b, 1) ? i.a : is(i.a, 0) ? i.a : is(i.b, 0) ? i.b : noValue;
    case Op::Or:
      return is(i.a, 0) || i.a == i.b ? i.b : is(i.b, 0) ? i.a : is(i.a, 1) ? i.a : is(i.b, 1) ? i.b : noValue;
    case Op::Select:
      return i.b == i.c || is(i.a, 1) ? i.b : is(i.a, 0) ? i.c : noValue;
    case Op::Convert:
      return kernel.body[i.a].type == i.type ? i.a : noValue;
    case Op::Not:
    case Op::Neg:
      return kernel.body[i.a].op == i.op ? kernel.body[i.a].a : noValue;
    default:
      return noValue;
    }
  }

  std::optional<double> folded(const Instr &i) const {
    const auto a = known(i.a), b = known(i.b);
    if (!a)
      return std::nullopt;
    if (i.op == Op::Not)
      return *a == 0;
    if (i.op == Op::Convert)
      return i.type == Type::Bool ? *a != 0 : inRange(i, *a);
    if (!b || i.c != noValue)
      return std::nullopt;
    double x = 0;
    switch (i.op) {
    case Op::Add: x = *a + *b; break;
    case Op::Sub: x = *a - *b; break;
    case Op::Mul: x = *a * *b; break;
    case Op::Min: x = *a < *b ? *a : *b; break;
    case Op::Max: x = *a > *b ? *a : *b; break;
    case Op::Lt: return *a < *b;
    case Op::Le: return *a <= *b;
    case Op::Eq: return *a == *b;
    case Op::Ne: return *a != *b;
    default: return std::nullopt;
    }
    const bool negativeZero = x == 0 && std::signbit(x);
    return std::fabs(x) <= exactLimit && !negativeZero ? inRange(i, x) : std::nullopt;
  }

  /// Sums that wrap are left to the machine.
  static std::optional<double> inRange(const Instr &i, double x) {
    return i.type != Type::I32 || std::fabs(x) < 0x1p31 ? std::optional(x) : std::nullopt;
  }

  void become(Instr &i, double value) {
    Instr constant;
    constant.type = i.type;
    constant.range = i.range;
    const bool real = i.type == Type::Real || i.type == Type::F64;
    constant.op = real ? Op::Const : Op::ConstInt;
    if (real)
      constant.imm = value;
    else
      constant.imm64 = static_cast<int64_t>(value);
    i = constant;
    changed = true;
  }
};

} // namespace

bool runFoldConstants(const Program &, Kernel &kernel) { return Folder(kernel).run(); }

} // namespace snn::kernel
