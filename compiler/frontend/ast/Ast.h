// The syntax tree of a module: declarations, members, statements. Plain values; expressions live in the arena.
#pragma once

#include "compiler/base/support/Arena.h"
#include "compiler/frontend/ast/Expr.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snn::ast {

/// a.b.c
struct Path {
  std::vector<Name> names;
  source::Range range;
  std::string text() const;
};

/// name : type = value in [low, high]
struct Variable {
  Name name;
  std::optional<Type> type;
  ExprPtr value = nullptr, low = nullptr, high = nullptr;
  source::Range range;
  std::string doc;
};

struct Function {
  Name name;
  std::vector<Variable> parameters; ///< name and type
  std::optional<Type> type;
  std::vector<Variable> lets;       ///< of a block
  ExprPtr result = nullptr;
  source::Range range;
  std::string doc;
};

// ---- statements (experiments and bodies)

enum class StmtKind : uint8_t {
#define AST_STMT(NAME) NAME,
#include "compiler/frontend/ast/Nodes.def"
#undef AST_STMT
};
enum class AssignOp : uint8_t { Set, Add, Sub, Mul, Div };

struct Stmt;
using Block = std::vector<Stmt>;

/// What is recorded: e, or name = e.
struct Recorded {
  Name name;
  ExprPtr value = nullptr;
};

/// Which fields count depends on the kind; see the grammar.
struct Stmt {
  StmtKind kind = StmtKind::Break;
  source::Range range;
  std::vector<Variable> variables;  ///< Let, Var, Option (one), Set (names with values), For (targets)
  std::string help;                 ///< Option
  ExprPtr place = nullptr;          ///< Assign
  AssignOp op = AssignOp::Set;
  ExprPtr value = nullptr;          ///< Assign, If/While/RunUntil/Assert condition, For iterated, Run, Print, Plot, Hold …
  ExprPtr extra = nullptr;          ///< RunUntil max, Assert message, Record every
  ExprPtr condition = nullptr;      ///< Record when
  std::vector<ExprPtr> items;       ///< Reset, Freeze, Learn, Minimise over
  std::vector<Name> names;          ///< Hold; Minimise: target
  std::vector<Recorded> recorded;   ///< Record
  Path path;                        ///< Minimise by
  std::vector<Arg> args;            ///< Minimise
  Block body, otherwise;            ///< If, For, While, AfterSweep, Minimise
};

// ---- models

enum class MemberKind : uint8_t {
#define AST_MEMBER(NAME) NAME,
#include "compiler/frontend/ast/Nodes.def"
#undef AST_MEMBER
};
enum class VariablesKind : uint8_t { Param, State, Input, Data, Weight };

struct SolverItem {
  std::vector<Name> states;         ///< empty: all
  Name solver;
  std::vector<Arg> args;
};

struct ModelMember {
  MemberKind kind = MemberKind::Let;
  source::Range range;
  bool isOverride = false;
  VariablesKind variablesKind = VariablesKind::Param;
  std::vector<Variable> variables;  ///< Variables, Let, Const
  Function function;                ///< Fn
  Name name;                        ///< Equation: state; OnEvent: event; Surrogate
  ExprPtr factor = nullptr;         ///< Equation: what stands before V'
  ExprPtr place = nullptr;          ///< Coupling
  AssignOp op = AssignOp::Set;      ///< Coupling
  ExprPtr value = nullptr;          ///< Equation, Spike condition, Every interval, Coupling
  bool hasBody = false;
  Block body;                       ///< Spike, OnEvent, EachStep, Every
  std::vector<SolverItem> solvers;
};

enum class ModelKind : uint8_t { Neuron, Encoder, Synapse, Rule };
std::string_view spelling(ModelKind kind);

struct Model {
  ModelKind kind = ModelKind::Neuron;
  Name name;
  Path extends;                     ///< names empty: none
  std::vector<ModelMember> members;
  source::Range range;
  std::string doc;
};

// ---- networks

enum class NetKind : uint8_t {
#define AST_NET(NAME) NAME,
#include "compiler/frontend/ast/Nodes.def"
#undef AST_NET
};

struct Connect {
  ExprPtr source = nullptr, target = nullptr;
  Name pattern;                     ///< text empty: left out
  std::vector<Arg> patternArgs;
  Path synapse;
  std::vector<Arg> synapseArgs;
  Path rule;                        ///< names empty: not plastic
  std::vector<Arg> ruleArgs;
  ExprPtr where = nullptr, delay = nullptr;
  bool procedural = false;
  Name as;
};

struct NetMember {
  NetKind kind = NetKind::Let;
  source::Range range;
  std::vector<Variable> variables;  ///< Param, Let, Const, Signal (one)
  Function function;
  Name name;                        ///< Population, Part, For
  Path model;                       ///< Population, Part
  std::vector<ExprPtr> shape;
  bool hasShape = false;
  std::vector<Arg> args;
  Path at;                          ///< names empty: no positions
  std::vector<Arg> atArgs;
  Connect connect;
  ExprPtr value = nullptr;          ///< For: what is iterated
  std::vector<NetMember> body;      ///< For
  std::string doc;
};

struct Network {
  Name name;
  std::vector<NetMember> members;
  source::Range range;
  std::string doc;
};

struct Experiment {
  Name name;
  bool isTest = false;              ///< test "name" { … }; the name is in its quotes
  Path network;                     ///< names empty: none, or the test's own
  std::optional<Network> ownNetwork; ///< test "name" { network { … } … }
  std::vector<Arg> args;
  Block body;
  source::Range range;
  std::string doc;
};

struct UnitDecl {
  Name name;
  ExprPtr value = nullptr;
};
struct Import {
  Path path;                        ///< std.neurons; or
  std::string file;                 ///< "file.snn"
  source::Range range;
  size_t module = 0;                ///< index into Program::modules
};

/// One file.
struct Module {
  uint32_t file = 0;
  std::string path;
  std::vector<Import> imports;
  std::vector<UnitDecl> units;
  std::vector<Variable> constants;
  std::vector<Function> functions;
  std::vector<Model> models;
  std::vector<Network> networks;
  std::vector<Experiment> experiments;
};

/// All files of a compilation; a module comes after those that it imports, the program's own file last.
struct Program {
  std::shared_ptr<support::Arena> arena;
  std::vector<Module> modules;
};

} // namespace snn::ast
