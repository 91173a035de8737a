// Linear equations with constant coefficients: x(t + dt) = P x + Q b.
//   before:  V' = (g - V) / tau_m,  g' = -g / tau_s
//   after:   let V.next = fma(P.V.V, V, P.V.g * g);  let g.next = P.g * g;  V = V.next;  g = g.next
// A single equation with uniform coefficients has P = exp(a dt), Q = dt exprel(a dt) as derived scalars; coupled ones get
// a LinearSystem. Where coefficients differ from cell to cell, P and Q are evaluated per cell and step: of a single equation,
// and in closed form of one that reads states that decay on their own (a membrane with exponential currents):
//   V' = a V + c g + b,  g' = d g:   V(t + h) = exp(a h) V + c h exp(d h) exprel((a - d) h) g + h exprel(a h) b
// which is the integral of exp(a (h - s)) c exp(d s) over s, in the form that has no pole at a = d.
#include "compiler/model/solve/Linear.h"
#include "compiler/model/solve/methods/Halfway.h"
#include "compiler/model/solve/Solve.h"

#include <algorithm>

namespace snn::solve {

using expr::Op;
using model::Equation;

namespace {

constexpr size_t largestSystem = 8;

struct Row {
  Equation *equation = nullptr;
  Affine parts;
};

/// Components of equations that need each other's states, in order of declaration.
std::vector<std::vector<Row>> components(const Equations &equations, const std::set<Var *> &members, expr::Builder &build) {
  std::vector<Row> rows;
  for (Equation *eq : equations)
    rows.push_back({eq, *affine(eq->rhs, members, build)});
  std::vector<size_t> root(rows.size());
  for (size_t k = 0; k < rows.size(); ++k)
    root[k] = k;
  const auto index = [&](Var *v) {
    return static_cast<size_t>(std::ranges::find_if(rows, [&](const Row &r) { return r.equation->state == v; }) - rows.begin());
  };
  for (size_t k = 0; k < rows.size(); ++k)
    for (const auto &[var, coefficient] : rows[k].parts.coefficients) {
      const size_t from = root[index(var)], to = root[k];
      for (size_t &r : root)
        r = r == from ? to : r;
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

ExprPtr coefficientOf(const Row &row, Var *state) {
  const auto it = row.parts.coefficients.find(state);
  return it == row.parts.coefficients.end() ? nullptr : it->second;
}

bool readsOthers(const Row &row) {
  return std::ranges::any_of(row.parts.coefficients, [&](const auto &c) { return c.first != row.equation->state; });
}

bool uniformCoefficients(const std::vector<Row> &rows) {
  return std::ranges::all_of(rows, [](const Row &row) {
    return std::ranges::all_of(row.parts.coefficients, [](const auto &c) { return isUniform(c.second); });
  });
}

/// Whether what a row reads decays on its own, without input.
bool closedForm(const std::vector<Row> &rows, const Row &row) {
  return std::ranges::all_of(rows, [&](const Row &other) {
    return &other == &row || !coefficientOf(row, other.equation->state) || (!readsOthers(other) && !other.parts.rest);
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

void solveSingle(Context &c, const Row &row) {
  Var *x = row.equation->state;
  expr::Builder &b = c.build;
  const auto found = row.parts.coefficients.find(x);
  const ExprPtr a = found == row.parts.coefficients.end() ? nullptr : found->second, dt = b.dt();
  const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
  ExprPtr p = nullptr, q = dt;
  if (a) {
    const ExprPtr rate = b.mul(a, dt);
    p = b.call(Op::Exp, {rate});
    q = b.mul(dt, b.call(Op::Exprel, {rate}));
    if (isUniform(a)) {
      p = b.ref(&c.derived(x->name + ".P", p));
      if (row.parts.rest)
        q = b.ref(&c.derived(x->name + ".Q", q, time));
    }
  }
  ExprPtr next = b.mul(p, b.ref(x));
  if (!p)
    next = b.ref(x);
  if (row.parts.rest)
    next = p ? b.call(Op::Fma, {p, b.ref(x), b.mul(q, row.parts.rest)}) : b.add(next, b.mul(q, row.parts.rest));
  c.assign(x, b.ref(&c.local(x->name + ".next", next)), row.equation->range);
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

model::LinearSystem &makeSystem(Context &c, const std::vector<Row> &rows, double fraction) {
  const size_t n = rows.size();
  model::LinearSystem system;
  system.fraction = fraction;
  const std::string suffix = fraction == 1 ? "" : ".half";
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
  c.population.systems.push_back(std::move(system));
  return c.population.systems.back();
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
  return !uniformCoefficients(rows) && std::ranges::all_of(rows, [&](const Row &row) { return !readsOthers(row) || closedForm(rows, row); });
}

std::vector<ExprPtr> restValues(Context &c, const std::vector<Row> &rows) {
  std::vector<ExprPtr> rest;
  for (const Row &row : rows)
    rest.push_back(row.parts.rest ? c.build.ref(&c.local(row.equation->state->name + ".input", row.parts.rest)) : nullptr);
  return rest;
}

/// One propagator for all cells.
bool solvedJointly(Context &c, const std::vector<Row> &rows) {
  if (!uniformCoefficients(rows)) {
    for (const Row &row : rows)
      if (readsOthers(row) && !closedForm(rows, row))
        c.diagnostics
            .report(diag::Id::systemTooLarge, row.equation->range,
                    "`{}` cannot be solved exactly: it is coupled to other equations, and coefficients differ from cell to cell",
                    row.equation->state->name)
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

} // namespace

Equations withoutPropagator(const Equations &linear, expr::Builder &build) {
  std::set<Var *> members;
  for (Equation *eq : linear)
    members.insert(eq->state);
  Equations out;
  for (const std::vector<Row> &rows : components(linear, members, build))
    if (rows.size() > 1 && !uniformCoefficients(rows))
      for (const Row &row : rows)
        if (readsOthers(row) && !closedForm(rows, row))
          out.push_back(row.equation);
  return out;
}

void solveExact(Context &c, const Equations &equations) {
  std::set<Var *> members;
  for (Equation *eq : equations)
    members.insert(eq->state);
  for (const std::vector<Row> &rows : components(equations, members, c.build)) {
    if (rows.size() == 1) {
      solveSingle(c, rows[0]);
      continue;
    }
    if (inClosedForm(rows)) {
      for (const Row &row : rows)
        if (readsOthers(row))
          c.assign(row.equation->state,
                   c.build.ref(&c.local(row.equation->state->name + ".next", closedValue(c.build, rows, row, row.parts.rest, c.build.dt()))),
                   row.equation->range);
        else
          solveSingle(c, row);
      continue;
    }
    if (!solvedJointly(c, rows))
      return;
    const std::vector<ExprPtr> rest = restValues(c, rows);
    const model::LinearSystem system = makeSystem(c, rows, 1);
    for (size_t i = 0; i < rows.size(); ++i)
      c.assign(rows[i].equation->state,
               c.build.ref(&c.local(rows[i].equation->state->name + ".next", rowValue(c, rows, system, i, rest))),
               rows[i].equation->range);
  }
}

/// Values of exactly solved states at t + dt/2, for the stages of rk4.
std::map<Var *, ExprPtr> halfway(Context &c, const Equations &exact, const std::set<Var *> &wanted) {
  std::map<Var *, ExprPtr> out;
  std::set<Var *> members;
  for (Equation *eq : exact)
    members.insert(eq->state);
  expr::Builder &b = c.build;
  for (const std::vector<Row> &rows : components(exact, members, b)) {
    if (std::ranges::none_of(rows, [&](const Row &r) { return wanted.contains(r.equation->state); }))
      continue;
    if (rows.size() == 1) {
      Var *x = rows[0].equation->state;
      const auto a = rows[0].parts.coefficients.find(x);
      const ExprPtr half = b.mul(b.number(0.5), b.dt());
      const ExprPtr rate = a == rows[0].parts.coefficients.end() ? nullptr : b.mul(a->second, half);
      ExprPtr next = rate ? b.mul(b.call(Op::Exp, {rate}), b.ref(x)) : b.ref(x);
      if (rows[0].parts.rest)
        next = b.add(next, b.mul(rate ? b.mul(half, b.call(Op::Exprel, {rate})) : half, rows[0].parts.rest));
      out[x] = b.ref(&c.local(x->name + ".half", next));
      continue;
    }
    if (inClosedForm(rows)) {
      const ExprPtr half = b.mul(b.number(0.5), b.dt());
      for (const Row &row : rows)
        out[row.equation->state] = b.ref(&c.local(row.equation->state->name + ".half", closedValue(b, rows, row, row.parts.rest, half)));
      continue;
    }
    if (!solvedJointly(c, rows))
      return out;
    const std::vector<ExprPtr> rest = restValues(c, rows);
    const model::LinearSystem system = makeSystem(c, rows, 0.5);
    for (size_t i = 0; i < rows.size(); ++i)
      out[rows[i].equation->state] =
          b.ref(&c.local(rows[i].equation->state->name + ".half", rowValue(c, rows, system, i, rest)));
  }
  return out;
}

} // namespace snn::solve
