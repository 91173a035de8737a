// The verifier of the model IR: a good model passes at every stage, and each promise that is broken by hand is named.
#include "compiler/frontend/parse/Parse.h"
#include "compiler/frontend/sema/Check.h"
#include "compiler/frontend/sema/Library.h"
#include "compiler/model/elaborate/Elaborate.h"
#include "compiler/model/passes/Passes.h"

#include <gtest/gtest.h>

namespace snn::model {
namespace {

constexpr const char *text = R"(
synapse Pulse {
  weight w
  state x = 0
  x' = -x / (5 ms)
  on pre { x += 1;  target += w }
}
neuron Cell {
  param tau = 20 ms
  state V : mV = 1 mV,  n : int = 0
  V' = -V / tau
  spike when V > 2 mV { let half = V / 2;  V = half;  hold V for 2 ms }
}
network Net {
  population cells = Cell[3]
  connect cells -> cells.V all_to_all by Pulse(w = 1 mV) delay 1 ms
}
experiment e on Net {
  var sum = 0 mV
  run 1 ms
  sum += cells.V[0]
  print "{sum}"
}
)";

class VerifyModel : public testing::Test {
protected:
  source::Manager sources;
  diag::Engine diagnostics{sources};
  support::Arena arena;
  expr::Builder build{arena};
  std::optional<sema::TypedProgram> typed;
  std::optional<Module> module;
  Stage stage = Stage::Elaborated;

  void SetUp() override {
    parse::Options options;
    options.library = sema::libraryModule;
    auto program = parse::parseProgram("test.snn", text, options, sources, diagnostics);
    ASSERT_TRUE(program) << diagnostics.print(false);
    typed = sema::check(std::move(*program), diagnostics);
    ASSERT_TRUE(typed) << diagnostics.print(false);
    module = elaborate::run(*typed, diagnostics);
    ASSERT_TRUE(module) << diagnostics.print(false);
  }
  void run() {
    for (const passes::Pass &pass : passes::all()) {
      ASSERT_TRUE(pass.run(network(), build, diagnostics));
      stage = pass.after;
    }
  }
  Network &network() { return *module->programs[0].network; }
  Population &cells() { return network().populations[0]; }
  Projection &edges() { return network().projections[0]; }
  Var &variable(std::string_view name) {
    for (Var &v : cells().vars)
      if (v.name == name)
        return v;
    return cells().vars.back();
  }
  std::string errors() {
    std::string out;
    for (const std::string &e : verify(module->programs[0], stage))
      out += e + "\n";
    return out;
  }
  void expectError(const std::string &part) { EXPECT_NE(errors().find(part), std::string::npos) << "instead of " << part << ":\n" << errors(); }
};

TEST_F(VerifyModel, AGoodModelPassesAtEveryStage) {
  EXPECT_EQ(errors(), "");
  for (const passes::Pass &pass : passes::all()) {
    ASSERT_TRUE(pass.run(network(), build, diagnostics));
    stage = pass.after;
    EXPECT_EQ(errors(), "") << pass.name;
  }
}

TEST_F(VerifyModel, EquationsOfStatesOfTheSamePopulation) {
  cells().equations[0].state = edges().weight;
  expectError("population cells: an equation of something that is no state here");
}

TEST_F(VerifyModel, NoEquationIsLeftAfterSolve) {
  run();
  cells().equations = cells().solved;
  expectError("population cells: V' = … is left");
}

TEST_F(VerifyModel, EachStateIsIntegratedOnce) {
  run();
  cells().integrate.pop_back();
  expectError("population cells: `V` is not integrated exactly once");
}

TEST_F(VerifyModel, NothingIsIntegratedBeforeSolve) {
  run();
  stage = Stage::Elaborated;
  expectError("population cells: it is integrated before the solver pass");
}

TEST_F(VerifyModel, EveryVariableOfAnEdgeHasAPlace) {
  run();
  edges().vars[1].storage = Storage::Undecided;
  expectError("the state `x` cannot be undecided");
}

TEST_F(VerifyModel, DimensionsOfAssignments) {
  cells().spike->body[1].value = build.number(1);
  expectError("`spike when`, what is given to `V`: `1` is in real, not in mV");
}

TEST_F(VerifyModel, WholeNumbersTakeNoReals) {
  Stmt s = cells().spike->body[1];
  s.var = &variable("n");
  s.value = build.number(0.5);
  cells().spike->body.push_back(s);
  expectError("what is given to `n`: `0.5` is real, not int");
}

TEST_F(VerifyModel, OperandsMatch) {
  cells().equations[0].rhs = build.add(build.ref(&variable("V")), build.dt());
  expectError("the equation of `V`: the operands of `V + dt` do not match");
}

TEST_F(VerifyModel, ReferencesStayWithinTheirOwner) {
  variable("tau").init = build.ref(edges().weight);
  expectError("population cells: the value of `tau`: `w` is not visible here");
}

TEST_F(VerifyModel, LocalsAreDefinedAboveTheirUse) {
  std::swap(cells().spike->body[0], cells().spike->body[1]);
  expectError("what is given to `V`: `half` is not visible here");
}

TEST_F(VerifyModel, SharedVariablesAreOnlyAddedTo) {
  edges().onPre[1].op = AssignOp::Set;
  expectError("`V` is shared by edges and takes only += and -=");
}

TEST_F(VerifyModel, ThePortIsOfTheTarget) {
  edges().port = edges().weight;
  expectError("its port is no state or input of the target");
}

TEST_F(VerifyModel, ConditionsAndDurations) {
  cells().spike->condition = build.ref(&variable("V"));
  edges().delay = build.number(1);
  expectError("`spike when`: `V` is mV, not bool");
  expectError("the delay: `1` is in real, not in ms");
}

TEST_F(VerifyModel, DrawsHaveSitesOfTheirOwner) {
  expr::ExprPtr p = build.number(0.5);
  const std::vector<expr::ExprPtr> args{p};
  cells().spike->condition =
      arena.make<expr::Draw>(expr::Type{expr::Base::Bool, {}}, source::Range{}, expr::Distribution::Bernoulli, arena.copy(args), 9u);
  expectError("is beyond the 0 draws of its owner");
}

TEST_F(VerifyModel, ExperimentsNameTheirOwnVariables) {
  HostStmt &let = module->programs[0].experiment.body[0];
  ASSERT_EQ(let.kind, HostStmtKind::Let);
  let.vars[0] = &variable("V");
  expectError("experiment e: `V` is no local of the experiment");
}

TEST_F(VerifyModel, ExperimentsNameTheirOwnNetwork) {
  Network other;
  Population &stranger = other.populations.emplace_back();
  const auto *cells = arena.make<expr::Cells>(expr::Type{expr::Base::Cells, {}}, source::Range{}, &stranger, nullptr, std::span<const expr::IndexPart>{});
  HostStmt reset;
  reset.kind = HostStmtKind::Reset;
  reset.items = {cells};
  module->programs[0].experiment.body.push_back(reset);
  expectError("a population of another network");
}

TEST_F(VerifyModel, NumbersCountFromZero) {
  cells().id = 4;
  expectError("population cells: its number is 4 at place 0");
}

} // namespace
} // namespace snn::model
