// Printing of expressions and types, shared by the files that print the tree.
#pragma once

#include "compiler/frontend/ast/Ast.h"

#include <string>

namespace snn::ast {

/// How tightly an expression binds; one of a looser level needs parentheses where a tighter one is expected.
enum class Level : uint8_t { Conditional, Or, And, Not, Comparison, Sum, Term, Unary, Power, Postfix };

/// Appends the expression, in parentheses if it binds less tightly than `least`.
void printExpr(std::string &out, ExprPtr e, Level least = Level::Conditional);
/// "(a, b = 3)"; nothing for an empty list unless `always`.
template <class Args> void printArgs(std::string &out, const Args &args, bool always = false);
void printType(std::string &out, const std::optional<Type> &type);
void printShape(std::string &out, std::span<const ExprPtr> shape);
void printArg(std::string &out, const Arg &arg);
std::string quoteText(std::string_view text);

template <class Args> void printArgs(std::string &out, const Args &args, bool always) {
  if (args.empty() && !always)
    return;
  out += '(';
  bool first = true;
  for (const Arg &a : args) {
    out += first ? "" : ", ";
    first = false;
    printArg(out, a);
  }
  out += ')';
}

} // namespace snn::ast
