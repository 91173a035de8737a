// Experiments built by hand as typed trees, lowered to bytecode, and executed by the VM: what they print is what counts.
#include "compiler/base/support/Arena.h"
#include "compiler/codegen/host/HostBuilder.h"
#include "runtime/host/Vm.h"

#include <gtest/gtest.h>

namespace snn::codegen::host {
namespace {

using expr::Base;
using expr::ExprPtr;
using model::HostStmt;
using model::HostStmtKind;
using rt::Result;
using rt::Status;
using rt::host::Value;

/// Prints and remembers; there is no network.
class Alone final : public rt::host::World {
public:
  std::string printed;
  std::map<uint32_t, double> scalars;
  std::map<std::string, double> sets;
  std::map<abi::HostSetting, double> settings;
  void setting(abi::HostSetting which, double value) override { settings[which] = value; }
  Result<bool> overrideOf(const std::string &path, const std::string &, double, abi::HostConstant::Kind,
                          double &value) override {
    if (!sets.count(path))
      return false;
    value = sets[path];
    return true;
  }
  Status setScalar(uint32_t id, double value) override {
    scalars[id] = value;
    return {};
  }
  rt::Network *currentNetwork() override { return nullptr; }
  double dt() override { return settings[abi::HostSetting::Dt]; }
  uint64_t seed() override { return 1; }
  Status advanceTo(int64_t) override { return {}; }
  bool stopped() override { return false; }
  Status record(uint32_t, const Value *, double) override { return {}; }
  Status append(uint32_t, const Value &v) override {
    printed += "append " + rt::host::format(v, "", "1", 1, false) + "\n";
    return {};
  }
  Status plotBegin(uint32_t, const rt::host::Cells &) override { return {}; }
  Status plot(uint32_t, const rt::host::Value *, const rt::host::Value *) override { return {}; }
  void warn(const std::string &) override {}
  void print(const std::string &text) override { printed += text + "\n"; }
  Status save(const std::string &) override { return {}; }
  Status load(const std::string &) override { return {}; }
  Result<Value> dataSet(const std::string &, const std::string &) override { return rt::Error{rt::ExitCode::badData, "none"}; }
  int filesRead = 0;
  Result<Value> loadArray(const std::string &, const std::string &) override {
    return Value::ofArray(rt::host::Kind::Real, {2}, {1.0 * ++filesRead, 2});
  }
  void turn(const rt::host::Iterator &) override {}
};

class LowerHost : public testing::Test {
protected:
  support::Arena arena;
  model::Program program;
  Alone world;
  Numbering numbering;
  std::vector<std::string> refusals;
  std::map<const model::Var *, uint32_t> scalarOf;

  LowerHost() {
    program.network = std::make_unique<model::Network>();
    program.experiment.name = "test";
    numbering.population = [](const model::Population &p) { return p.id; };
    numbering.projection = [](const model::Projection &p) { return p.id; };
    numbering.variable = [](const model::Var &v) { return v.id; };
    numbering.scalar = [this](const model::Var &v) {
      const auto found = scalarOf.find(&v);
      return found == scalarOf.end() ? abi::hostNone : found->second;
    };
  }

  static expr::Type type(Base base, int rank = 0) {
    expr::Type t;
    t.base = base, t.rank = rank;
    return t;
  }
  ExprPtr num(double x, Base base = Base::Int) { return arena.make<expr::Const>(type(base), source::Range{}, x); }
  ExprPtr ref(model::Var *v) { return arena.make<expr::Ref>(v->type, source::Range{}, v, expr::Side::Self); }
  std::span<const ExprPtr> list(std::vector<ExprPtr> items) { return arena.copy(items); }
  ExprPtr call(expr::Op op, Base base, std::vector<ExprPtr> args, int rank = 0) {
    return arena.make<expr::Call>(type(base, rank), source::Range{}, op, list(std::move(args)));
  }
  ExprPtr host(std::string_view name, expr::Type t, std::vector<ExprPtr> args) {
    return arena.make<expr::HostCall>(t, source::Range{}, name, list(std::move(args)));
  }
  ExprPtr text(ExprPtr value) {
    std::vector<expr::TextPart> parts(2);
    parts[0].text = "x = ";
    parts[1].value = value;
    parts[1].unit = "1";
    return arena.make<expr::Text>(type(Base::Text), source::Range{}, arena.copy(parts));
  }
  ExprPtr element(model::Var *array, ExprPtr index) {
    std::vector<expr::IndexPart> parts(1);
    parts[0].index = index;
    return arena.make<expr::Index>(type(array->type.base), source::Range{}, ref(array), arena.copy(parts));
  }
  model::Var *var(std::string name, expr::Type t, model::VarKind kind = model::VarKind::Local) {
    model::Var &v = program.experiment.vars.emplace_back();
    v.name = std::move(name), v.type = t, v.kind = kind;
    return &v;
  }
  HostStmt let(model::Var *v, ExprPtr value) {
    HostStmt s;
    s.kind = HostStmtKind::Let, s.vars = {v}, s.value = value;
    return s;
  }
  HostStmt assign(ExprPtr place, model::AssignOp op, ExprPtr value) {
    HostStmt s;
    s.kind = HostStmtKind::Assign, s.place = place, s.op = op, s.value = value;
    return s;
  }
  HostStmt print(ExprPtr value) {
    HostStmt s;
    s.kind = HostStmtKind::Print, s.value = text(value);
    return s;
  }
  HostStmt simple(HostStmtKind kind) {
    HostStmt s;
    s.kind = kind;
    return s;
  }

