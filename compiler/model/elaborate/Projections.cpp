// Connect statements: which cells, which port, which pattern; one projection for each pair of populations.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using model::VarKind;

/// cells, cells[0:10], a + b; with `port` the last `.name` of a target is split off.
bool Elaborator::cellRanges(ast::ExprPtr e, const Scope *scope, std::vector<model::CellRange> &out, ast::ExprPtr *port,
                            ast::Name *portName) {
  if (port) {
    const Symbol *whole = lowering.memberSymbol(e, scope); // `v1.cells` without a port
    if (const auto *member = ast::dynCast<ast::Member>(e); member && !(whole && whole->kind == Symbol::Population)) {
      *port = member->base;
      *portName = member->name;
      return cellRanges(member->base, scope, out, nullptr, nullptr);
    }
  }
  const Symbol *symbol = lowering.memberSymbol(e, scope);
  if (symbol && symbol->kind == Symbol::Population) {
    out.push_back({symbol->population, {}});
    return true;
  }
  if (const auto *name = ast::dynCast<ast::NameExpr>(e)) {
    ast::Path path;
    path.names.push_back(name->name);
    path.range = name->range;
    symbolAt(path, scope, Symbol::Population, "population");
    return false;
  }
  if (const auto *m = ast::dynCast<ast::Member>(e); m && lowering.partNamed(m->base, scope)) {
    lowering.lower(e, Place{Place::Setup, scope}); // says what the part holds
    return false;
  }
  if (const auto *x = ast::dynCast<ast::IndexExpr>(e)) {
    if (!cellRanges(x->base, scope, out, nullptr, nullptr))
      return false;
    if (ast::dynCast<ast::IndexExpr>(x->base) || ast::dynCast<ast::Binary>(x->base)) {
      diagnostics.report(Id::badSlice, x->range, "a slice is taken of one population");
      return false;
    }
    const model::Population &cells = *out.back().population;
    if (const size_t axes = cells.shape.size(); axes != 0 && x->parts.size() > axes) {
      diagnostics.report(Id::badSlice, x->range, "`{}` has {} {}, here are {} indices", cells.name, axes, axes == 1 ? "axis" : "axes", x->parts.size())
          .note(cells.range, "it is declared here");
      return false;
    }
    const Place setup{Place::Setup, scope};
    const auto number = [&](ast::ExprPtr v, bool isBound) -> expr::ExprPtr {
      expr::ExprPtr value = v ? lowering.lower(v, setup) : nullptr;
      const bool plainReal = value && value->type.base == expr::Base::Real && value->type.dimension.none();
      if (plainReal && !isBound) // what it is is looked at when it is known
        return value;
      if (plainReal)
        value = lowering.call(expr::Op::Round, {value}, value->range);
      return value && lowering.fits(value->type, expr::Type{expr::Base::Int, {}}, value->range, "an index") ? value : nullptr;
    };
    for (const ast::IndexPart &p : x->parts)
      out.back().slice.push_back({number(p.index, false), number(p.start, true), number(p.stop, true), number(p.step, true)});
    return true;
  }
  if (const auto *b = ast::dynCast<ast::Binary>(e); b && b->op == ast::BinaryOp::Add)
    return cellRanges(b->lhs, scope, out, nullptr, nullptr) && cellRanges(b->rhs, scope, out, nullptr, nullptr);
  diagnostics.report(Id::badSlice, e->range, "cells are named as a population, a slice `cells[0:10]` or a union `a + b`");
  return false;
}

namespace {

struct PatternName {
  std::string_view name;
  model::PatternKind kind;
  std::string_view takes; ///< the name of its number; empty: it takes none
};
constexpr PatternName patternNames[] = {
    {"all_to_all", model::PatternKind::AllToAll, ""}, {"one_to_one", model::PatternKind::OneToOne, ""},
    {"random", model::PatternKind::Random, "p"},      {"fixed_in", model::PatternKind::FixedIn, "k"},
    {"fixed_out", model::PatternKind::FixedOut, "k"}, {"fixed_total", model::PatternKind::FixedTotal, "n"},
    {"pairs", model::PatternKind::Pairs, "list"},     {"distance", model::PatternKind::AllToAll, "within"}};

/// What a pattern needs, for messages.
std::string example(std::string_view pattern) {
  return fmt::format("{}({})", pattern, pattern == "random" ? "p = 0.1" : pattern == "pairs" ? "[[0, 1], [1, 2]]" : pattern == "distance" ? "100 um" : "100");
}

} // namespace

