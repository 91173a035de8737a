// What methods write with: locals, derived scalars, new values, white noise.
#include "compiler/model/solve/Solve.h"

#include <algorithm>
#include <unordered_map>

namespace snn::solve {

using model::VarKind;

namespace {

/// An expression as the graph that it is: parts that stand in it several times are there once.
class Graph {
public:
  struct Node {
    size_t uses = 0, operations = 0; ///< written out as a tree; as many as count
    bool draws = false;
  };
  static constexpr size_t many = 8;

  explicit Graph(expr::ExprPtr root) { visit(root); }
  std::vector<expr::ExprPtr> order; ///< parts before wholes

  /// Whether a part is better computed once, under a name.
  bool isShared(expr::ExprPtr e) const {
    const Node &node = nodes.at(e);
    return node.uses > 1 && node.operations >= many && !node.draws;
  }

private:
  std::unordered_map<expr::ExprPtr, Node> nodes;

  const Node &visit(expr::ExprPtr e) {
    if (const auto it = nodes.find(e); it != nodes.end()) {
      ++it->second.uses;
      return it->second;
    }
    Node node{1, 1, e->kind == expr::Kind::Draw};
    for (expr::ExprPtr part : expr::operands(e)) {
      const Node &inner = visit(part);
      node.operations = std::min(many, node.operations + (part->kind == expr::Kind::Call ? inner.operations : 0));
      node.draws |= inner.draws;
    }
    order.push_back(e);
    return nodes[e] = node;
  }
};

} // namespace

/// Large parts that a value reads several times get names of their own: written out, stages and derivatives of lets that read
/// lets would grow exponentially.
expr::ExprPtr Context::once(const std::string &name, expr::ExprPtr value) {
  const Graph graph(value);
  std::unordered_map<expr::ExprPtr, expr::ExprPtr> names;
  for (expr::ExprPtr part : graph.order) {
    const bool whole = part == value;
    if (!whole && !graph.isShared(part))
      continue;
    const expr::ExprPtr named = build.rewrite(part, [&](expr::ExprPtr x) -> expr::ExprPtr {
      const auto it = names.find(x);
      return it == names.end() ? nullptr : it->second;
    });
    if (whole)
      return named;
    names[part] = build.ref(&define(name + ".part", named));
  }
  return value;
}

expr::ExprPtr Context::drawn(expr::ExprPtr e) {
  return build.rewrite(e, [&](expr::ExprPtr x) { return x->kind == expr::Kind::Draw ? named("drawn", x) : nullptr; });
}

model::Var &Context::local(const std::string &name, expr::ExprPtr value) { return define(name, once(name, value)); }

model::Var &Context::define(const std::string &name, expr::ExprPtr value) {
  model::Var &var = owner.locals.emplace_back();
  var.id = static_cast<uint32_t>(owner.locals.size() - 1);
  var.name = name;
  var.kind = VarKind::Local;
  var.type = value->type;
  var.storage = model::Storage::None;
  model::Stmt s;
  s.kind = model::StmtKind::Let;
  s.var = &var;
  s.value = value;
  s.range = value->range;
  into->push_back(std::move(s));
  return var;
}

model::Var &Context::derived(const std::string &name, expr::ExprPtr value, units::Dimension dimension) {
  model::Var &var = owner.vars.emplace_back();
  var.id = static_cast<uint32_t>(owner.vars.size() - 1);
  var.name = name;
  var.kind = VarKind::Derived;
  var.type = expr::Type{expr::Base::Real, dimension};
  var.unit = "1";
  var.storage = model::Storage::Uniform;
  var.init = value;
  return var;
}

void Context::assign(model::Var *state, expr::ExprPtr value, source::Range range) {
  model::Stmt s;
  s.kind = model::StmtKind::Assign;
  s.var = state;
  s.value = value;
  s.range = range;
  assignments.push_back(std::move(s));
}

expr::ExprPtr Context::normal(model::Var *noise) {
  expr::ExprPtr &value = made[{noise, "normal"}];
  return value ? value : value = named(noise->name + ".normal", noise->init);
}

expr::ExprPtr Context::whiteNoise(model::Var *noise) {
  expr::ExprPtr &value = made[{noise, "white"}];
  return value ? value : value = named(noise->name, build.div(normal(noise), build.call(expr::Op::Sqrt, {build.dt()})));
}

expr::ExprPtr Context::withNoise(expr::ExprPtr e) {
  return build.rewrite(e, [&](expr::ExprPtr x) -> expr::ExprPtr {
    const auto *r = expr::dynCast<expr::Ref>(x);
    return r && r->var->kind == VarKind::Noise ? whiteNoise(r->var) : nullptr;
  });
}

expr::ExprPtr Context::whileHeld(model::Var *state, expr::ExprPtr standing, expr::ExprPtr moving) {
  const expr::ExprPtr held =
      build.special(expr::SpecialValue::Held, expr::Type{expr::Base::Bool, {}}, expr::Side::Self, state);
  return build.call(expr::Op::Select, {held, standing, moving});
}

} // namespace snn::solve
