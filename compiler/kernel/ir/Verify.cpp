// Checks of operations and of the places that they touch; those of the tables are in VerifyTables.cpp.
#include "compiler/kernel/ir/Verify.h"

#include "compiler/kernel/ir/VerifyTables.h"

#include <fmt/format.h>

namespace snn::kernel {

namespace {

struct OpInfo {
  int operands;
  char result; ///< R: as written, B: Bool, N: none
};

OpInfo info(Op op) {
  enum : char { R = 'R', B = 'B', N = 'N' };
  static constexpr OpInfo list[] = {
#define KERNEL_OP(NAME, SPELLING, OPERANDS, RESULT) {OPERANDS, RESULT},
#include "compiler/kernel/ir/Ops.def"
#undef KERNEL_OP
  };
  return list[static_cast<size_t>(op)];
}

bool isReal(Type t) { return t == Type::Real || t == Type::F64; }

/// What an I64 value is as a place: the index of one cell of a side, an edge, a moment, an event, or the constant 0.
enum class Place { Other, Cell, Source, Target, Edge, Moment, Event, Zero };

class BodyCheck {
public:
  BodyCheck(const Program &p, const Kernel &k, std::vector<std::string> &e) : program(p), kernel(k), errors(e) {}
  void run();

private:
  const Program &program;
  const Kernel &kernel;
  std::vector<std::string> &errors;
  size_t at = 0;
  /// Of the loop that is open, or that was the last one: where it begins, whether `while` and `next` have been seen.
  size_t loopStart = 0;
  bool inLoop = false, inRound = false, isEnding = false;
  std::vector<bool> hidden; ///< values of rounds of loops that have ended
  std::vector<bool> given;  ///< carries of the open loop that have their `next`

