// Draws, bounds and time constants whose operands are known before the run.
#include "compiler/model/ir/Demands.h"

#include "compiler/model/expr/Build.h"
#include "compiler/model/expr/Print.h"
#include "compiler/model/ir/Expressions.h"

#include <optional>
#include <set>

namespace snn::model {

using expr::Distribution;
using expr::ExprPtr;

/// Params, and what the network computes once. Of a `let` of a model it would have to be known what else it reads.
bool isUniform(ExprPtr e) {
  const auto known = [](const Var &v) {
    return v.storage == Storage::Uniform && v.type.rank == 0 && (v.kind == VarKind::Param || v.kind == VarKind::Const || v.kind == VarKind::Let);
  };
  return !expr::anyPart(e, [&](ExprPtr part) {
    const auto *r = expr::dynCast<expr::Ref>(part);
    return r ? !known(*r->var) : part->kind != expr::Kind::Const && part->kind != expr::Kind::Call;
  });
}

namespace {

/// In the order of the distributions. Whether something happens with a probability is asked where it is drawn, and ends the run.
std::optional<Rule> ruleOf(Distribution d) {
  if (d == Distribution::Bernoulli)
    return std::nullopt;
  static_assert(static_cast<int>(Rule::Bernoulli) == static_cast<int>(Distribution::Bernoulli));
  return static_cast<Rule>(d);
}

std::optional<Demand> demandOf(ExprPtr e) {
  if (const auto *draw = expr::dynCast<expr::Draw>(e)) {
    const std::optional<Rule> rule = ruleOf(draw->distribution);
    return rule ? std::optional(Demand{*rule, e->range, {draw->args.begin(), draw->args.end()}}) : std::nullopt;
  }
  const auto *call = expr::dynCast<expr::Call>(e);
  return call && call->op == expr::Op::Clip ? std::optional(Demand{Rule::Bounds, e->range, {call->args[1], call->args[2]}}) : std::nullopt;
}

/// A param that an equation divides by. Whoever writes a sign or a difference there has thought of it.
std::optional<Demand> timeConstant(ExprPtr e) {
  const auto *quotient = expr::dynCast<expr::Call>(e);
  const ExprPtr divisor = quotient && quotient->op == expr::Op::Div ? quotient->args[1] : nullptr;
  if (!divisor || divisor->kind != expr::Kind::Ref || divisor->type.dimension != units::Dimension::of(units::BaseUnit::Second))
    return std::nullopt;
  return Demand{Rule::TimeConstant, divisor->range, {divisor}};
}

class Collector {
public:
  std::vector<Demand> found;

  /// Not in the branches of a choice, one of which may be there for just these values: `-x / tau if tau > 0 ms else 0 Hz`.
  void look(ExprPtr whole, std::optional<Demand> (*demanded)(ExprPtr)) {
    expr::forEachPart(whole, [&](ExprPtr part) {
      if (std::optional<Demand> demand = demanded(part))
        add(std::move(*demand));
      const auto *call = expr::dynCast<expr::Call>(part);
      if (!call || call->op != expr::Op::Select)
        return true;
      look(call->args[0], demanded);
      return false;
    });
  }
  void bounds(const Var &v) {
    if (v.low && v.high)
      add({Rule::Bounds, v.range, {v.low, v.high}});
  }

private:
  std::set<std::string> seen;

  void add(Demand demand) {
    std::string name = std::to_string(static_cast<int>(demand.rule));
    for (const ExprPtr operand : demand.operands) {
      if (!isUniform(operand))
        return;
      name += " " + expr::print(operand);
    }
    if (seen.insert(name).second)
      found.push_back(std::move(demand));
  }
};

std::vector<Demand> collect(const Dynamics &owner, Collector all) {
  for (const Equation &e : owner.equations)
    all.look(e.rhs, timeConstant);
  for (const Var &v : owner.vars)
    all.bounds(v);
  return std::move(all.found);
}

template <class Owner> Collector collectorOf(const Owner &owner) {
  Collector all;
  forEachExpression(owner, [&](ExprPtr e, bool chosen) {
    if (!chosen)
      all.look(e, demandOf);
  });
  return all;
}

} // namespace

std::vector<Demand> demandsOf(const Population &cells) { return collect(cells, collectorOf(cells)); }
std::vector<Demand> demandsOf(const Projection &edges) { return collect(edges, collectorOf(edges)); }
std::vector<Demand> demandsOf(const Experiment &experiment) { return collectorOf(experiment).found; }

} // namespace snn::model
