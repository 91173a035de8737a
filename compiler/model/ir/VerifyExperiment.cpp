// Experiments: each kind of statement has the parts that it needs, and names variables of its own or of its network.
#include "compiler/model/ir/Verify.h"
#include "compiler/model/ir/VerifyExpr.h"

namespace snn::model {

using expr::Base;
using expr::Type;

namespace {

class ExperimentCheck {
public:
  ExperimentCheck(const Program &p, Errors &e) : experiment(p.experiment), check(fmt::format("experiment {}", p.experiment.name), e) {
    Visible::add(visible.self, experiment.vars);
    Visible::add(visible.self, p.network->vars);
    visible.network = p.network.get();
    visible.drawSites = experiment.drawSites;
    visible.arrays = visible.cells = true;
  }

  void run() {
    for (const Option &o : experiment.options)
      if (!o.var || o.var->kind != VarKind::Option)
        check.fail("an option without its variable");
      else if (o.initial)
        check.expression(o.initial, visible, "the default of an option");
    if (experiment.dt)
      check.duration(experiment.dt, visible, "`dt`");
    for (const auto &[var, value] : experiment.networkArgs)
      check.value(value, var->type, visible, fmt::format("`{}` of the network", var->name));
    body(experiment.body);
    for (const Sweep &s : experiment.sweeps)
      if (s.target == SweepTarget::Option && (!s.var || s.var->kind != VarKind::Option))
        check.fail("the sweep of `{}` has no option", s.name);
      else
        check.expression(s.values, visible, "the values of a sweep");
    for (const Gathered &g : experiment.gathered)
      if (!g.var || g.var->kind != VarKind::Local || (!g.local && g.recorded.empty() && !(g.axis && *g.axis < experiment.sweeps.size())))
        check.fail("an array of the cells of the sweep comes from nowhere");
    if (experiment.after)
      body(*experiment.after);
  }

private:
  const Experiment &experiment;
  Checker check;
  Visible visible;

  void body(const HostBody &body) {
    for (const HostStmt &s : body) {
      statement(s);
      this->body(s.body);
      this->body(s.otherwise);
    }
  }
  void variables(const HostStmt &s) {
    for (const Var *v : s.vars)
      if (v->kind != VarKind::Local || !visible.self.contains(v))
        check.fail("`{}` is no local of the experiment", v->name);
  }
  void text(expr::ExprPtr e, std::string_view what) {
    check.expression(e, visible, what);
    if (e && e->type.base != Base::Text)
      check.fail("{} is no text", what);
  }
  void statement(const HostStmt &s);
};

void ExperimentCheck::statement(const HostStmt &s) {
  using K = HostStmtKind;
  switch (s.kind) {
  case K::Let:
  case K::For:
    variables(s);
    return check.expression(s.value, visible, s.kind == K::Let ? "`let`" : "`for`");
  case K::Assign:
    check.expression(s.place, visible, "the place of an assignment");
    return check.expression(s.value, visible, "an assigned value");
  case K::If:
  case K::While:
  case K::Assert:
    if (s.message)
      text(s.message, "the message of `assert`");
    return check.condition(s.value, visible, "a condition");
  case K::Run:
    return check.duration(s.value, visible, "`run`");
  case K::RunUntil:
    if (s.limit)
      check.duration(s.limit, visible, "`max`");
    return check.condition(s.value, visible, "`run until`");
  case K::Record:
    if (s.interval)
      check.duration(s.interval, visible, "`every`");
    if (s.condition)
      check.condition(s.condition, visible, "`when`");
    if (s.record == RecordKind::Value && s.name.empty())
      check.fail("a recorded value has no name");
    return check.expression(s.value, visible, "`record`");
  case K::Plot:
    return check.expression(s.value, visible, "`plot`");
  case K::Print:
  case K::Save:
  case K::Load:
    return text(s.value, "what is printed, saved or loaded");
  case K::Reset:
  case K::Freeze:
  case K::Learn:
    for (expr::ExprPtr item : s.items)
      check.expression(item, visible, "an item of `reset`, `freeze` or `learn`");
    return;
  case K::Break:
  case K::Continue:
  case K::Step:
    return;
  }
}

} // namespace

std::vector<std::string> verify(const Program &program, Stage stage) {
  Errors errors = verify(*program.network, program.experiment.drawSites, stage);
  ExperimentCheck(program, errors).run();
  return errors;
}

} // namespace snn::model
