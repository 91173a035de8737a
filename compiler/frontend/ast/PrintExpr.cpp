// Expressions and types as source text. Heights are bounded by maxHeight, so that recursion is safe.
#include "compiler/frontend/ast/PrintExpr.h"

#include "compiler/frontend/ast/Print.h"

#include <cstdlib>

namespace snn::ast {

namespace {

Level levelOf(BinaryOp op) {
  switch (op) {
  case BinaryOp::Or: return Level::Or;
  case BinaryOp::And: return Level::And;
  case BinaryOp::Eq:
  case BinaryOp::Ne:
  case BinaryOp::Lt:
  case BinaryOp::Le:
  case BinaryOp::Gt:
  case BinaryOp::Ge:
  case BinaryOp::Crosses: return Level::Comparison;
  case BinaryOp::Add:
  case BinaryOp::Sub: return Level::Sum;
  case BinaryOp::Mul:
  case BinaryOp::Div:
  case BinaryOp::Mod: return Level::Term;
  case BinaryOp::Pow: return Level::Power;
  }
  std::abort();
}

Level levelOf(ExprPtr e) {
  switch (e->kind) {
  case ExprKind::Binary: return levelOf(static_cast<const Binary *>(e)->op);
  case ExprKind::Unary: return static_cast<const Unary *>(e)->op == UnaryOp::Not ? Level::Not : Level::Unary;
  case ExprKind::Conditional: return Level::Conditional;
  case ExprKind::Number: return static_cast<const Number *>(e)->exponent == 1 ? Level::Postfix : Level::Power;
  case ExprKind::NameExpr:
  case ExprKind::Boolean:
  case ExprKind::String:
  case ExprKind::Member:
  case ExprKind::CallExpr:
  case ExprKind::IndexExpr:
  case ExprKind::ArrayExpr: return Level::Postfix;
  }
  std::abort();
}

Level tighter(Level level) { return static_cast<Level>(static_cast<uint8_t>(level) + 1); }

void printNumber(std::string &out, const Number &n) {
  out += n.digits;
  if (!n.unit.text.empty())
    out.append(" ").append(n.unit.text);
  if (n.exponent != 1)
    out.append("^").append(std::to_string(n.exponent));
}

void printString(std::string &out, const String &s) {
  out += '"';
  for (const StringPart &part : s.parts) {
    if (!part.value) {
      const std::string text = quoteText(part.text);
      out.append(text, 1, text.size() - 2);
      continue;
    }
    out += '{';
    printExpr(out, part.value);
    if (part.unit) {
      out += " in ";
      printExpr(out, part.unit, Level::Sum);
    }
    if (!part.format.empty())
      out.append(":").append(part.format);
    out += '}';
  }
  out += '"';
}

void printBinary(std::string &out, const Binary &b) {
  const Level level = levelOf(b.op);
  if (b.op == BinaryOp::Pow) { // right-associative; a quantity needs parentheses, or the exponent would be its unit's
    const auto *n = dynCast<Number>(b.lhs);
    const bool quantity = n && !n->unit.text.empty();
    out += quantity ? "(" : "";
    printExpr(out, b.lhs, quantity ? Level::Conditional : Level::Postfix);
    out += quantity ? ")^" : "^";
    printExpr(out, b.rhs, Level::Unary);
    return;
  }
  printExpr(out, b.lhs, level == Level::Comparison ? Level::Sum : level);
  out.append(" ").append(spelling(b.op)).append(" ");
  printExpr(out, b.rhs, tighter(level));
}

void printIndex(std::string &out, const IndexExpr &e) {
  printExpr(out, e.base, Level::Postfix);
  out += '[';
  for (size_t k = 0; k < e.parts.size(); ++k) {
    const IndexPart &p = e.parts[k];
    out += k ? ", " : "";
    if (!p.isSlice) {
      printExpr(out, p.index);
      continue;
    }
    if (p.start)
      printExpr(out, p.start);
    out += ':';
    if (p.stop)
      printExpr(out, p.stop);
    if (p.step) {
      out += ':';
      printExpr(out, p.step);
    }
  }
  out += ']';
}

void printBare(std::string &out, ExprPtr e) {
  switch (e->kind) {
  case ExprKind::Number: return printNumber(out, *static_cast<const Number *>(e));
  case ExprKind::NameExpr: out += static_cast<const NameExpr *>(e)->name.text; return;
  case ExprKind::Boolean: out += static_cast<const Boolean *>(e)->value ? "true" : "false"; return;
  case ExprKind::String: return printString(out, *static_cast<const String *>(e));
  case ExprKind::Binary: return printBinary(out, *static_cast<const Binary *>(e));
  case ExprKind::Unary: {
    const auto *u = static_cast<const Unary *>(e);
    out += u->op == UnaryOp::Not ? "not " : "-";
    return printExpr(out, u->operand, u->op == UnaryOp::Not ? Level::Not : Level::Unary);
  }
  case ExprKind::Conditional: {
    const auto *c = static_cast<const Conditional *>(e);
    printExpr(out, c->value, Level::Or);
    out += " if ";
    printExpr(out, c->condition, Level::Or);
    out += " else ";
    return printExpr(out, c->otherwise);
  }
  case ExprKind::Member: {
    const auto *m = static_cast<const Member *>(e);
    printExpr(out, m->base, Level::Postfix);
    out.append(".").append(m->name.text);
    return;
  }
  case ExprKind::CallExpr: {
    const auto *c = static_cast<const CallExpr *>(e);
    printExpr(out, c->callee, Level::Postfix);
    return printArgs(out, c->args, true);
  }
  case ExprKind::IndexExpr: return printIndex(out, *static_cast<const IndexExpr *>(e));
  case ExprKind::ArrayExpr: return printShape(out, static_cast<const ArrayExpr *>(e)->items);
  }
  std::abort();
}

} // namespace

std::string quoteText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      out += c == '\n' ? "\\n" : "\\t";
      continue;
    }
    if (c == '"' || c == '\\' || c == '{' || c == '}')
      out += '\\';
    out += c;
  }
  return out + '"';
}

void printExpr(std::string &out, ExprPtr e, Level least) {
  const bool parentheses = levelOf(e) < least;
  out += parentheses ? "(" : "";
  printBare(out, e);
  out += parentheses ? ")" : "";
}

void printArg(std::string &out, const Arg &arg) {
  if (!arg.name.text.empty())
    out.append(arg.name.text).append(" = ");
  printExpr(out, arg.value);
  if (arg.arrow) {
    out += " -> ";
    printExpr(out, arg.arrow);
  }
}

void printShape(std::string &out, std::span<const ExprPtr> shape) {
  out += '[';
  for (size_t k = 0; k < shape.size(); ++k) {
    out += k ? ", " : "";
    printExpr(out, shape[k]);
  }
  out += ']';
}

void printType(std::string &out, const std::optional<Type> &type) {
  if (!type)
    return;
  out += " : ";
  for (size_t k = 0; k < type->factors.size(); ++k) {
    const UnitFactor &f = type->factors[k];
    out += k == 0 ? "" : f.divided ? "/" : "*";
    out += f.ofVariable ? "unit(" : "";
    out += f.name.text;
    out += f.ofVariable ? ")" : "";
    if (f.exponent != 1)
      out += "^" + std::to_string(f.exponent);
  }
  if (!type->shape.empty())
    printShape(out, type->shape);
}

std::string print(ExprPtr expr) {
  std::string out;
  printExpr(out, expr);
  return out;
}

} // namespace snn::ast
