// Expressions as written → typed expressions in canonical units, in the light of the place where they stand.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/base/support/Arena.h"
#include "compiler/frontend/sema/Scope.h"

#include <functional>
#include <map>
#include <set>
#include <optional>

namespace snn::sema {

/// Where an expression stands: what it may name.
struct Place {
  enum Where : uint8_t { Setup, Cell, Edge, Experiment } where = Setup;
  const Scope *scope = nullptr;
  model::Population *cells = nullptr;    ///< Cell; also values given to cells in a network (per cell)
  model::Projection *edges = nullptr;    ///< Edge; also values given to edges, where, p, delay
  uint32_t *drawSites = nullptr;         ///< null: no draws here
  bool crosses = false;                  ///< `crosses` may stand here
  bool reductions = false;               ///< population.…, incoming.… may stand here
  bool arrays = false;                   ///< Cell: arrays may stand here, with a value for each cell
  bool listed = false;                   ///< Edge: a value that the connection gives, where `pair.i` may stand
  bool noise = false;                    ///< the right side of an equation: white noise may stand here
  model::Network *network = nullptr;     ///< Experiment, Setup
  const Scope *sweptScope = nullptr;     ///< `after sweep`: what the cells of the sweep see, and nothing here does
  /// Arrays, indices and functions of the experiment's library may stand here.
  bool hasArrays() const { return where == Experiment || where == Setup || arrays; }
};

/// What an array can give an edge.
inline constexpr std::string_view elementOfEdge =
    "an edge takes one element: by the rows of the list of `pairs(list)` it is `values[pair.i]` or `list[pair.i, 2]`, by its cells `table[pre.i, post.i]`; "
    "or the experiment assigns the array, `proj.w = …`, in the order of sources and targets";

/// The type, unit text and scale of an annotation.
struct Annotation {
  expr::Type type;
  std::string unit = "1";
  double scale = 1;
  std::span<const ast::ExprPtr> shape;
};

class Lowering {
public:
  Lowering(support::Arena &a, diag::Engine &d) : arena(a), diagnostics(d) {}

  /// Null after an error that has been reported.
  expr::ExprPtr lower(ast::ExprPtr e, const Place &place);
  /// Lowers and checks that the value fits `type` (dimension and kind); `what` names the place in messages.
  expr::ExprPtr lowerAs(ast::ExprPtr e, const Place &place, const expr::Type &type, std::string_view what,
                        source::Range origin = {});
  /// Checks that a value of type `from` can stand where `to` is wanted.
  /// `origin` is where the expected type comes from, if that is elsewhere.
  bool fits(const expr::Type &from, const expr::Type &to, source::Range range, std::string_view what,
            source::Range origin = {});
  /// The value of `e` where only dimensionless, time … is accepted.
  std::optional<Annotation> annotation(const ast::Type &type, const Scope *scope,
                                       const expr::Type *weightType = nullptr);
  /// A unit written as an expression: mM/ms, 10 mV.
  std::optional<units::Unit> unitOf(ast::ExprPtr e, const Scope *scope);
  std::optional<units::Unit> unitNamed(std::string_view name, const Scope *scope) const;

  /// What a name or a path through parts (`v1.inner.cells`) stands for, or null.
  static const Symbol *memberSymbol(ast::ExprPtr e, const Scope *scope);
  /// The part that it stands for, or null.
  static const Symbol *partNamed(ast::ExprPtr e, const Scope *scope);

  // ---- makers of typed nodes (Typing.cpp)
  expr::ExprPtr number(double value, const units::Dimension &dimension, source::Range range);
  expr::ExprPtr integer(int64_t value, source::Range range);
  expr::ExprPtr ref(model::Var *var, expr::Side side, source::Range range);
  expr::ExprPtr call(expr::Op op, std::initializer_list<expr::ExprPtr> args, source::Range range);
  expr::ExprPtr comparedTexts(bool equal, expr::ExprPtr l, expr::ExprPtr r, source::Range range, const Place &place);
  expr::ExprPtr callTyped(expr::Op op, std::vector<expr::ExprPtr> args, source::Range range);
  /// A literal as a value of type `want`, where that is a real number; other expressions as they are.
  expr::ExprPtr literalAs(expr::ExprPtr e, const expr::Type &want);
  /// A range as the array of its numbers; other values as they are.
  expr::ExprPtr elements(expr::ExprPtr e);
  expr::ExprPtr hostCall(std::string_view name, std::vector<expr::ExprPtr> args, expr::Type type, source::Range range);

  /// How far the two cells of an edge lie apart; null after an error.
  expr::ExprPtr lowerDistance(source::Range range, const model::Projection &edges);

