// Linear equations with constant coefficients: x(t + dt) = P x + Q b.
//   before:  V' = (g - V) / tau_m,  g' = -g / tau_s
//   after:   let V.next = fma(P.V.V, V, P.V.g * g);  let g.next = P.g * g;  V = V.next;  g = g.next
// A single equation with uniform coefficients has P = exp(a dt), Q = dt exprel(a dt) as derived scalars; coupled ones get
// a LinearSystem. Where coefficients differ from cell to cell, or change with a signal, P and Q are evaluated per cell and step: of a single equation,
// and in closed form of one that reads states that decay on their own (a membrane with exponential currents):
//   V' = a V + c g + b,  g' = d g:   V(t + h) = exp(a h) V + c h exp(d h) exprel((a - d) h) g + h exprel(a h) b
// which is the integral of exp(a (h - s)) c exp(d s) over s, in the form that has no pole at a = d.
// While a state is held it is an input of those that read it: they get a second solution, chosen by `held(V)`.
// White noise with constant factors adds a normal number of the exact covariance (methods/Noise.h).
#include "compiler/model/solve/methods/Noise.h"
#include "compiler/model/solve/methods/Stages.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::solve {

using expr::Op;
using model::Equation;

namespace {

constexpr size_t largestSystem = 16; ///< whose propagator is multiplied with all states in every step

bool shareNoise(const Row &a, const Row &b) {
  return std::ranges::any_of(a.parts.noise, [&](const auto &n) { return b.parts.noise.contains(n.first); });
}

/// Components of rows that need each other's states or share noise, in order of declaration.
std::vector<std::vector<Row>> components(const std::vector<Row> &rows) {
  std::vector<size_t> root(rows.size());
  for (size_t k = 0; k < rows.size(); ++k)
    root[k] = k;
  const auto index = [&](Var *v) {
    return static_cast<size_t>(std::ranges::find_if(rows, [&](const Row &r) { return r.equation->state == v; }) - rows.begin());
  };
  const auto join = [&](size_t from, size_t to) {
    for (size_t &r : root)
      r = r == from ? to : r;
  };
  for (size_t k = 0; k < rows.size(); ++k) {
    for (const auto &[var, coefficient] : rows[k].parts.coefficients)
      join(root[index(var)], root[k]);
    for (size_t j = 0; j < k; ++j)
      if (shareNoise(rows[j], rows[k]))
        join(root[j], root[k]);
  }
  std::vector<std::vector<Row>> out;
  for (size_t k = 0; k < rows.size(); ++k) {
    auto there = std::ranges::find_if(out, [&](const auto &c) { return root[index(c[0].equation->state)] == root[k]; });
    if (there == out.end())
      out.push_back({rows[k]});
    else
      there->push_back(rows[k]);
  }
  return out;
}

std::vector<std::vector<Row>> components(const Equations &equations, expr::Builder &build) {
  std::set<Var *> members;
  for (Equation *eq : equations)
    members.insert(eq->state);
  std::vector<Row> rows;
  for (Equation *eq : equations)
    rows.push_back({eq, *affine(eq->rhs, members, build)});
  return components(rows);
}

ExprPtr coefficientOf(const Row &row, Var *state) {
  const auto it = row.parts.coefficients.find(state);
  return it == row.parts.coefficients.end() ? nullptr : it->second;
}

bool readsOthers(const Row &row) {
  return std::ranges::any_of(row.parts.coefficients, [&](const auto &c) { return c.first != row.equation->state; });
}

bool uniformCoefficients(const std::vector<Row> &rows) {
  return std::ranges::all_of(rows, [](const Row &row) {
    const auto uniform = [](const auto &c) { return isUniform(c.second); };
    return std::ranges::all_of(row.parts.coefficients, uniform) && std::ranges::all_of(row.parts.noise, uniform);
  });
}

/// Whether a row can be solved by itself: its noise is its own, and what it reads decays on its own, without input.
bool closedForm(const std::vector<Row> &rows, const Row &row) {
  return std::ranges::all_of(rows, [&](const Row &other) {
    const bool decays = !readsOthers(other) && !other.parts.rest && other.parts.noise.empty();
    return &other == &row || (!shareNoise(row, other) && (decays || !coefficientOf(row, other.equation->state)));
  });
}

/// The value after h of a row in closed form, with `rest` for its inhomogeneity.
ExprPtr closedValue(expr::Builder &b, const std::vector<Row> &rows, const Row &row, ExprPtr rest, ExprPtr h) {
  const auto times = [&](ExprPtr rate) { return rate ? b.mul(rate, h) : nullptr; };
  const auto relative = [&](ExprPtr rate) { // h exprel(rate h)
    return rate ? b.mul(h, b.call(Op::Exprel, {b.mul(rate, h)})) : h;
  };
  const ExprPtr a = coefficientOf(row, row.equation->state);
  ExprPtr sum = rest ? b.mul(relative(a), rest) : nullptr;
  for (const Row &other : rows) {
    const ExprPtr c = &other == &row ? nullptr : coefficientOf(row, other.equation->state);
    if (!c)
      continue;
    const ExprPtr d = coefficientOf(other, other.equation->state);
    ExprPtr p = b.mul(c, relative(b.sub(a, d)));
    if (d)
      p = b.mul(p, b.call(Op::Exp, {times(d)}));
    const ExprPtr g = b.ref(other.equation->state);
    sum = sum ? b.call(Op::Fma, {p, g, sum}) : b.mul(p, g);
  }
  const ExprPtr x = b.ref(row.equation->state);
  const ExprPtr p = a ? b.call(Op::Exp, {times(a)}) : nullptr;
  if (!sum)
    return p ? b.mul(p, x) : x;
  return p ? b.call(Op::Fma, {p, x, sum}) : b.add(x, sum);
}

ExprPtr partOfStep(expr::Builder &b, double fraction) {
  return fraction == 1 ? b.dt() : b.mul(b.number(fraction), b.dt());
}

/// A single equation after `fraction` of a step; over a whole step its propagator is a derived scalar where it is uniform.
ExprPtr singleValue(Context &c, const Row &row, double fraction, const std::string &variant) {
  Var *x = row.equation->state;
  expr::Builder &b = c.build;
  const ExprPtr a = coefficientOf(row, x), h = partOfStep(b, fraction);
  const ExprPtr rate = a ? b.mul(a, h) : nullptr;
  ExprPtr p = a ? b.call(Op::Exp, {rate}) : nullptr, q = a ? b.mul(h, b.call(Op::Exprel, {rate})) : h;
  if (a && fraction == 1 && isUniform(a)) {
    p = b.ref(&c.derived(x->name + variant + ".P", p));
    if (row.parts.rest)
      q = b.ref(&c.derived(x->name + variant + ".Q", q, units::Dimension::of(units::BaseUnit::Second)));
  }
  if (!row.parts.rest)
    return p ? b.mul(p, b.ref(x)) : b.ref(x);
  const ExprPtr driven = b.mul(q, row.parts.rest);
  return p ? b.call(Op::Fma, {p, b.ref(x), driven}) : b.add(b.ref(x), driven);
}

/// Which entries of exp(A) can differ from zero: reachability.
std::vector<bool> reachable(const std::vector<Row> &rows) {
  const size_t n = rows.size();
  std::vector<bool> r(n * n);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j)
      r[i * n + j] = i == j || rows[i].parts.coefficients.contains(rows[j].equation->state);
  for (size_t k = 0; k < n; ++k)
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j)
        if (r[i * n + k] && r[k * n + j])
          r[i * n + j] = true;
  return r;
}

