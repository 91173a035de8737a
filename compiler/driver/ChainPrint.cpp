// What `--emit` and `--print-after` print.
#include "compiler/driver/ChainImpl.h"

#include "compiler/frontend/ast/Print.h"
#include "compiler/kernel/ir/Print.h"
#include "compiler/model/ir/Print.h"
#include "compiler/model/passes/InferPlacement.h"
#include "compiler/model/solve/Solve.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace snn::driver {

void Chain::Impl::printAfter(std::string_view pass, const model::Network &network) const {
  const auto named = [&](const std::string &name) { return name == pass || name == "all"; };
  if (options.print && std::ranges::any_of(options.printAfter, named))
    options.print(fmt::format("# after {}\n{}", pass, model::print(network)));
}

void Chain::Impl::prove([[maybe_unused]] std::string_view pass, [[maybe_unused]] const model::Program &program,
                        [[maybe_unused]] model::Stage stage) const {
#ifndef NDEBUG
  if (const auto broken = model::verify(program, stage); !broken.empty())
    throw std::logic_error(fmt::format("after {}: {}", pass, broken.front()));
#endif
}

std::string Chain::printAst() const { return ast::print(impl->ast->modules.back()); }

std::string Chain::printModel() const {
  std::string text;
  for (const model::Program &program : impl->model->programs)
    text += (text.empty() ? "" : "\n") + model::print(program);
  return text;
}

std::string Chain::printKernels() const {
  std::string text;
  for (const Compiled &program : impl->compiled)
    text += kernel::print(program.kernels);
  return text;
}

std::string Chain::printSolvers() const {
  std::string text;
  for (const model::Program &program : impl->model->programs)
    text += solve::explain(*program.network);
  return text;
}

std::string Chain::printPlacement() const {
  std::string text;
  for (const model::Program &program : impl->model->programs)
    text += passes::printPlacement(*program.network);
  return text;
}

} // namespace snn::driver
