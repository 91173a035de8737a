// The members of a model with those of the models that it extends: what is new, what overrides, what is refused.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;

/// Whether a line declares a variable of this name.
static bool declares(const ast::ModelMember &line, const ast::Variable &v) {
  return std::ranges::find(line.variables, v.name.text, [](const ast::Variable &own) { return own.name.text; }) != line.variables.end();
}

/// The variable of a line whose name is also on another, or null.
static const ast::Variable *alsoIn(const ast::ModelMember &line, const ast::ModelMember &other) {
  const auto found = std::ranges::find_if(line.variables, [&](const ast::Variable &v) { return declares(other, v); });
  return found != line.variables.end() ? &*found : nullptr;
}

/// Whether the first, of a model, says again what the second says, of the same or of one that it extends.
static bool sameThing(const ast::ModelMember &a, const ast::ModelMember &b) {
  using K = ast::MemberKind;
  if (a.kind == K::Equation && b.kind == K::Equation)
    return a.name.text == b.name.text;
  if (a.kind == K::Spike || a.kind == K::Solver)
    return a.kind == b.kind;
  if (a.kind == K::OnEvent && a.isOverride) // without `override` bodies of one event follow each other
    return b.kind == K::OnEvent && a.name.text == b.name.text;
  const auto named = [](const ast::ModelMember &x) { return x.kind == K::Variables || x.kind == K::Let || x.kind == K::Const; };
  return named(a) && named(b) && (a.variables.size() == 1 || a.isOverride) && alsoIn(a, b);
}

bool Instance::isOverridden(const FlatMember &of, const ast::Variable &v) const {
  return std::any_of(&of + 1, members.data() + members.size(), [&](const FlatMember &later) {
    return later.member->isOverride && declares(*later.member, v);
  });
}

/// A member that its own model has already; one of a model that is extended would need `override`.
void Elaborator::reportTwice(const ast::ModelMember &member, const ast::ModelMember &first) {
  using K = ast::MemberKind;
  if (member.kind == K::Equation)
    diagnostics.report(Id::badEquation, member.range, "`{}` has two equations", member.name.text).note(first.range, "the other one");
  else if (member.kind == K::Spike)
    diagnostics.report(Id::badSpike, member.range, "a model has one `spike when`").note(first.range, "the other one");
  else if (member.kind == K::Solver)
    diagnostics.report(Id::redeclared, member.range, "a model has one `solver`").note(first.range, "the other one");
  else
    diagnostics.report(Id::redeclared, alsoIn(member, first)->name.range, "`{}` is declared twice", alsoIn(member, first)->name.text)
        .note(first.range, "it was declared here");
}

bool Elaborator::flatten(const ast::Model &m, const Scope *module, std::vector<FlatMember> &out,
                         std::vector<const ast::Model *> &open) {
  if (std::ranges::find(open, &m) != open.end()) {
    diagnostics.report(Id::recursion, m.name.range, "`{}` extends itself", m.name.text);
    return false;
  }
  open.push_back(&m);
  usedModels.insert(&m);
  if (!m.extends.names.empty()) {
    const Symbol *base = symbolAt(m.extends, module, Symbol::Model, "model");
    if (!base || !flatten(*base->model, base->scope, out, open))
      return false;
    if (base->model->kind != m.kind) {
      diagnostics.report(Id::wrongKind, m.extends.range, "a {} cannot extend a {}", spelling(m.kind), spelling(base->model->kind));
      return false;
    }
  }
  open.pop_back();
  for (const ast::ModelMember &member : m.members) {
    const auto last = std::find_if(out.rbegin(), out.rend(), [&](const FlatMember &f) { return sameThing(member, *f.member); });
    FlatMember *there = last == out.rend() ? nullptr : &*last; // what has been overridden may be overridden again
    if (member.isOverride)
      overrideMember(member, module, out, there);
    else if (there)
      refuseMember(m, member, *there->member);
    else
      out.push_back({&member, module});
  }
  return true;
}

/// A member without `override` that is there already.
void Elaborator::refuseMember(const ast::Model &m, const ast::ModelMember &member, const ast::ModelMember &there) {
  const bool own = std::ranges::any_of(m.members, [&](const ast::ModelMember &mine) { return &mine == &there; });
  if (own)
    reportTwice(member, there);
  else
    diagnostics.report(Id::overrideNeeded, member.range, "this member is there already")
        .note(there.range, "here")
        .mend("write `override` before it to replace it");
}

void Elaborator::overrideMember(const ast::ModelMember &member, const Scope *module, std::vector<FlatMember> &out, FlatMember *there) {
  const auto added = std::ranges::find_if(member.variables, [&](const ast::Variable &v) {
    return std::ranges::none_of(out, [&](const FlatMember &f) { return declares(*f.member, v); });
  });
  if (!there)
    diagnostics.report(Id::overrideNeeded, member.range, "there is nothing to override");
  else if (added != member.variables.end())
    diagnostics.report(Id::overrideNeeded, added->range, "there is no `{}` to override", added->name.text);
  if (there && there->member->variables.size() <= 1 && member.variables.size() <= 1)
    *there = {&member, module};
  else // the other variables of that line stay
    out.push_back({&member, module});
}

} // namespace snn::elaborate