model::LinearSystem &makeSystem(Context &c, const std::vector<Row> &rows, double fraction, const std::string &variant) {
  const size_t n = rows.size();
  model::LinearSystem system;
  system.fraction = fraction;
  const std::string suffix = variant + (fraction == 1 ? "" : ".half");
  const std::vector<bool> filled = reachable(rows);
  for (const Row &row : rows)
    system.states.push_back(row.equation->state);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) {
      Var *vi = rows[i].equation->state, *vj = rows[j].equation->state;
      const auto coefficient = rows[i].parts.coefficients.find(vj);
      const std::string name = vi->name + "." + vj->name + suffix;
      const bool has = coefficient != rows[i].parts.coefficients.end();
      const units::Dimension ratio = vi->type.dimension / vj->type.dimension, time = units::Dimension::of(units::BaseUnit::Second);
      system.a.push_back(has ? &c.derived(name + ".A", coefficient->second, ratio / time) : nullptr);
      system.p.push_back(filled[i * n + j] ? &c.derived(name + ".P", nullptr, ratio) : nullptr);
      system.q.push_back(filled[i * n + j] && rows[j].parts.rest ? &c.derived(name + ".Q", nullptr, ratio * time) : nullptr);
    }
  c.owner.systems.push_back(std::move(system));
  return c.owner.systems.back();
}

