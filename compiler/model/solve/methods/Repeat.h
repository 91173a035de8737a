// Solvers that go on until a cell has had enough: a `while` statement among the lets of the integration.
#pragma once

#include "compiler/model/solve/methods/Stages.h"

namespace snn::solve {

/// Usage: carry … open, lets of a round through Context, next … close; then the carried locals have their last values.
class Repeat {
public:
  Repeat(Context &context, uint32_t mostRounds) : c(context) {
    loop.kind = model::StmtKind::While;
    loop.limit = mostRounds;
  }

  /// A local that rounds hand on, with its first value.
  Var *carry(const std::string &name, ExprPtr first) { return &c.local(name, first); }
  /// From here on lets belong to a round. Rounds are made while the condition holds.
  void open(ExprPtr condition) {
    loop.value = condition;
    outside = c.into;
    c.into = &round;
  }
  /// The value of a carried local in the next round; all change at once.
  void next(Var *carried, ExprPtr value) {
    model::Stmt s;
    s.var = carried;
    s.value = value;
    updates.push_back(std::move(s));
  }
  void close() {
    loop.then = std::move(round);
    loop.then.insert(loop.then.end(), updates.begin(), updates.end());
    c.into = outside;
    c.into->push_back(std::move(loop));
  }

private:
  Context &c;
  model::Stmt loop;
  model::Body round, updates;
  model::Body *outside = nullptr;
};

/// What an error of a state is compared with: relative * (1 of its unit + size).
inline ExprPtr tolerated(const Var &state, ExprPtr size, ExprPtr relative, expr::Builder &b) {
  return b.mul(relative, b.add(b.number(state.unitScale, state.type.dimension), size));
}

/// What a state becomes that could not be computed: the run stops and names it.
inline ExprPtr notANumber(const Var &state, expr::Builder &b) { return b.number(__builtin_nan(""), state.type.dimension); }

} // namespace snn::solve
