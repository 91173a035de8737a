// What a compilation holds between its stages.
#pragma once

#include "compiler/driver/Chain.h"

#include "compiler/base/expr/Build.h"
#include "compiler/base/support/Arena.h"
#include "compiler/frontend/ast/Ast.h"
#include "compiler/frontend/sema/Check.h"

namespace snn::driver {

struct Chain::Impl {
  ChainOptions options;
  Timing &timing;
  std::string path;
  source::Manager sources;
  diag::Engine diagnostics{sources};
  std::optional<ast::Program> ast;
  std::optional<sema::TypedProgram> typed;
  std::optional<model::Module> model;
  std::vector<Compiled> compiled;

  Impl(ChainOptions o, Timing &t) : options(std::move(o)), timing(t) {}
  bool chooseExperiment();
};

} // namespace snn::driver
