// Ornstein-Uhlenbeck noise over one step. Source: Gillespie, Phys. Rev. E 54 (1996), for one equation; Van Loan, IEEE Trans.
// Autom. Control 23 (1978), for the covariance of several.
#include "compiler/model/solve/methods/Noise.h"

#include <algorithm>
#include <fmt/format.h>

namespace snn::solve {

using expr::Op;
using model::VarKind;

ExprPtr noiseOverStep(Context &c, Var *x, ExprPtr rate, const Factors &factors) {
  expr::Builder &b = c.build;
  const ExprPtr two = b.number(2);
  const ExprPtr time = rate ? b.mul(b.dt(), b.call(Op::Exprel, {b.mul(two, b.mul(rate, b.dt()))})) : b.dt();
  ExprPtr sum = nullptr;
  for (const auto &[source, factor] : factors) {
    ExprPtr size = b.mul(factor, b.call(Op::Sqrt, {time}));
    if (isUniform(size)) {
      ExprPtr &once = c.made[{x, "noise." + source->name}];
      size = once ? once : once = b.ref(&c.derived(fmt::format("{}.{}.S", x->name, source->name), size, x->type.dimension));
    }
    sum = sum ? b.call(Op::Fma, {size, c.normal(source), sum}) : b.mul(size, c.normal(source));
  }
  return sum;
}

namespace {

/// The covariance of those rows that noise reaches, and its factor.
class Covariance {
public:
  Covariance(Context &context, const std::vector<Row> &all, std::string v) : c(context), b(context.build), variant(std::move(v)) {
    std::vector<bool> reached(all.size());
    for (size_t round = 0; round < all.size(); ++round)
      for (size_t i = 0; i < all.size(); ++i)
        for (size_t j = 0; j < all.size(); ++j)
          reached[i] = reached[i] || !all[i].parts.noise.empty() || (reached[j] && all[i].parts.coefficients.contains(all[j].equation->state));
    for (size_t i = 0; i < all.size(); ++i)
      if (reached[i])
        rows.push_back(&all[i]);
  }

  std::map<Var *, ExprPtr> noise() {
    solve();
    factorise();
    std::map<Var *, ExprPtr> out;
    for (size_t i = 0; i < rows.size(); ++i) {
      ExprPtr sum = nullptr;
      for (size_t j = 0; j <= i; ++j)
        sum = sum ? b.call(Op::Fma, {factor[i][j], normal(*rows[j]), sum}) : b.mul(factor[i][j], normal(*rows[j]));
      out[state(i)] = c.named(state(i)->name + variant + ".noise", sum);
    }
    return out;
  }

private:
  Context &c;
  expr::Builder &b;
  const std::string variant;
  std::vector<const Row *> rows;
  std::vector<std::vector<ExprPtr>> covariances, factor; ///< the lower triangles

  Var *state(size_t i) const { return rows[i]->equation->state; }
  size_t pairs() const { return rows.size() * (rows.size() + 1) / 2; }
  static size_t pair(size_t i, size_t j) { return i < j ? pair(j, i) : i * (i + 1) / 2 + j; }
  std::string name(size_t i, size_t j, std::string_view what) const {
    return fmt::format("{}.{}{}.{}", state(i)->name, state(j)->name, variant, what);
  }
  units::Dimension dimension(size_t i, size_t j) const { return state(i)->type.dimension * state(j)->type.dimension; }
  ExprPtr coefficient(size_t i, size_t j) const {
    const auto it = rows[i]->parts.coefficients.find(state(j));
    return it == rows[i]->parts.coefficients.end() ? nullptr : it->second;
  }

  /// The entry of G G^T.
  ExprPtr input(size_t i, size_t j) const {
    ExprPtr sum = nullptr;
    for (const auto &[source, g] : rows[i]->parts.noise)
      if (const auto other = rows[j]->parts.noise.find(source); other != rows[j]->parts.noise.end())
        sum = b.add(sum, b.mul(g, other->second));
    return sum;
  }

