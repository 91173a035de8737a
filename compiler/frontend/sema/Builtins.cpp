// The tables of LANGUAGE section 4.
#include "compiler/frontend/sema/Builtins.h"

#include <algorithm>
#include <utility>

namespace snn::sema {

namespace {
constexpr DistributionRule distributions[] = {
    {"uniform", 2, true, -1, false, false},   {"normal", 2, true, -1, false, false},
    {"exponential", 1, false, 0, false, false}, {"gamma", 2, false, 1, false, false},
    {"lognormal", 2, false, -1, false, false}, {"poisson", 1, false, -1, true, false},
    {"bernoulli", 1, false, -1, false, true},
};
constexpr std::string_view reductions[] = {"sum", "mean", "max", "min", "count", "rank"};
constexpr size_t firstFunction = static_cast<size_t>(expr::Op::Exp);
constexpr size_t lastFunction = static_cast<size_t>(expr::Op::Lgamma);
} // namespace

std::optional<expr::Op> functionNamed(std::string_view name) {
  if (name == "mod")
    return expr::Op::Mod;
  for (size_t k = firstFunction; k <= lastFunction; ++k)
    if (expr::spelling(static_cast<expr::Op>(k)) == name)
      return static_cast<expr::Op>(k);
  return std::nullopt;
}

std::optional<expr::Distribution> distributionNamed(std::string_view name) {
  for (size_t k = 0; k < std::size(distributions); ++k)
    if (distributions[k].name == name)
      return static_cast<expr::Distribution>(k);
  return std::nullopt;
}

DistributionRule ruleOf(expr::Distribution d) { return distributions[static_cast<size_t>(d)]; }

std::optional<expr::ReduceOp> reductionNamed(std::string_view name) {
  for (size_t k = 0; k < std::size(reductions); ++k)
    if (reductions[k] == name)
      return static_cast<expr::ReduceOp>(k);
  return std::nullopt;
}

std::string_view meaningOf(std::string_view variable) {
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"t", "it is the time"}, {"dt", "it is the time step, which an experiment sets by `set dt = 0.1 ms`"}, {"pi", "it is 3.14159…"}, {"inf", "it is infinity"}};
  const auto there = std::ranges::find(known, variable, [](const auto &k) { return k.first; });
  return there != std::end(known) ? there->second : std::string_view();
}

diag::Diagnostic *refuseMeaning(const ast::Name &name, std::string_view meaning, diag::Engine &diagnostics) {
  return meaning.empty() ? nullptr : &diagnostics.report(diag::Id::redeclared, name.range, "`{}` has a meaning of its own: {}", name.text, meaning);
}

std::vector<std::string_view> builtinNames() {
  std::vector<std::string_view> out{"t", "dt", "i", "spiked", "t_spike", "pi", "inf", "mod", "held", "distance"};
  for (size_t k = firstFunction; k <= lastFunction; ++k)
    out.push_back(expr::spelling(static_cast<expr::Op>(k)));
  for (const DistributionRule &d : distributions)
    out.push_back(d.name);
  return out;
}

std::string_view writtenAs(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"log10", "`log(x) / log(10)`"}, {"log2", "`log(x) / log(2)`"}, {"mean", "`values.mean()`, or in a neuron `population.mean(x)`"},
      {"count", "`flags.count()`"},     {"zeros", "`var z : real[3] = 0`"}, {"ones", "`var z : real[3] = 1`"}, {"where", "`a if c else b`"},
      {"int", "`floor(x)` or `round(x)`"}, {"rand", "`uniform(0, 1)`"},       {"randn", "`normal(0, 1)`"},         {"ln", "`log(x)`"},
      {"np", "the function alone, `exp(x)` or `uniform(0, 1)`; arrays are `[1, 2]` or `var z : real[3] = 0`"},
      {"numpy", "the function alone, `exp(x)` or `uniform(0, 1)`; arrays are `[1, 2]` or `var z : real[3] = 0`"},
      {"math", "the function alone: `exp(x)`"}, {"random", "`uniform(0, 1)` or `normal(0, 1)`"},
      {"step", "`each step { … }`: what follows `every` is a duration"},
      {"pair", "`pair.i` in the values or the delay of a connection with `pairs(…)`: the row of an edge in its list"}};
  const auto *found = std::ranges::find(known, name, [](const auto &k) { return k.first; });
  return found == std::end(known) ? std::string_view() : found->second;
}

} // namespace snn::sema
