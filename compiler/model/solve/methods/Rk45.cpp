// The Runge-Kutta pair of orders 5 and 4 of Dormand and Prince (J. Comput. Appl. Math. 6, 1980) with local extrapolation. Each
// cell divides the step dt for itself: substeps are as long as the estimated error allows, and begin anew with dt in each step.
// A cell whose condition of `spike when` comes to hold within the step stops there, so that one that runs away in an
// exponential spikes and is not followed into its pole. A cell that needs too many or too short substeps becomes NaN, which
// stops the run. Exactly solved states are interpolated between their values and slopes at both ends of the step.
#include "compiler/model/solve/methods/Repeat.h"

#include <cmath>
#include <fmt/format.h>

namespace snn::solve {

using expr::Op;

namespace {

constexpr uint32_t mostSubsteps = 10'000;
constexpr double shortest = 1e-15; ///< of dt
constexpr double safety = 0.9, leastFactor = 0.2, mostFactor = 5;

constexpr int stageCount = 7; ///< the last one is the first of the next substep
constexpr double times[stageCount] = {0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1};
constexpr double weights[stageCount][6] = {{},
                                           {1. / 5},
                                           {3. / 40, 9. / 40},
                                           {44. / 45, -56. / 15, 32. / 9},
                                           {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
                                           {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
                                           {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
/// Of the slopes in the difference of both orders.
constexpr double differences[stageCount] = {71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40};

class Substeps {
public:
  Substeps(Context &context, const Equations &eqs, const Equations &exact)
      : c(context), b(context.build), equations(eqs), stages(context, eqs, exact), repeat(context, mostSubsteps) {
    for (model::Equation *eq : exact)
      if (stages.exactAt(1).contains(eq->state))
        ends.push_back(endsOf(*eq));
  }

  void solve() {
    const ExprPtr before = watchSpikes();
    left = repeat.carry("substep.left", b.dt());
    length = repeat.carry("substep.length", b.dt());
    fired = repeat.carry("substep.fired", never());
    for (model::Equation *eq : equations) {
      y.push_back(repeat.carry(eq->state->name + ".at", b.ref(eq->state)));
      first.push_back(repeat.carry(eq->state->name + ".slope", stages.rate(eq->state, eq->rhs)));
    }
    const ExprPtr remains = b.call(Op::Lt, {nothing(), b.ref(left)}), going = b.call(Op::Not, {b.ref(fired)});
    const ExprPtr collapsed = b.call(Op::Lt, {b.ref(length), b.mul(b.number(shortest), b.dt())});
    repeat.open(b.call(Op::And, {b.call(Op::And, {remains, going}), b.call(Op::Not, {collapsed})}));
    substep(before);
    repeat.close();
    const ExprPtr begun = b.call(Op::Lt, {b.call(Op::Min, {b.ref(left), b.ref(length)}), b.dt()}); // padding does not
    const ExprPtr failed = b.call(Op::And, {b.call(Op::And, {remains, going}), begun});
    for (size_t i = 0; i < y.size(); ++i)
      c.assign(equations[i]->state, b.call(Op::Select, {failed, notANumber(*equations[i]->state, b), b.ref(y[i])}), equations[i]->range);
  }

private:
  /// An exactly solved state: where it is at t, and over the step its way and its slopes times dt.
  struct Ends {
    Var *state;
    ExprPtr way, departing, arriving;
  };
  using Values = std::map<Var *, ExprPtr>;

  Context &c;
  expr::Builder &b;
  const Equations &equations;
  Stages stages;
  Repeat repeat;
  std::vector<Ends> ends;
  Var *left = nullptr, *length = nullptr, *fired = nullptr;
  std::vector<Var *> y, first;
  ExprPtr condition = nullptr; ///< of `spike when`, if it can be asked within a step

  ExprPtr nothing() { return b.number(0, b.dt()->type.dimension); }
  ExprPtr never() { return b.call(Op::Lt, {b.dt(), nothing()}); }

  Ends endsOf(const model::Equation &eq) {
    Values after;
    for (const model::Stmt &s : c.assignments)
      after[s.var] = s.value;
    const std::string name = eq.state->name;
    const ExprPtr way = c.named(name + ".way", b.sub(stages.exactAt(1).at(eq.state), b.ref(eq.state)));
    if (!affine(eq.rhs, {}, b)->noise.empty()) // no slopes: a straight line
      return {eq.state, way, way, way};
    const auto slope = [&](std::string_view which, ExprPtr rhs) { return c.named(fmt::format("{}.{}", name, which), b.mul(b.dt(), stages.rate(eq.state, rhs))); };
    return {eq.state, way, slope("departing", eq.rhs), slope("arriving", stages.at(eq.rhs, after, stages.time(1)))};
  }

  /// The cubic through both ends, at `part` of the step.
  ExprPtr between(const Ends &e, ExprPtr part) {
    const ExprPtr sum = b.add(e.departing, e.arriving), two = b.number(2);
    const ExprPtr cubic = b.sub(sum, b.mul(two, e.way));
    const ExprPtr square = b.sub(b.sub(b.mul(b.number(3), e.way), e.departing), sum);
    const ExprPtr inner = b.call(Op::Fma, {part, cubic, square});
    const ExprPtr outer = b.call(Op::Fma, {part, inner, e.departing});
    return b.call(Op::Fma, {part, outer, b.ref(e.state)});
  }

  /// What the right sides read after `after` (null: now) of the current substep, at states `x`.
  Values valuesAt(const std::vector<ExprPtr> &x, ExprPtr time, const std::string &stage) {
    Values values;
    if (!ends.empty()) {
      const ExprPtr part = c.named("substep.part" + stage, b.div(time, b.dt()));
      for (const Ends &e : ends)
        values[e.state] = c.named(e.state->name + ".at" + stage, between(e, part));
    }
    for (size_t i = 0; i < x.size(); ++i)
      values[equations[i]->state] = x[i];
    return values;
  }

  /// Whether `spike when` held at t. Its condition is watched unless it reads what is known once a step alone.
  ExprPtr watchSpikes() {
    if (!c.cells || !c.cells->spike)
      return nullptr;
    const ExprPtr e = c.cells->spike->condition;
    const bool once = expr::anyPart(e, [](ExprPtr x) {
      const auto *special = expr::dynCast<expr::Special>(x);
      const auto *call = expr::dynCast<expr::Call>(x);
      const bool known = !special || special->value == expr::SpecialValue::Time || special->value == expr::SpecialValue::Dt || special->value == expr::SpecialValue::Index;
      return !known || x->kind == expr::Kind::Draw || x->kind == expr::Kind::Reduce || (call && call->op == Op::Crosses);
    });
    if (once)
      return nullptr;
    condition = e;
    ExprPtr none = e; // held states keep the cell from spiking
    for (const Var *x : c.holdable())
      if (reads(e, {const_cast<Var *>(x)}))
        none = b.call(Op::Or, {none, b.special(expr::SpecialValue::Held, expr::Type{expr::Base::Bool, {}}, expr::Side::Self, const_cast<Var *>(x))});
    return c.named("substep.before", none);
  }

  void substep(ExprPtr before) {
    const ExprPtr h = c.named("substep.h", b.call(Op::Min, {b.ref(length), b.ref(left)}));
    const ExprPtr done = c.named("substep.done", b.sub(b.dt(), b.ref(left)));
    const ExprPtr t = b.special(expr::SpecialValue::Time, b.dt()->type);
    std::vector<std::vector<ExprPtr>> k(stageCount);
    for (Var *slope : first)
      k[0].push_back(b.ref(slope));
    std::vector<ExprPtr> x;
    Values values;
    for (int stage = 1; stage < stageCount; ++stage) {
      const std::string number = std::to_string(stage + 1);
      x.clear();
      for (size_t i = 0; i < y.size(); ++i)
        x.push_back(c.named(equations[i]->state->name + ".at" + number, b.call(Op::Fma, {h, weighted(weights[stage], k, i, stage), b.ref(y[i])})));
      const ExprPtr within = c.named("substep.t" + number, b.call(Op::Fma, {b.number(times[stage]), h, done}));
      values = valuesAt(x, within, number);
      for (model::Equation *eq : equations)
        k[stage].push_back(c.named(eq->state->name + ".k" + number, stages.rate(eq->state, stages.at(eq->rhs, values, b.add(t, within)))));
    }
    accept(h, x, k, values, before, b.add(t, b.add(done, h)));
  }

  ExprPtr weighted(const double *weight, const std::vector<std::vector<ExprPtr>> &k, size_t i, int stages_) {
    ExprPtr sum = nullptr;
    for (int stage = 0; stage < stages_; ++stage)
      if (weight[stage] != 0)
        sum = sum ? b.call(Op::Fma, {b.number(weight[stage]), k[stage][i], sum}) : b.mul(b.number(weight[stage]), k[stage][i]);
    return sum;
  }

  /// Whether the substep counts, and what comes next. An error that is NaN counts as infinite.
  void accept(ExprPtr h, const std::vector<ExprPtr> &x, const std::vector<std::vector<ExprPtr>> &k, const Values &values, ExprPtr before, ExprPtr time) {
    ExprPtr ratio = nullptr, sum = nullptr;
    for (size_t i = 0; i < y.size(); ++i) {
      const ExprPtr size = b.call(Op::Max, {b.call(Op::Abs, {b.ref(y[i])}), b.call(Op::Abs, {x[i]})});
      const ExprPtr error = b.mul(h, weighted(differences, k, i, stageCount));
      const ExprPtr mine = c.named(equations[i]->state->name + ".ratio", b.div(b.call(Op::Abs, {error}), tolerated(*equations[i]->state, size, equations[i]->tolerance, b)));
      ratio = ratio ? b.call(Op::Max, {ratio, mine}) : mine;
      sum = b.add(sum, mine); // a maximum would lose a NaN
    }
    const ExprPtr endless = b.number(HUGE_VAL);
    const ExprPtr worst = c.named("substep.ratio", b.call(Op::Select, {b.call(Op::Lt, {sum, endless}), ratio, endless}));
    const ExprPtr ok = c.named("substep.ok", b.call(Op::Le, {worst, b.number(1)}));
    const auto select = [&](ExprPtr a, ExprPtr otherwise) { return b.call(Op::Select, {ok, a, otherwise}); };
    const ExprPtr wanted = b.mul(b.number(safety), b.power(worst, b.number(-0.2), {}));
    const ExprPtr grown = b.call(Op::Min, {b.call(Op::Max, {wanted, b.number(leastFactor)}), b.number(mostFactor)});
    repeat.next(left, select(b.sub(b.ref(left), h), b.ref(left)));
    repeat.next(length, b.mul(h, grown));
    if (before) {
      const ExprPtr now = b.call(Op::And, {stages.at(condition, values, time), b.call(Op::Not, {before})});
      repeat.next(fired, b.call(Op::And, {ok, now}));
    }
    for (size_t i = 0; i < y.size(); ++i) {
      repeat.next(y[i], select(x[i], b.ref(y[i])));
      repeat.next(first[i], select(k.back()[i], b.ref(first[i])));
    }
  }
};

} // namespace

void solveRk45(Context &c, const Equations &equations, const Equations &exact) {
  for (model::Equation *eq : equations)
    eq->rhs = c.drawn(eq->rhs);
  if (!equations.empty())
    Substeps(c, equations, exact).solve();
}

} // namespace snn::solve
