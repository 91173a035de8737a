// ANTLR's parse tree to our syntax tree.
#pragma once

#include "compiler/frontend/ast/Ast.h"
#include "compiler/frontend/parse/Tokens.h"

#include "SnnParser.h"

namespace snn::parse {

using P = SnnParser;

class Builder {
public:
  Builder(const TokenList &t, support::Arena &a, diag::Engine &d) : tokens(t), arena(a), diagnostics(d) {}

  void module(P::ModuleContext *ctx, ast::Module &out);
  ast::ExprPtr expr(P::ExprContext *ctx);
  /// The value of a hole, and its unit.
  ast::ExprPtr hole(P::HoleContext *ctx, ast::ExprPtr &unit);

private:
  const TokenList &tokens;
  support::Arena &arena;
  diag::Engine &diagnostics;
  size_t holes = 0;

  source::Range range(antlr4::ParserRuleContext *ctx) const;
  ast::Name name(P::NameContext *ctx);
  ast::Name token(const antlr4::Token *token);
  ast::Path path(P::PathContext *ctx);
  template <class T, class... A> ast::ExprPtr make(A &&...args);
  ast::ExprPtr finish(ast::Expr *e, std::initializer_list<ast::ExprPtr> below);

  // expressions (BuildExpr.cpp)
  ast::ExprPtr binary(ast::BinaryOp op, ast::ExprPtr a, ast::ExprPtr b);
  ast::ExprPtr disjunction(P::DisjunctionContext *ctx);
  ast::ExprPtr conjunction(P::ConjunctionContext *ctx);
  ast::ExprPtr negation(P::NegationContext *ctx);
  ast::ExprPtr comparison(P::ComparisonContext *ctx);
  ast::ExprPtr sum(P::SumContext *ctx);
  ast::ExprPtr term(P::TermContext *ctx);
  ast::ExprPtr unary(P::UnaryContext *ctx);
  ast::ExprPtr power(P::PowerContext *ctx);
  ast::ExprPtr postfix(P::PostfixContext *ctx);
  ast::ExprPtr atom(P::AtomContext *ctx);
  ast::ExprPtr number(P::AtomContext *ctx);
  ast::ExprPtr string(const antlr4::Token *token);
  ast::StringPart stringHole(source::Range place, std::string_view text);
  ast::IndexPart index(P::IndexContext *ctx);
  std::vector<ast::Arg> args(P::ArgsContext *ctx);
  std::optional<ast::Type> type(P::TypeContext *ctx);
  std::vector<ast::ExprPtr> shape(P::ShapeContext *ctx);

  // declarations (BuildDecl.cpp)
  std::string doc(antlr4::ParserRuleContext *ctx) const;
  void import(P::ImportDeclContext *ctx, const ast::Module &out);
  void declaration(P::DeclarationContext *ctx, ast::Module &out);
  ast::Variable binding(P::BindingContext *ctx);
  ast::Variable variable(P::VariableContext *ctx);
  std::vector<ast::Variable> variables(const std::vector<P::VariableContext *> &list);
  std::vector<ast::Variable> bindings(const std::vector<P::BindingContext *> &list);
  ast::Function function(P::FunctionContext *ctx);
  ast::Model model(P::ModelDeclContext *ctx);
  ast::ModelMember member(P::MemberContext *ctx);
  ast::ModelMember plainMember(P::PlainMemberContext *ctx);
  ast::SolverItem solverItem(P::SolverItemContext *ctx);
  std::vector<ast::NetMember> netBlock(P::NetBlockContext *ctx);
  ast::NetMember netMember(P::NetMemberContext *ctx);
  ast::Connect connect(P::ConnectPartContext *ctx);

  // statements (BuildStmt.cpp)
  ast::Block block(P::BlockContext *ctx);
  ast::Experiment test(P::TestDeclContext *ctx);
  ast::Stmt statement(P::StatementContext *ctx);
  ast::Stmt simple(P::StatementContext *ctx);
  std::optional<ast::Stmt> naming(P::StatementContext *ctx);
  std::optional<ast::Stmt> timing(P::StatementContext *ctx);
  std::optional<ast::Stmt> showing(P::StatementContext *ctx);
  ast::Stmt conditional(P::ConditionalContext *ctx);
  ast::AssignOp assignOp(const antlr4::Token *op) const;
};

} // namespace snn::parse
