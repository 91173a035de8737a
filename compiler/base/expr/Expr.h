// Typed expressions: the one form in which sema, the model IR and the solvers hold mathematics.
#pragma once

#include "compiler/base/expr/Type.h"
#include "compiler/base/source/Range.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snn::model {
struct Var;        // a declared thing with storage: param, state, let, weight, network value …
struct Population; // named by member expressions of experiments
struct Projection;
} // namespace snn::model

namespace snn::expr {

/// Which of the cells that an expression can see a reference means. In a neuron everything is Self; in a synapse or
/// rule Self is the edge, Pre and Post its two cells.
enum class Side : uint8_t { Self, Pre, Post };

enum class Kind : uint8_t {
#define EXPR(NAME) NAME,
#include "compiler/base/expr/Exprs.def"
#undef EXPR
};

/// Immutable; lives in an Arena; may be shared (a DAG). Every value is in canonical units.
struct Expr {
  Kind kind;
  Type type;
  source::Range range;

protected:
  Expr(Kind k, Type t, source::Range r) : kind(k), type(t), range(r) {}
};
using ExprPtr = const Expr *;

template <class T> const T *dynCast(ExprPtr e) {
  return e && e->kind == T::tag ? static_cast<const T *>(e) : nullptr;
}
template <class T> const T &cast(ExprPtr e) { return *static_cast<const T *>(e); }

/// A number (bool: 0 or 1), in canonical units.
struct Const final : Expr {
  static constexpr Kind tag = Kind::Const;
  double value;
  Const(Type t, source::Range r, double v) : Expr(tag, t, r), value(v) {}
};

/// A variable of the cell, of the edge, of a neighbour cell, of the network, or a local of a body or an experiment.
struct Ref final : Expr {
  static constexpr Kind tag = Kind::Ref;
  model::Var *var;
  Side side;
  Ref(Type t, source::Range r, model::Var *v, Side s) : Expr(tag, t, r), var(v), side(s) {}
};

/// What every model knows without declaring it. Listed: the row of an edge in the list of `pairs(…)`.
enum class SpecialValue : uint8_t { Time, Dt, Index, Spiked, SpikeTime, Elapsed, Held, Seed, Listed };
struct Special final : Expr {
  static constexpr Kind tag = Kind::Special;
  SpecialValue value;
  Side side;
  model::Var *var; ///< Held: the state that is asked about; otherwise null
  int axis;        ///< Index: -1 the flat index, k ≥ 0 the index along axis k
  Special(Type t, source::Range r, SpecialValue v, Side s = Side::Self, model::Var *about = nullptr,
          int ax = -1)
      : Expr(tag, t, r), value(v), side(s), var(about), axis(ax) {}
};

/// Operators of the language; functions by name are in base/builtins and share this enumeration.
enum class Op : uint16_t {
#define OP(NAME, SPELLING, ARITY) NAME,
#include "compiler/base/expr/Ops.def"
#undef OP
};
std::string_view spelling(Op op);
int arity(Op op);

/// An operator or a function of scalars (element by element on arrays in an experiment).
/// Select has the arguments condition, then, else. Crosses(a, b) is true when a - b becomes positive.
struct Call final : Expr {
  static constexpr Kind tag = Kind::Call;
  Op op;
  std::span<const ExprPtr> args;
  Call(Type t, source::Range r, Op o, std::span<const ExprPtr> a)
      : Expr(tag, t, r), op(o), args(a) {}
};

enum class Distribution : uint8_t { Uniform, Normal, Exponential, Gamma, LogNormal, Poisson, Bernoulli };
/// A random draw; `site` numbers the draws of its owner (a population, projection or experiment) in source order, so
/// that a random stream is named by (owner's name, site).
struct Draw final : Expr {
  static constexpr Kind tag = Kind::Draw;
  Distribution distribution;
  std::span<const ExprPtr> args;
  uint32_t site;
  Draw(Type t, source::Range r, Distribution d, std::span<const ExprPtr> a, uint32_t s)
      : Expr(tag, t, r), distribution(d), args(a), site(s) {}
};

enum class ReduceOp : uint8_t { Sum, Mean, Max, Min, Count, Rank };
enum class ReduceScope : uint8_t { Population, Incoming, Outgoing, Edges };
/// population.sum(e), incoming.sum(e) …; rank(e) has a value per cell, the others one per population (or per target
/// cell, source cell, projection). Along axes (bit k: over axis k of the population's shape; 0: over all) the cells that differ
/// in these indices alone are reduced together.
struct Reduce final : Expr {
  static constexpr Kind tag = Kind::Reduce;
  ReduceOp op;
  ReduceScope scope;
  ExprPtr arg;
  uint32_t axes = 0;
  Reduce(Type t, source::Range r, ReduceOp o, ReduceScope s, ExprPtr a, uint32_t along = 0)
      : Expr(tag, t, r), op(o), scope(s), arg(a), axes(along) {}
};

/// table[i, j]: an element of an array that the set-up computes, at indices that cells, edges or steps have; negative ones count
/// from the end.
struct Lookup final : Expr {
  static constexpr Kind tag = Kind::Lookup;
  ExprPtr table;                     ///< computed by the set-up alone
  std::span<const ExprPtr> indices;  ///< one for each axis
  Lookup(Type t, source::Range r, ExprPtr of, std::span<const ExprPtr> at) : Expr(tag, t, r), table(of), indices(at) {}
};

// ---- only in networks' set-up and in experiments

/// Text with holes: parts[k] is text if holes[k] is null, otherwise a value to be printed.
struct TextPart {
  std::string_view text;
  ExprPtr value = nullptr;
  std::string_view format;   ///< after ':' in {e:.3f}; empty for the default
  std::string_view unit;     ///< printed unit's name; empty for a bare number
  double unitScale = 1;      ///< canonical value of one `unit`
  bool bare = false;         ///< {e in mV}: print the number alone
};
struct Text final : Expr {
  static constexpr Kind tag = Kind::Text;
  std::span<const TextPart> parts;
  Text(Type t, source::Range r, std::span<const TextPart> p) : Expr(tag, t, r), parts(p) {}
};

/// [a, b, c]
struct ArrayLit final : Expr {
  static constexpr Kind tag = Kind::ArrayLit;
  std::span<const ExprPtr> items;
  ArrayLit(Type t, source::Range r, std::span<const ExprPtr> i) : Expr(tag, t, r), items(i) {}
};

/// One index of a[…]: a value, or a slice start:stop:step with null where left out.
struct IndexPart {
  bool isSlice = false;
  ExprPtr index = nullptr;
  ExprPtr start = nullptr, stop = nullptr, step = nullptr;
};
struct Index final : Expr {
  static constexpr Kind tag = Kind::Index;
  ExprPtr base;
  std::span<const IndexPart> parts;
  Index(Type t, source::Range r, ExprPtr b, std::span<const IndexPart> p)
      : Expr(tag, t, r), base(b), parts(p) {}
};

/// A population (or a slice of it, or a slice of that) named in an experiment: cells, cells[0:10].
struct Cells final : Expr {
  static constexpr Kind tag = Kind::Cells;
  const model::Population *population;
  const Cells *of;                  ///< whose slice it is; null: the population's
  std::span<const IndexPart> slice; ///< empty: all
  Cells(Type t, source::Range r, const model::Population *p, const Cells *whose, std::span<const IndexPart> s)
      : Expr(tag, t, r), population(p), of(whose), slice(s) {}
  bool all() const { return !of && slice.empty(); }
};

/// What can be read of cells besides their variables.
enum class CellsMember : uint8_t { Variable, Count, Spiked, SpikeTime, Spikes, Size };
/// cells.V, cells[0:10].I, cells.count, cells.spikes: an array with one value a cell.
struct CellsValue final : Expr {
  static constexpr Kind tag = Kind::CellsValue;
  const Cells *cells;
  CellsMember member;
  model::Var *var; ///< Variable: which one
  CellsValue(Type t, source::Range r, const Cells *c, CellsMember m, model::Var *v)
      : Expr(tag, t, r), cells(c), member(m), var(v) {}
};

/// proj.w, proj.pre, proj.post; whole projection when var is null and member is Variable.
enum class EdgesMember : uint8_t { Whole, Variable, Pre, Post, Delay };
struct EdgesValue final : Expr {
  static constexpr Kind tag = Kind::EdgesValue;
  const model::Projection *projection;
  EdgesMember member;
  model::Var *var;
  EdgesValue(Type t, source::Range r, const model::Projection *p, EdgesMember m, model::Var *v)
      : Expr(tag, t, r), projection(p), member(m), var(v) {}
};

/// A function or method of the experiment's library, by name: len(a), a.argmax(1), dataset("mnist"), d.train,
/// d.take(n), range(10), load("w.npy"). Methods have their receiver as first argument.
struct HostCall final : Expr {
  static constexpr Kind tag = Kind::HostCall;
  std::string_view name;
  std::span<const ExprPtr> args;
  HostCall(Type t, source::Range r, std::string_view n, std::span<const ExprPtr> a)
      : Expr(tag, t, r), name(n), args(a) {}
};

/// Calls see(var) for each variable that `e`, which may be null, reads.
void forEachRef(ExprPtr e, const std::function<void(const model::Var *)> &see);

} // namespace snn::expr
