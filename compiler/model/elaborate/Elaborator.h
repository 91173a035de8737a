// The state of an elaboration, shared by the files that handle populations, projections, bodies and experiments.
#pragma once

#include "compiler/frontend/sema/Check.h"
#include "compiler/frontend/sema/Lower.h"
#include "compiler/model/elaborate/Elaborate.h"

#include <array>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <tuple>

namespace snn::elaborate {

using model::Var;
using sema::Place;
using sema::Scope;
using sema::Symbol;

/// A member of a model with the scope of the module that wrote it.
struct FlatMember {
  const ast::ModelMember *member = nullptr;
  const Scope *module = nullptr;
};

/// The members of one use of a model, with scopes in which they see each other.
struct Instance {
  const ast::Model *model = nullptr;
  source::Range use; ///< where it is named
  std::vector<FlatMember> members;
  std::map<const Scope *, std::unique_ptr<Scope>> scopes; ///< by module scope
  const Scope *scopeOf(const FlatMember &m) const { return scopes.at(m.module).get(); }
  /// Whether a later line replaces this variable of a line: `override param a = 2`.
  bool isOverridden(const FlatMember &of, const ast::Variable &v) const;
  void add(std::string_view name, const Symbol &symbol) {
    for (auto &[module, scope] : scopes)
      scope->add(name, symbol);
  }
};

/// The network whose members are being elaborated: the experiment's, or a part in it.
struct NetworkFrame {
  const ast::Network *network = nullptr;
  NetworkFrame *up = nullptr;
  std::string prefix;                                   ///< of the names of its members: "v1."
  std::string suffix;                                   ///< of what a loop makes: "[0][2]"
  Scope *members = nullptr;                             ///< what the experiment sees of it
  std::map<std::string_view, const ast::Arg *> given;   ///< params with a value from outside …
  const Scope *outer = nullptr;                         ///< … which is written here
  std::vector<std::pair<std::string_view, Symbol>> signals; ///< read by name in the synapses and rules of its connections
};

/// Whether the command line of each program has a flag of that name (runtime/core/Options.cpp; a test compares), so that no option can.
bool isFlagOfEveryProgram(std::string_view name);

class Elaborator {
public:
  Elaborator(const sema::TypedProgram &p, diag::Engine &d, support::Arena &a)
      : program(p), diagnostics(d), lowering(a, d) {}

  /// Everything of one experiment.
  std::optional<model::Program> experiment(const ast::Experiment &e);
  /// Checks what no experiment uses.
  void checkUnused();
  /// Of all experiments together: one may read what another does not.
  void warnOfUnreadTargets();

private:
  // ---- Unused.cpp
  void checkCells(const ast::Model &m);
  void checkEdges(const ast::Model &m);

  const sema::TypedProgram &program;
  diag::Engine &diagnostics;
  sema::Lowering lowering;
  model::Network *network = nullptr;
  NetworkFrame *frame = nullptr;
  model::Experiment *current = nullptr;
  size_t parts = 0;         ///< of the network at hand, all levels together
  bool afterSweeping = false; ///< the statements at hand are those of `after sweep`: there is no network
  bool generic = false;     ///< a model is being checked without a use: what it is not given has whatever dimension fits
  bool hasWeight = false;   ///< the connect statement at hand gives its synapse's weight a value
  uint32_t unusedSites = 0; ///< counts draws of networks that no experiment uses
  std::deque<Scope> ownedScopes;
  std::set<const ast::Model *> usedModels;
  std::set<const ast::Network *> usedNetworks;

