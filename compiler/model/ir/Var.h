// A declared variable of a population, a projection, a network or a body.
#pragma once

#include "compiler/base/expr/Expr.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace snn::model {

enum class VarKind : uint8_t {
  Param,   ///< constant over a run
  State,   ///< has an equation or is piecewise constant
  Input,   ///< zero at the start of each step, then the sum of the continuous couplings
  Let,     ///< an expression evaluated where it is read; of a network: a value computed at set-up
  Data,    ///< of an encoder: set by the experiment
  Weight,  ///< of a synapse
  Const,   ///< a constant of the file or the network, computed at set-up
  Local,   ///< `let`/`var` of a body or an experiment, loop variable
  Option,  ///< of an experiment
  Signal,  ///< of a network: set by the experiment, read by rules
  Derived, ///< made by a pass: a value computed once from uniform values (a propagator), held as a scalar
  Noise,   ///< white noise of a cell, `xi`; its init is the draw of a standard normal number in every step
};

/// Where the values of a variable live. Elaboration decides for cells, the pass infer-placement for edges.
enum class Storage : uint8_t {
  Undecided,
  None,      ///< a let: evaluated where it is read
  Uniform,   ///< one scalar for the whole population or projection
  PerCell,   ///< of a population
  PerSource, ///< of a projection: once per source cell
  PerTarget, ///< of a projection: once per target cell
  PerEdge,
};

struct Var {
  uint32_t id = 0;       ///< dense within its owner (population, projection, network or experiment)
  std::string name;      ///< as written; made by passes: contains a '.'
  VarKind kind = VarKind::Param;
  expr::Type type;
  std::string unit;      ///< as declared ("mV", "mV/ms"); "1" for dimensionless
  double unitScale = 1;  ///< canonical value of one `unit`
  source::Range range;
  std::string doc;
  Storage storage = Storage::Undecided;
  std::string storageReason; ///< one sentence, printed by --emit=placement
  /// Param, state, data, weight: the value it starts with, evaluated per element where storage is per element;
  /// let: its definition; derived: its definition, computed in float64. Null: 0.
  expr::ExprPtr init = nullptr;
  /// weight in [low, high]: clamped after every update.
  expr::ExprPtr low = nullptr, high = nullptr;
  /// Param of cells: the experiment assigns it (so it may not be folded even if no flag sets it).
  bool assigned = false;
  /// Of edges: the experiment reads it edge by edge.
  bool read = false;
  /// Of edges, per target: the sum over the edges that end there (set by infer-placement).
  bool summed = false;
  /// Of edges: evaluated by events as stored value and step of the last event (set by infer-placement).
  bool eventDriven = false;
};

/// The order in which the variables of one owner are gone through, so that what is emitted does not depend on addresses.
struct VarOrder {
  bool operator()(const Var *a, const Var *b) const {
    if (a->id != b->id)
      return a->id < b->id;
    if (a->kind != b->kind)
      return a->kind < b->kind;
    const int names = a->name.compare(b->name);
    return names != 0 ? names < 0 : std::less<>()(a, b);
  }
};
using VarSet = std::set<const Var *, VarOrder>;

} // namespace snn::model