void Elaborator::pattern(model::Projection &p, const ast::NetMember &m, const Scope *scope) {
  static constexpr std::string_view later[] = {"conv2d", "pool2d"};
  const ast::Connect &c = m.connect;
  p.pattern.range = c.pattern.range;
  const auto *found = std::ranges::find(patternNames, c.pattern.text, &PatternName::name);
  if (found == std::end(patternNames)) {
    if (std::ranges::find(later, c.pattern.text) != std::end(later))
      return refuse(c.pattern.range, fmt::format("the pattern `{}` is", c.pattern.text));
    std::vector<std::string> names;
    for (const PatternName &known : patternNames)
      names.emplace_back(known.name);
    diag::Diagnostic &d = diagnostics.report(
        c.pattern.text.empty() ? Id::missingPattern : Id::badPattern, c.pattern.text.empty() ? m.range : c.pattern.range,
        "a connect needs a pattern: all_to_all, one_to_one, random(p = …), fixed_in(k), fixed_out(k), fixed_total(n), distance(r) or pairs(list)");
    if (const std::string near = diag::didYouMean(c.pattern.text, names); !near.empty())
      d.fix(c.pattern.range, near);
    return;
  }
  p.pattern.kind = found->kind;
  for (const ast::Arg &a : c.patternArgs)
    patternArgument(p, c, a, found->takes, scope);
  if (!found->takes.empty() && c.patternArgs.empty())
    diagnostics.report(Id::badPattern, c.pattern.range, "`{}` needs {}: `{}`", c.pattern.text,
                       p.pattern.kind == model::PatternKind::Pairs ? "a list" : "a number", example(c.pattern.text));
  if (found->takes.empty() && p.pattern.amount)
    diagnostics.report(Id::badPattern, c.pattern.range, "`{}` takes no number", c.pattern.text);
}

void Elaborator::patternArgument(model::Projection &p, const ast::Connect &c, const ast::Arg &a, std::string_view takes, const Scope *scope) {
  if (a.name.text == "multapses") {
    const auto *b = ast::dynCast<ast::Boolean>(a.value);
    if (!b)
      diagnostics.report(Id::badPattern, a.value->range, "`multapses` is true or false");
    else if (p.pattern.kind == model::PatternKind::Pairs)
      diagnostics.report(Id::badPattern, a.name.range, "`pairs` makes an edge of each row of its list, also of those that are there twice");
    else
      p.pattern.multapses = b->value;
    return;
  }
  if (!a.name.text.empty() && a.name.text != takes) {
    diagnostics.report(Id::badPattern, a.name.range, "`{}` does not take `{}`", c.pattern.text, a.name.text)
        .mend(takes.empty() ? "it takes no number" : fmt::format("it takes `{}`", takes));
    return;
  }
  if (p.pattern.amount || p.pattern.within) {
    diagnostics.report(Id::badPattern, a.value->range, "`{}` takes one {}", c.pattern.text, p.pattern.kind == model::PatternKind::Pairs ? "list" : "number");
    return;
  }
  if (takes == "within")
    return nearEnough(p, a, scope);
  if (p.pattern.kind == model::PatternKind::Pairs)
    return listOfPairs(p, a, scope);
  const bool counted = !takes.empty() && p.pattern.kind != model::PatternKind::Random;
  Place place{Place::Edge, scope, nullptr, &p};
  place.arrays = counted; // computed once, by the set-up
  expr::ExprPtr amount = lowering.lower(a.value, place);
  if (amount && counted && varies(amount)) {
    diagnostics.report(Id::badPattern, amount->range, p.pattern.kind == model::PatternKind::FixedTotal
                                                          ? "the number of edges is one for all cells"
                                                          : "the number of partners is the same for all cells");
    return;
  }
  if (counted)
    amount = whole(amount, a.value->range);
  if (amount && lowering.fits(amount->type, expr::Type{counted ? expr::Base::Int : expr::Base::Real, {}}, amount->range, "the argument"))
    p.pattern.amount = amount;
}