/// sum over j of P_ij x_j + Q_ij b_j, the diagonal last (it is the largest).
ExprPtr rowValue(Context &c, const std::vector<Row> &rows, const model::LinearSystem &s, size_t i, const std::vector<ExprPtr> &rest) {
  expr::Builder &b = c.build;
  const size_t n = rows.size();
  ExprPtr sum = nullptr;
  for (size_t j = 0; j < n; ++j)
    if (s.q[i * n + j])
      sum = sum ? b.call(Op::Fma, {b.ref(s.q[i * n + j]), rest[j], sum}) : b.mul(b.ref(s.q[i * n + j]), rest[j]);
  for (size_t k = 1; k <= n; ++k) {
    const size_t j = (i + k) % n; // i itself comes last
    if (!s.p[i * n + j])
      continue;
    const ExprPtr p = b.ref(s.p[i * n + j]), x = b.ref(rows[j].equation->state);
    sum = sum ? b.call(Op::Fma, {p, x, sum}) : b.mul(p, x);
  }
  return sum;
}

/// Coupled equations whose coefficients differ from cell to cell, but that need no matrix.
bool inClosedForm(const std::vector<Row> &rows) {
  return !uniformCoefficients(rows) && std::ranges::all_of(rows, [&](const Row &row) { return closedForm(rows, row); });
}

std::vector<ExprPtr> restValues(Context &c, const std::vector<Row> &rows, const std::string &variant) {
  std::vector<ExprPtr> rest;
  for (const Row &row : rows)
    rest.push_back(row.parts.rest ? c.build.ref(&c.local(row.equation->state->name + variant + ".input", row.parts.rest)) : nullptr);
  return rest;
}

/// One propagator for all cells.
bool solvedJointly(Context &c, const std::vector<Row> &rows) {
  if (!uniformCoefficients(rows)) {
    for (const Row &row : rows)
      if (!closedForm(rows, row))
        c.diagnostics
            .report(diag::Id::systemTooLarge, row.equation->range,
                    "`{}` cannot be solved exactly: it is coupled to other equations, and coefficients differ from {}",
                    row.equation->state->name, c.cells ? "cell to cell" : "edge to edge")
            .mend("leave the choice to `auto`, or write `solver exponential_euler` or `rk4`");
    return false;
  }
  if (rows.size() <= largestSystem)
    return true;
  c.diagnostics.report(diag::Id::systemTooLarge, rows[0].equation->range, "{} coupled linear equations: at most {} are solved jointly",
                       rows.size(), largestSystem)
      .mend("choose `solver rk4` for some of them");
  return false;
}

using Values = std::map<Var *, ExprPtr, model::VarOrder>;

/// What noise adds to the states of a component over the whole step; made once.
Values noiseOf(Context &c, const std::vector<Row> &rows, const std::string &variant) {
  Values noise;
  if (std::ranges::all_of(rows, [](const Row &row) { return row.parts.noise.empty(); }))
    return noise;
  const auto place = [&](Var *x) { return std::pair<const Var *, std::string>{x, "noise" + variant}; };
  const bool known = std::ranges::any_of(rows, [&](const Row &row) { return c.made.contains(place(row.equation->state)); });
  if (!known && rows.size() > 1 && uniformCoefficients(rows)) {
    for (const auto &[x, value] : jointNoise(c, rows, variant))
      c.made[place(x)] = value;
  } else if (!known) {
    for (const Row &row : rows)
      if (Var *x = row.equation->state; !row.parts.noise.empty())
        c.made[place(x)] = c.named(x->name + variant + ".noise", noiseOverStep(c, x, coefficientOf(row, x), row.parts.noise));
  }
  for (const Row &row : rows)
    if (const auto it = c.made.find(place(row.equation->state)); it != c.made.end())
      noise[row.equation->state] = it->second;
  return noise;
}

/// In the middle of a step there is as much noise as on the straight way to its end.
void addNoise(Context &c, const std::vector<Row> &rows, double fraction, const std::string &variant, Values &values) {
  for (const auto &[x, noise] : noiseOf(c, rows, variant))
    values[x] = c.build.add(values.at(x), fraction == 1 ? noise : c.build.mul(c.build.number(fraction), noise));
}

/// The rows while `x` stands still: what read it has one more input.
std::vector<std::vector<Row>> withHeld(expr::Builder &b, std::vector<Row> rows, Var *x) {
  for (Row &row : rows) {
    if (row.equation->state == x) {
      row.parts = {};
      continue;
    }
    const auto reading = row.parts.coefficients.find(x);
    if (reading == row.parts.coefficients.end())
      continue;
    row.parts.rest = b.add(row.parts.rest, b.mul(reading->second, b.ref(x)));
    row.parts.coefficients.erase(reading);
  }
  return components(rows);
}

