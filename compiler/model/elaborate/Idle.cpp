// What an experiment says and nothing hears: recordings after the last run, options that nothing reads, connections to a target that
// nothing reads. Warnings, as the program does what it says.
#include "compiler/model/elaborate/Elaborator.h"

#include "compiler/model/expr/Build.h"
#include "compiler/model/ir/Expressions.h"
#include "compiler/model/ir/Ports.h"

#include <algorithm>
#include <ranges>

namespace snn::elaborate {

using diag::Id;
using model::HostStmt;
using model::HostStmtKind;
using model::VarKind;

namespace {

bool advances(const model::HostBody &body);
bool advances(const HostStmt &s) {
  return s.kind == HostStmtKind::Run || s.kind == HostStmtKind::RunUntil || s.kind == HostStmtKind::Step || advances(s.body) || advances(s.otherwise);
}
bool advances(const model::HostBody &body) {
  return std::ranges::any_of(body, [](const HostStmt &s) { return advances(s); });
}

/// Of these the statement begins a recording; a value without `every` is noted where it stands.
bool goesOn(const HostStmt &s) { return s.kind == HostStmtKind::Record && (s.record != model::RecordKind::Value || s.interval); }

/// Recordings that no step follows. `later`: whether one comes after the body.
void recordedInVain(const model::HostBody &body, bool later, std::vector<const HostStmt *> &out) {
  for (const HostStmt &s : body | std::views::reverse) {
    if (goesOn(s) && !later)
      out.push_back(&s);
    const bool loop = s.kind == HostStmtKind::For || s.kind == HostStmtKind::While;
    const bool inside = later || (loop && advances(s.body));
    recordedInVain(s.body, inside, out);
    recordedInVain(s.otherwise, inside, out);
    later |= advances(s);
  }
}

/// What `e` reads of cells and edges, and options.
void noteRead(expr::ExprPtr e, model::VarSet &read) {
  expr::forEachPart(e, [&](expr::ExprPtr part) {
    if (const auto *r = expr::dynCast<expr::Ref>(part))
      read.insert(r->var);
    else if (const auto *cells = expr::dynCast<expr::CellsValue>(part); cells && cells->var)
      read.insert(cells->var);
    return true;
  });
}

} // namespace

void Elaborator::warnOfRecordsInVain() {
  std::vector<const HostStmt *> found;
  recordedInVain(current->body, false, found);
  for (const HostStmt *s : found | std::views::reverse)
    diagnostics.report(Id::nothingRuns, s->range, "no step is computed after this, so nothing is recorded")
        .mend("recordings begin where they stand: write them before `run`");
}

void Elaborator::warnOfUnreadOptions() {
  model::VarSet read;
  model::forEachExpression(*current, [&](expr::ExprPtr e, bool) { noteRead(e, read); });
  for (const model::Gathered &g : current->gathered) // `after sweep` reads an axis by a variable of its own
    if (g.axis && read.contains(g.var) && current->sweeps[*g.axis].var)
      read.insert(current->sweeps[*g.axis].var);
  for (const model::Option &option : current->options) {
    if (read.contains(option.var))
      continue;
    const bool swept = std::ranges::find(current->sweeps, option.var, &model::Sweep::var) != current->sweeps.end();
    const bool ofNetwork = std::ranges::any_of(network->vars, [&](const Var &v) { return v.kind == VarKind::Param && v.name == option.var->name; });
    diagnostics.report(Id::unreadOption, option.var->range, "nothing reads `{}`, so it changes nothing", option.var->name)
        .mend(ofNetwork ? fmt::format("give it to the network: `on {0}({1} = {1})`", network->name, option.var->name)
              : swept   ? "to repeat with other random numbers: `sweep seed in range(3)`"
                        : "");
  }
}

/// What is added to a variable is lost if neither the cells, nor any edges, nor an experiment reads it. Its own equation does not count:
/// there it decays. Of an experiment that computes no step nothing is said: a program may run its network and read it.
void Elaborator::noteUnreadTargets() {
  std::map<expr::ExprPtr, const Var *> equations;
  for (const model::Population &p : network->populations)
    for (const model::Equation &e : p.equations)
      equations[e.rhs] = e.state;
  model::VarSet read;
  const auto see = [&](expr::ExprPtr e, bool) {
    model::VarSet here;
    noteRead(e, here);
    if (const auto equation = equations.find(e); equation != equations.end())
      here.erase(equation->second);
    read.insert(here.begin(), here.end());
  };
  model::forEachExpression(*current, see);
  for (const model::Population &p : network->populations)
    model::forEachExpression(p, see);
  for (const model::Projection &p : network->projections)
    model::forEachExpression(p, see);
  for (const model::Projection &p : network->projections)
    for (const expr::Side side : {expr::Side::Post, expr::Side::Pre})
      for (const Var *var : model::portsOf(p, side)) {
        const model::Population &cells = side == expr::Side::Post ? *p.targetPopulation : *p.sourcePopulation;
        Target &target = targets.try_emplace({p.range.begin, p.range.file, var->range.begin}, Target{p.range, var->range, var->name, cells.name, false}).first->second;
        target.read |= read.contains(var) || !advances(current->body);
      }
}

void Elaborator::warnOfUnreadTargets() {
  for (const auto &[place, t] : targets)
    if (!t.read && !diagnostics.hasErrors()) // an experiment with an error may have been the one that reads it
      diagnostics.report(Id::unreadTarget, t.connection, "nothing reads `{}` of `{}`, so what arrives there changes nothing", t.name, t.cells)
          .note(t.variable, "this is where it is added up")
          .mend("let an equation of the cells read it, or record it");
}

} // namespace snn::elaborate
