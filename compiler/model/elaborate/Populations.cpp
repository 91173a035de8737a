// Populations: a neuron or encoder with its params, shape and place in a network.
#include "compiler/frontend/sema/Builtins.h"
#include "compiler/model/elaborate/Elaborator.h"

#include "compiler/model/expr/Build.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace snn::elaborate {

using diag::Id;
using model::Storage;
using model::VarKind;

/// The call in `spike when listed(times, cells)`.
static const ast::CallExpr *isSpikeList(const ast::ModelMember &m) {
  const auto *call = m.kind == ast::MemberKind::Spike ? ast::dynCast<ast::CallExpr>(m.value) : nullptr;
  const auto *callee = call ? ast::dynCast<ast::NameExpr>(call->callee) : nullptr;
  return callee && callee->name.text == "listed" && call->args.size() == 2 ? call : nullptr;
}

/// Names that mean something of every cell: a variable of that name could not be read.
static void checkName(const ast::Name &name, diag::Engine &diagnostics) {
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"count", "`cells.count` is the number of spikes"},
      {"spikes", "`cells.spikes` are recorded spikes"},
      {"i", "it is the number of the cell"},
      {"spiked", "it says whether the cell spiked in this step"},
      {"t_spike", "it is the time of the cell's last spike"}};
  const auto there = std::ranges::find(known, name.text, [](const auto &k) { return k.first; });
  const std::string_view meaning = there != std::end(known) ? there->second : sema::meaningOf(name.text);
  if (diag::Diagnostic *d = sema::refuseMeaning(name, meaning, diagnostics))
    d->mend("choose another name");
  else if (name.text == "xi" || name.text.starts_with("xi_"))
    diagnostics.report(Id::redeclared, name.range, "`{}` is white noise in equations", name.text).mend("choose another name");
}

void Elaborator::population(const ast::NetMember &m, const Scope *scope) {
  auto inst = instance(m.model, scope, {ast::ModelKind::Neuron, ast::ModelKind::Encoder});
  if (!inst)
    return;
  model::Population &p = network->populations.emplace_back();
  p.id = static_cast<uint32_t>(network->populations.size() - 1);
  p.name = qualified(m.name);
  p.doc = m.doc;
  p.range = m.range;
  const Place setup{Place::Setup, scope};
  if (!m.hasShape)
    diagnostics.report(Id::wrongArguments, m.model.range, "how many cells? write `{}[n]`", m.model.text());
  for (ast::ExprPtr e : m.shape) {
    expr::ExprPtr extent = lowering.lower(e, setup);
    extent = whole(extent, e->range);
    if (extent && lowering.fits(extent->type, expr::Type{expr::Base::Int, {}}, extent->range, "the number of cells"))
      p.shape.push_back(extent);
  }
  Scope &withPositions = ownedScopes.emplace_back(scope);
  if (!m.at.names.empty())
    positions(p, m, *inst, withPositions);
  buildPopulation(p, *inst, m.args, &withPositions);
}

/// A real number where cells are counted, such as n * 4 / 5: the set-up refuses one that is not whole, and names what was
/// written.
expr::ExprPtr Elaborator::whole(expr::ExprPtr e, source::Range written) {
  if (!e || e->type.base != expr::Base::Real || !e->type.dimension.none() || e->type.rank != 0)
    return e;
  if (const auto *c = expr::dynCast<expr::Const>(e)) // one that is not whole is refused by its type
    return c->value == std::floor(c->value) ? lowering.integer(static_cast<int64_t>(c->value), e->range) : e;
  expr::TextPart part;
  part.text = lowering.arena.copy(diagnostics.sources().text(written));
  const expr::ExprPtr text = lowering.arena.make<expr::Text>(expr::Type{expr::Base::Text, {}}, written,
                                                             lowering.arena.copy(std::vector<expr::TextPart>{part}));
  return lowering.hostCall("whole", {e, text}, expr::Type{expr::Base::Int, {}}, e->range);
}

