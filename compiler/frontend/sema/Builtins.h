// Functions, distributions and reductions by name.
#pragma once

#include "compiler/base/diag/Diag.h"
#include "compiler/base/expr/Expr.h"
#include "compiler/frontend/ast/Ast.h"

#include <optional>
#include <string_view>
#include <vector>

namespace snn::sema {

struct DistributionRule {
  std::string_view name;
  size_t arguments;
  bool sameDimension; ///< both arguments and the result share a dimension
  int scaleArgument;  ///< the one argument whose dimension the result has; -1: dimensionless
  bool integer, boolean;
};

std::optional<expr::Op> functionNamed(std::string_view name);
std::optional<expr::Distribution> distributionNamed(std::string_view name);
DistributionRule ruleOf(expr::Distribution d);
std::optional<expr::ReduceOp> reductionNamed(std::string_view name);
/// What a variable may not be called, and what it means; empty: nothing. A function may be called like a variable of the language.
std::string_view meaningOf(std::string_view variable);
/// Reports a name that means something already, unless `meaning` is empty: then null.
diag::Diagnostic *refuseMeaning(const ast::Name &name, std::string_view meaning, diag::Engine &diagnostics);
/// Names that are known everywhere, for suggestions.
std::vector<std::string_view> builtinNames();

/// What is written for a name that means something elsewhere: in other languages, or in another place. Empty: nothing is known of it.
std::string_view writtenAs(std::string_view name);

} // namespace snn::sema
