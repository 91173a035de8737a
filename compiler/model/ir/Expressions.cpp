// The one place that knows where populations, projections and experiments hold expressions.
#include "compiler/model/ir/Expressions.h"

#include <initializer_list>

namespace snn::model {

namespace {

void each(std::initializer_list<expr::ExprPtr> list, const SeeExpression &see) {
  for (const expr::ExprPtr e : list)
    if (e)
      see(e, false);
}

template <class Statements> void branch(const Statements &statements, const SeeExpression &see) {
  forEachExpression(statements, [&](expr::ExprPtr e, bool) { see(e, true); });
}

void each(const std::vector<Update> &updates, const SeeExpression &see) {
  for (const Update &u : updates) {
    each({u.interval}, see);
    forEachExpression(u.body, see);
  }
}

void each(const Dynamics &owner, const SeeExpression &see) {
  for (const Var &v : owner.vars)
    each({v.init, v.low, v.high}, see);
  for (const Var &v : owner.noises)
    each({v.init}, see);
  for (const Equation &e : owner.equations)
    each({e.rhs, e.tolerance}, see);
  forEachExpression(owner.integrate, see);
}

} // namespace

void forEachExpression(const Body &body, const SeeExpression &see) {
  for (const Stmt &s : body) {
    each({s.value}, see);
    branch(s.then, see);
    branch(s.otherwise, see);
  }
}

void forEachExpression(const Population &cells, const SeeExpression &see) {
  each(cells, see);
  for (const expr::ExprPtr extent : cells.shape)
    each({extent}, see);
  for (const Table &t : cells.tables)
    each({t.value}, see);
  if (cells.spike) {
    each({cells.spike->condition}, see);
    forEachExpression(cells.spike->body, see);
  }
  for (const Body &b : cells.onData)
    forEachExpression(b, see);
  each(cells.updates, see);
  each({cells.spikeTimes, cells.spikeCells}, see);
}

void forEachExpression(const Projection &edges, const SeeExpression &see) {
  each(edges, see);
  each({edges.pattern.amount, edges.pattern.within, edges.where, edges.delay}, see);
  for (const Body *body : {&edges.onPre, &edges.onPost, &edges.couplings})
    forEachExpression(*body, see);
  each(edges.updates, see);
}

void forEachExpression(const HostBody &body, const SeeExpression &see) {
  for (const HostStmt &s : body) {
    each({s.place, s.value, s.message, s.limit, s.interval, s.condition}, see);
    for (const expr::ExprPtr item : s.items)
      each({item}, see);
    branch(s.body, see);
    branch(s.otherwise, see);
  }
}

void forEachExpression(const Experiment &experiment, const SeeExpression &see) {
  each({experiment.dt, experiment.seed, experiment.threads}, see);
  for (const Option &o : experiment.options)
    each({o.initial}, see);
  for (const auto &[var, value] : experiment.networkArgs)
    each({value}, see);
  for (const Sweep &s : experiment.sweeps)
    each({s.values}, see);
  forEachExpression(experiment.body, see);
  if (experiment.after)
    forEachExpression(*experiment.after, see);
}

} // namespace snn::model
