// Builds the flat body of a kernel: equal pure operations are made once, variables are loaded at their first use.
#pragma once

#include "compiler/model/expr/Build.h"
#include "compiler/kernel/ir/Kernel.h"
#include "compiler/model/ir/Network.h"

#include <functional>
#include <map>
#include <tuple>

namespace snn::schedule {

using kernel::Instr;
using kernel::Op;
using kernel::Type;
using kernel::ValueId;
using model::Var;

/// An array of the model: its elements, and by axis the scalar with their number.
struct ArrayPlace {
  uint32_t buffer = abi::none;
  std::vector<uint32_t> extents;
};

/// Values of the source cells in the steps of a delay: a ring of slots, and until it is full what they were in the first step.
struct DelayLine {
  uint32_t ring = abi::none, first = abi::none, begun = abi::none;
  uint32_t steps = abi::none, cells = abi::none; ///< scalars: the delay; how far the slots lie apart
};

/// What the builder has to ask about the program.
class Layout {
public:
  virtual ~Layout() = default;
  virtual uint32_t scalarOf(const Var &var) = 0;
  virtual uint32_t bufferOf(const Var &var) = 0;          ///< per cell, source, target or edge
  virtual uint32_t holdBuffer(const Var &var) = 0;
  virtual uint32_t flags(uint32_t population) = 0;
  virtual uint32_t spikeStep(uint32_t population) = 0;
  virtual uint32_t extent(const model::Population &population, size_t axis) = 0; ///< scalar with the number of cells along an axis
  virtual uint32_t dataStep(uint32_t population) = 0;
  virtual uint32_t reduction(const expr::Reduce &reduce) = 0; ///< buffer with the result
  virtual uint32_t lastStep(const Var &eventDriven) = 0;  ///< buffer with the step of the last event
  virtual uint32_t refreshed(const Var &eventDriven) = 0; ///< buffer with the value now, or none: computed in place
  virtual uint32_t atMoment(const Var &eventDriven) = 0;  ///< replayed edges: buffer with the value of the source's trace then
  virtual uint32_t logged(const Var &var, expr::Side side) = 0; ///< replayed edges: buffer with the target's value at its spike
  virtual uint32_t rateScalar(const Var &eventDriven) = 0;///< rate * dt, or none: it differs from edge to edge
  virtual expr::ExprPtr rate(const Var &eventDriven) = 0;   ///< rate * dt of one edge
  virtual expr::ExprPtr input(const Var &eventDriven) = 0;
  virtual const ArrayPlace &array(const expr::Lookup &lookup) = 0;
  virtual const DelayLine &delayLine(const model::Projection &edges, const Var &ofSource) = 0;
  virtual uint32_t crossing(const expr::Call &crosses) = 0; ///< buffer: true when not above at the end of the last step
  virtual uint32_t stream(const model::Population *cells, const model::Projection *edges, uint32_t site) = 0;
  virtual uint32_t repeats(const model::Projection &edges) = 0; ///< buffer of edges that tells draws of a repeated pair apart, or none
  virtual uint32_t listed(const model::Projection &edges) = 0; ///< buffer of edges with their rows in the list of pairs
  virtual void refuse(source::Range range, std::string message) = 0;
};

/// Which elements the kernel goes over, and what its expressions mean by Self, Pre and Post.
struct Frame {
  abi::Space space = abi::Space::Cells;
  const model::Population *cells = nullptr;  ///< Self is a cell of it
  const model::Projection *edges = nullptr;  ///< Self is an edge of it
  /// Steps to add to the step's number for `t` and event-driven values: 0 before integration and at arrivals, 1 after.
  int timeOffset = 0;
  /// Whether the step that the body belongs to is counted off its holds already: not so in `each step` and `every`.
  bool endOfStep = true;
  bool refreshedValues = true;               ///< read traces of the far side from their refreshed copy
  bool delayed = false;                      ///< what changes of the source cell is read as it was a delay ago
};

class BodyBuilder {
public:
  BodyBuilder(kernel::Kernel &k, Layout &l, Frame f) : kernel(k), layout(l), frame(f) {}

  Frame &place() { return frame; }
  /// The value of an expression, converted to its own type.
  ValueId value(expr::ExprPtr e) { return valueAs(e, typeOf(e->type)); }
  ValueId valueAs(expr::ExprPtr e, Type type);
  ValueId convert(ValueId v, Type type);

