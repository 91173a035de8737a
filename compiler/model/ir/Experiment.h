// The experiment as a typed tree; compiler/codegen/host lowers it to the bytecode of runtime/host.
#pragma once

#include "compiler/base/support/Arena.h"
#include "compiler/model/ir/Network.h"

#include <set>

namespace snn::model {

enum class HostStmtKind : uint8_t {
#define HOST_STMT(NAME) NAME,
#include "compiler/model/ir/HostStmts.def"
#undef HOST_STMT
};

/// What `record` and `plot` name.
enum class RecordKind : uint8_t { Spikes, State, EdgeState, Value };

struct HostStmt;
using HostBody = std::vector<HostStmt>;

struct HostStmt {
  HostStmtKind kind = HostStmtKind::Print;
  source::Range range;
  /// Let, Var, For (loop variables), Record with a name.
  std::vector<Var *> vars;
  /// Assign: the place: Ref (local), Index of a Ref, CellsValue, EdgesValue, Ref to a network param or signal.
  expr::ExprPtr place = nullptr;
  AssignOp op = AssignOp::Set;
  /// Let/Var: initial value; Assign: value; If/While/Assert/RunUntil: condition; For: what is iterated; Run: duration;
  /// Print: text; Save/Load: path; Reset/Freeze/Learn: each item; Plot: the HostCall; Record: what.
  expr::ExprPtr value = nullptr;
  std::vector<expr::ExprPtr> items; ///< Reset (empty: all), Freeze, Learn
  expr::ExprPtr message = nullptr;  ///< Assert
  expr::ExprPtr limit = nullptr;    ///< RunUntil: max
  expr::ExprPtr interval = nullptr; ///< Record: every
  expr::ExprPtr condition = nullptr; ///< Record: when
  RecordKind record = RecordKind::Value;
  std::string name;                 ///< Record: of the value
  std::string unit;                 ///< Record of a value: printed unit
  double unitScale = 1;
  std::string across, acrossUnit;   ///< Plot of a curve over something: what, and its printed unit
  double acrossScale = 1;
  std::string sourceText;           ///< Assert: the condition as written; Plot: as written
  HostBody body, otherwise;         ///< For, While, If
};

struct Option {
  Var *var = nullptr;               ///< kind Option; type and unit from the declaration
  std::string flag;                 ///< "n-train"
  std::string help;
  expr::ExprPtr initial = nullptr;  ///< constant; null: a sweep gives it its values
};

enum class SweepTarget : uint8_t { Option, Seed, Dt };

/// An axis along which the experiment is repeated.
struct Sweep {
  SweepTarget target = SweepTarget::Option;
  Var *var = nullptr;               ///< Option: one of the experiment's options
  std::string name, unit = "1";
  double unitScale = 1;
  expr::Type type;                  ///< of one value
  expr::ExprPtr values = nullptr;   ///< a range or an array; may read options that are not swept
  source::Range range;
};

/// An array that `after sweep` reads: of a local of the experiment's top level or a recorded value in all cells of the
/// sweep, or of the values of an axis.
struct Gathered {
  Var *var = nullptr;               ///< kind Local
  const Var *local = nullptr;
  std::string recorded;             ///< name of the value, if `local` is null
  std::optional<size_t> axis;       ///< index of the sweep
};

struct Experiment {
  std::string name;
  std::string doc;
  bool isTest = false;              ///< a `test` block
  source::Range range;
  std::vector<Option> options;
  /// `set` values; null where not given.
  expr::ExprPtr dt = nullptr, seed = nullptr, threads = nullptr;
  std::optional<bool> doublePrecision;
  /// Values for the network's params from `on Net(n = hidden)`; may read options.
  std::vector<std::pair<Var *, expr::ExprPtr>> networkArgs;
  std::deque<Var> vars;             ///< options and all locals
  HostBody body;
  std::vector<Sweep> sweeps;
  std::vector<Gathered> gathered;
  std::optional<HostBody> after;    ///< `after sweep`
  uint32_t drawSites = 0;
};

/// One experiment (or test) with its own copy of its network: what the stages after elaboration work on.
struct Program {
  std::unique_ptr<Network> network;
  Experiment experiment;
  std::set<expr::ExprPtr> loaded; ///< values of constants that come from files: computed when they are first read, and kept
};

/// All experiments of a file, in order. A file without experiments is an error for `snnc model.snn` and `snnc run`,
/// not for `snnc check`.
struct Module {
  std::shared_ptr<support::Arena> arena; ///< where the expressions live
  std::vector<Program> programs;
};

} // namespace snn::model