void Elaborator::buildPopulation(model::Population &p, Instance &inst, std::span<const ast::Arg> args, const Scope *outer) {
  using VK = ast::VariablesKind;
  p.modelName = std::string(inst.model->name.text);
  p.isEncoder = inst.model->kind == ast::ModelKind::Encoder;
  addSignals(inst); // to say that cells do not read them
  const auto given = namedArgs(args, inst, {VK::Param, VK::State});
  const bool listed = std::ranges::any_of(inst.members, [&](const FlatMember &m) {
    return m.member->kind == ast::MemberKind::Spike && spikeList(p, *m.member, args, outer);
  });
  for (const FlatMember &m : inst.members) {
    const bool isLet = m.member->kind == ast::MemberKind::Let;
    if (m.member->kind != ast::MemberKind::Variables && !isLet)
      continue;
    for (const ast::Variable &v : m.member->variables) {
      if (inst.isOverridden(m, v) || (listed && m.member->variablesKind == VK::Param && !isLet))
        continue;
      static constexpr VarKind kinds[] = {VarKind::Param, VarKind::State, VarKind::Input, VarKind::Data, VarKind::Weight};
      const VarKind kind = isLet ? VarKind::Let : kinds[static_cast<size_t>(m.member->variablesKind)];
      if (kind == VarKind::Weight || (kind == VarKind::Data && !p.isEncoder))
        diagnostics.report(Id::misplacedMember, v.range, "a {} has no `{}`", spelling(inst.model->kind), kind == VarKind::Data ? "data" : "weight");
      if (v.low)
        refuse(v.range, "bounds of a neuron's variable are");
      if (kind == VarKind::Input && v.value)
        diagnostics.report(Id::misplacedValue, v.value->range, "an input is 0 at the start of each step, and has no value of its own")
            .mend(fmt::format("write `input {} : unit`, and for a constant drive a param that the equation adds", v.name.text));
      checkName(v.name, diagnostics);
      Var &var = declare(p.vars, v, kind);
      Place place{Place::Cell, inst.scopeOf(m), &p};
      place.drawSites = &p.drawSites;
      place.reductions = isLet;
      ast::ExprPtr value = v.value;
      if (const auto it = given.find(v.name.text); it != given.end()) {
        value = it->second->value;
        place.scope = outer;
        place.arrays = true;
      } else if (kind == VarKind::Param && !value && !generic) {
        missingParam(v, inst);
      }
      var.storage = kind == VarKind::Let ? Storage::None : kind == VarKind::Param ? Storage::Undecided : Storage::PerCell;
      typeVariable(var, v, inst.scopeOf(m), place, value, nullptr);
      if (generic && !value && !v.type)
        var.type.anyDimension = true;
      Symbol s;
      s.kind = Symbol::Var;
      s.var = &var;
      s.declared = v.name.range;
      inst.add(v.name.text, s);
    }
  }
  for (size_t k = 0; k < p.vars.size(); ++k) { // an array that is met adds a table
    Var &var = p.vars[k];
    settle(var);
    if (var.kind == VarKind::Param && var.storage == Storage::Undecided)
      var.storage = varies(var.init) ? Storage::PerCell : Storage::Uniform;
  }
  initialValues(p);
  for (const FlatMember &m : inst.members)
    cellMember(p, inst, m);
  for (const FlatMember &m : inst.members)
    if (m.member->kind == ast::MemberKind::Solver)
      solvers(p.equations, *m.member, Place{Place::Cell, inst.scopeOf(m), &p});
  warnOfLongSpikes(p);
}

/// What states start with: a state read by another's initial value stands for its own initial value (a draw in it is
/// named by its place in the text, so that both see the same one). Params cannot depend on states.
void Elaborator::initialValues(model::Population &p) {
  expr::Builder builder(lowering.arena);
  const std::function<expr::ExprPtr(expr::ExprPtr)> atStart = [&](expr::ExprPtr e) -> expr::ExprPtr {
    const auto *r = expr::dynCast<expr::Ref>(e);
    if (!r || (r->var->kind != VarKind::State && r->var->kind != VarKind::Let && r->var->kind != VarKind::Data))
      return nullptr;
    if (r->var->init)
      return builder.rewrite(r->var->init, atStart);
    return builder.number(0, r->type.dimension, r->range);
  };
  for (Var &v : p.vars) {
    if (v.kind == VarKind::Param && v.init &&
        expr::anyPart(v.init, [](expr::ExprPtr e) {
          const auto *r = expr::dynCast<expr::Ref>(e);
          return r && (r->var->kind == VarKind::State || r->var->kind == VarKind::Data || r->var->kind == VarKind::Input);
        }))
      diagnostics.report(Id::notConstant, v.init->range, "the param `{}` is constant, but this reads a state", v.name)
          .mend("make it a `let`, which is evaluated where it is read");
    if (v.kind == VarKind::Param)
      refuseChanging(v.init, fmt::format("the param `{}`", v.name),
                     fmt::format("make it a `let` of the neuron, which is computed in each step: `let {} = …`, or `override let {} = …`", v.name, v.name));
    if (v.kind == VarKind::State && v.init) {
      refuseChanging(v.init, fmt::format("the initial value of `{}`", v.name), "begin with a constant; an equation, `each step` or a `let` follows the time");
      v.init = builder.rewrite(v.init, atStart);
    }
  }
}