  // ---- models (Instances.cpp)
  std::optional<Instance> instance(const ast::Path &path, const Scope *scope, std::initializer_list<ast::ModelKind> kinds);
  void reportTwice(const ast::ModelMember &member, const ast::ModelMember &first);
  void refuseMember(const ast::Model &m, const ast::ModelMember &member, const ast::ModelMember &there);
  void overrideMember(const ast::ModelMember &member, const Scope *module, std::vector<FlatMember> &out, FlatMember *there);
  bool flatten(const ast::Model &model, const Scope *module, std::vector<FlatMember> &out, std::vector<const ast::Model *> &open);
  const Symbol *symbolAt(const ast::Path &path, const Scope *scope, Symbol::Kind kind, std::string_view what);
  Var &declare(std::deque<Var> &vars, const ast::Variable &v, model::VarKind kind) { return declare(vars, v, kind, std::string(v.name.text)); }
  Var &declare(std::deque<Var> &vars, const ast::Variable &v, model::VarKind kind, std::string name);
  void refuse(source::Range range, std::string_view what);
  /// Binds a name whose declaration has an error, so that its users do not report it again.
  static void addFailed(Scope &scope, const ast::Name &name);
  bool typeFromAnnotation(Var &var, const ast::Variable &v, const Scope *scope, const expr::Type *weight);
  /// Types `var` by its annotation or, when first asked, by `value`; sets init.
  void typeVariable(Var &var, const ast::Variable &v, const Scope *scope, const Place &valuePlace, ast::ExprPtr value,
                    const expr::Type *weight);
  std::optional<units::Unit> unitIn(ast::ExprPtr value, const units::Dimension &dimension, const Scope *scope);
  /// The unit in which a quantity is written, `-65 mV` or `2 * range(1, 4) * 5 Hz`, otherwise one that reads well.
  void writtenUnit(Var &var, ast::ExprPtr value, const Scope *scope);
  expr::ExprPtr defaultOf(ast::ExprPtr value, Place place);
  bool fitsDefault(const expr::Expr &standard, const Var &var, source::Range given);
  void settle(Var &var); ///< computes what is pending
  std::map<std::string_view, const ast::Arg *> namedArgs(std::span<const ast::Arg> args, const Instance &inst,
                                                         std::initializer_list<ast::VariablesKind> kinds);
  /// Arguments by name, each once and of those that are known; `kind` and `unknown` are for the messages.
  std::map<std::string_view, const ast::Arg *> argsAmong(const std::vector<std::string> &known, std::span<const ast::Arg> args,
                                                         const ast::Name &of, std::string_view kind,
                                                         const std::function<std::string(const ast::Name &arg)> &unknown);
  void defineConstsAndFunctions(Instance &inst);

  // ---- populations (Populations.cpp)
  void population(const ast::NetMember &m, const Scope *scope);
  expr::ExprPtr whole(expr::ExprPtr e, source::Range written);
  void buildPopulation(model::Population &p, Instance &inst, std::span<const ast::Arg> args, const Scope *outer);
  void cellMember(model::Population &p, Instance &inst, const FlatMember &m);
  void equation(model::Dynamics &owner, const FlatMember &m, const Place &place);
  void initialValues(model::Population &p);
  void spike(model::Population &p, const FlatMember &m, const Place &place);
  void warnOfLongSpikes(const model::Population &p);
  void spikeChance(model::Population &p, expr::ExprPtr condition);
  void spikeFile(model::Population &p, const ast::Arg &file, const Place &place);
  bool spikeList(model::Population &p, const ast::ModelMember &m, std::span<const ast::Arg> args, const Scope *outer);
  void solvers(std::span<model::Equation> equations, const ast::ModelMember &m, const Place &place);
  expr::ExprPtr tolerance(const ast::SolverItem &item, model::Method method, const Place &place);

  // ---- positions (Positions.cpp)
  void positions(model::Population &p, const ast::NetMember &m, const Instance &inst, Scope &scope);
  std::optional<std::vector<expr::ExprPtr>> lengths(const ast::NetMember &m, const Place &place);
  std::vector<expr::ExprPtr> gridPositions(model::Population &p, const ast::NetMember &m, const std::vector<expr::ExprPtr> &spacing);
  std::vector<expr::ExprPtr> drawnPositions(model::Population &p, const ast::NetMember &m, const std::vector<expr::ExprPtr> &bounds);

  // ---- arrays as values of cells (Tables.cpp)
  expr::ExprPtr perCell(expr::ExprPtr e, model::Population &p, const std::string &name);
  bool knownAtSetUp(expr::ExprPtr e, bool withCell) const;
  expr::ExprPtr eachCell(expr::ExprPtr e, const model::Population &p);
  expr::ExprPtr table(expr::ExprPtr value, model::Population &p, const std::string &name);