/// The values of a component after `fraction` of a step. A state that `hold` may stop and that other rows read makes two
/// solutions, with it moving and with it standing still; the state's own value is the moving one. `moving`: those that do not
/// stand still here.
Values solved(Context &c, const std::vector<Row> &rows, double fraction, const std::string &variant, std::set<Var *> moving) {
  expr::Builder &b = c.build;
  const model::VarSet holdable = c.holdable();
  Values values;
  for (const Row &row : rows)
    for (const auto &[x, coefficient] : row.parts.coefficients) {
      if (x == row.equation->state || !holdable.contains(x) || moving.contains(x))
        continue;
      Values standing;
      for (const std::vector<Row> &part : withHeld(b, rows, x))
        standing.merge(solved(c, part, fraction, variant + "." + x->name + "_held", moving));
      moving.insert(x);
      for (const auto &[state, value] : solved(c, rows, fraction, variant, moving))
        values[state] = state == x ? value : c.whileHeld(x, standing.at(state), value);
      return values;
    }
  if (rows.size() == 1) {
    values[rows[0].equation->state] = singleValue(c, rows[0], fraction, variant);
  } else if (inClosedForm(rows)) {
    const ExprPtr h = partOfStep(b, fraction);
    for (const Row &row : rows)
      values[row.equation->state] = readsOthers(row) ? closedValue(b, rows, row, row.parts.rest, h) : singleValue(c, row, fraction, variant);
  } else if (solvedJointly(c, rows)) {
    const std::vector<ExprPtr> rest = restValues(c, rows, variant);
    const model::LinearSystem system = makeSystem(c, rows, fraction, variant);
    for (size_t i = 0; i < rows.size(); ++i)
      values[rows[i].equation->state] = rowValue(c, rows, system, i, rest);
  } else {
    for (const Row &row : rows) // after an error
      values[row.equation->state] = b.ref(row.equation->state);
    return values;
  }
  addNoise(c, rows, fraction, variant, values);
  return values;
}

} // namespace

std::map<const Equation *, std::string> withoutPropagator(const Equations &linear, bool cells, expr::Builder &build) {
  std::map<const Equation *, std::string> out;
  for (const std::vector<Row> &rows : components(linear, build)) {
    const bool oneForAll = uniformCoefficients(rows);
    for (const Row &row : rows)
      if (oneForAll && rows.size() > largestSystem)
        out[row.equation] = fmt::format("{} coupled equations are more than the {} that are solved jointly and exactly", rows.size(), largestSystem);
      else if (!oneForAll && rows.size() > 1 && !closedForm(rows, row))
        out[row.equation] = fmt::format("a joint exact solution needs a matrix for each {}, since {}", cells ? "cell" : "edge", differingCoefficients(cells));
  }
  return out;
}

/// What events evaluate is not integrated here, but may be read by what is: its component is solved with it.
void solveExact(Context &c, const Equations &equations) {
  for (const std::vector<Row> &rows : components(equations, c.build)) {
    if (std::ranges::all_of(rows, [](const Row &row) { return row.equation->state->eventDriven; }))
      continue;
    const Values values = solved(c, rows, 1, "", {});
    for (const Row &row : rows) {
      Var *x = row.equation->state;
      const ExprPtr next = c.made[{x, ".next"}] = c.build.ref(&c.local(x->name + ".next", values.at(x)));
      if (!x->eventDriven)
        c.assign(x, next, row.equation->range);
    }
  }
}

/// Values of exactly solved states within the step or at its end, for the stages of rk4.
std::map<Var *, ExprPtr> exactValues(Context &c, const Equations &exact, const std::set<Var *> &wanted, double fraction) {
  const std::string suffix = fraction == 1 ? ".next" : ".half";
  const auto known = [&](Var *x) { return c.made.contains({x, suffix}); };
  for (const std::vector<Row> &rows : components(exact, c.build))
    if (std::ranges::any_of(rows, [&](const Row &r) { return wanted.contains(r.equation->state) && !known(r.equation->state); }))
      for (const auto &[x, value] : solved(c, rows, fraction, "", {}))
        c.made[{x, suffix}] = c.build.ref(&c.local(x->name + suffix, value));
  std::map<Var *, ExprPtr> out;
  for (Var *x : wanted)
    out[x] = c.made.at({x, suffix});
  return out;
}

} // namespace snn::solve