void Elaborator::cellMember(model::Population &p, Instance &inst, const FlatMember &m) {
  using K = ast::MemberKind;
  Place place{Place::Cell, inst.scopeOf(m), &p};
  place.drawSites = &p.drawSites;
  const ast::ModelMember &a = *m.member;
  switch (a.kind) {
  case K::Variables:
  case K::Let:
  case K::Const:
  case K::Fn:
  case K::Solver:
    return;
  case K::Surrogate:
    return refuse(a.range, "surrogate gradients are");
  case K::Equation:
    return equation(p, m, place);
  case K::Spike:
    return spike(p, m, place);
  case K::OnEvent:
    if (a.name.text != "data" || !p.isEncoder) {
      diagnostics.report(Id::misplacedMember, a.range, "a {} has no `on {}`", spelling(inst.model->kind), a.name.text)
          .mend(p.isEncoder ? "an encoder has `on data { … }`" : "a neuron has `spike when`, `each step` and `every`");
      return;
    }
    p.onData.push_back(body(a.body, place, p.locals));
    return;
  case K::EachStep:
  case K::Every:
    p.updates.push_back(update(a, place, p.locals));
    return;
  case K::Coupling:
    diagnostics.report(Id::misplacedMember, a.range, "`+=` outside a body stands only in synapses")
        .mend("write an equation, or `each step { … }`");
    return;
  }
}

void Elaborator::equation(model::Dynamics &owner, const FlatMember &m, const Place &place) {
  const ast::ModelMember &a = *m.member;
  const Symbol *symbol = place.scope->find(a.name.text);
  Var *state = symbol && symbol->kind == Symbol::Var ? symbol->var : nullptr;
  if (!state || (state->kind != VarKind::State && state->kind != VarKind::Weight)) {
    diagnostics.report(state ? Id::badEquation : Id::unknownName, a.name.range, "`{}` is not a state of this model", a.name.text)
        .mend(fmt::format("declare it: `state {} = 0`", a.name.text));
    return;
  }
  if (state->type.base != expr::Base::Real && lowering.failed.count(state) == 0) {
    diagnostics.report(Id::badEquation, a.name.range, "`{}` is declared {}: only a real number changes continuously", a.name.text,
                       state->type.base == expr::Base::Int ? "int" : "bool")
        .note(state->range, "it is declared here")
        .mend("declare it real, or change it in `each step`");
    return;
  }
  for (const model::Equation &other : owner.equations)
    if (other.state == state) {
      diagnostics.report(Id::badEquation, a.range, "`{}` has two equations", a.name.text).note(other.range, "the other one");
      return;
    }
  model::Equation eq;
  eq.state = state;
  eq.range = a.range;
  Place rightSide = place;
  rightSide.noise = true;
  eq.rhs = lowering.lower(a.value, rightSide);
  if (a.factor)
    eq.rhs = lowering.call(expr::Op::Div, {eq.rhs, lowering.lower(a.factor, place)}, eq.rhs ? eq.rhs->range : a.range);
  if (!eq.rhs)
    return;
  expr::Type want{expr::Base::Real, state->type.dimension / units::Dimension::of(units::BaseUnit::Second)};
  const bool noisy = expr::anyPart(eq.rhs, [](expr::ExprPtr x) { return expr::dynCast<expr::Ref>(x) && expr::cast<expr::Ref>(x).var->kind == VarKind::Noise; });
  const std::string rate = fmt::format("the rate of change of `{}`{}", state->name, noisy ? ", with white noise `xi` in s^-1/2," : "");
  if (eq.rhs->type.anyDimension || lowering.fits(eq.rhs->type, want, a.value->range, rate, state->range))
    owner.equations.push_back(eq);
}

/// Spikes of a SONATA file with one population, or two columns of another kind of file: times in ms, and cells.
void Elaborator::spikeFile(model::Population &p, const ast::Arg &file, const Place &place) {
  const expr::ExprPtr name = lowering.lower(file.value, place);
  const auto *text = expr::dynCast<expr::Text>(name);
  if (!text || text->parts.size() != 1 || text->parts[0].value) {
    if (name)
      diagnostics.report(Id::wrongArguments, file.value->range, "`file` is the name of a file with spikes, in quotes: `file = \"spikes.h5\"`");
    return;
  }
  expr::Type numbers{expr::Base::Real, {}};
  numbers.rank = -1;
  numbers.anyDimension = true;
  const bool sonata = text->parts[0].text.ends_with(".h5") || text->parts[0].text.ends_with(".hdf5");
  const auto read = [&](std::string_view array, int column) -> expr::ExprPtr {
    if (sonata) {
      expr::TextPart part;
      part.text = lowering.arena.copy(array);
      const expr::ExprPtr path = lowering.arena.make<expr::Text>(name->type, name->range, lowering.arena.copy(std::vector<expr::TextPart>{part}));
      return lowering.hostCall("load", {name, path}, numbers, name->range);
    }
    const std::vector<expr::IndexPart> indices{{.isSlice = true}, {.index = lowering.integer(column, name->range)}};
    return lowering.arena.make<expr::Index>(numbers, name->range, lowering.hostCall("load", {name}, numbers, name->range), lowering.arena.copy(indices));
  };
  p.spikeTimes = read("spikes/*/timestamps", 0);
  p.spikeCells = read("spikes/*/node_ids", 1);
}