/// `distance(r)`: all pairs of cells that are not farther apart than r, which may depend on the pair.
void Elaborator::nearEnough(model::Projection &p, const ast::Arg &a, const Scope *scope) {
  const expr::ExprPtr reach = lowering.lowerAs(a.value, Place{Place::Edge, scope, nullptr, &p},
                                               expr::Type{expr::Base::Real, units::Dimension::of(units::BaseUnit::Metre)}, "the distance");
  const expr::ExprPtr distance = reach ? lowering.lowerDistance(p.pattern.range, p) : nullptr;
  if (distance)
    p.pattern.within = lowering.call(expr::Op::Le, {distance, reach}, a.value->range);
}

/// `pairs(list)`: an array whose first columns are the numbers of the source and of the target cell; or the name of a file with one.
void Elaborator::listOfPairs(model::Projection &p, const ast::Arg &a, const Scope *scope) {
  Place place{Place::Edge, scope, nullptr, &p};
  place.arrays = true;
  expr::ExprPtr list = lowering.elements(lowering.lower(a.value, place));
  if (!list)
    return;
  expr::Type numbers{expr::Base::Real, {}};
  numbers.rank = -1;
  numbers.anyDimension = true;
  if (list->type.base == expr::Base::Text)
    list = lowering.hostCall("load", {list}, numbers, list->range);
  if (list->type.isNumber() && !list->type.anyDimension && list->type.dimension != units::Dimension{}) {
    numbers.anyDimension = false;
    numbers.rank = list->type.rank;
    lowering.fits(list->type, numbers, a.value->range, "the list of `pairs`, numbers of cells,");
    return;
  }
  if (!list->type.isNumber() || list->type.base == expr::Base::Bool || (list->type.rank != 2 && list->type.rank != -1) || !knownAtSetUp(list, false)) {
    diagnostics.report(Id::badPattern, a.value->range, "`pairs` takes an array whose first two columns are the numbers of the source and of the target cell, or the name of a file with one")
        .mend("write `pairs([[0, 1], [1, 2]])` or `pairs(\"edges.csv\")`");
    return;
  }
  p.pattern.amount = list;
  p.pattern.multapses = true; // a pair that is listed twice has two edges
}

/// The state or input of the target cells that receives.
bool Elaborator::port(model::Projection &p, const ast::Name &name) {
  const auto receives = [](const Var &v) { return v.kind == VarKind::State || v.kind == VarKind::Input; };
  std::vector<std::string> names;
  for (Var &v : p.targetPopulation->vars) {
    if (v.name == name.text && receives(v))
      p.port = &v;
    if (receives(v))
      names.push_back(v.name);
  }
  if (p.port)
    return true;
  const std::string near = diag::didYouMean(name.text, names);
  diag::Diagnostic &d = diagnostics.report(Id::missingTarget, name.range, "`{}` ({}) has no state or input `{}`",
                                           p.targetPopulation->name, p.targetPopulation->modelName, name.text);
  if (!near.empty())
    d.fix(name.range, near);
  else if (!names.empty())
    d.mend(fmt::format("its states and inputs are {}", fmt::join(names, ", ")));
  return false;
}

namespace {

/// Where the statements assign to `target`.
std::optional<source::Range> targetUse(const ast::Block &block) {
  for (const ast::Stmt &s : block) {
    const auto *name = s.place ? ast::dynCast<ast::NameExpr>(s.place) : nullptr;
    if (name && name->name.text == "target")
      return name->range;
    for (const ast::Block *inner : {&s.body, &s.otherwise})
      if (const auto use = targetUse(*inner))
        return use;
  }
  return std::nullopt;
}

/// Where a synapse adds to the port of its connection, if it does.
std::optional<source::Range> targetUse(const Instance &synapse) {
  for (const FlatMember &m : synapse.members)
    for (const ast::Variable &v : m.member->variables)
      if (v.name.text == "target") // its own
        return std::nullopt;
  for (const FlatMember &m : synapse.members) {
    const auto *name = m.member->place ? ast::dynCast<ast::NameExpr>(m.member->place) : nullptr;
    if (name && name->name.text == "target")
      return name->range;
    if (const auto use = targetUse(m.member->body))
      return use;
  }
  return std::nullopt;
}

} // namespace