  // ---- operations
  ValueId emit(Instr i);
  ValueId op(Op o, Type t, ValueId a = kernel::noValue, ValueId b = kernel::noValue, ValueId c = kernel::noValue);
  ValueId constant(double x, Type t = Type::Real);
  ValueId integer(int64_t x, Type t = Type::I64);
  ValueId truth(bool x);
  ValueId index(Op which) { return op(which, Type::I64); }
  ValueId scalar(uint32_t id, Type t = Type::Real);
  ValueId load(uint32_t buffer, ValueId at, Type t);
  void store(uint32_t buffer, ValueId at, ValueId v, ValueId predicate = kernel::noValue);
  void accumulate(uint32_t buffer, ValueId at, ValueId v, ValueId predicate = kernel::noValue);
  ValueId select(ValueId c, ValueId a, ValueId b) { return a == b ? a : op(Op::Select, typeOf(a), c, a, b); }
  ValueId both(ValueId a, ValueId b); ///< and; noValue means true
  ValueId negate(ValueId a) { return op(Op::Not, Type::Bool, a); }
  Type typeOf(ValueId v) const { return kernel.body[v].type; }
  /// Number of the step that the values belong to: n + timeOffset.
  ValueId stepNow();

  // ---- variables
  ValueId read(const Var &var, expr::Side side);
  void write(const Var &var, ValueId v) { current[{&var, expr::Side::Self}] = v; written[&var] = v; }
  bool isWritten(const Var &var) const { return written.contains(&var); }
  /// Element of the variable's buffer in this kernel.
  ValueId indexOf(const Var &var, expr::Side side);
  void bind(const Var &local, ValueId v) {
    current[{&local, expr::Side::Self}] = v;
    timesOf.erase(&local);
  }
  /// A `let` of a body.
  void define(const Var &local, expr::ExprPtr value);
  bool isBound(const Var &local) const { return current.contains({&local, expr::Side::Self}); }
  /// Lets keep the values that they have here until the next call.
  void beginBody();
  /// A loop (Ops.def): `carried` are locals, whose values `round` computes anew from those that they have; it returns the new
  /// ones. `goesOn` is the condition. Behind it they have the values of the last round; nothing else of it is left.
  void loop(uint32_t limit, const std::vector<Var *> &carried, const std::function<ValueId()> &goesOn,
            const std::function<std::vector<ValueId>()> &round);
  std::map<const Var *, ValueId, model::VarOrder> written;
  /// Under which condition the statement that is being lowered runs: what is not true there is never checked.
  ValueId guard = kernel::noValue;

  static Type typeOf(const expr::Type &type);

private:
  kernel::Kernel &kernel;
  Layout &layout;
  Frame frame;
  using Key = std::tuple<uint8_t, uint8_t, ValueId, ValueId, ValueId, ValueId, uint32_t, uint32_t, int64_t>;
  std::map<Key, ValueId> known;
  std::map<std::pair<const Var *, expr::Side>, ValueId> current;
  std::map<std::pair<const Var *, expr::Side>, ValueId> atStart, lets;
  bool inLet = false;

  ValueId exactly(expr::ExprPtr e);      ///< of time alone: in float64
  // ---- what is made of time alone (BodyTime.cpp)
  bool ofTime = false;                   ///< such an expression is being lowered
  std::map<const Var *, ValueId> timesOf; ///< locals: in float64
  bool readsTimeAlone(expr::ExprPtr e) const;
  ValueId partOfTime(const expr::Ref &r);
  Type computedIn(const expr::Type &type) const;
  ValueId timeOf(ValueId steps);
  const expr::Special *sinceSpike(const expr::Call &c) const;
  ValueId timeSinceSpike(const expr::Special &spike);
  ValueId call(const expr::Call &c);
  ValueId extreme(Op o, ValueId a, ValueId b);
  ValueId power(const expr::Call &c, Type t);
  ValueId compare(const expr::Call &c);
  ValueId special(const expr::Special &s);
  ValueId indexAlong(const model::Population &cells, size_t axis, ValueId flat);
  std::pair<ValueId, ValueId> wholeIndex(expr::ExprPtr index);
  ValueId lookup(const expr::Lookup &x);
  ValueId earlier(const Var &ofSource);
  bool looping = false; ///< within a loop, where no check can stand
  const model::Population *cellsOf(expr::Side side) const;
  ValueId groupOf(uint32_t axes, expr::Side side);
  ValueId draw(const expr::Draw &d);
  ValueId letValue(const Var &var, expr::Side side);
  bool fromLog(const Var &var, expr::Side side) const;
  bool oneSided() const;                 ///< the kernel goes over cells, not edges
  ValueId cellIndex(expr::Side side);    ///< number of the cell that a value of one side belongs to
  ValueId eventDriven(const Var &var, expr::Side side);
  expr::Side letSide = expr::Side::Self; ///< inside a let of a neighbour cell, Self means that cell
};

} // namespace snn::schedule
