// The network as mathematics: what elaboration makes, the model passes rewrite and the scheduler reads.
#pragma once

#include "compiler/model/ir/Demands.h"
#include "compiler/model/ir/Stmt.h"

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace snn::model {

enum class Method : uint8_t {
#define METHOD(NAME, SPELLING) NAME,
#include "compiler/model/solve/Methods.def"
#undef METHOD
};

/// state' = rhs (a factor on the left is already divided out). The solver pass moves them to `solved`, and those of edges that
/// events alone evaluate to Projection::eventDriven.
struct Equation {
  Var *state = nullptr;
  expr::ExprPtr rhs = nullptr;
  source::Range range;
  Method requested = Method::Auto;
  expr::ExprPtr tolerance = nullptr; ///< of a method that controls its error, `rk45(1e-6)`
  // Filled in by the solver pass, for explain-solver:
  Method chosen = Method::Auto;
  std::string equationClass; ///< "linear, constant coefficients", …
  std::string reason;
};

/// `each step { … }`, `every d { … }` when interval is set (a uniform expression, ms), `on NAME { … }` when signal is.
struct Update {
  Body body;
  expr::ExprPtr interval = nullptr;
  const Var *signal = nullptr; ///< of edges: carried out when the experiment assigns it, between two steps
  source::Range range;
};

struct SpikeRule {
  expr::ExprPtr condition = nullptr; ///< may hold Crosses; false while a state it reads is held
  Body body;
  source::Range range;
};

/// One axis of a slice as written; null fields are the defaults. All are uniform integers known at set-up.
struct SliceAxis {
  expr::ExprPtr index = nullptr; ///< a single index; otherwise start:stop:step
  expr::ExprPtr start = nullptr, stop = nullptr, step = nullptr;
};

/// x' = A x + b, solved exactly over one step by P = exp(A h) and Q = the integral of exp(A s) from 0 to h, where
/// h = fraction * dt. A runtime routine computes P and Q from A whenever a scalar changes (runtime/core/Propagator); derived
/// scalars may read them. The covariances of states with white noise are such a system too (solve/methods/Noise.h).
struct LinearSystem {
  std::vector<Var *> states;
  std::vector<Var *> a;          ///< n*n, row by row: Derived scalars; null: zero
  std::vector<Var *> p, q;       ///< n*n, row by row: Derived scalars without init; null: not needed
  double fraction = 1;
};

/// Values of cells that the set-up computes as an array: `Cell[3](a = [1, 2, 3])`.
struct Table {
  Var *var = nullptr;    ///< kind Const, per cell
  std::string of;        ///< the param or state that it is given for
  expr::ExprPtr value = nullptr; ///< as many elements as there are cells, or a number
};

/// What has variables that change by equations: cells and edges. Solvers know nothing else of them.
struct Dynamics {
  std::deque<Var> vars;             ///< params, weight, states, inputs, data, lets, derived; in declaration order
  std::deque<Var> noises;           ///< sources of white noise that equations read, by name
  std::vector<Equation> equations;
  uint32_t drawSites = 0;           ///< number of Draw sites used
  std::deque<Var> locals;           ///< Locals of bodies
  // ---- written by the solver pass
  /// Integration t → t + dt as ordered statements on states; states integrated jointly are read through Locals first.
  Body integrate;
  std::vector<Equation> solved;     ///< what `integrate` integrates, for explain-solver
  std::vector<LinearSystem> systems; ///< coupled linear equations
  // ---- written by the pass note-demands
  std::vector<Demand> demands;      ///< what must hold of values that are known before the run
};

/// Everything in deque/unique_ptr keeps its address.
struct Population : Dynamics {
  uint32_t id = 0;
  std::string name;      ///< unique path within the network
  std::string modelName; ///< of the neuron or encoder
  std::string doc;
  bool isEncoder = false;
  source::Range range;
  std::vector<Var *> position;      ///< x, y, z; empty: the cells have no places
  std::vector<expr::ExprPtr> shape; ///< extents, uniform integers known at set-up
  std::vector<Table> tables;
  std::optional<SpikeRule> spike;
  std::vector<Body> onData;
  std::vector<Update> updates;      ///< each step and every, in order
  const Var *spikeChance = nullptr; ///< encoders: the probability of a spike in the step, a let, where it grows with dt
  /// SpikeTrain and its like: the spikes come from the runtime's list of (time, cell), given as two host arrays.
  expr::ExprPtr spikeTimes = nullptr, spikeCells = nullptr;
};

enum class PatternKind : uint8_t { AllToAll, OneToOne, Random, FixedIn, FixedOut, FixedTotal, Pairs };
struct Pattern {
  PatternKind kind = PatternKind::AllToAll;
  expr::ExprPtr amount = nullptr; ///< p (may depend on both cells), k or n; an array of pairs
  expr::ExprPtr within = nullptr; ///< `distance(r)`: which pairs are near enough, until it is among the conditions of `where`
  bool multapses = false;
  source::Range range;
};

/// One operand of a union: a population or a slice of it.
struct CellRange {
  const Population *population = nullptr;
  std::vector<SliceAxis> slice; ///< empty: all
};

enum class EventKind : uint8_t { Pre, Post };

/// How `on post` reaches the edges that end at the target, see passes/PostEvents.
enum class PostWay : uint8_t { None, Replay, DenseColumns, IncomingIndex };

/// A connect statement between one source and one target population. A connect over unions becomes several
/// projections of the same group, one for each pair; connectivity is drawn once for the group over the concatenated
/// cells.
struct Projection : Dynamics {
  uint32_t id = 0;
  std::string name;                ///< `as` name or A->B#k
  std::string synapseName, ruleName;
  source::Range range;
  uint32_t group = 0;
  uint32_t sourcePart = 0, targetPart = 0; ///< which operand of the unions
  CellRange source, target;        ///< of this pair
  Population *sourcePopulation = nullptr, *targetPopulation = nullptr;
  Pattern pattern;
  expr::ExprPtr where = nullptr;   ///< reads Pre/Post index and params
  expr::ExprPtr delay = nullptr;   ///< ms; null: 0
  bool delayUniform = true;        ///< a single value known at set-up
  bool procedural = false;
  Var *port = nullptr;             ///< of the target population; null without a port
  Var *weight = nullptr;
  Body onPre, onPost;              ///< the synapse's statements, then the rule's
  /// Number of leading statements of onPre/onPost that belong to the synapse.
  size_t synapsePre = 0, synapsePost = 0;
  std::vector<Update> updates;     ///< each step / every of synapse and rule
  Body couplings;                  ///< continuous: `target += e` outside events (Assign Add, side Post or Pre)
  /// Propagators of event-driven states, written by the solver: value k steps after an event is
  /// x * exp(rate * h) + input * h * exprel(rate * h), h = k * dt; rate and input are constants of the run.
  struct EventDriven {
    Var *state = nullptr;
    expr::ExprPtr rate = nullptr, input = nullptr;
    bool uniform = true; ///< rate and input are the same for all edges
  };
  std::vector<EventDriven> eventDriven;
  PostWay postWay = PostWay::None;
  std::string postReason;          ///< why, for --emit=placement
  bool plastic() const { return !ruleName.empty(); }
};

/// One connect statement as written; its projections are those with this group id.
struct Group {
  uint32_t id = 0;
  std::string name;
  source::Range range;
  std::vector<CellRange> sources, targets;
};

/// The states that some body of the cells may hold.
VarSet heldStates(const Population &p);
/// The durations of their `hold` that are the same for all cells: numbers and uniform params.
std::vector<expr::ExprPtr> uniformHolds(const Population &p);
/// Whether a value is made of numbers and of params that are the same for all cells or edges.
bool isUniform(expr::ExprPtr e);

struct Network {
  std::string name;
  source::Range range;
  /// Constants, params and lets in order of evaluation at set-up; arrays allowed. Signals too.
  std::deque<Var> vars;
  std::deque<Population> populations;
  std::deque<Projection> projections;
  std::vector<Group> groups;
};

} // namespace snn::model
