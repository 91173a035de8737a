// Statements of experiments and of bodies.
#include "compiler/frontend/parse/Builder.h"

#include "SnnLexer.h"

namespace snn::parse {

using ast::StmtKind;

ast::Block Builder::block(P::BlockContext *ctx) {
  ast::Block out;
  if (ctx)
    for (auto *s : ctx->statement())
      out.push_back(statement(s));
  return out;
}

ast::AssignOp Builder::assignOp(const antlr4::Token *op) const {
  switch (op->getType()) {
  case SnnLexer::ADD_TO: return ast::AssignOp::Add;
  case SnnLexer::SUB_FROM: return ast::AssignOp::Sub;
  case SnnLexer::MUL_BY: return ast::AssignOp::Mul;
  case SnnLexer::DIV_BY: return ast::AssignOp::Div;
  default: return ast::AssignOp::Set;
  }
}

/// `else if` chains become nested Ifs; the token filter bounds their number.
ast::Stmt Builder::conditional(P::ConditionalContext *ctx) {
  ast::Stmt s;
  s.kind = StmtKind::If;
  s.range = range(ctx);
  s.value = expr(ctx->expr());
  s.body = block(ctx->block(0));
  if (ctx->conditional())
    s.otherwise.push_back(conditional(ctx->conditional()));
  else if (ctx->block(1))
    s.otherwise = block(ctx->block(1));
  return s;
}

ast::Stmt Builder::statement(P::StatementContext *ctx) {
  ast::Stmt s;
  if (auto *x = dynamic_cast<P::IfStmtContext *>(ctx))
    return conditional(x->conditional());
  if (auto *x = dynamic_cast<P::ForStmtContext *>(ctx)) {
    s.kind = StmtKind::For;
    for (auto *n : x->target()->name()) {
      ast::Variable v;
      v.name = name(n);
      v.range = v.name.range;
      s.variables.push_back(std::move(v));
    }
    s.value = expr(x->expr());
    s.body = block(x->block());
  } else if (auto *x = dynamic_cast<P::WhileStmtContext *>(ctx)) {
    s.kind = StmtKind::While;
    s.value = expr(x->expr());
    s.body = block(x->block());
  } else if (auto *x = dynamic_cast<P::AfterSweepStmtContext *>(ctx)) {
    s.kind = StmtKind::AfterSweep;
    s.body = block(x->block());
  } else if (auto *x = dynamic_cast<P::MinimiseStmtContext *>(ctx)) {
    s.kind = StmtKind::Minimise;
    s.names.push_back(name(x->name()));
    s.path = path(x->path());
    s.args = args(x->args());
    for (auto *e : x->expr())
      s.items.push_back(expr(e));
    s.body = block(x->block());
  } else {
    s = simple(ctx);
  }
  s.range = range(ctx);
  return s;
}

/// Statements without blocks.
ast::Stmt Builder::simple(P::StatementContext *ctx) {
  if (auto s = naming(ctx))
    return std::move(*s);
  if (auto s = timing(ctx))
    return std::move(*s);
  if (auto s = showing(ctx))
    return std::move(*s);
  ast::Stmt s;
  if (auto *x = dynamic_cast<P::AssignStmtContext *>(ctx)) {
    s.kind = StmtKind::Assign;
    s.place = postfix(x->postfix());
    s.op = assignOp(x->op);
    s.value = expr(x->expr());
  } else if (dynamic_cast<P::BreakStmtContext *>(ctx)) {
    s.kind = StmtKind::Break;
  } else if (dynamic_cast<P::ContinueStmtContext *>(ctx)) {
    s.kind = StmtKind::Continue;
  } else if (auto *x = dynamic_cast<P::CheckpointStmtContext *>(ctx)) {
    s.kind = x->kind->getType() == SnnLexer::SAVE ? StmtKind::Save : StmtKind::Load;
    s.value = expr(x->expr());
  } else if (auto *x = dynamic_cast<P::SwitchStmtContext *>(ctx)) {
    const size_t type = x->kind->getType();
    s.kind = type == SnnLexer::RESET ? StmtKind::Reset : type == SnnLexer::FREEZE ? StmtKind::Freeze : StmtKind::Learn;
    for (auto *e : x->expr())
      s.items.push_back(expr(e));
  }
  return s;
}

/// option, sweep, set, let, var: what gives a value a name.
std::optional<ast::Stmt> Builder::naming(P::StatementContext *ctx) {
  ast::Stmt s;
  const auto one = [&](auto *x) {
    ast::Variable v;
    v.name = name(x->name());
    v.type = type(x->type());
    v.value = expr(x->expr());
    v.range = range(ctx);
    s.variables.push_back(std::move(v));
  };
  if (auto *x = dynamic_cast<P::OptionStmtContext *>(ctx)) {
    s.kind = StmtKind::Option;
    one(x);
    if (x->STRING()) {
      const std::string_view quoted = tokens.text(x->STRING()->getSymbol());
      s.help = std::string(quoted.substr(1, quoted.size() - 2));
    }
  } else if (auto *x = dynamic_cast<P::VarStmtContext *>(ctx)) {
    s.kind = StmtKind::Var;
    s.variables = bindings(x->binding());
  } else if (auto *x = dynamic_cast<P::SweepStmtContext *>(ctx)) {
    s.kind = StmtKind::Sweep;
    s.names.push_back(name(x->name()));
    s.value = expr(x->expr());
  } else if (auto *x = dynamic_cast<P::SetStmtContext *>(ctx)) {
    s.kind = StmtKind::Set;
    for (size_t k = 0; k < x->name().size(); ++k) {
      ast::Variable v;
      v.name = name(x->name(k));
      v.value = expr(x->expr(k));
      v.range = v.name.range;
      s.variables.push_back(std::move(v));
    }
  } else if (auto *x = dynamic_cast<P::LetStmtContext *>(ctx)) {
    s.kind = StmtKind::Let;
    s.variables = bindings(x->let()->binding());
  } else {
    return std::nullopt;
  }
  return s;
}

/// run, step, hold
std::optional<ast::Stmt> Builder::timing(P::StatementContext *ctx) {
  ast::Stmt s;
  if (auto *x = dynamic_cast<P::RunStmtContext *>(ctx)) {
    s.kind = x->UNTIL() ? StmtKind::RunUntil : StmtKind::Run;
    s.value = expr(x->expr(0));
    if (x->MAX())
      s.extra = expr(x->expr(1));
  } else if (dynamic_cast<P::StepStmtContext *>(ctx)) {
    s.kind = StmtKind::Step;
  } else if (auto *x = dynamic_cast<P::HoldStmtContext *>(ctx)) {
    s.kind = StmtKind::Hold;
    for (auto *n : x->name())
      s.names.push_back(name(n));
    s.value = expr(x->expr());
  } else {
    return std::nullopt;
  }
  return s;
}

/// record, plot, print, assert
std::optional<ast::Stmt> Builder::showing(P::StatementContext *ctx) {
  ast::Stmt s;
  if (auto *x = dynamic_cast<P::RecordStmtContext *>(ctx)) {
    s.kind = StmtKind::Record;
    for (auto *r : x->recorded())
      s.recorded.push_back({name(r->name()), expr(r->expr())});
    if (x->every)
      s.extra = expr(x->every);
    if (x->condition)
      s.condition = expr(x->condition);
  } else if (auto *x = dynamic_cast<P::PlotStmtContext *>(ctx)) {
    s.kind = StmtKind::Plot;
    s.value = expr(x->expr());
  } else if (auto *x = dynamic_cast<P::PrintStmtContext *>(ctx)) {
    s.kind = StmtKind::Print;
    s.value = expr(x->expr());
  } else if (auto *x = dynamic_cast<P::AssertStmtContext *>(ctx)) {
    s.kind = StmtKind::Assert;
    s.value = expr(x->expr(0));
    if (x->expr(1))
      s.extra = expr(x->expr(1));
  } else {
    return std::nullopt;
  }
  return s;
}

} // namespace snn::parse
