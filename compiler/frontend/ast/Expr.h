// Expressions and types as written.
#pragma once

#include "compiler/base/source/Range.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace snn::ast {

enum class ExprKind : uint8_t {
#define AST_EXPR(NAME) NAME,
#include "compiler/frontend/ast/Nodes.def"
#undef AST_EXPR
};

/// Lives in the program's arena. `height` is the longest way down; the parser refuses more than maxHeight.
struct Expr {
  ExprKind kind;
  uint32_t height = 1;
  source::Range range;

protected:
  Expr(ExprKind k, source::Range r) : kind(k), range(r) {}
};
using ExprPtr = const Expr *;
inline constexpr uint32_t maxHeight = 2000;

template <class T> const T *dynCast(ExprPtr e) {
  return e && e->kind == T::tag ? static_cast<const T *>(e) : nullptr;
}

/// A name where it stands.
struct Name {
  std::string_view text;
  source::Range range;
};

/// 20 ms, 0.5 mV^2 (exponent), 3.
struct Number final : Expr {
  static constexpr ExprKind tag = ExprKind::Number;
  std::string_view digits;
  Name unit;             ///< text empty: a bare number
  int exponent = 1;      ///< of the unit
  bool isInteger = false;
  Number(source::Range r, std::string_view d, Name u) : Expr(tag, r), digits(d), unit(u) {}
};

struct NameExpr final : Expr {
  static constexpr ExprKind tag = ExprKind::NameExpr;
  Name name;
  explicit NameExpr(Name n) : Expr(tag, n.range), name(n) {}
};

struct Boolean final : Expr {
  static constexpr ExprKind tag = ExprKind::Boolean;
  bool value;
  Boolean(source::Range r, bool v) : Expr(tag, r), value(v) {}
};

/// A part of a text: characters (escapes resolved), or a hole.
struct StringPart {
  std::string_view text;
  ExprPtr value = nullptr;
  ExprPtr unit = nullptr;  ///< {e in mV}
  std::string_view format; ///< {e:.3f}
};
struct String final : Expr {
  static constexpr ExprKind tag = ExprKind::String;
  std::span<const StringPart> parts;
  String(source::Range r, std::span<const StringPart> p) : Expr(tag, r), parts(p) {}
};

enum class BinaryOp : uint8_t { Or, And, Eq, Ne, Lt, Le, Gt, Ge, Crosses, Add, Sub, Mul, Div, Mod, Pow };
std::string_view spelling(BinaryOp op);
struct Binary final : Expr {
  static constexpr ExprKind tag = ExprKind::Binary;
  BinaryOp op;
  ExprPtr lhs, rhs;
  Binary(source::Range r, BinaryOp o, ExprPtr a, ExprPtr b) : Expr(tag, r), op(o), lhs(a), rhs(b) {}
};

enum class UnaryOp : uint8_t { Neg, Not };
struct Unary final : Expr {
  static constexpr ExprKind tag = ExprKind::Unary;
  UnaryOp op;
  ExprPtr operand;
  Unary(source::Range r, UnaryOp o, ExprPtr e) : Expr(tag, r), op(o), operand(e) {}
};

/// value if condition else otherwise
struct Conditional final : Expr {
  static constexpr ExprKind tag = ExprKind::Conditional;
  ExprPtr condition, value, otherwise;
  Conditional(source::Range r, ExprPtr c, ExprPtr v, ExprPtr o)
      : Expr(tag, r), condition(c), value(v), otherwise(o) {}
};

/// e.name
struct Member final : Expr {
  static constexpr ExprKind tag = ExprKind::Member;
  ExprPtr base;
  Name name;
  Member(source::Range r, ExprPtr b, Name n) : Expr(tag, r), base(b), name(n) {}
};

/// e, name = e, or a -> b (only in plot).
struct Arg {
  Name name;
  ExprPtr value = nullptr;
  ExprPtr arrow = nullptr;
};
struct CallExpr final : Expr {
  static constexpr ExprKind tag = ExprKind::CallExpr;
  ExprPtr callee;
  std::span<const Arg> args;
  CallExpr(source::Range r, ExprPtr c, std::span<const Arg> a) : Expr(tag, r), callee(c), args(a) {}
};

struct IndexPart {
  bool isSlice = false;
  ExprPtr index = nullptr, start = nullptr, stop = nullptr, step = nullptr;
};
struct IndexExpr final : Expr {
  static constexpr ExprKind tag = ExprKind::IndexExpr;
  ExprPtr base;
  std::span<const IndexPart> parts;
  IndexExpr(source::Range r, ExprPtr b, std::span<const IndexPart> p) : Expr(tag, r), base(b), parts(p) {}
};

struct ArrayExpr final : Expr {
  static constexpr ExprKind tag = ExprKind::ArrayExpr;
  std::span<const ExprPtr> items;
  ArrayExpr(source::Range r, std::span<const ExprPtr> i) : Expr(tag, r), items(i) {}
};

/// mV/ms, nS^2, unit(w), int, real[10, n]
struct UnitFactor {
  Name name;           ///< "1" for the number; the weight's name with ofVariable
  bool ofVariable = false;
  bool divided = false; ///< stands after '/'
  int exponent = 1;
};
struct Type {
  source::Range range;
  std::span<const UnitFactor> factors;
  std::span<const ExprPtr> shape;
};

} // namespace snn::ast