void Elaborator::connect(const ast::NetMember &m, const Scope *scope) {
  const ast::Connect &c = m.connect;
  model::Group group;
  group.range = m.range;
  group.id = static_cast<uint32_t>(network->groups.size());
  ast::ExprPtr base = c.target;
  ast::Name port;
  bool good = cellRanges(c.source, scope, group.sources, nullptr, nullptr);
  good &= cellRanges(c.target, scope, group.targets, &base, &port);
  if (!good)
    return;
  const auto textOf = [&](ast::ExprPtr e) { return std::string(diagnostics.sources().text(e->range)); };
  group.name = c.as.text.empty() ? fmt::format("{}{}->{}#{}", frame->prefix, textOf(c.source), textOf(base), group.id) : qualified(c.as);
  for (const model::Group &other : network->groups)
    if (other.name == group.name)
      diagnostics.report(Id::redeclared, c.as.range, "two projections are called `{}`", group.name);
  const size_t pairs = group.sources.size() * group.targets.size(), first = network->projections.size();
  const auto dropProjections = [&] { // half a connection would raise errors of its own
    while (network->projections.size() > first)
      network->projections.pop_back();
  };
  for (uint32_t s = 0; s < group.sources.size(); ++s)
    for (uint32_t t = 0; t < group.targets.size(); ++t) {
      auto synapse = instance(c.synapse, scope, {ast::ModelKind::Synapse});
      std::optional<Instance> rule;
      if (!c.rule.names.empty())
        rule = instance(c.rule, scope, {ast::ModelKind::Rule});
      if (!synapse || (!c.rule.names.empty() && !rule))
        return dropProjections();
      model::Projection &p = network->projections.emplace_back();
      p.id = static_cast<uint32_t>(network->projections.size() - 1);
      p.name = pairs == 1 ? group.name : fmt::format("{}:{}->{}", group.name, group.sources[s].population->name, group.targets[t].population->name);
      while (std::ranges::any_of(network->projections, [&](const model::Projection &other) { return &other != &p && other.name == p.name; }))
        p.name += "'"; // two slices of one population
      p.synapseName = c.synapse.text();
      p.ruleName = c.rule.text();
      p.range = m.range;
      p.group = group.id;
      p.sourcePart = s;
      p.targetPart = t;
      p.source = group.sources[s];
      p.target = group.targets[t];
      p.sourcePopulation = const_cast<model::Population *>(p.source.population);
      p.targetPopulation = const_cast<model::Population *>(p.target.population);
      if (!port.text.empty() && !this->port(p, port))
        return dropProjections();
      if (const auto needs = port.text.empty() ? targetUse(*synapse) : std::nullopt) { // so that its weight is not checked against no port
        diagnostics.report(Id::missingTarget, m.range, "`{}` adds to a port: write `-> {}.port`", p.synapseName, p.targetPopulation->name)
            .note(*needs, "here");
        return dropProjections();
      }
      pattern(p, m, scope);
      p.procedural = c.procedural;
      if (c.procedural && p.pattern.kind == model::PatternKind::Pairs)
        diagnostics.report(Id::mustBeStored, p.pattern.range, "`pairs` are a list that is stored").mend("leave out `procedural`");
      if (c.procedural && p.pattern.kind == model::PatternKind::FixedIn)
        diagnostics.report(Id::mustBeStored, p.pattern.range, "`fixed_in` draws the sources of each target, so its rows cannot be made one by one")
            .mend("leave out `procedural`, or use fixed_out, fixed_total or random");
      const size_t before = diagnostics.all().size();
      buildEdges(p, c, *synapse, rule ? &*rule : nullptr, scope);
      diagnostics.noteFrom(before, m.range, "in this connection");
      if (p.delay && !p.delayUniform && group.sources.size() > 1)
        refuse(c.delay->range, "delays of their own of the edges from a union of populations are");
      warnOfSilentEnds(p, c);
    }
  network->groups.push_back(std::move(group));
}

} // namespace snn::elaborate