  /// Types of variables that are computed when first asked for; a variable that needs itself is reported.
  std::map<const model::Var *, std::function<void()>> pending;
  /// Variables whose definition has an error that has been reported: what reads them is silent.
  std::set<const model::Var *> failed;
  std::set<expr::ExprPtr> loaded; ///< values of `const`s that come from files
  support::Arena &arena;
  diag::Engine &diagnostics;
  /// Set by elaboration: the population that a path names in an experiment, positions …
  std::vector<const ast::Function *> active; ///< functions being inlined

private:
  friend class HostLowering;
  std::vector<const model::Var *> typing; ///< variables whose type is being computed
  std::map<const ast::Variable *, expr::ExprPtr> constants; ///< values of `const`s, null while being computed
  std::vector<const ast::Variable *> open; ///< `const`s being computed
  static constexpr size_t maxInlined = 100'000;
  size_t inlined = 0;                     ///< calls of functions of the program so far

  expr::ExprPtr lowerNumber(const ast::Number &n, const Place &place);
  expr::ExprPtr lowerName(const ast::NameExpr &n, const Place &place);
  expr::ExprPtr lowerSymbol(const Symbol &symbol, const ast::Name &name, const Place &place);
  expr::ExprPtr lowerBuiltinName(const ast::Name &name, const Place &place);
  expr::ExprPtr lowerNoise(const ast::Name &name, const Place &place);
  expr::ExprPtr lowerBinary(const ast::Binary &b, const Place &place);
  static bool usesArrays(expr::ExprPtr value);
  expr::ExprPtr writtenAt(expr::ExprPtr value, source::Range range);
  expr::ExprPtr lowerConstant(const Symbol &symbol, const ast::Name &name);
  expr::ExprPtr unitOfWeight(const ast::CallExpr &c, const Place &place);
  void settleLiterals(expr::Op op, std::vector<expr::ExprPtr> &args);
  expr::ExprPtr fold(expr::Op op, std::span<const expr::ExprPtr> args, const expr::Type &type, source::Range range);
  void reportLoop(const model::Var *var, source::Range range);
  bool addsUnit(const ast::Binary &b, expr::Op op, const Place &place);
  bool shadowsUnit(const ast::Binary &b, const Place &place);
  expr::ExprPtr lowerPartMember(const Symbol &part, const ast::Member &m, const Place &place);
  expr::ExprPtr lowerMember(const ast::Member &m, const Place &place);
  expr::ExprPtr lowerNeighbour(const ast::Member &m, expr::Side side, const Place &place);
  expr::ExprPtr lowerCall(const ast::CallExpr &c, const Place &place);
  expr::ExprPtr lowerBuiltinCall(const ast::CallExpr &c, const ast::Name &name, const Place &place);
  expr::ExprPtr lowerHeld(const ast::CallExpr &c, const Place &place);
  expr::ExprPtr lowerIndexAlong(const ast::CallExpr &c, const model::Population &cells, expr::Side side);
  expr::ExprPtr lowerDraw(const ast::CallExpr &c, expr::Distribution d, const Place &place);
  expr::ExprPtr lowerRange(const std::vector<expr::ExprPtr> &args, source::Range range);
  expr::ExprPtr lowerLinspace(const std::vector<expr::ExprPtr> &args, source::Range range);
  expr::ExprPtr lowerListed(const ast::Member &m, const Place &place);
  expr::ExprPtr lowerTable(ast::ExprPtr e, const Place &place);
  expr::ExprPtr lowerLookup(const ast::IndexExpr &x, const Place &place);
  expr::ExprPtr lowerTableLength(const ast::CallExpr &c, const Place &place);
  std::optional<uint32_t> reducedAxes(ast::ExprPtr e, const Place &place);
  expr::ExprPtr lowerReduction(const ast::CallExpr &c, const ast::Member &callee, const Place &place);
  expr::ExprPtr inlineFunction(const ast::CallExpr &c, const Symbol &f, const Place &place);
  expr::ExprPtr lowerString(const ast::String &s, const Place &place);
  expr::ExprPtr lowerArray(const ast::ArrayExpr &a, const Place &place);
  expr::ExprPtr lowerIndex(const ast::IndexExpr &x, const Place &place);
  expr::ExprPtr lowerExperimentMember(const ast::Member &m, const Place &place);
  expr::ExprPtr lowerEdgesMember(const expr::EdgesValue &edges, const ast::Member &m, const Place &place);
  expr::ExprPtr lowerMethod(const ast::CallExpr &c, const ast::Member &callee, const Place &place);
  expr::ExprPtr lowerHostFunction(const ast::CallExpr &c, const ast::Name &name, const Place &place);
  const expr::Cells *cellsOf(ast::ExprPtr e, const Place &place);
  std::optional<std::vector<expr::ExprPtr>> lowerArgs(std::span<const ast::Arg> args, const Place &place);
  bool indexParts(std::span<const ast::IndexPart> parts, const Place &place, std::vector<expr::IndexPart> &out);
  void unknown(const ast::Name &name, const Place &place, std::string_view what);
  void unknownUnit(const ast::Name &name);
};

} // namespace snn::sema