  template <class... T> void fail(fmt::format_string<T...> text, T &&...args) {
    errors.push_back(fmt::format("kernel {}, operation %{} ({}): {}", kernel.name, at, spelling(kernel.body[at].op),
                                 fmt::format(text, std::forward<T>(args)...)));
  }
  Type typeOf(ValueId v) const { return v < at ? kernel.body[v].type : Type::None; }
  bool operands(const Instr &i);
  void types(const Instr &i);
  void indexValue(const Instr &i);
  void memory(const Instr &i);
  void loops(const Instr &i);
  Place place(ValueId v) const;
  bool fits(const abi::Buffer &buffer, Place place) const;
  uint32_t populationOf(Place place) const;
};

bool BodyCheck::operands(const Instr &i) {
  const ValueId given[] = {i.a, i.b, i.c};
  const int needed = info(i.op).operands;
  for (int k = 0; k < 3; ++k) {
    if ((given[k] != noValue) != (k < needed)) {
      fail("{} operands are needed", needed);
      return false;
    }
    if (given[k] != noValue && (given[k] >= at || typeOf(given[k]) == Type::None)) {
      fail("operand %{} is no value from above", given[k]);
      return false;
    }
  }
  for (ValueId v : {i.index, i.predicate})
    if (v != noValue && v >= at) {
      fail("%{} is no value from above", v);
      return false;
    }
  return true;
}

void BodyCheck::types(const Instr &i) {
  const char result = info(i.op).result;
  if (result == 'N' ? i.type != Type::None : result == 'B' ? i.type != Type::Bool : i.type == Type::None)
    fail("its result cannot be {}", spelling(i.type));
  const bool mayDifferInType = i.op == Op::Carry || i.op == Op::Select || i.op == Op::Convert || result != 'R';
  if (!mayDifferInType && i.op < Op::DrawUniform)
    for (ValueId v : {i.a, i.b, i.c})
      if (v != noValue && typeOf(v) != i.type)
        fail("operand %{} is {}, the result {}", v, spelling(typeOf(v)), spelling(i.type));
  if (i.op == Op::Select) {
    if (typeOf(i.a) != Type::Bool)
      fail("the condition %{} is {}", i.a, spelling(typeOf(i.a)));
    if (typeOf(i.b) != i.type || typeOf(i.c) != i.type)
      fail("the alternatives differ in type");
  }
  if (i.op == Op::Check && typeOf(i.a) != Type::Bool)
    fail("checks a bool");
  if ((i.op == Op::And || i.op == Op::Or || i.op == Op::Not) &&
      (typeOf(i.a) != Type::Bool || (i.b != noValue && typeOf(i.b) != Type::Bool)))
    fail("operands must be bool");
  if ((i.op == Op::Lt || i.op == Op::Le || i.op == Op::Eq || i.op == Op::Ne) && typeOf(i.a) != typeOf(i.b))
    fail("{} is compared with {}", spelling(typeOf(i.a)), spelling(typeOf(i.b)));
  const bool realOnly = i.op == Op::Div || (i.op >= Op::Floor && i.op <= Op::Lgamma);
  if (realOnly && !isReal(i.type))
    fail("works on reals, not on {}", spelling(i.type));
  if (i.op >= Op::DrawUniform)
    for (ValueId v : {i.a, i.b})
      if (v != noValue && !isReal(typeOf(v)))
        fail("parameters of draws are reals");
  if (i.op >= Op::DrawUniform && i.index != noValue && typeOf(i.index) != Type::I64)
    fail("`repeat` is i64");
  if (i.op == Op::PairOut && typeOf(i.a) != Type::Bool && typeOf(i.a) != Type::Real)
    fail("takes a bool or a real");
}

void BodyCheck::indexValue(const Instr &i) {
  using S = abi::Space;
  const bool cells = kernel.space == S::Cells || kernel.space == S::EventCells;
  const bool replayed = kernel.space == S::ReplayedEdges;
  const bool edges = kernel.space == S::RowEdges || kernel.space == S::ColumnEdges || kernel.space == S::Edges || replayed;
  bool legal = true;
  if (i.op == Op::I)
    legal = cells;
  else if (i.op == Op::Src)
    legal = edges || kernel.space == S::Pairs || kernel.space == S::Moments;
  else if (i.op == Op::Tgt)
    legal = edges || kernel.space == S::Pairs;
  else if (i.op == Op::Edge)
    legal = edges;
  else if (i.op == Op::Moment)
    legal = replayed || kernel.space == S::Moments;
  else if (i.op == Op::Event)
    legal = replayed;
  else if (i.op == Op::PairOut)
    legal = kernel.space == S::Pairs;
  else if (i.op == Op::SetScalar)
    legal = kernel.space == S::Once;
  if (!legal)
    fail("not known over {}", spelling(kernel.space));
  if (i.op <= Op::Event && i.type != Type::I64)
    fail("an index is i64");
  if ((i.op == Op::ScalarValue || i.op == Op::SetScalar) && i.object >= program.tables.scalars.size())
    fail("there is no scalar {}", i.object);
}

Place BodyCheck::place(ValueId v) const {
  const Instr &i = kernel.body[v];
  switch (i.op) {
  case Op::I: return Place::Cell;
  case Op::Src: return Place::Source;
  case Op::Tgt: return Place::Target;
  case Op::Edge: return Place::Edge;
  case Op::Moment: return Place::Moment;
  case Op::Event: return Place::Event;
  case Op::ConstInt: return i.imm64 == 0 ? Place::Zero : Place::Other;
  default: return Place::Other;
  }
}

/// The population whose cells a place counts; `none` for edges.
uint32_t BodyCheck::populationOf(Place place) const {
  const auto &projections = program.tables.projections;
  if (place == Place::Cell && kernel.space == abi::Space::Cells)
    return kernel.object;
  if (kernel.object >= projections.size())
    return abi::none;
  return place == Place::Source ? projections[kernel.object].source
         : place == Place::Target ? projections[kernel.object].target : abi::none;
}

bool BodyCheck::fits(const abi::Buffer &buffer, Place where) const {
  const auto &projections = program.tables.projections;
  if (buffer.extent == abi::Extent::One)
    return where == Place::Zero;
  if (buffer.extent == abi::Extent::Groups || buffer.extent == abi::Extent::Array || buffer.extent == abi::Extent::Ring)
    return true; // at computed places
  if (buffer.extent == abi::Extent::Edges || buffer.extent == abi::Extent::Lent)
    return where == Place::Edge && buffer.object == kernel.object;
  if (buffer.extent == abi::Extent::Moments || buffer.extent == abi::Extent::Logged)
    return where == (buffer.extent == abi::Extent::Moments ? Place::Moment : Place::Event) && buffer.object == kernel.object;
  if (where != Place::Cell && where != Place::Source && where != Place::Target)
    return false;
  uint32_t owner = buffer.object; // the population that the buffer has elements for
  if (buffer.extent != abi::Extent::Cells) {
    if (buffer.object >= projections.size())
      return false;
    owner = buffer.extent == abi::Extent::Sources ? projections[buffer.object].source : projections[buffer.object].target;
  }
  if (where == Place::Cell && kernel.space == abi::Space::EventCells)
    return kernel.object < projections.size() &&
           (owner == projections[kernel.object].source || owner == projections[kernel.object].target);
  return owner == populationOf(where);
}

void BodyCheck::memory(const Instr &i) {
  if (i.op != Op::Load && i.op != Op::Store && i.op != Op::Accumulate)
    return;
  if (i.object >= program.tables.buffers.size())
    return fail("there is no buffer {}", i.object);
  if (i.index == noValue || typeOf(i.index) != Type::I64)
    return fail("needs an index of type i64");
  if (i.predicate != noValue && typeOf(i.predicate) != Type::Bool)
    fail("the predicate must be bool");
  const abi::Buffer &buffer = program.tables.buffers[i.object];
  const bool onlyRead = buffer.extent == abi::Extent::Array || buffer.extent == abi::Extent::Groups;
  if (i.op != Op::Load && (onlyRead || (buffer.extent == abi::Extent::Ring && kernel.space != abi::Space::Cells)))
    fail("{} is only read here", buffer.name);
  if (!fits(buffer, place(i.index)))
    fail("%{} is no element of {}", i.index, buffer.name);
  if (i.op == Op::Accumulate && buffer.elem == abi::Elem::U8)
    fail("flags cannot be summed");
  if (kernel.doublePrecision && buffer.elem == abi::Elem::Real)
    fail("a kernel in double touches no buffer of the run's precision");
}

/// The order of a loop's operations, and who may see its values.
void BodyCheck::loops(const Instr &i) {
  for (ValueId v : {i.a, i.b, i.c, i.index, i.predicate})
    if (v != noValue && v < at && hidden[v])
      fail("%{} belongs to a round of a loop that has ended", v);
  switch (i.op) {
  case Op::Loop:
    if (inLoop || i.imm64 < 1)
      fail("{}", inLoop ? "loops do not nest" : "a loop has at least one round");
    loopStart = at;
    inLoop = true;
    inRound = isEnding = false;
    return;
  case Op::Carry:
    if (!inLoop || (kernel.body[at - 1].op != Op::Loop && kernel.body[at - 1].op != Op::Carry))
      fail("carries stand at the head of a loop");
    else if (typeOf(i.a) != i.type)
      fail("begins as {}", spelling(typeOf(i.a)));
    return;
  case Op::While:
    if (!inLoop || inRound || typeOf(i.a) != Type::Bool)
      fail("a loop has one condition, a bool");
    inRound = true;
    return;
  case Op::Next:
    if (!inRound || kernel.body[i.a].op != Op::Carry || i.a < loopStart || given[i.a] || typeOf(i.a) != typeOf(i.b))
      fail("gives a carry of this loop its next value, once");
    given[i.a] = isEnding = true;
    return;
  case Op::EndLoop:
    if (!inRound)
      fail("no loop is open");
    for (size_t k = loopStart; k < at; ++k)
      if (kernel.body[k].op != Op::Carry)
        hidden[k] = true;
      else if (!given[k])
        fail("the carry %{} has no next value", k);
    inLoop = inRound = isEnding = false;
    return;
  default:
    if (isEnding)
      fail("nothing stands between `next` and `end_loop`");
    if (inLoop && (i.op == Op::Store || i.op == Op::Accumulate || i.op == Op::PairOut || i.op == Op::SetScalar || i.op == Op::Check || i.op >= Op::DrawUniform))
      fail("a loop neither writes nor draws");
  }
}

void BodyCheck::run() {
  hidden.resize(kernel.body.size());
  given.resize(kernel.body.size());
  for (at = 0; at < kernel.body.size(); ++at) {
    const Instr &i = kernel.body[at];
    if (!operands(i))
      continue;
    types(i);
    indexValue(i);
    memory(i);
    loops(i);
  }
  if (inLoop)
    errors.push_back(fmt::format("kernel {}: its loop does not end", kernel.name));
}

} // namespace

std::vector<std::string> verify(const Program &program) {
  std::vector<std::string> errors;
  verifyTables(program, errors);
  if (errors.empty())
    for (const Kernel &k : program.kernels)
      BodyCheck(program, k, errors).run();
  return errors;
}

} // namespace snn::kernel
