// What a compilation holds between its stages.
#pragma once

#include "compiler/driver/Chain.h"

#include "compiler/model/expr/Build.h"
#include "compiler/base/support/Arena.h"
#include "compiler/frontend/ast/Ast.h"
#include "compiler/frontend/sema/Check.h"
#include "compiler/model/ir/Verify.h"

namespace snn::driver {

struct Chain::Impl {
  ChainOptions options;
  Timing &timing;
  std::string path, folder; ///< of the model; no folder: it is a text
  uint32_t experiments = 0; ///< that the file has, also those that are not compiled
  source::Manager sources;
  diag::Engine diagnostics{sources};
  std::optional<ast::Program> ast;
  std::optional<sema::TypedProgram> typed;
  std::optional<model::Module> model;
  support::Arena arena; ///< of expressions that solvers and the scheduler make
  struct Lowering;
  std::vector<std::unique_ptr<Lowering>> lowerings; ///< by program
  std::vector<Compiled> compiled;

  Impl(ChainOptions o, Timing &t);
  ~Impl();
  bool chooseExperiment();
  /// Prints the network if --print-after names the pass.
  void printAfter(std::string_view pass, const model::Network &network) const;
  /// In builds with assertions: throws, naming the stage or pass, if the program breaks a promise of the model IR.
  void prove(std::string_view pass, const model::Program &program, model::Stage stage) const;
};

} // namespace snn::driver