  // ---- bodies (Bodies.cpp)
  model::Body body(const ast::Block &block, const Place &place, std::deque<Var> &locals);
  bool statement(const ast::Stmt &s, const Place &place, std::deque<Var> &locals, Scope &scope, model::Body &out);
  bool assignment(const ast::Stmt &s, const Place &place, model::Body &out);
  Var *portOf(model::Projection &p, expr::Side side, source::Range use);
  bool assignPlace(ast::ExprPtr place, ast::AssignOp op, const Place &where, Var *&var, expr::Side &side);
  bool namedPlace(ast::ExprPtr place, ast::AssignOp op, const Place &where, Var *&var, expr::Side &side);
  expr::ExprPtr interval(ast::ExprPtr e, const Place &place);
  model::Update update(const ast::ModelMember &m, Place place, std::deque<Var> &locals);

  // ---- projections (Projections.cpp, Edges.cpp)
  void connect(const ast::NetMember &m, const Scope *scope);
  bool cellRanges(ast::ExprPtr e, const Scope *scope, std::vector<model::CellRange> &out, ast::ExprPtr *port, ast::Name *portName);
  void pattern(model::Projection &p, const ast::NetMember &m, const Scope *scope);
  void patternArgument(model::Projection &p, const ast::Connect &c, const ast::Arg &a, std::string_view takes, const Scope *scope);
  void nearEnough(model::Projection &p, const ast::Arg &a, const Scope *scope);
  void listOfPairs(model::Projection &p, const ast::Arg &a, const Scope *scope);
  bool port(model::Projection &p, const ast::Name &name);
  void buildEdges(model::Projection &p, const ast::Connect &c, Instance &synapse, Instance *rule, const Scope *outer);
  void missingParam(const ast::Variable &param, const Instance &inst);
  void edgeVariables(model::Projection &p, Instance &inst, std::span<const ast::Arg> args, const Scope *outer);
  void edgeMember(model::Projection &p, Instance &inst, const FlatMember &m);
  void addSignals(Instance &inst);
  void refuseSignals(expr::ExprPtr e, std::string_view what);
  void refuseChanging(expr::ExprPtr e, std::string_view what, std::string_view mend);
  expr::ExprPtr withinBounds(const Var &weight);
  void weightBounds(Var &var, const ast::Variable &v, const Place &place);
  void edgeMembers(model::Projection &p, Instance &inst);

  // ---- networks (Networks.cpp)
  void wholeNetwork(const ast::Network &n, Scope &inside);
  void buildNetwork(const ast::Network &n, Scope &inside);
  void networkMember(const ast::NetMember &m, Scope &inside);
  void networkValue(const ast::Variable &v, model::VarKind kind, Scope &inside);
  void settleStorage();
  void warnOfStaleParams();
  void warnOfSilentEnds(const model::Projection &p, const ast::Connect &c);
  std::vector<std::pair<const Var *, source::Range>> assignedParams; ///< by the experiment, in the order of its text

  // ---- what nothing hears (Idle.cpp)
  struct Target {
    source::Range connection, variable; ///< where they are declared
    std::string name, cells;
    bool read = false;
  };
  std::map<std::array<uint32_t, 3>, Target> targets; ///< of the connections of all experiments so far, by where they stand and what they add to
  void warnOfRecordsInVain();
  void warnOfUnreadOptions();
  void noteUnreadTargets();

  // ---- networks in networks, loops over members (Parts.cpp)
  std::string qualified(const ast::Name &name) const;
  std::map<std::string_view, const ast::Arg *> partArgs(const ast::Network &n, std::span<const ast::Arg> args);
  void part(const ast::NetMember &m, Scope &inside);
  expr::ExprPtr constantOf(expr::ExprPtr e);
  std::optional<std::vector<expr::ExprPtr>> turns(ast::ExprPtr over, const Scope &scope);
  void loop(const ast::NetMember &m, const Scope &outside);

  // ---- unions of populations in experiments (Unions.cpp)
  bool namesCells(ast::ExprPtr e, const Scope &scope) const;
  std::vector<ast::ExprPtr> operandsOf(ast::ExprPtr e, const Scope &scope);
  std::vector<ast::Stmt> perOperand(const ast::Stmt &s, const Scope &scope);
  bool ofUnions(const ast::Stmt &s, const Place &place, Scope &scope, int loops, model::HostBody &out);