  /// d S_ij / dt = sum over l of A_il S_lj + A_jl S_il, plus the input: a linear system in the pairs i ≥ j.
  void solve() {
    const size_t n = pairs();
    std::vector<std::vector<ExprPtr>> a(n, std::vector<ExprPtr>(n));
    std::vector<ExprPtr> inputs(n);
    std::vector<units::Dimension> dimensions(n);
    std::vector<std::string> names(n);
    for (size_t i = 0; i < rows.size(); ++i)
      for (size_t j = 0; j <= i; ++j) {
        const size_t at = pair(i, j);
        inputs[at] = input(i, j);
        dimensions[at] = dimension(i, j);
        names[at] = name(i, j, "S");
        for (size_t l = 0; l < rows.size(); ++l) {
          a[at][pair(l, j)] = b.add(a[at][pair(l, j)], coefficient(i, l));
          a[at][pair(i, l)] = b.add(a[at][pair(i, l)], coefficient(j, l));
        }
      }
    const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
    model::LinearSystem system;
    std::vector<ExprPtr> values(n);
    for (size_t i = 0; i < n; ++i)
      for (size_t j = 0; j < n; ++j) {
        const units::Dimension ratio = dimensions[i] / dimensions[j];
        system.a.push_back(a[i][j] ? &c.derived(fmt::format("{}.{}.A", names[i], j), a[i][j], ratio / time) : nullptr);
        system.p.push_back(nullptr);
        system.q.push_back(inputs[j] ? &c.derived(fmt::format("{}.{}.Q", names[i], j), nullptr, ratio * time) : nullptr);
        if (inputs[j])
          values[i] = b.add(values[i], b.mul(b.ref(system.q.back()), inputs[j]));
      }
    for (size_t i = 0; i < n; ++i)
      system.states.push_back(&c.derived(names[i], values[i], dimensions[i]));
    covariances.resize(rows.size());
    for (size_t i = 0; i < rows.size(); ++i)
      for (size_t j = 0; j <= i; ++j)
        covariances[i].push_back(b.ref(system.states[pair(i, j)]));
    c.owner.systems.push_back(std::move(system));
  }

  /// The Cholesky factor; a column whose pivot vanishes in rounding, where there are fewer sources than states, is zero.
  void factorise() {
    const size_t n = rows.size();
    factor.resize(n);
    const auto derived = [&](size_t i, size_t j, ExprPtr value) {
      factor[i].push_back(b.ref(&c.derived(name(i, j, "L"), value, state(i)->type.dimension)));
    };
    const auto left = [&](size_t i, size_t j) { // what the columns before leave of S_ij
      ExprPtr rest = covariances[i][j];
      for (size_t k = 0; k < j; ++k)
        rest = b.sub(rest, b.mul(factor[i][k], factor[j][k]));
      return rest;
    };
    for (size_t j = 0; j < n; ++j) {
      const units::Dimension mine = state(j)->type.dimension;
      const ExprPtr pivot = left(j, j), least = b.mul(b.number(1e-13), covariances[j][j]);
      derived(j, j, b.call(Op::Select, {b.call(Op::Gt, {pivot, least}), b.call(Op::Sqrt, {pivot}), b.number(0, mine)}));
      for (size_t i = j + 1; i < n; ++i) {
        const ExprPtr used = b.call(Op::Gt, {factor[j][j], b.number(0, mine)});
        derived(i, j, b.call(Op::Select, {used, b.div(left(i, j), factor[j][j]), b.number(0, state(i)->type.dimension)}));
      }
    }
  }

  /// The number of the row's own source, if it has one for itself alone; otherwise one of the row.
  ExprPtr normal(const Row &row) {
    const auto &noise = row.parts.noise;
    const bool own = noise.size() == 1 && std::ranges::none_of(rows, [&](const Row *r) { return r != &row && r->parts.noise.contains(noise.begin()->first); });
    if (own)
      return c.normal(noise.begin()->first);
    Var *x = row.equation->state;
    ExprPtr &value = c.made[{x, "normal"}];
    return value ? value : value = c.named(x->name + ".normal", b.standardNormal(c.owner.drawSites++));
  }
};

} // namespace

std::map<Var *, ExprPtr> jointNoise(Context &c, const std::vector<Row> &rows, const std::string &variant) {
  return Covariance(c, rows, variant).noise();
}

} // namespace snn::solve
