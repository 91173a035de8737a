// What the equations, draws and bounds of a model need of values that are known before the run and the same for all cells or edges.
#pragma once

#include "compiler/base/expr/Expr.h"

#include <vector>

namespace snn::model {

struct Population;
struct Projection;
struct Experiment;

/// As abi::Rule, from the same list.
enum class Rule : uint8_t {
#define RULE(NAME, HOLDS, SAYS) NAME,
#include "runtime/abi/Rules.def"
#undef RULE
};

struct Demand {
  Rule rule;
  source::Range range;                 ///< of what needs it
  std::vector<expr::ExprPtr> operands; ///< one or two, made of numbers and of uniform params
};

/// Each once. Asked before equations are solved, which divides and draws in other places.
std::vector<Demand> demandsOf(const Population &cells);
std::vector<Demand> demandsOf(const Projection &edges);
/// Of numbers alone: the rest is asked when the statement is executed.
std::vector<Demand> demandsOf(const Experiment &experiment);

} // namespace snn::model
