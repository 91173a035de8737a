// Networks inside networks, and loops over members: each use is elaborated anew under names of its own.
//   part v1 = Column(n = 100)      its population `cells` is `v1.cells`, its param `n` is `v1.n`
//   for k in range(2) { let x = … } a value `x[0]` and a value `x[1]`, each seen inside its turn alone
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>
#include <cmath>

namespace snn::elaborate {

using diag::Id;
using model::VarKind;

namespace {
constexpr size_t mostTurns = 4096, mostParts = 4096;
}

std::string Elaborator::qualified(const ast::Name &name) const {
  return fmt::format("{}{}{}", frame->prefix, name.text, frame->suffix);
}

/// Params of the part that are given a value where it is declared.
std::map<std::string_view, const ast::Arg *> Elaborator::partArgs(const ast::Network &n, std::span<const ast::Arg> args) {
  std::vector<std::string> known;
  for (const ast::NetMember &member : n.members)
    if (member.kind == ast::NetKind::Param)
      for (const ast::Variable &v : member.variables)
        known.emplace_back(v.name.text);
  return argsAmong(known, args, n.name, "network", [&](const ast::Name &arg) {
    return fmt::format("the network `{}` has no param `{}`", n.name.text, arg.text);
  });
}

void Elaborator::part(const ast::NetMember &m, Scope &inside) {
  const Symbol *n = symbolAt(m.model, &inside, Symbol::Network, "network");
  if (!n)
    return addFailed(inside, m.name);
  for (const NetworkFrame *f = frame; f; f = f->up)
    if (f->network == n->network) {
      diagnostics.report(Id::recursion, m.model.range, "the network `{}` contains itself", n->network->name.text)
          .note(n->network->name.range, "it is declared here");
      return addFailed(inside, m.name);
    }
  if (++parts > mostParts) { // parts of parts double at each level
    if (parts == mostParts + 1)
      diagnostics.report(Id::tooDeep, m.range, "a network of more than {} parts", mostParts);
    return addFailed(inside, m.name);
  }
  NetworkFrame inner;
  inner.network = n->network;
  inner.up = frame;
  inner.prefix = fmt::format("{}.", qualified(m.name));
  inner.outer = &inside;
  Symbol s;
  s.kind = Symbol::Part;
  s.declared = m.name.range;
  Scope &members = ownedScopes.emplace_back(n->scope);
  s.scope = &members;
  inside.add(m.name.text, s);
  const size_t errors = diagnostics.errors();
  inner.given = partArgs(*n->network, m.args);
  if (diagnostics.errors() != errors)
    return addFailed(inside, m.name);
  const size_t before = diagnostics.all().size();
  frame = &inner;
  buildNetwork(*n->network, members);
  frame = inner.up;
  diagnostics.noteFrom(before, m.range, "in this part");
}

/// What stays the same whatever the experiment sets: a number, or a constant that comes to one.
expr::ExprPtr Elaborator::constantOf(expr::ExprPtr e) {
  if (!e || e->kind == expr::Kind::Const)
    return e;
  if (const auto *r = expr::dynCast<expr::Ref>(e))
    return r->var->kind == VarKind::Const || r->var->kind == VarKind::Let ? constantOf(r->var->init) : nullptr;
  if (const auto *h = expr::dynCast<expr::HostCall>(e); h && h->name == "len")
    if (const auto *list = expr::dynCast<expr::ArrayLit>(h->args[0]))
      return lowering.integer(static_cast<int64_t>(list->items.size()), e->range);
  const auto *c = expr::dynCast<expr::Call>(e);
  if (!c)
    return nullptr;
  std::vector<expr::ExprPtr> args;
  for (expr::ExprPtr a : c->args) {
    args.push_back(constantOf(a));
    if (!args.back())
      return nullptr;
  }
  const expr::ExprPtr value = lowering.callTyped(c->op, std::move(args), e->range);
  return value && value->kind == expr::Kind::Const ? value : nullptr;
}

/// The values that the variable of a loop takes.
std::optional<std::vector<expr::ExprPtr>> Elaborator::turns(ast::ExprPtr over, const Scope &scope) {
  const expr::ExprPtr all = lowering.lower(over, Place{Place::Setup, &scope});
  if (!all)
    return std::nullopt;
  if (const auto *list = expr::dynCast<expr::ArrayLit>(all))
    return std::vector<expr::ExprPtr>(list->items.begin(), list->items.end());
  const auto *call = expr::dynCast<expr::HostCall>(all);
  if (!call || call->name != "range") {
    diagnostics.report(Id::typeMismatch, over->range, "a loop in a network goes over `range(n)` or an array: `[…]`");
    return std::nullopt;
  }
  std::vector<int64_t> bounds;
  for (expr::ExprPtr a : call->args) {
    const auto *c = expr::dynCast<expr::Const>(constantOf(a));
    if (!c || c->value != std::floor(c->value) || !c->type.dimension.none()) {
      diagnostics.report(Id::notConstant, a->range, "how often a loop of a network runs must be known to the compiler")
          .mend("write a number, or a `const`; params and options are known only when the program runs");
      return std::nullopt;
    }
    bounds.push_back(static_cast<int64_t>(c->value));
  }
  const int64_t first = bounds.size() > 1 ? bounds[0] : 0, last = bounds.size() > 1 ? bounds[1] : bounds[0],
                step = bounds.size() > 2 ? bounds[2] : 1;
  std::vector<expr::ExprPtr> out;
  for (int64_t k = first; step != 0 && (step > 0 ? k < last : k > last) && out.size() <= mostTurns; k += step)
    out.push_back(lowering.integer(k, over->range));
  if (step == 0)
    diagnostics.report(Id::wrongArguments, over->range, "a step of 0 never ends");
  if (out.size() > mostTurns)
    diagnostics.report(Id::tooDeep, over->range, "a loop of a network takes at most {} turns", mostTurns)
        .mend("one connect with `where` or `random(p = …)` of `pre.i` and `post.i` may do the same");
  return step != 0 && out.size() <= mostTurns ? std::optional(out) : std::nullopt;
}

void Elaborator::loop(const ast::NetMember &m, const Scope &outside) {
  const auto values = turns(m.value, outside);
  if (!values)
    return;
  for (const ast::NetMember &member : m.body)
    if (member.kind == ast::NetKind::Population || member.kind == ast::NetKind::Part || member.kind == ast::NetKind::Param) {
      diagnostics.report(Id::misplacedMember, member.range, "a loop of a network holds `connect`, `let`, `const`, `fn` and loops")
          .mend("a population with a shape, `Cell[n, 100]`, has n groups of cells: `cells[k, :]`");
      return;
    }
  const std::string before = frame->suffix;
  const size_t errors = diagnostics.errors();
  for (size_t k = 0; k < values->size() && diagnostics.errors() == errors; ++k) { // one turn's errors are enough
    Scope &turn = ownedScopes.emplace_back(&outside);
    Symbol s;
    s.kind = Symbol::Value;
    s.value = (*values)[k];
    s.declared = m.name.range;
    turn.add(m.name.text, s);
    frame->suffix = fmt::format("{}[{}]", before, k);
    for (const ast::NetMember &member : m.body)
      networkMember(member, turn);
  }
  frame->suffix = before;
}

} // namespace snn::elaborate