  // ---- experiments (Experiments.cpp, Statements.cpp, Assignments.cpp, Recordings.cpp)
  Scope *networkOf(const ast::Experiment &e);
  void options(const ast::Experiment &e, Scope &scope);
  void option(const ast::Stmt &s, const ast::Experiment &e, Scope &scope);
  Var &newOption(const ast::Name &name, Scope &scope);
  void checkHead(const ast::Experiment &e);
  void setting(const ast::Stmt &s, const Place &place);
  void networkArgs(const ast::Experiment &e, const Place &place);
  model::HostBody hostBody(const ast::Block &block, const Place &place, int loops);
  void hostStatement(const ast::Stmt &s, const Place &place, Scope &scope, int loops, model::HostBody &out);
  void hostLet(const ast::Stmt &s, const Place &place, Scope &scope, model::HostBody &out);
  std::optional<sema::Annotation> annotatedLocal(const ast::Variable &v, const Place &place, model::HostStmt &h, expr::Type &type);
  void hostAssign(const ast::Stmt &s, const Place &place, model::HostBody &out);
  std::string refusedPlace(expr::ExprPtr base, const model::HostStmt &h);
  bool assignedValue(expr::ExprPtr base, model::HostStmt &h);
  void unroll(const ast::Stmt &s, const ast::ArrayExpr &list, const Place &place, int loops, model::HostBody &out);
  std::vector<expr::Type> turnTypes(const expr::Type &from, source::Range range);
  void hostFor(const ast::Stmt &s, const Place &place, int loops, model::HostBody &out);
  void hostControl(const ast::Stmt &s, const Place &place, int loops, model::HostBody &out);
  void hostTime(const ast::Stmt &s, const Place &place, model::HostBody &out);
  void hostText(const ast::Stmt &s, const Place &place, model::HostBody &out);
  bool recordedValue(const ast::Recorded &r, bool sampled, model::HostStmt &h);
  void hostRecord(const ast::Stmt &s, const Place &place, model::HostBody &out);
  expr::ExprPtr plottedWeights(const ast::Arg &arg, const Place &place, source::Range range);
  std::tuple<std::string, std::string, double> shownAs(expr::ExprPtr value, source::Range written) const;
  void plotOver(const ast::CallExpr &call, const Place &place, model::HostStmt &h, model::HostBody &out);
  void hostPlot(const ast::Stmt &s, const Place &place, model::HostBody &out);
  void checkCurves();
  std::vector<ast::Name> plottedCurves; ///< of the experiment at hand
  void hostSwitch(const ast::Stmt &s, const Place &place, model::HostBody &out);
  // ---- Sweeps.cpp
  void sweep(const ast::Stmt &s, const ast::Experiment &e, Scope &scope);
  expr::ExprPtr sweptValues(ast::ExprPtr written, const Scope &scope);
  bool sweptTarget(const ast::Stmt &s, const ast::Experiment &e, const expr::Type &element, Scope &scope, model::Sweep &sweep);
  bool sweptSetting(const ast::Name &name, model::Sweep &sweep);
  Var &sweptOption(const ast::Name &name, const ast::Experiment &e, const expr::Type &element, Scope &scope);
  void afterSweep(const ast::Experiment &e, const ast::Stmt &s, const Scope &experiment);
  void gather(model::Gathered from, const ast::Name &name, expr::Type type, const Var *like, Scope &scope);
  bool refusedAfterSweep(const ast::Stmt &s);
  void checkMeaning(const ast::Name &name);
  void refusePartOfNetwork(const ast::Name &name, const Scope &scope);
  void refuseValueOfNetwork(const ast::Name &name, const ast::Experiment &e, const Scope &scope);
  void checkNewLocal(const ast::Name &name, const Scope &scope);
  Var &hostLocal(const ast::Name &name, expr::Type type, Scope &scope, bool assignable);
  const expr::Cells *withFixedBounds(const expr::Cells &cells, const ast::Name &name, Scope &scope, model::HostBody &out);
  void cellsLet(const ast::Name &name, const expr::Cells &cells, Scope &scope, model::HostBody &out);
  std::set<const Var *> constants; ///< locals of an experiment that cannot be assigned
};

/// Whether a value differs from cell to cell (edge to edge).
bool varies(expr::ExprPtr e);

} // namespace snn::elaborate
