// Statements of bodies: spike bodies, each step, every, on pre, on post, on data, and solved equations.
#pragma once

#include "compiler/model/ir/Var.h"

#include <memory>
#include <vector>

namespace snn::model {

enum class StmtKind : uint8_t {
#define STMT(NAME) NAME,
#include "compiler/model/ir/Stmts.def"
};
enum class AssignOp : uint8_t {
#define ASSIGN_OP(NAME, SPELLING) NAME,
#include "compiler/model/ir/Stmts.def"
};

struct Stmt;
using Body = std::vector<Stmt>; ///< one after the other

/// A plain value (copyable); which fields count depends on the kind.
struct Stmt {
  StmtKind kind = StmtKind::Assign;
  source::Range range;
  // Assign: var op= value. side Post or Pre: the port of a neighbour cell (`target += w` is Add to a Var of the
  // target's population with side Post). Let: var is a Local, defined as value, fixed from here to the body's end.
  Var *var = nullptr;
  expr::Side side = expr::Side::Self;
  AssignOp op = AssignOp::Set;
  expr::ExprPtr value = nullptr;
  // If: value is the condition. While: `then` is repeated while it holds, at most `limit` times; it has Lets, and assigns
  // locals from outside, all at the end of a round. Made by solvers alone.
  Body then, otherwise;
  // Hold: the variables, value is the duration (ms).
  std::vector<Var *> held;
  uint32_t limit = 0;
};

} // namespace snn::model