/// `spike when listed(times, cells)`: the spikes are a list, as in std.encoders.SpikeTrain.
bool Elaborator::spikeList(model::Population &p, const ast::ModelMember &m, std::span<const ast::Arg> args, const Scope *outer) {
  const ast::CallExpr *call = isSpikeList(m);
  if (!call)
    return false;
  const Place setup{Place::Setup, outer};
  if (const auto file = std::ranges::find(args, std::string_view("file"), [](const ast::Arg &a) { return a.name.text; }); file != args.end()) {
    spikeFile(p, *file, setup);
    if (args.size() > 1)
      diagnostics.report(Id::wrongArguments, file->name.range, "the spikes come from a file, or from `times` and `cells`");
    return true;
  }
  expr::ExprPtr *lists[] = {&p.spikeTimes, &p.spikeCells};
  for (size_t k = 0; k < 2; ++k) {
    const auto *name = ast::dynCast<ast::NameExpr>(call->args[k].value);
    const auto given = std::ranges::find_if(args, [&](const ast::Arg &a) { return name && a.name.text == name->name.text; });
    if (given == args.end()) {
      diagnostics.report(Id::wrongArguments, p.range, "`{}` needs `{}`: an array", p.modelName, name ? name->name.text : "times");
      continue;
    }
    *lists[k] = lowering.elements(lowering.lower(given->value, setup));
    expr::Type want{k ? expr::Base::Int : expr::Base::Real, k ? units::Dimension{} : units::Dimension::of(units::BaseUnit::Second)};
    want.rank = 1;
    if (*lists[k] && (*lists[k])->type.rank == 0)
      diagnostics.report(Id::typeMismatch, given->value->range, "an array is needed: `[…]`");
    else if (*lists[k])
      lowering.fits((*lists[k])->type, want, given->value->range, fmt::format("`{}`", given->name.text));
  }
  return true;
}

void Elaborator::spike(model::Population &p, const FlatMember &m, const Place &place) {
  if (isSpikeList(*m.member))
    return;
  if (p.spike) {
    diagnostics.report(Id::badSpike, m.member->range, "a model has one `spike when`").note(p.spike->range, "the other one");
    return;
  }
  model::SpikeRule rule;
  rule.range = m.member->range;
  Place condition = place;
  condition.crosses = true;
  condition.reductions = true;
  rule.condition = lowering.lowerAs(m.member->value, condition, expr::Type{expr::Base::Bool, {}}, "the condition");
  if (p.isEncoder && !generic)
    spikeChance(p, rule.condition);
  Place inBody = place;
  inBody.reductions = true;
  if (m.member->hasBody)
    rule.body = body(m.member->body, inBody, p.locals);
  p.spike = std::move(rule);
}

/// `spike when bernoulli(rate * dt)`: the probability becomes a let of its own, so that the run can look whether it is small.
void Elaborator::spikeChance(model::Population &p, expr::ExprPtr condition) {
  const auto *draw = expr::dynCast<expr::Draw>(condition);
  if (!draw || draw->distribution != expr::Distribution::Bernoulli)
    return;
  const expr::ExprPtr chance = draw->args[0];
  const bool growsWithDt = expr::anyPart(chance, [](expr::ExprPtr e) {
    const auto *s = expr::dynCast<expr::Special>(e);
    return s && s->value == expr::SpecialValue::Dt;
  });
  const bool drawn = expr::anyPart(chance, [](expr::ExprPtr e) { return e->kind == expr::Kind::Draw || e->kind == expr::Kind::Reduce; });
  if (!growsWithDt || drawn || chance->type.base != expr::Base::Real)
    return;
  Var &var = p.vars.emplace_back();
  var.id = static_cast<uint32_t>(p.vars.size() - 1);
  var.name = "spike.chance";
  var.kind = VarKind::Let;
  var.type = chance->type;
  var.unit = "1";
  var.range = chance->range;
  var.storage = Storage::None;
  var.init = chance;
  p.spikeChance = &var;
}

} // namespace snn::elaborate
