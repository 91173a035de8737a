// Names: variables, constants, what the language knows, and what is said of those that nobody declared.
#include "compiler/frontend/sema/Lower.h"

#include "compiler/base/units/Spellings.h"
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/model/expr/Build.h"

#include <algorithm>

namespace snn::sema {

using expr::Base;
using expr::ExprPtr;
using expr::Type;

/// `V_post`, as Brian writes the variable of a cell: "post.V"; empty for other names.
static std::string ofNeighbour(std::string_view name) {
  for (const std::string_view side : {"post", "pre"})
    if (const size_t at = name.size() - std::min(name.size(), side.size() + 1); at > 0 && name.substr(at + 1) == side && name[at] == '_')
      return fmt::format("{}.{}", side, name.substr(0, at));
  return {};
}

void Lowering::unknown(const ast::Name &name, const Place &place, std::string_view what) {
  if (const Symbol *there = place.sweptScope ? place.sweptScope->find(name.text) : nullptr) {
    diagnostics.report(diag::Id::misplacedValue, name.range, "`{}` belongs to each cell of the sweep and is gone after it", name.text)
        .note(there->declared, "it is declared here")
        .mend("`after sweep` reads the numbers and arrays that `let`, `var` or `record name = …` name at the experiment's top level");
    return;
  }
  std::vector<std::string> candidates = place.scope ? place.scope->names() : std::vector<std::string>{};
  std::erase_if(candidates, [&](const std::string &other) {
    const Symbol::Kind kind = place.scope->find(other)->kind;
    return kind == Symbol::Model || kind == Symbol::Network;
  });
  for (std::string_view b : builtinNames())
    candidates.emplace_back(b);
  std::string near = diag::didYouMean(name.text, candidates);
  if (near.empty())
    near = units::meant(name.text); // 5 * volt
  diag::Diagnostic &d = diagnostics.report(diag::Id::unknownName, name.range, "{} `{}` is not declared here", what, name.text);
  if (const std::string_view other = writtenAs(name.text); !other.empty())
    d.mend("write " + std::string(other));
  else if (const auto turn = std::ranges::find_if(candidates, [&](const std::string &other) { return other.starts_with(std::string(name.text) + "["); }); turn != candidates.end())
    d.mend(fmt::format("what a loop of the network makes is named with a number: `{}`; `for p in [{}, …]` goes over several", *turn, *turn));
  else if (place.where == Place::Edge && (name.text == "i" || name.text == "j"))
    d.mend("`pre.i` and `post.i` are the numbers of the two cells");
  else if (const std::string cell = ofNeighbour(name.text); place.where == Place::Edge && !cell.empty())
    d.mend(fmt::format("a variable of the cell is `{}`; what arrives at it is added to `target`", cell));
  else if (!near.empty())
    d.fix(name.range, near);
  else if (place.where == Place::Edge && what == "the name")
    d.mend(fmt::format("a third factor is a signal of the network: `signal {}`, or with a unit `signal {} : Hz`", name.text, name.text));
  else if (place.where == Place::Experiment && place.network && place.network->populations.empty())
    d.mend("cells are those of the network that the experiment names: `experiment … on NETWORK`");
  else if (place.where == Place::Cell && !place.arrays && what == "the name")
    d.mend("declare it: a `param`, a `state`, an `input` or a `let`");
}

ExprPtr Lowering::lowerName(const ast::NameExpr &n, const Place &place) {
  if (const Symbol *symbol = place.scope ? place.scope->find(n.name.text) : nullptr)
    return lowerSymbol(*symbol, n.name, place);
  return lowerBuiltinName(n.name, place);
}

ExprPtr Lowering::lowerSymbol(const Symbol &symbol, const ast::Name &name, const Place &place) {
  switch (symbol.kind) {
  case Symbol::Var:
    if (symbol.var->kind == model::VarKind::Signal && (place.where == Place::Setup || place.where == Place::Cell)) {
      diagnostics.report(diag::Id::misplacedValue, name.range, "the signal `{}` is read by synapses, rules and the experiment alone", name.text)
          .note(symbol.declared, "it is declared here");
      return nullptr;
    }
    return ref(symbol.var, symbol.side, name.range);
  case Symbol::Value:
    return symbol.value;
  case Symbol::Constant: {
    const ExprPtr value = lowerConstant(symbol, name);
    if (value && value->type.rank == 0 && value->type.isNumber() && !place.hasArrays() && usesArrays(value)) {
      Place here = place; // `const m = table[1]` is written out in a model, where there are no arrays
      here.scope = symbol.scope;
      return lower(symbol.constant->value, here);
    }
    return writtenAt(value, name.range);
  }
  case Symbol::Unit:
    return number(symbol.unit.scale, symbol.unit.dimension, name.range);
  case Symbol::Population:
    if (place.where == Place::Experiment)
      return arena.make<expr::Cells>(Type{Base::Cells, {}}, name.range, symbol.population, nullptr, std::span<const expr::IndexPart>{});
    break;
  case Symbol::Projection:
    if (place.where == Place::Experiment)
      return arena.make<expr::EdgesValue>(Type{Base::Edges, {}}, name.range, symbol.projection, expr::EdgesMember::Whole, nullptr);
    break;
  case Symbol::Function:
  case Symbol::Model:
  case Symbol::Network:
  case Symbol::Experiment:
  case Symbol::Part:
    break;
  case Symbol::None:
    return nullptr;
  }
  diagnostics.report(diag::Id::wrongKind, name.range, "`{}` is not a value here", name.text).note(symbol.declared, "it is declared here");
  return nullptr;
}

/// Whether the value is computed from arrays, by what set-up and experiments have.
bool Lowering::usesArrays(ExprPtr value) {
  return expr::anyPart(value, [](ExprPtr part) { return part->kind >= expr::Kind::Text; });
}

/// A value as written at `range`, where errors then point; one that is computed stays where it is.
ExprPtr Lowering::writtenAt(ExprPtr value, source::Range range) {
  if (loaded.contains(value))
    return value;
  if (const auto *number = expr::dynCast<expr::Const>(value))
    return arena.make<expr::Const>(value->type, range, number->value);
  if (const auto *array = expr::dynCast<expr::ArrayLit>(value))
    return arena.make<expr::ArrayLit>(value->type, range, array->items);
  if (const auto *text = expr::dynCast<expr::Text>(value))
    return arena.make<expr::Text>(value->type, range, text->parts);
  return value;
}

/// The value of a `const`, made once and shared by all who read it.
ExprPtr Lowering::lowerConstant(const Symbol &symbol, const ast::Name &name) {
  const auto [at, isNew] = constants.try_emplace(symbol.constant, nullptr);
  if (!isNew) {
    if (!at->second && std::ranges::find(open, symbol.constant) != open.end())
      diagnostics.report(diag::Id::recursion, name.range, "the constant `{}` needs its own value", name.text)
          .note(symbol.constant->name.range, "it is defined here");
    return at->second;
  }
  open.push_back(symbol.constant);
  const Place there{Place::Setup, symbol.scope};
  ExprPtr value = lower(symbol.constant->value, there);
  if (value && symbol.constant->type) {
    auto want = annotation(*symbol.constant->type, symbol.scope);
    if (want)
      want->type.rank = value->type.rank;
    if (!want || !fits(value->type, want->type, value->range, fmt::format("the value of `{}`", name.text)))
      value = nullptr;
  }
  open.pop_back();
  const auto loads = [](ExprPtr e) {
    const auto *call = expr::dynCast<expr::HostCall>(e);
    return call && call->name == "load";
  };
  const auto changes = [](ExprPtr e) { return e->kind == expr::Kind::Special; }; // dt, which the experiment sets
  if (value && expr::anyPart(value, loads) && !expr::anyPart(value, changes))
    loaded.insert(value);
  return constants[symbol.constant] = value;
}

ExprPtr Lowering::lowerBuiltinName(const ast::Name &name, const Place &place) {
  using SV = expr::SpecialValue;
  const auto special = [&](SV v, Base base, units::Dimension dimension = {}) {
    return arena.make<expr::Special>(Type{base, dimension}, name.range, v);
  };
  const units::Dimension time = units::Dimension::of(units::BaseUnit::Second);
  const std::string_view t = name.text;
  const bool inCell = place.where == Place::Cell && place.cells, inEdge = place.where == Place::Edge;
  if (t == "t" && place.where != Place::Setup && !place.sweptScope)
    return special(SV::Time, Base::Real, time);
  if (t == "dt")
    return special(SV::Dt, Base::Real, time);
  if (t == "seed" && place.where == Place::Experiment)
    return special(SV::Seed, Base::Int);
  if (t == "distance" && inEdge && place.edges)
    return lowerDistance(name.range, *place.edges);
  if (t == "i" && inCell)
    return special(SV::Index, Base::Int);
  if (t == "spiked" && inCell)
    return special(SV::Spiked, Base::Bool);
  if (t == "t_spike" && inCell)
    return special(SV::SpikeTime, Base::Real, time);
  if (t == "elapsed" && inCell && place.cells->isEncoder)
    return special(SV::Elapsed, Base::Real, time);
  if (t == "xi" || t.starts_with("xi_"))
    return lowerNoise(name, place);
  if (t == "pi")
    return number(3.14159265358979323846, {}, name.range);
  if (t == "inf") {
    Type type{Base::Real, {}};
    type.anyDimension = true;
    return arena.make<expr::Const>(type, name.range, HUGE_VAL);
  }
  if (const auto unit = units::find(t))
    return number(unit->scale, unit->dimension, name.range);
  if (inEdge && (t == "pre" || t == "post")) {
    diagnostics.report(diag::Id::wrongKind, name.range, "`{}` is a cell: name one of its variables, as in `{}.V`", t, t);
    return nullptr;
  }
  unknown(name, place, "the name");
  return nullptr;
}

/// White noise by name: `xi`, `xi_1` …; one name is one source of the cell (edge), whichever equations read it.
ExprPtr Lowering::lowerNoise(const ast::Name &name, const Place &place) {
  model::Dynamics *owner = place.cells;
  if (place.where == Place::Edge)
    owner = place.edges;
  if (!place.noise || !owner || !place.drawSites) {
    diagnostics.report(diag::Id::misplacedValue, name.range, "white noise `{}` stands only in an equation", name.text)
        .mend("in a body or a `let`, draw a number: `normal(0, 1)`");
    return nullptr;
  }
  for (model::Var &known : owner->noises)
    if (known.name == name.text)
      return ref(&known, expr::Side::Self, name.range);
  const units::Dimension perRootTime = units::Dimension::of(units::BaseUnit::Second, {-1, 2});
  model::Var &var = owner->noises.emplace_back();
  var.id = static_cast<uint32_t>(owner->noises.size() - 1);
  var.name = name.text;
  var.kind = model::VarKind::Noise;
  var.type = Type{Base::Real, perRootTime};
  var.range = name.range;
  var.storage = model::Storage::None;
  const std::vector<ExprPtr> standard{number(0, {}, name.range), number(1, {}, name.range)};
  var.init = arena.make<expr::Draw>(Type{Base::Real, {}}, name.range, expr::Distribution::Normal, arena.copy(standard), (*place.drawSites)++);
  return ref(&var, expr::Side::Self, name.range);
}

} // namespace snn::sema
