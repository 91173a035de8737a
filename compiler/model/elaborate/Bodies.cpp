// Bodies of spikes, events and updates.
#include "compiler/model/elaborate/Elaborator.h"

#include <algorithm>

namespace snn::elaborate {

using diag::Id;
using model::StmtKind;
using model::VarKind;

model::Body Elaborator::body(const ast::Block &block, const Place &place, std::deque<Var> &locals) {
  Scope &scope = ownedScopes.emplace_back(place.scope);
  Place inside = place;
  inside.scope = &scope;
  model::Body out;
  for (const ast::Stmt &s : block)
    statement(s, inside, locals, scope, out);
  return out;
}

expr::ExprPtr Elaborator::interval(ast::ExprPtr e, const Place &place) {
  expr::ExprPtr value =
      lowering.lowerAs(e, place, expr::Type{expr::Base::Real, units::Dimension::of(units::BaseUnit::Second)}, "the interval");
  if (value && varies(value)) {
    diagnostics.report(Id::notConstant, value->range, "the interval must be one value for all");
    return nullptr;
  }
  refuseSignals(value, "the interval");
  if (const auto *length = expr::dynCast<expr::Const>(value); length && !(length->value > 0)) {
    diagnostics.report(Id::badBody, value->range, "the interval of `every` must be longer than 0").mend("`each step` has none");
    return nullptr;
  }
  return value;
}

bool Elaborator::statement(const ast::Stmt &s, const Place &place, std::deque<Var> &locals, Scope &scope, model::Body &out) {
  model::Stmt stmt;
  stmt.range = s.range;
  switch (s.kind) {
  case ast::StmtKind::Assign:
    return assignment(s, place, out);
  case ast::StmtKind::Let:
    for (const ast::Variable &v : s.variables) {
      Var &var = locals.emplace_back();
      var.id = static_cast<uint32_t>(locals.size() - 1);
      var.name = std::string(v.name.text);
      var.kind = VarKind::Local;
      var.range = v.name.range;
      var.storage = model::Storage::None;
      typeVariable(var, v, place.scope, place, v.value, nullptr);
      settle(var);
      stmt.kind = StmtKind::Let;
      stmt.var = &var;
      stmt.value = var.init;
      var.init = nullptr;
      Symbol symbol;
      symbol.kind = stmt.value ? Symbol::Var : Symbol::None;
      symbol.var = &var;
      symbol.declared = v.name.range;
      scope.add(v.name.text, symbol);
      if (stmt.value)
        out.push_back(stmt);
    }
    return true;
  case ast::StmtKind::If:
    stmt.kind = StmtKind::If;
    stmt.value = lowering.lowerAs(s.value, place, expr::Type{expr::Base::Bool, {}}, "the condition");
    stmt.then = body(s.body, place, locals);
    stmt.otherwise = body(s.otherwise, place, locals);
    if (stmt.value)
      out.push_back(std::move(stmt));
    return true;
  case ast::StmtKind::Hold:
    stmt.kind = StmtKind::Hold;
    stmt.value = lowering.lowerAs(s.value, place, expr::Type{expr::Base::Real, units::Dimension::of(units::BaseUnit::Second)},
                                  "the duration");
    if (place.where != Place::Cell) {
      diagnostics.report(Id::badBody, s.range, "`hold` stands only in neurons");
      return false;
    }
    for (const ast::Name &n : s.names) {
      const Symbol *symbol = place.scope->find(n.text);
      if (!symbol || symbol->kind != Symbol::Var || symbol->var->kind != VarKind::State) {
        std::vector<std::string> states;
        for (const Var &v : place.cells->vars)
          if (v.kind == VarKind::State)
            states.push_back(v.name);
        diag::Diagnostic &d = diagnostics.report(Id::unknownName, n.range, "`{}` is not a state that could be held", n.text);
        if (const std::string near = diag::didYouMean(n.text, states); !near.empty())
          d.fix(n.range, near);
        return false;
      }
      stmt.held.push_back(symbol->var);
    }
    if (stmt.value)
      out.push_back(std::move(stmt));
    return true;
  default:
    diagnostics.report(Id::badBody, s.range, "this statement has no place in the body of a model")
        .mend("a body has assignments, `let`, `if` and `hold`");
    return false;
  }
}

/// The port of a connection that `target` or `source` names: of a source cell, the variable called as that of the target.
Var *Elaborator::portOf(model::Projection &p, expr::Side side, source::Range use) {
  if (!p.port) {
    diagnostics.report(Id::missingTarget, p.range, "`{}` adds to a port: write `-> {}.port`", p.synapseName, p.targetPopulation->name)
        .note(use, "here");
    return nullptr;
  }
  if (side == expr::Side::Post || p.sourcePopulation == p.targetPopulation)
    return p.port;
  for (Var &v : p.sourcePopulation->vars)
    if (v.name == p.port->name && v.kind == p.port->kind)
      return &v;
  diagnostics.report(Id::missingTarget, p.range, "`source +=` adds to `{}` of the source cells, but `{}` ({}) has no such {}", p.port->name,
                     p.sourcePopulation->name, p.sourcePopulation->modelName, p.port->kind == VarKind::Input ? "input" : "state")
      .note(use, "here");
  return nullptr;
}

/// Of the cells that edges share, what is added up is a number.
bool Elaborator::assignPlace(ast::ExprPtr e, ast::AssignOp op, const Place &where, Var *&var, expr::Side &side) {
  if (!namedPlace(e, op, where, var, side))
    return false;
  if (side == expr::Side::Self || var->type.base != expr::Base::Bool)
    return true;
  diagnostics.report(Id::typeMismatch, e->range, "edges add numbers to a cell, and `{}` is true or false", var->name)
      .note(var->range, "it is declared here")
      .mend(fmt::format("count: `state {} : int = 0`", var->name));
  return false;
}

/// The variable that a place names: an own state or weight, `target`, `source`, pre.x or post.x.
bool Elaborator::namedPlace(ast::ExprPtr e, ast::AssignOp op, const Place &where, Var *&var, expr::Side &side) {
  const bool additive = op == ast::AssignOp::Add || op == ast::AssignOp::Sub;
  const auto shared = [&](source::Range range, std::string_view name) {
    if (additive)
      return true;
    diagnostics.report(Id::sharedAssignment, range, "several edges share `{}`: it takes only `+=` and `-=`", name)
        .mend("a plain `=` would be a race between the edges");
    return false;
  };
  side = expr::Side::Self;
  if (const auto *name = ast::dynCast<ast::NameExpr>(e)) {
    const std::string_view text = name->name.text;
    const Symbol *symbol = where.scope->find(text);
    if (!symbol && where.where == Place::Edge && (text == "target" || text == "source")) {
      side = text == "target" ? expr::Side::Post : expr::Side::Pre;
      var = portOf(*where.edges, side, e->range);
      return var && shared(e->range, text);
    }
    if (!symbol || symbol->kind != Symbol::Var) {
      if (!symbol) {
        if (!lowering.lower(e, where)) // the name is unknown, which has been reported
          return false;
        const bool isUnit = units::find(text).has_value();
        diag::Diagnostic &d = diagnostics.report(Id::badAssignment, e->range, "`{}` is {} and cannot be assigned", text, isUnit ? "a unit here" : "built in");
        if (where.where == Place::Edge && isUnit)
          d.mend(fmt::format("of the two cells it is `post.{0}` or `pre.{0}`; `target` is what the connection names", text));
      } else if (symbol->kind != Symbol::None)
        diagnostics.report(Id::badAssignment, e->range, "`{}` cannot be assigned", text).note(symbol->declared, "it is declared here");
      return false;
    }
    var = symbol->var;
    side = symbol->side;
    if (var->kind != VarKind::State && var->kind != VarKind::Weight) {
      diag::Diagnostic &d = diagnostics.report(Id::badAssignment, e->range, "`{}` is not a state and cannot be assigned here", text);
      d.note(var->range, "it is declared here");
      if (var->kind == VarKind::Param)
        d.mend(fmt::format("what a model changes is a state: `state {} = …`", text));
      return false;
    }
    return side == expr::Side::Self || shared(e->range, text);
  }
  if (const auto *member = ast::dynCast<ast::Member>(e); member && where.where == Place::Edge) {
    const expr::ExprPtr cell = lowering.lower(e, where);
    const auto *r = expr::dynCast<expr::Ref>(cell);
    if (!r) {
      if (cell)
        diagnostics.report(Id::badAssignment, e->range, "this cannot be assigned");
      return false;
    }
    if (r->var->kind != VarKind::State && r->var->kind != VarKind::Input) {
      diagnostics.report(Id::badAssignment, e->range, "`{}` is not a state or an input of that cell", r->var->name);
      return false;
    }
    var = r->var;
    side = r->side;
    return shared(e->range, r->var->name);
  }
  diagnostics.report(Id::badAssignment, e->range, "this cannot be assigned");
  return false;
}

bool Elaborator::assignment(const ast::Stmt &s, const Place &place, model::Body &out) {
  model::Stmt stmt;
  stmt.kind = StmtKind::Assign;
  stmt.range = s.range;
  stmt.op = static_cast<model::AssignOp>(s.op);
  const bool good = assignPlace(s.place, s.op, place, stmt.var, stmt.side);
  stmt.value = lowering.lower(s.value, place);
  if (!good || !stmt.value)
    return false;
  expr::Type want = stmt.var->type;
  if (stmt.op == model::AssignOp::Div && want.base == expr::Base::Int) {
    diagnostics.report(Id::typeMismatch, s.range, "`/` always gives a real number, and `{}` is a whole one", stmt.var->name)
        .note(stmt.var->range, "it is declared here")
        .mend(fmt::format("write `{0} = floor({0} / …)` or `round`", stmt.var->name));
    return false;
  }
  if (stmt.op == model::AssignOp::Mul || stmt.op == model::AssignOp::Div)
    want = expr::Type{want.base, {}};
  const bool plain = stmt.value->type.isScalar() && stmt.value->type.dimension.none() && !stmt.value->type.anyDimension;
  if (stmt.var->kind == VarKind::Weight && plain && !want.dimension.none() && !want.anyDimension) {
    diagnostics.report(Id::dimensionMismatch, stmt.value->range, "the value for `{}` is a plain number, expected {}", stmt.var->name, units::describe(want.dimension))
        .note(stmt.var->range, "the weight is declared here")
        .mend("multiply it by `unit(w)`, one of the weight's unit");
    return false;
  }
  if (!lowering.fits(stmt.value->type, want, stmt.value->range, fmt::format("the value for `{}`", stmt.var->name), stmt.var->range))
    return false;
  stmt.value = lowering.literalAs(stmt.value, want);
  out.push_back(std::move(stmt));
  return true;
}

/// `each step { … }` and `every d { … }`, of cells and of edges.
model::Update Elaborator::update(const ast::ModelMember &m, Place place, std::deque<Var> &locals) {
  place.reductions = true;
  model::Update out;
  out.range = m.range;
  if (m.kind == ast::MemberKind::Every)
    out.interval = interval(m.value, place);
  out.body = body(m.body, place, locals);
  return out;
}

} // namespace snn::elaborate