  /// Lowers, sets up and runs; gives what was printed.
  std::string run() {
    HostBuilder builder(program, {[](source::Range) { return std::string("m.snn:1:1"); },
                                  [this](source::Range, std::string m) { refusals.push_back(std::move(m)); }});
    const std::optional<abi::HostProgram> out = builder.finish(numbering);
    if (!out)
      return "refused";
    rt::host::Vm vm(*out, world);
    for (const abi::HostOption &o : out->options)
      vm.global(o.slot) = Value::scalar(rt::host::Kind::Int, o.initial);
    for (uint32_t f : {out->settings, out->setup})
      if (Status s = vm.call(f, nullptr); !s.ok())
        return s.error().message;
    if (Status s = vm.run(); !s.ok())
      return s.error().message;
    return world.printed;
  }
};

TEST_F(LowerHost, ForWithBreakAndContinue) {
  model::Var *s = var("s", type(Base::Int)), *k = var("k", type(Base::Int));
  HostStmt loop = simple(HostStmtKind::For);
  loop.vars = {k};
  loop.value = host("range", type(Base::Range), {num(10)});
  HostStmt skip = simple(HostStmtKind::If), stop = simple(HostStmtKind::If);
  skip.value = call(expr::Op::Eq, Base::Bool, {ref(k), num(3)});
  skip.body = {simple(HostStmtKind::Continue)};
  stop.value = call(expr::Op::Gt, Base::Bool, {ref(k), num(5)});
  stop.body = {simple(HostStmtKind::Break)};
  loop.body = {skip, stop, assign(ref(s), model::AssignOp::Add, ref(k))};
  program.experiment.body = {let(s, num(0)), loop, print(ref(s))};
  EXPECT_EQ(run(), "x = 12\n"); // 0 + 1 + 2 + 4 + 5
}

TEST_F(LowerHost, WhileAndElse) {
  model::Var *s = var("s", type(Base::Int));
  HostStmt loop = simple(HostStmtKind::While);
  loop.value = call(expr::Op::Lt, Base::Bool, {ref(s), num(100)});
  HostStmt branch = simple(HostStmtKind::If);
  branch.value = call(expr::Op::Lt, Base::Bool, {ref(s), num(10)});
  branch.body = {assign(ref(s), model::AssignOp::Add, num(4))};
  branch.otherwise = {assign(ref(s), model::AssignOp::Mul, num(3))};
  loop.body = {branch};
  program.experiment.body = {let(s, num(1)), loop, print(ref(s))};
  EXPECT_EQ(run(), "x = 117\n"); // 1 5 9 13 39 117
}

TEST_F(LowerHost, ConditionsOnScalarsAreLazy) {
  model::Var *a = var("a", type(Base::Real, 1));
  const ExprPtr array = host("array", type(Base::Real, 1), {num(2, Base::Real), num(3)});
  const ExprPtr outside = element(a, num(9));
  const ExprPtr chosen =
      call(expr::Op::Select, Base::Real, {call(expr::Op::Lt, Base::Bool, {num(9), num(3)}), outside, num(7, Base::Real)});
  const ExprPtr both = call(expr::Op::And, Base::Bool, {call(expr::Op::Lt, Base::Bool, {num(9), num(3)}),
                                                        call(expr::Op::Gt, Base::Bool, {outside, num(0)})});
  program.experiment.body = {let(a, array), print(chosen), print(both), print(outside)};
  EXPECT_EQ(run(), "m.snn:1:1: index 9 is out of range: axis 0 of the array has 3 elements");
  EXPECT_EQ(world.printed, "x = 7\nx = false\n");
}

TEST_F(LowerHost, AssignsToElementsAndFillsArrays) {
  model::Var *a = var("a", type(Base::Real, 1));
  const ExprPtr array = host("array", type(Base::Real, 1), {num(2, Base::Real), num(3)});
  program.experiment.body = {let(a, array), assign(element(a, num(1)), model::AssignOp::Mul, num(5)), print(ref(a)),
                             assign(ref(a), model::AssignOp::Set, num(1)), print(ref(a))};
  EXPECT_EQ(run(), "x = [2, 10, 2]\nx = [1, 1, 1]\n");
}

TEST_F(LowerHost, ConstantsFromFilesAreReadOnce) {
  std::vector<expr::TextPart> name(1);
  name[0].text = "table.csv";
  const ExprPtr file = arena.make<expr::Text>(type(Base::Text), source::Range{}, arena.copy(name));
  const ExprPtr constant = host("load", type(Base::Real, 1), {file}), again = host("load", type(Base::Real, 1), {file});
  model::Var *k = var("k", type(Base::Int));
  HostStmt loop = simple(HostStmtKind::For), never = simple(HostStmtKind::If);
  never.value = call(expr::Op::Lt, Base::Bool, {num(2), num(1)});
  never.body = {print(constant)}; // where it stands first
  loop.vars = {k};
  loop.value = host("range", type(Base::Range), {num(2)});
  loop.body = {never, print(constant), print(again)};
  program.loaded = {constant};
  program.experiment.body = {loop, print(constant)};
  EXPECT_EQ(run(), "x = [1, 2]\nx = [2, 2]\nx = [1, 2]\nx = [3, 2]\nx = [1, 2]\n");
}

TEST_F(LowerHost, SetUpFollowsDependencies) {
  model::Var *option = var("hidden", type(Base::Int), model::VarKind::Option);
  program.experiment.options.push_back({option, "hidden", "cells", num(6)});
  model::Var &n = program.network->vars.emplace_back();
  n.name = "n", n.type = type(Base::Int), n.init = num(100);
  program.experiment.networkArgs = {{&n, ref(option)}};
  model::Population &cells = program.network->populations.emplace_back();
  cells.name = "cells";
  model::Var &late = cells.vars.emplace_back();
  model::Var &tau = cells.vars.emplace_back();
  tau.name = "tau", tau.type = type(Base::Real), tau.init = call(expr::Op::Mul, Base::Real, {ref(&n), num(2)});
  late.name = "late", late.type = type(Base::Real), late.init = call(expr::Op::Add, Base::Real, {ref(&tau), num(1)});
  scalarOf = {{&late, 0}, {&tau, 1}};
  program.experiment.dt = num(0.5, Base::Real);
  program.experiment.body = {print(ref(&n))};
  EXPECT_EQ(run(), "x = 6\n");
  EXPECT_EQ(world.scalars[1], 12);
  EXPECT_EQ(world.scalars[0], 13);
  EXPECT_EQ(world.settings[abi::HostSetting::Dt], 0.5);
  world.printed.clear();
  world.sets["cells.tau"] = 40; // what depends on it follows
  EXPECT_EQ(run(), "x = 6\n");
  EXPECT_EQ(world.scalars[0], 41);
}

TEST_F(LowerHost, RecordWithoutIntervalAppends) {
  HostStmt record = simple(HostStmtKind::Record);
  record.record = model::RecordKind::Value;
  record.name = "rate";
  record.value = num(5);
  program.experiment.body = {record, record};
  EXPECT_EQ(run(), "append 5\nappend 5\n");
}

TEST_F(LowerHost, RefusesWhatItDoesNotKnow) {
  program.experiment.body = {print(host("batches", type(Base::Int), {num(1)}))};
  EXPECT_EQ(run(), "refused");
  EXPECT_EQ(refusals, std::vector<std::string>{"`batches` is not supported in experiments yet"});
}

} // namespace
} // namespace snn::codegen::host
