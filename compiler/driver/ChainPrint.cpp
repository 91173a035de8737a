// What `--emit` and `--print-after` print.
#include "compiler/driver/ChainImpl.h"

#include "compiler/frontend/ast/Print.h"
#include "compiler/kernel/ir/Print.h"

#include <algorithm>

namespace snn::driver {

bool Chain::Impl::wanted(const std::string &pass) const {
  return options.print && std::find(options.printAfter.begin(), options.printAfter.end(), pass) != options.printAfter.end();
}
void Chain::Impl::printAfter(const std::string &pass, const model::Network &network) {}
std::string Chain::printAst() const { return ast::print(impl->ast->modules.back()); }
std::string Chain::printModel() const { return {}; }
std::string Chain::printKernels() const {
  std::string text;
  for (const Compiled &program : impl->compiled)
    text += kernel::print(program.kernels);
  return text;
}

} // namespace snn::driver
